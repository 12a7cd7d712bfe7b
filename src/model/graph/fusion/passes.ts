// Fusion of passes over memory that follow each other. The rule stands in rules.ts.
import type { Work } from "../../../core/work.js";
import type { KernelWork } from "../../operator/index.js";
import { type Graph, type GraphNode, tensorBytes } from "../graph.js";
import { isPass, type Uses, usesOf, withNodes } from "./uses.js";

/** Passes that are to be one. */
interface Group {
  readonly nodes: GraphNode[];
  /** Somebody else has used what it makes: what comes later may depend on that. */
  closed: boolean;
}

export function fusePasses(graph: Graph): Graph {
  const uses = usesOf(graph);
  const groupOf = new Map<GraphNode, Group>();
  const order: (GraphNode | Group)[] = [];
  for (const node of graph.nodes) {
    const makers = node.inputs.flatMap((name) => groupOf.get(uses.maker(name) as GraphNode) ?? []);
    const open = [...new Set(makers)].filter((group) => !group.closed && isPass(node));
    for (const group of makers) if (!open.includes(group)) group.closed = true;
    if (!isPass(node)) {
      order.push(node);
      continue;
    }
    const group: Group = { nodes: [...open.flatMap(({ nodes }) => nodes), node], closed: false };
    for (const member of group.nodes) groupOf.set(member, group);
    // Where the last of them stands: nothing between has used what they make.
    for (const part of open) order.splice(order.lastIndexOf(part), 1);
    order.push(group);
  }
  const nodes = order.map((entry) => ("nodes" in entry ? together(entry.nodes, graph, uses) : entry));
  return withNodes(graph, nodes);
}

function together(nodes: readonly GraphNode[], graph: Graph, uses: Uses): GraphNode {
  if (nodes.length === 1) return nodes[0];
  const members = new Set(nodes);
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const inputs = [...new Set(nodes.flatMap((node) => node.inputs))].filter((name) => !made.has(name));
  const answers = new Set(graph.outputs);
  const outputs = [...made].filter(
    (name) => answers.has(name) || uses.readers(name).some((reader) => !members.has(reader)),
  );
  const last = nodes[nodes.length - 1];
  const bytes = (names: readonly string[]) => names.reduce((sum, name) => sum + tensorBytes(uses.tensor(name)), 0);
  // A table is read by the rows that are looked up, which the lookup knows.
  const lookups = nodes.filter(({ type }) => type === "embedding");
  const read =
    bytes(inputs.filter((name) => !lookups.some((node) => node.inputs.includes(name)))) +
    lookups.reduce((sum, node) => sum + (node.work as Work).bytes.dram - bytes(node.outputs), 0);
  const written = bytes(outputs);
  return Object.freeze({
    name: last.name,
    type: [...new Set(nodes.map(({ type }) => type))].join("+"),
    part: last.part,
    layer: last.layer,
    inputs,
    outputs,
    work: { flop: flopOf(nodes), bytes: { dram: read + written } },
    kernels: [kernelOf(nodes, read, written)],
  });
}

function flopOf(nodes: readonly GraphNode[]): Work["flop"] {
  const flop: Record<string, number> = {};
  for (const { work } of nodes) {
    for (const [precision, count] of Object.entries((work as Work).flop))
      flop[precision] = (flop[precision] ?? 0) + count;
  }
  return flop;
}

// One that reduces rows keeps its way of going through them; the others do their part on the way.
function kernelOf(nodes: readonly GraphNode[], read: number, written: number): KernelWork {
  const kernels = nodes.map((node) => node.kernels[0]);
  const streams = kernels.filter((kernel) => kernel.kind === "stream");
  const elements = Math.max(...streams.map((kernel) => kernel.elements), 1);
  const operations = streams.reduce((sum, kernel) => sum + kernel.elements * kernel.operationsPerElement, 0);
  const math = "math" in kernels[0] ? kernels[0].math : "FP32";
  return { kind: "stream", read, written, elements, operationsPerElement: operations / elements, math };
}
