import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { analyse, type TraceAnalysis } from "../../../src/trace/analysis/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { MadeTimeline } from "./made-timeline.js";

const all = [
  "metrics",
  "calls",
  "memory",
  "launches",
  "transfers",
  "gaps",
  "ranges",
  "operators",
  "criticalPath",
] as const satisfies readonly (keyof TraceAnalysis)[];

describe("the analyses of a timeline", () => {
  it("are made once", () => {
    const analysis = analyse(new MadeTimeline().kernel("k", [0, 10], [20, 30]).done());
    for (const one of all) expect(analysis[one]).toBe(analysis[one]);
  });

  it("are one line where they are printed", () => {
    const analysis = analyse(
      new MadeTimeline()
        .kernel("k", [0, 100], [500, 1500])
        .copy("cuMemcpyDtoH_v2", [1500, 2000], [1600, 1900], { direction: "device to host" })
        .done(),
    );
    expect(inspect(analysis)).toBe("2 µs, the device busy for 65.0%; 2 calls, 1 kernel, 1 copy");
  });

  it("of nothing are nothing, and no figure is NaN", () => {
    const analysis = analyse(new TimelineBuilder().build({ name: "empty", format: "chrome" }));
    // JSON itself writes NaN as null.
    const written = (value: unknown) => JSON.stringify(value, (_, part) => (Number.isNaN(part) ? "NaN" : part));
    for (const one of all) expect(written(analysis[one])).not.toContain("NaN");
    expect(analysis.metrics).toMatchObject({ wall_time_ms: 0, kernel_count: 0, overlap_estimate: 0 });
    expect(analysis.criticalPath).toEqual({ length_ns: 0, segments: [], count: 0, by_kind: [], by_name: [] });
    expect(analysis.whatIf({ copies: 2 })).toMatchObject({
      total_ns: 0,
      saved_ns: 0,
      speedup: 1,
      limited_by: undefined,
    });
    expect(String(analysis)).toBe("0 ns; 0 calls, 0 kernels, 0 copies");
  });

  it("of a trace without a device say that its times are unknown", () => {
    const analysis = analyse(new MadeTimeline().operator("forward", [0, 80]).call("cuLaunchKernel", [10, 20]).done());
    expect(analysis.launches.device_times).toBe("unknown");
    expect(analysis.transfers.device_times).toBe("unknown");
    expect(analysis.gaps.devices).toEqual([]);
    expect(analysis.criticalPath.by_name.map(({ name, total_ns }) => [name, total_ns])).toEqual([
      ["forward", 70],
      ["cuLaunchKernel", 10],
    ]);
  });
});
