// Fusion behind convolutions: what is done to a result before it is written. The rule stands in rules.ts.
import type { Work } from "../../../core/work.js";
import type { ConvolutionWork } from "../../operator/index.js";
import { elements, type Graph, type GraphNode, tensorBytes } from "../graph.js";
import { isPass, type Uses, usesOf, withNodes } from "./uses.js";

/** What an engine does to a convolution's result before it writes it. */
const functions: ReadonlySet<string> = new Set(["batch_norm", "add", "relu", "clip"]);

/** Batch norm, the sum with another tensor and ReLU join the convolution before them, which then stands where the last stood. */
export function fuseConvolutions(graph: Graph): Graph {
  const uses = usesOf(graph);
  const replaced = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (node.kernels.length !== 1 || node.kernels[0].kind !== "convolution") continue;
    const behind: GraphNode[] = [];
    for (let next = follower(node, uses); next !== undefined && !gone.has(next); next = follower(next, uses)) {
      behind.push(next);
      gone.add(next);
    }
    if (behind.length === 0) continue;
    gone.add(node);
    replaced.set(behind[behind.length - 1], together(node, node.kernels[0], behind, uses));
  }
  return withNodes(
    graph,
    graph.nodes.flatMap((node) => replaced.get(node) ?? (gone.has(node) ? [] : [node])),
  );
}

function follower({ outputs: [output] }: GraphNode, { onlyReader, tensor }: Uses): GraphNode | undefined {
  const next = onlyReader(output);
  if (next === undefined || !isPass(next) || !functions.has(next.type) || next.outputs.length !== 1) return undefined;
  return elements(tensor(next.outputs[0])) === elements(tensor(output)) ? next : undefined;
}

function together(
  node: GraphNode,
  convolution: ConvolutionWork,
  behind: readonly GraphNode[],
  { tensor }: Uses,
): GraphNode {
  const members = [node, ...behind];
  const made = new Set(members.flatMap(({ outputs }) => outputs));
  const beside = [...new Set(behind.flatMap(({ inputs }) => inputs))].filter((name) => !made.has(name));
  const added = beside.reduce((sum, name) => sum + tensorBytes(tensor(name)), 0);
  const flop: Record<string, number> = {};
  for (const { work } of members) {
    for (const [precision, count] of Object.entries((work as Work).flop))
      flop[precision] = (flop[precision] ?? 0) + count;
  }
  const last = behind[behind.length - 1];
  const work = node.work as Work;
  return Object.freeze({
    ...last,
    type: members.map(({ type }) => type).join("+"),
    inputs: [...node.inputs, ...beside],
    work: { ...work, flop, bytes: { dram: work.bytes.dram + added } },
    kernels: [{ ...convolution, added }],
  });
}
