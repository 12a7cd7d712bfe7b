import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("launches", () => {
  const launches = analyse(
    new MadeTimeline()
      .kernel("gemm", [0, 10], [15, 115])
      .kernel("relu", [10, 20], [115, 120])
      .kernel("gemm", [20, 30], [120, 220])
      .call("cuCtxSynchronize", [30, 1000])
      .done(),
  ).launches;

  it("say which kernels dominate", () => {
    expect(launches.by_kernel.map(({ name, count, total_ns, share }) => [name, count, total_ns, share])).toEqual([
      ["gemm", 2, 200, 200 / 205],
      ["relu", 1, 5, 5 / 205],
    ]);
    expect(launches).toMatchObject({ launches: 3, kernels: 3, kernel_ns: 205, launches_per_second: 3e6, tiny: 1 });
  });

  it("have a latency from the beginning of the call, a wait from its end, and a latency when nothing is in the way", () => {
    expect(launches.latency).toMatchObject({ count: 3, min_ns: 15, median_ns: 100, max_ns: 105 });
    expect(launches.queued).toMatchObject({ count: 3, min_ns: 5, median_ns: 90, max_ns: 95 });
    expect(launches.idle_latency).toMatchObject({ count: 1, mean_ns: 15 });
  });

  it("queue on the device", () => {
    expect([...launches.queue!.at_ns]).toEqual([0, 10, 20, 115, 120, 220]);
    expect([...launches.queue!.depth]).toEqual([1, 2, 3, 2, 1, 0]);
    // 10*1 + 10*2 + 95*3 + 5*2 + 100*1, of 1000.
    expect(launches.queue).toMatchObject({ mean: 0.425, max: 3, max_waiting: 2 });
  });

  it("have no times where the trace has none of the device", () => {
    const unknown = analyse(
      new MadeTimeline()
        .call("cudaLaunchKernel", [0, 100])
        .call("cuLaunchKernel", [10, 90], { args: { kernel: "gemm" } })
        .done(),
    ).launches;
    expect(unknown).toMatchObject({
      device_times: "unknown",
      launches: 1,
      kernels: undefined,
      kernel_ns: undefined,
      latency: undefined,
      queue: undefined,
      tiny: undefined,
    });
  });

  it("whose kernels begin before them are counted and in no latency", () => {
    const { before_launch, latency, queue } = analyse(
      new MadeTimeline().kernel("a", [10, 20], [0, 30]).kernel("b", [20, 30], [40, 50]).done(),
    ).launches;
    expect(before_launch).toBe(1);
    expect(latency).toMatchObject({ count: 1, mean_ns: 20 });
    expect(queue).toMatchObject({ max: 1 });
  });

  it("queue as deep as counting the launched and not ended at each moment says", () => {
    const kernels = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 10 }), fc.nat({ max: 10 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(kernels, (all) => {
        const made = new MadeTimeline().call("cuInit", [0, 1]);
        const spans = all.map(([launched, wait, duration], index) => {
          const begun = launched + wait;
          made.kernel("k", [launched, launched], [begun, begun + duration], { stream: index });
          return { launched, begun, ended: begun + duration };
        });
        const timeline = made.done();
        const { at_ns, depth, max_waiting } = analyse(timeline).launches.queue!;
        const at = (moment: number) => spans.filter((one) => one.launched <= moment && moment < one.ended).length;
        for (const [point, moment] of at_ns.entries()) expect(depth[point]).toBe(at(moment));
        const waiting = Array.from(
          { length: 60 },
          (_, t) => spans.filter((one) => one.launched <= t && t < one.begun).length,
        );
        expect(max_waiting).toBe(Math.max(...waiting));
      }),
    );
  });
});
