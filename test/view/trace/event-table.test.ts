import { desc } from "arquero";
import { describe, expect, it } from "vitest";
import { tableText } from "../../../src/view/table.js";
import { traceEventTable } from "../../../src/view/trace/event-table.js";
import { smallRun } from "../../trace/text/made-run.js";

describe("the table of events", () => {
  const events = traceEventTable(smallRun());

  it("has a row an event, with null for what is not known", () => {
    expect(events.numRows()).toBe(7);
    expect(events.object(2)).toEqual({
      event: 2,
      name: "copy",
      category: null,
      role: "copy",
      form: "slice",
      process: "device 0",
      track: "stream 0",
      start_ns: 10,
      duration_ns: 10,
      correlation: 1,
      bytes: null,
      direction: "host to device",
      stream: null,
      args: null,
    });
  });

  it("takes Arquero's verbs", () => {
    const longest = events.filter("d => d.role === 'call'").orderby(desc("duration_ns")).select("name", "duration_ns");
    expect(longest.objects()).toEqual([
      { name: "cuCtxSynchronize", duration_ns: 40 },
      { name: "cuMemcpyHtoD_v2", duration_ns: 20 },
      { name: "cuLaunchKernel", duration_ns: 10 },
    ]);
    expect(events.groupby("process").count().objects()).toEqual([
      { process: "python", count: 5 },
      { process: "device 0", count: 2 },
    ]);
    expect(tableText(events.select("name", "start_ns"))).toMatch(/^name +start_ns\n/);
    expect(events.toCSV({ columns: ["name", "bytes"] }).split("\n")[1]).toBe("load; weights,");
  });
});
