// Pipeline parallelism: a graph cut into stages, a device for each. Knows no model and no device.
// Y. Huang et al., "GPipe: Efficient training of giant neural networks using pipeline parallelism", 2019.
import { InputError } from "../../../core/errors.js";
import type { Graph, GraphNode, Tensor } from "../graph.js";
import { type DeviceLink, exchange } from "./exchange.js";

/**
 * Stages of about as many of the repeated layers each, what stands before them with the first and what stands behind them with
 * the last. Each begins with what it receives of the activations that cross from the stage before, those on their way to a later
 * stage too. Throws InputError where there are fewer layers than stages.
 */
export function cutIntoStages(graph: Graph, stages: number, link: DeviceLink): readonly Graph[] {
  if (stages === 1) return [graph];
  const layers = 1 + Math.max(-1, ...graph.nodes.map(({ layer }) => layer ?? -1));
  if (layers < stages) {
    throw new InputError(`${graph.name} has ${layers} repeated layers, too few for ${stages} stages`, {
      where: "pipelineParallel",
      fix: layers === 0 ? "Take one stage." : `Take ${layers} stages at most.`,
    });
  }
  const stageOf = new Map<string, number>();
  const parts: GraphNode[][] = Array.from({ length: stages }, () => []);
  let stage = 0;
  for (const node of graph.nodes) {
    const isBehind = node.layer === undefined && stage > 0;
    if (node.layer !== undefined) stage = Math.floor((node.layer * stages) / layers);
    const at = isBehind ? stages - 1 : stage;
    parts[at].push(node);
    for (const output of node.outputs) stageOf.set(output, at);
  }
  return parts.map((nodes, at) => stageGraph(graph, nodes, at, crossing(graph, parts, stageOf, at), link));
}

/** What is made before this stage and read in it or behind it. */
function crossing(
  { outputs }: Graph,
  parts: readonly (readonly GraphNode[])[],
  stageOf: ReadonlyMap<string, number>,
  at: number,
): string[] {
  const read = new Set([...parts.slice(at).flatMap((nodes) => nodes.flatMap(({ inputs }) => inputs))]);
  return [...stageOf]
    .filter(([name, made]) => made < at && read.has(name) && !outputs.includes(name))
    .map(([name]) => name);
}

function stageGraph(
  { name, tensors, outputs }: Graph,
  nodes: readonly GraphNode[],
  at: number,
  received: readonly string[],
  link: DeviceLink,
): Graph {
  const own = new Map<string, Tensor>();
  const keep = (of: string): void => {
    const tensor = tensors.get(of);
    if (tensor !== undefined) own.set(of, tensor);
  };
  for (const { inputs, outputs: made } of nodes) for (const of of [...inputs, ...made]) keep(of);
  for (const of of received) keep(of);
  const transfers = received.flatMap((of) => {
    const whole = tensors.get(of);
    if (whole === undefined) return [];
    const sent = { ...whole, name: `${of}.sent`, role: "input" as const };
    own.set(sent.name, sent);
    return [exchange("send_recv", sent.name, whole, { part: "transfer", layer: undefined }, 2, link)];
  });
  const made = new Set(nodes.flatMap((node) => node.outputs));
  return Object.freeze({
    name: `${name}, stage ${at + 1}`,
    tensors: own,
    nodes: Object.freeze([...transfers, ...nodes]),
    // What later stages read has to be there when it is sent.
    outputs: [...made].filter(
      (output) => outputs.includes(output) || !nodes.some(({ inputs }) => inputs.includes(output)),
    ),
  });
}
