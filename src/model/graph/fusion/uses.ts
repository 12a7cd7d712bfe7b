// Who makes a tensor and who reads it. Knows no rule of fusion.
import type { Graph, GraphNode, Tensor } from "../graph.js";

export interface Uses {
  /** The node that makes this tensor; undefined for what is given. */
  maker(tensor: string): GraphNode | undefined;
  /** Those that read it. */
  readers(tensor: string): readonly GraphNode[];
  /** The only reader; undefined where there are others, or where it is an answer of the graph. */
  onlyReader(tensor: string): GraphNode | undefined;
  tensor(name: string): Tensor;
}

export function usesOf({ nodes, tensors, outputs }: Graph): Uses {
  const made = new Map<string, GraphNode>();
  const read = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const name of node.outputs) made.set(name, node);
    for (const name of new Set(node.inputs)) {
      const readers = read.get(name);
      if (readers === undefined) read.set(name, [node]);
      else readers.push(node);
    }
  }
  const answers = new Set(outputs);
  const readers = (tensor: string): readonly GraphNode[] => read.get(tensor) ?? [];
  return {
    maker: (tensor) => made.get(tensor),
    readers,
    onlyReader: (tensor) => (answers.has(tensor) || readers(tensor).length !== 1 ? undefined : readers(tensor)[0]),
    tensor: (name) => tensors.get(name) as Tensor,
  };
}

/** The same graph with other nodes; tensors that none of them has any more are left out. */
export function withNodes(graph: Graph, nodes: readonly GraphNode[], added: readonly Tensor[] = []): Graph {
  const used = new Set([...graph.outputs, ...nodes.flatMap((node) => [...node.inputs, ...node.outputs])]);
  const tensors = new Map([...graph.tensors].filter(([name]) => used.has(name)));
  for (const tensor of added) tensors.set(tensor.name, tensor);
  return Object.freeze({ ...graph, nodes: Object.freeze(nodes), tensors });
}

/** A node done with one kernel or none is a pass if it goes through memory and multiplies no matrices. */
export function isPass({ kernels, work }: GraphNode): boolean {
  return work !== undefined && kernels.length === 1 && passKinds.has(kernels[0].kind);
}

/** A linear layer that is one product of matrices, as it is before anything is fused with it. */
export function isLinear({ type, kernels }: GraphNode): boolean {
  return type === "linear" && kernels.length === 1 && kernels[0].kind === "matmul";
}

const passKinds: ReadonlySet<string> = new Set(["stream", "rows", "gather"]);
