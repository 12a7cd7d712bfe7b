// Fusion around linear layers: those of the same input, and what is done to their results. The rules stand in rules.ts.
import type { Work } from "../../../core/work.js";
import type { MatmulWork } from "../../operator/index.js";
import { elements, type Graph, type GraphNode, type Tensor, tensorBytes } from "../graph.js";
import { isLinear, isPass, usesOf, withNodes } from "./uses.js";

/** Linear layers that read the same tensor become one, which stands where the first of them stood. */
export function joinProducts(graph: Graph): Graph {
  const { readers, tensor } = usesOf(graph);
  const joined = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (!isLinear(node) || joined.has(node) || gone.has(node)) continue;
    const alike = readers(node.inputs[0]).filter((other) => isLinear(other) && isAlike(node, other));
    if (alike.length < 2) continue;
    joined.set(node, join(alike, tensor));
    for (const other of alike.slice(1)) gone.add(other);
  }
  return withNodes(
    graph,
    graph.nodes.flatMap((node) => joined.get(node) ?? (gone.has(node) ? [] : [node])),
  );
}

/** Functions of one element that alone read a product are done before it is written. */
export function fuseEpilogues(graph: Graph): Graph {
  const { onlyReader, tensor } = usesOf(graph);
  const replaced = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (node.kernels[0]?.kind !== "matmul") continue;
    const behind: GraphNode[] = [];
    let last = node;
    for (;;) {
      const next = last.outputs.length === 1 ? onlyReader(last.outputs[0]) : undefined;
      if (next === undefined || !isFunction(next, last, tensor)) break;
      behind.push(next);
      last = next;
    }
    if (behind.length === 0) continue;
    replaced.set(last, withEpilogue(node, behind, tensor));
    gone.add(node);
    for (const member of behind) gone.add(member);
  }
  return withNodes(
    graph,
    graph.nodes.flatMap((node) => replaced.get(node) ?? (gone.has(node) ? [] : [node])),
  );
}

function isAlike(one: GraphNode, other: GraphNode): boolean {
  const [a, b] = [one.kernels[0] as MatmulWork, other.kernels[0] as MatmulWork];
  return (
    one.inputs[0] === other.inputs[0] &&
    one.part === other.part &&
    one.layer === other.layer &&
    a.m === b.m &&
    a.k === b.k &&
    JSON.stringify(a.formats) === JSON.stringify(b.formats)
  );
}

function join(nodes: readonly GraphNode[], tensor: (name: string) => Tensor): GraphNode {
  const [first] = nodes;
  const product = first.kernels[0] as MatmulWork;
  const n = nodes.reduce((sum, node) => sum + (node.kernels[0] as MatmulWork).n, 0);
  const works = nodes.map((node) => node.work as Work);
  const shared = tensorBytes(tensor(first.inputs[0]));
  const { math } = product.formats;
  return Object.freeze({
    ...first,
    inputs: [...new Set(nodes.flatMap((node) => node.inputs))],
    outputs: nodes.flatMap((node) => node.outputs),
    work: {
      units: "matrix" as const,
      flop: { [math]: works.reduce((sum, { flop }) => sum + (flop[math] ?? 0), 0) },
      bytes: { dram: works.reduce((sum, { bytes }) => sum + bytes.dram, 0) - (nodes.length - 1) * shared },
    },
    kernels: [{ ...product, n }],
  });
}

function isFunction(next: GraphNode, last: GraphNode, tensor: (name: string) => Tensor): boolean {
  if (!isPass(next) || next.outputs.length !== 1 || next.type.split("+").some((type) => moreThanOneElement.has(type)))
    return false;
  const alone = next.inputs.every((name) => name === last.outputs[0]);
  return alone && elements(tensor(next.outputs[0])) === elements(tensor(last.outputs[0]));
}

/** What needs a whole row, or writes elsewhere than it reads. */
const moreThanOneElement: ReadonlySet<string> = new Set(["softmax", "layer_norm", "rms_norm", "copy", "embedding"]);

function withEpilogue(node: GraphNode, behind: readonly GraphNode[], tensor: (name: string) => Tensor): GraphNode {
  const last = behind[behind.length - 1];
  const work = node.work as Work;
  const flop: Record<string, number> = { ...work.flop };
  for (const member of behind) {
    for (const [precision, count] of Object.entries((member.work as Work).flop))
      flop[precision] = (flop[precision] ?? 0) + count;
  }
  const change = tensorBytes(tensor(last.outputs[0])) - tensorBytes(tensor(node.outputs[0]));
  return Object.freeze({
    ...node,
    name: last.name,
    type: [node.type, ...behind.map(({ type }) => type)].join("+"),
    outputs: last.outputs,
    work: { ...work, flop, bytes: { dram: work.bytes.dram + change } },
  });
}
