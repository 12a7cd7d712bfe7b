import { describe, expect, it } from "vitest";
import { traceMetrics } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("the metrics of a trace", () => {
  it("add up kernels and copies, and say how much of the copies' time kernels ran beside them", () => {
    const timeline = new MadeTimeline()
      .call("cuInit", [0, 1_000_000])
      .copy("cuMemcpyHtoDAsync_v2", [1_000_000, 1_100_000], [2_000_000, 6_000_000], { bytes: 1000 })
      .kernel("a", [1_200_000, 1_300_000], [3_000_000, 5_000_000], { stream: 1 })
      // Beside the first: the same moment counts once in the overlap and twice in the kernels' time.
      .kernel("b", [1_300_000, 1_400_000], [4_000_000, 5_000_000], { stream: 2 })
      // Another device does not hide this device's copies.
      .kernel("c", [1_400_000, 1_500_000], [5_000_000, 9_000_000], { device: 1 })
      .done();
    expect(traceMetrics(timeline)).toEqual({
      wall_time_ms: 9,
      kernel_time_ms: 7,
      memcpy_time_ms: 4,
      kernel_count: 3,
      memcpy_count: 1,
      overlap_estimate: 0.5,
    });
  });

  it("count no copies where there are none, and no memset as a copy", () => {
    const timeline = new MadeTimeline()
      .copy("cuMemsetD8_v2", [0, 10], [5, 20], { role: "memset" })
      .kernel("a", undefined, [10, 20])
      .done();
    expect(traceMetrics(timeline)).toMatchObject({ memcpy_count: 0, memcpy_time_ms: 0, overlap_estimate: 0 });
  });
});
