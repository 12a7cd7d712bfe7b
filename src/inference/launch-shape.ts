// The name, grid and block under which a kernel that is only planned stands in a trace. No time rests on them. Knows no model.
import { InputError } from "../core/errors.js";
import type { GraphNode } from "../model/graph/index.js";
import type { KernelWork } from "../model/operator/index.js";
import type { Plan } from "../model/planner/index.js";

export interface LaunchShape {
  readonly kernel: string;
  readonly grid: readonly [number, number, number];
  readonly block: readonly [number, number, number];
}

/**
 * Products have the grid of the planned tile; kernels of rows a block a row; passes over memory are split as PyTorch splits them
 * (ATen/native/cuda/thread_constants.h: 128 threads of four elements each). Threads of a product and of a gather are assumed: 128.
 */
export function launchShape(node: GraphNode, work: KernelWork, plan: Plan): LaunchShape {
  switch (work.kind) {
    case "matmul": {
      const { tile, split } = cheapest(plan);
      const [tm, tn] = tile;
      return {
        kernel: `gemm_${work.formats.math.toLowerCase()}_${tm}x${tn}${split === 1 ? "" : `_split${split}`}`,
        grid: [Math.ceil(work.n / tn), Math.ceil(work.m / tm), work.batch * split],
        block: [assumedThreads, 1, 1],
      };
    }
    case "stream":
      return {
        kernel: `${node.type}_${work.math.toLowerCase()}`,
        grid: [Math.ceil(work.elements / (elementThreads * elementsPerThread)), 1, 1],
        block: [elementThreads, 1, 1],
      };
    case "rows":
      return {
        kernel: `${node.type}_${work.math.toLowerCase()}`,
        grid: [work.rows, 1, 1],
        block: [work.threads, 1, 1],
      };
    case "gather":
      return {
        kernel: `${node.type}_${work.math.toLowerCase()}`,
        grid: [work.rows, 1, 1],
        block: [assumedThreads, 1, 1],
      };
    default:
      throw new InputError(`a kernel of the kind "${work.kind}" has no grid that is known`, { where: node.name });
  }
}

const assumedThreads = 128;
const elementThreads = 128;
const elementsPerThread = 4;

const known = new WeakMap<Plan, { readonly tile: readonly [number, number]; readonly split: number }>();

// A plan prices its candidates anew each time that it is asked, and layers share plans.
function cheapest(plan: Plan): { readonly tile: readonly [number, number]; readonly split: number } {
  let found = known.get(plan);
  if (found === undefined) {
    const choice = plan.candidates?.()[0]?.choice ?? {};
    const [m, n] = String(choice["tile"]).split(" x ").map(Number);
    found = { tile: [m, n], split: Number(choice["split"]) };
    known.set(plan, found);
  }
  return found;
}
