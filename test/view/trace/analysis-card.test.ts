import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { analysisCard } from "../../../src/view/index.js";
import { traceComparison } from "../../../src/view/trace/comparison.js";
import { smallRun } from "../../trace/text/made-run.js";

describe("the card of an analysis", () => {
  it("says what limits, the devices, kernels and copies, and has its tables", () => {
    const html = analysisCard(analyse(smallRun()));
    expect(html).toContain("<strong>small.jsonl</strong>");
    expect(html).toContain("The device is busy for 40 % of the time");
    expect(html).toMatch(/device 0 busy<\/th><td class="value">40 %<\/td>/);
    expect(html).toMatch(/>kernels<\/th><td class="value">1<\/td>.*30 ns/);
    expect(html).toContain("Kernels by their time");
    expect(html).toContain("<td>cuCtxSynchronize</td>");
  });

  it("escapes what the file calls things, and says what was not read", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1);
    builder.event({ track, name: "<b>call</b>", role: "call", start: 0, duration: 5 });
    builder.note("a line that is no JSON object", "line 3");
    const html = analysisCard(analyse(builder.build({ name: "<i>.json", format: "chrome" })));
    expect(html).not.toContain("<b>call");
    expect(html).not.toContain("<i>.json");
    expect(html).toContain("Not read: a line that is no JSON object, 1, first line 3");
  });
});

describe("a comparison", () => {
  it("has what either trace did, the greatest difference first, above 0 where the second takes longer", () => {
    const builder = new TimelineBuilder();
    const device = builder.process("device 0", { name: "device 0", device: 0 });
    const stream = builder.track(device, 0, { kind: "stream" });
    builder.event({ track: stream, name: "gemm", role: "kernel", start: 0, duration: 60e6 });
    builder.event({ track: stream, name: "relu", role: "kernel", start: 60e6, duration: 10e6 });
    const other = analyse(builder.build({ name: "b", format: "chrome" }));
    const rows = traceComparison(analyse(smallRun()), other).objects() as { name: string }[];
    expect(rows.slice(0, 3)).toEqual([
      { what: "all", name: "wall time", count_a: 1, count_b: 1, a_ms: 1e-4, b_ms: 70, difference_ms: 70 - 1e-4 },
      { what: "kernel", name: "gemm", count_a: 1, count_b: 1, a_ms: 3e-5, b_ms: 60, difference_ms: 60 - 3e-5 },
      { what: "kernel", name: "relu", count_a: 0, count_b: 1, a_ms: 0, b_ms: 10, difference_ms: 10 },
    ]);
    expect(rows.map(({ name }) => name)).toContain("cuCtxSynchronize");
  });
});
