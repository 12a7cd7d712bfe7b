// The ways in which a graph is executed: what is fused of it, and how its kernels are issued. Knows no device.
import { readChoice } from "../../core/choices.js";
import { type Fusion, fuse } from "./fusion/rules.js";
import type { Graph } from "./graph.js";
import type { Issue } from "./schedule.js";

/**
 * `eager`: a framework issues operator after operator, a kernel or more for each, while the device works on those before; a
 * device that is faster than its host waits for it. `compiled`: passes over memory are fused, and one kernel follows the other,
 * as in a CUDA graph. `engine`: the same with attention in one kernel, products joined and functions done as they are written,
 * as in TensorRT. What is fused is said of `Fusion`.
 */
export type Execution = "eager" | "compiled" | "engine";

/** A graph as it is executed: what is fused of it, and how it is issued. */
export interface Executed {
  readonly graph: Graph;
  readonly issue: Issue;
}

/** Throws InputError for an execution that is none. */
export function executed(graph: Graph, execution: Execution): Executed {
  const way = ways[readChoice(executions, execution, "execution", "execution")];
  return { graph: fuse(graph, way.fusion), issue: way.issue };
}

const ways: Readonly<Record<Execution, { readonly fusion: Fusion; readonly issue: Issue }>> = {
  eager: { fusion: "none", issue: "eager" },
  compiled: { fusion: "compiled", issue: "graph" },
  engine: { fusion: "engine", issue: "graph" },
};

/** Every execution that there is. */
export const executions = Object.keys(ways) as readonly Execution[];
