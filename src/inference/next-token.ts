// The choice of the next token as a node behind a language model: the likeliest, found on the device. Knows no device.
import type { Precision } from "../core/precision.js";
import type { Graph, GraphNode, Tensor } from "../model/graph/index.js";
import { max } from "../model/operator/reduction.js";

/**
 * A graph whose answer are scores [batch, tokens, vocabulary], with a node behind it that finds the greatest of each sequence's last
 * token: the work of the operator `max`, which writes an index where that writes a number.
 */
export function withNextToken(graph: Graph): Graph {
  const scores = graph.tensors.get(graph.outputs[0]) as Tensor;
  const [batch, , vocabulary] = scores.shape;
  const math = scores.format as Precision;
  // An index has 64 bits, as FP64 has.
  const formats = { math, input: math, weight: math, output: "FP64" } as const;
  const last = graph.nodes[graph.nodes.length - 1];
  const chosen: Tensor = { name: `${last.part}.next_token`, shape: [batch], format: "INT64", role: "activation" };
  const node: GraphNode = {
    name: chosen.name,
    type: "argmax",
    part: last.part,
    layer: undefined,
    inputs: [scores.name],
    outputs: [chosen.name],
    work: max.work([batch, vocabulary], formats),
    kernels: max.kernels([batch, vocabulary], formats),
  };
  return {
    ...graph,
    tensors: new Map([...graph.tensors, [chosen.name, chosen]]),
    nodes: [...graph.nodes, node],
    outputs: [chosen.name],
  };
}
