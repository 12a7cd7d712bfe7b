// The grid and block of a kernel that is only planned, by hand for each kind.
import { describe, expect, it } from "vitest";
import { device } from "../../src/hardware/index.js";
import { launchShape } from "../../src/inference/launch-shape.js";
import type { GraphNode } from "../../src/model/graph/index.js";
import type { KernelWork, MatmulWork } from "../../src/model/operator/index.js";
import { plannerOf } from "../../src/model/planner/index.js";

const planner = plannerOf(device("h100"));
const node = (type: string): GraphNode => ({
  name: `layers.0.${type}`,
  type,
  part: "",
  layer: 0,
  inputs: [],
  outputs: [],
  work: undefined,
  kernels: [],
});
const shapeOf = (type: string, work: KernelWork) => launchShape(node(type), work, planner.plan(work));
const formats = { math: "FP16", input: "FP16", weight: "FP16", output: "FP16" } as const;

describe("the shape of a launch", () => {
  it("is that of the planned tile for a product, whose parts of K and batches go along z", () => {
    for (const work of [
      { kind: "matmul", batch: 1, m: 4096, n: 4096, k: 4096, formats },
      { kind: "matmul", batch: 1, m: 32, n: 512, k: 16_384, formats },
      { kind: "matmul", batch: 12, m: 36, n: 64, k: 64, formats },
    ] as const satisfies MatmulWork[]) {
      const { kernel, grid, block } = shapeOf("linear", work);
      const [, tm, tn, , split] =
        /^gemm_fp16_(\d+)x(\d+)(_split(\d+))?$/.exec(kernel)?.map((text) => text ?? "1") ?? [];
      expect(grid).toEqual([
        Math.ceil(work.n / Number(tn)),
        Math.ceil(work.m / Number(tm)),
        work.batch * Number(split),
      ]);
      expect(block).toEqual([128, 1, 1]);
      const { choice } = planner.plan(work).candidates?.()[0] ?? {};
      expect(grid[0] * grid[1] * grid[2]).toBe(choice?.["blocks"]);
    }
  });

  it("is 128 threads of four elements for a pass, a block a row for rows, a block for each row that is taken", () => {
    const pass = {
      kind: "stream",
      read: 2050,
      written: 2050,
      elements: 1025,
      operationsPerElement: 22,
      math: "FP16",
    } as const;
    expect(shapeOf("add", pass)).toEqual({ kernel: "add_fp16", grid: [3, 1, 1], block: [128, 1, 1] });
    const rows = {
      kind: "rows",
      rows: 7,
      columns: 4096,
      rowRead: 8192,
      rowWritten: 8192,
      passes: 3,
      threads: 256,
      vector: 8,
      operationsPerThread: 260,
      operationsPerElement: 60,
      math: "FP16",
    } as const;
    expect(shapeOf("softmax", rows)).toEqual({ kernel: "softmax_fp16", grid: [7, 1, 1], block: [256, 1, 1] });
    const gather = { kind: "gather", rows: 20, tableRows: 1000, rowBytes: 1536, indexBytes: 8, math: "FP16" } as const;
    expect(shapeOf("embedding", gather)).toEqual({ kernel: "embedding_fp16", grid: [20, 1, 1], block: [128, 1, 1] });
  });

  it("is not made up for other kinds", () => {
    const work: KernelWork = { kind: "preparation", read: 8, written: 8, math: "FP16" };
    expect(() => shapeOf("quantize", work)).toThrow(
      'layers.0.quantize: a kernel of the kind "preparation" has no grid that is known',
    );
  });
});
