// Fusion of passes over memory that follow each other. The rule stands in rules.ts.
import type { Work } from "../../../core/work.js";
import type { GatherWork, KernelWork, RowsWork, StreamWork } from "../../operator/index.js";
import { type Graph, type GraphNode, tensorBytes } from "../graph.js";
import { instructionsAround } from "../node-work.js";
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

/** Elements of a row that a fused kernel keeps in the registers of its block, so that it reads them once. */
const longestKept = 8192;
/** Instructions of a thread for a sum and a sum of squares over its block, by shuffles and shared memory. */
const reductions = 200;

// One that reduces rows keeps its way of going through them, the longest of several; the others do their part on the way, and what
// it takes to load and store is needed once.
function kernelOf(nodes: readonly GraphNode[], read: number, written: number): KernelWork {
  const kernels = nodes.map((node) => node.kernels[0] as StreamWork | RowsWork | GatherWork);
  const { math } = kernels[0];
  const functions = kernels.filter((kernel) => kernel.kind === "stream");
  const instructions = (elements: number): number =>
    functions.reduce(
      (sum, kernel) =>
        sum + (kernel.elements / elements) * Math.max(0, kernel.operationsPerElement - instructionsAround),
      0,
    );
  const rows = kernels.filter((kernel) => kernel.kind === "rows");
  if (rows.length > 0) {
    const [longest] = rows.sort((a, b) => b.rows * b.columns - a.rows * a.columns);
    return {
      ...longest,
      passes: longest.columns <= longestKept ? 1 : longest.passes,
      operationsPerThread: Math.min(longest.operationsPerThread, reductions),
      rowRead: read / longest.rows,
      rowWritten: written / longest.rows,
      operationsPerElement: longest.operationsPerElement + instructions(longest.rows * longest.columns),
    };
  }
  const elements = Math.max(...functions.map((kernel) => kernel.elements), 1);
  const operationsPerElement = instructionsAround + instructions(elements);
  return { kind: "stream", read, written, elements, operationsPerElement, math };
}
