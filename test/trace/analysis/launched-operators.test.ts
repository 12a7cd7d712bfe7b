import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("operators that launches name", () => {
  it("have the time of their kernels, by operator and by layer", () => {
    const { by_operator, by_layer, without_operator, without_layer } = analyse(
      new MadeTimeline()
        .kernel("gemm", [0, 1], [10, 40], { args: { op: "layers.0.linear", layer: 0, flop: 100, dram_bytes: 8 } })
        .kernel("gemm", [1, 2], [40, 90], { args: { op: "layers.1.linear", layer: 1, flop: 200 } })
        .kernel("split", [2, 3], [90, 100], { args: { op: "layers.0.linear", layer: 0, flop: 1 } })
        .kernel("head", [3, 4], [100, 105], { args: { op: "head" } })
        // It speaks of no operator, though the word is there.
        .kernel("odd", [4, 5], [105, 110], { args: { note: 'an "op" of another kind' } })
        .done(),
    ).operators;
    expect(by_operator).toEqual([
      { name: "layers.1.linear", kernels: 1, device_ns: 50, share: 0.5, flop: 200, dram_bytes: undefined },
      { name: "layers.0.linear", kernels: 2, device_ns: 40, share: 0.4, flop: 101, dram_bytes: 8 },
      { name: "head", kernels: 1, device_ns: 5, share: 0.05, flop: undefined, dram_bytes: undefined },
    ]);
    expect(by_layer.map(({ name, device_ns }) => [name, device_ns])).toEqual([
      ["0", 40],
      ["1", 50],
    ]);
    expect([without_operator, without_layer]).toEqual([1, 2]);
  });
});
