import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { traceTableNames, traceTables } from "../../../src/view/trace/tables.js";
import { smallRun } from "../../trace/text/made-run.js";

describe("the tables of a trace", () => {
  const tables = traceTables(analyse(smallRun()));

  it("have calls, kernels and transfers with their units in the columns' names", () => {
    expect(tables.calls.select("name", "category", "count", "self_ms").objects()).toEqual([
      { name: "cuCtxSynchronize", category: "sync", count: 1, self_ms: 40e-6 },
      { name: "cuMemcpyHtoD_v2", category: "transfer", count: 1, self_ms: 20e-6 },
      { name: "cuLaunchKernel", category: "kernel", count: 1, self_ms: 10e-6 },
    ]);
    expect(tables.kernels.select("name", "mean_us", "share_pct").objects()).toEqual([
      { name: "gemm", mean_us: 0.03, share_pct: 100 },
    ]);
    expect(tables.transfers.object(0)).toMatchObject({
      kind: "host to device",
      without_bytes: 1,
      bandwidth_gb_s: null,
    });
    expect(tables.threads.object(0)).toMatchObject({ pid: 4711, tid: 4712, calls: 3, of_wall_time_pct: 70 });
  });

  it("have ranges with the device's time that was launched within them", () => {
    expect(tables.ranges.select("name", "host_ms", "device_ms").objects()).toEqual([
      { name: "load; weights", host_ms: 30e-6, device_ms: 10e-6 },
      { name: "step", host_ms: 70e-6, device_ms: 30e-6 },
    ]);
  });

  it("have their columns also where there is nothing", () => {
    const empty = traceTables(analyse(new TimelineBuilder().build({ name: "x", format: "chrome" })));
    for (const name of traceTableNames) {
      expect(empty[name].numRows(), name).toBe(0);
      expect(empty[name].columnNames(), name).toEqual(tables[name].columnNames());
    }
  });
});
