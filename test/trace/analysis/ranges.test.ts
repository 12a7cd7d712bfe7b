import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("ranges", () => {
  const made = new MadeTimeline()
    .range("stage", "inference", [0, 100])
    .range("iteration", "iteration 0", [0, 50])
    .range("layer", "layers.0", [0, 20])
    .kernel("gemm", [5, 10], [10, 60])
    .range("layer", "layers.1", [20, 40])
    .kernel("gemm", [25, 30], [60, 110])
    .kernel("relu", [41, 45], [110, 120])
    .range("iteration", "iteration 1", [50, 90])
    .range("layer", "layers.0", [50, 70])
    .kernel("gemm", [55, 60], [120, 170])
    .kernel("outside", [105, 110], [170, 180]);
  const { ranges, instances, outside } = analyse(made.done()).ranges;

  it("have the device's time that was launched within them, wherever on the device it lies", () => {
    expect(
      ranges.map(({ kind, name, count, host_ns, self_host_ns, device_ns, self_device_ns, device_work }) => [
        kind,
        name,
        count,
        host_ns,
        self_host_ns,
        device_ns,
        self_device_ns,
        device_work,
      ]),
    ).toEqual([
      ["stage", "inference", 1, 100, 10, 160, 0, 4],
      ["iteration", "iteration 0", 1, 50, 10, 110, 10, 3],
      ["layer", "layers.0", 2, 40, 40, 100, 100, 2],
      ["layer", "layers.1", 1, 20, 20, 50, 50, 1],
      ["iteration", "iteration 1", 1, 40, 20, 50, 0, 1],
    ]);
    expect(outside).toEqual({ device_work: 1, device_ns: 10 });
    expect(ranges[0].device_share).toBe(160 / 170);
  });

  it("are listed one by one", () => {
    expect(
      instances
        .filter(({ kind }) => kind === "iteration")
        .map(({ name, start_ns, host_ns, device_ns }) => [name, start_ns, host_ns, device_ns]),
    ).toEqual([
      ["iteration 0", 0, 50, 110],
      ["iteration 1", 50, 40, 50],
    ]);
  });

  it("of NVTX, of operators, of modules and of a profiler's steps are told apart", () => {
    const more = new MadeTimeline();
    more.range("nvtx", "forward", [0, 50]).operator("aten::linear", [5, 20]).operator("aten::mm", [8, 18]);
    more.builder.event({ track: more.thread(), name: "ProfilerStep#7", start: 60, duration: 5, role: "range" });
    more.builder.event({ track: more.thread(), name: "my part", start: 70, duration: 5, role: "range" });
    more.builder.event({ track: more.thread(), name: "nn.Module: Linear_0", start: 80, duration: 5, role: "function" });
    more.builder.event({
      track: more.thread(),
      name: "model.py(3): forward",
      start: 90,
      duration: 5,
      role: "function",
    });
    // What the stream says of the range repeats what the thread said.
    more.builder.event({ track: more.stream(), name: "forward", start: 12, duration: 5, role: "range" });
    more.kernel("gemm", [10, 12], [12, 17]);
    const { ranges: found, instances: each } = analyse(more.done()).ranges;
    expect(found.map(({ kind, name, device_ns, self_device_ns }) => [kind, name, device_ns, self_device_ns])).toEqual([
      ["nvtx", "forward", 5, 0],
      ["operator", "aten::linear", 5, 0],
      ["operator", "aten::mm", 5, 5],
      ["iteration", "ProfilerStep#7", 0, 0],
      ["annotation", "my part", 0, 0],
      ["module", "nn.Module: Linear_0", 0, 0],
    ]);
    expect(each.map(({ name }) => name)).not.toContain("aten::mm");
  });

  it("within one of the same name count their time once", () => {
    const { ranges: found } = analyse(
      new MadeTimeline().operator("block", [0, 100]).operator("block", [10, 60]).kernel("k", [20, 30], [30, 40]).done(),
    ).ranges;
    expect(found).toMatchObject([
      { name: "block", count: 2, host_ns: 100, self_host_ns: 100, device_ns: 10, device_work: 1 },
    ]);
  });

  it("of two threads at one time do not take each other's launches", () => {
    const two = new MadeTimeline();
    const [a, b] = [two.thread(1), two.thread(2)];
    const { ranges: found } = analyse(
      two
        .range("layer", "of a", [0, 50], a)
        .range("layer", "of b", [0, 50], b)
        .kernel("k", [10, 20], [20, 30], { thread: b })
        .done(),
    ).ranges;
    expect(found.map(({ name, device_ns }) => [name, device_ns])).toEqual([
      ["of a", 0],
      ["of b", 10],
    ]);
  });

  it("that hold for a whole process take the launches of threads that have none: a backward pass has its own thread", () => {
    const two = new MadeTimeline();
    const [a, b] = [two.thread(1), two.thread(2)];
    const { ranges: found, outside: rest } = analyse(
      two
        .range("iteration", "iteration 0", [0, 100], a)
        .range("layer", "layers.0", [0, 100], a)
        .operator("backward", [10, 50], b)
        .kernel("k", [20, 30], [30, 40], { thread: b })
        .kernel("late", [150, 160], [160, 170], { thread: b })
        .done(),
    ).ranges;
    expect(found.map(({ name, device_ns, self_device_ns }) => [name, device_ns, self_device_ns])).toEqual([
      ["iteration 0", 10, 0],
      ["layers.0", 0, 0],
      ["backward", 10, 10],
    ]);
    expect(rest).toEqual({ device_work: 1, device_ns: 10 });
  });

  it("have no device time where the trace has none", () => {
    const { ranges: found } = analyse(
      new MadeTimeline().range("stage", "input", [0, 10]).call("cuLaunchKernel", [1, 2]).done(),
    ).ranges;
    expect(found).toMatchObject([{ host_ns: 10, device_ns: undefined, device_share: undefined }]);
  });

  it("share out all device time: what is directly within them and what is outside them", () => {
    const spans = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 60 }), fc.nat({ max: 30 })), { maxLength: 10 });
    const kernels = fc.array(fc.tuple(fc.nat({ max: 90 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(spans, kernels, (marked, launched) => {
        const any = new MadeTimeline();
        for (const [name, start, length] of marked) any.operator(`op ${name}`, [start, start + length]);
        launched.forEach(([start, took], stream) => {
          any.kernel("k", [start, start + 1], [100, 100 + took], { stream });
        });
        const { ranges: found, outside: rest } = analyse(any.done()).ranges;
        const all = launched.reduce((sum, [, took]) => sum + took, 0);
        const shared = found.reduce((sum, { self_device_ns }) => sum + self_device_ns!, 0);
        expect(shared + rest.device_ns).toBe(all);
        for (const { device_ns, self_device_ns } of found) expect(device_ns!).toBeGreaterThanOrEqual(self_device_ns!);
      }),
    );
  });
});
