import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldedStacks } from "../../../src/trace/text/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { smallRun } from "./made-run.js";

describe("folded stacks", () => {
  it("have a line a stack, outermost first, with what is not spent further in", () => {
    expect(foldedStacks(smallRun())).toEqual([
      "python 4711;main 4712;load: weights 10",
      "python 4711;main 4712;load: weights;cuMemcpyHtoD_v2 20",
      "device 0;stream 0;copy 10",
      "python 4711;main 4712;step 20",
      "python 4711;main 4712;step;cuLaunchKernel 10",
      "python 4711;main 4712;step;cuCtxSynchronize 40",
      "device 0;stream 0;gemm 30",
    ]);
  });

  it("put the device's work below what launched it when asked", () => {
    expect(foldedStacks(smallRun(), { time: "launched" })).toEqual([
      "python 4711;main 4712;load: weights;cuMemcpyHtoD_v2;copy 10",
      "python 4711;main 4712;step;cuLaunchKernel;gemm 30",
    ]);
  });

  it("keep processes and threads of one name apart", () => {
    const builder = new TimelineBuilder();
    for (const [pid, tid] of [
      [1, 1],
      [1, 3],
      [2, 2],
    ]) {
      const track = builder.track(builder.process(pid, { name: "python" }), tid, { name: "worker" });
      builder.event({ track, name: "cuInit", role: "call", start: 0, duration: 5 });
    }
    expect(foldedStacks(builder.build({ name: "x", format: "chrome" }))).toEqual([
      "python 1;worker 1;cuInit 5",
      "python 1;worker 3;cuInit 5",
      "python 2;worker 2;cuInit 5",
    ]);
  });

  it("add up to what is covered, lane by lane, whatever nests or overlaps", () => {
    const span = fc.record({ name: fc.constantFrom("a", "b", "c;d"), start: fc.nat(50), duration: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(span), (spans) => {
        const builder = new TimelineBuilder();
        const track = builder.track(builder.process(1), 1);
        for (const each of spans) builder.event({ track, ...each });
        const timeline = builder.build({ name: "x", format: "chrome" });
        const sum = foldedStacks(timeline).reduce(
          (total, line) => total + Number(line.slice(line.lastIndexOf(" "))),
          0,
        );
        expect(sum).toBe(coveredByLanes(spans));
      }),
    );
  });
});

/** By brute force: each span goes to the first lane whose open ones all enclose it; a lane counts each nanosecond once. */
function coveredByLanes(spans: readonly { readonly start: number; readonly duration: number }[]): number {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.duration - a.duration);
  const lanes: { from: number; to: number }[][] = [];
  for (const { start, duration } of sorted) {
    const to = start + duration;
    const fits = (lane: { from: number; to: number }[]) => lane.every((other) => other.to <= start || other.to >= to);
    const lane = lanes.find(fits);
    if (lane === undefined) lanes.push([{ from: start, to }]);
    else lane.push({ from: start, to });
  }
  let covered = 0;
  for (const lane of lanes) {
    for (let at = 0; at < 100; at++) if (lane.some(({ from, to }) => from <= at && at < to)) covered++;
  }
  return covered;
}
