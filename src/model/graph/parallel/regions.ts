// Where a graph can be parted between devices: from products that make columns, through what keeps columns or heads apart, to
// products that sum over them. Knows no number of devices.
import { isLinear, type Uses, usesOf } from "../fusion/uses.js";
import type { Graph, GraphNode } from "../graph.js";

export interface Region {
  readonly byColumns: ReadonlySet<GraphNode>;
  readonly between: ReadonlySet<GraphNode>;
  readonly byRows: ReadonlySet<GraphNode>;
  /** By columns too, and then gathered, since their results are answers. */
  readonly gathered: ReadonlySet<GraphNode>;
  /** Columns that must stay together: those of one head, or 1. */
  readonly headSize: number;
}

export function regionsOf(graph: Graph): Region[] {
  const uses = usesOf(graph);
  const answers = new Set(graph.outputs);
  const taken = new Set<GraphNode>();
  const regions: Region[] = [];
  for (const node of graph.nodes) {
    if (taken.has(node) || !isLinear(node)) continue;
    const region = answers.has(node.outputs[0]) ? answerOf(node) : regionFrom(node, graph.nodes, uses, answers);
    if (region === undefined) continue;
    regions.push(region);
    for (const one of [...region.byColumns, ...region.between, ...region.byRows, ...region.gathered]) taken.add(one);
  }
  return regions;
}

function answerOf(node: GraphNode): Region {
  return { byColumns: new Set(), between: new Set(), byRows: new Set(), gathered: new Set([node]), headSize: 1 };
}

// Grows from one product over all that hangs together; undefined where that needs whole rows, or is an answer.
function regionFrom(
  start: GraphNode,
  nodes: readonly GraphNode[],
  uses: Uses,
  answers: ReadonlySet<string>,
): Region | undefined {
  const byColumns = new Set([start]);
  const between = new Set<GraphNode>();
  const byRows = new Set<GraphNode>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const output of node.outputs) {
      if (answers.has(output)) return undefined;
      for (const reader of uses.readers(output)) {
        if (isLinear(reader)) {
          if (reader.inputs[0] !== output) return undefined;
          byRows.add(reader);
        } else if (!keepsApart(reader)) return undefined;
        else if (!between.has(reader)) {
          between.add(reader);
          open.push(reader);
        }
      }
    }
    if (!between.has(node)) continue;
    for (const input of node.inputs) {
      const maker = uses.maker(input);
      if (maker === undefined || between.has(maker) || byColumns.has(maker)) continue;
      if (isLinear(maker)) byColumns.add(maker);
      else if (keepsApart(maker)) between.add(maker);
      else return undefined;
      open.push(maker);
    }
  }
  // A product cannot be parted both ways.
  if (byRows.size === 0 || [...byRows].some((node) => byColumns.has(node))) return undefined;
  return { byColumns, between, byRows, gathered: new Set(), headSize: headSizeOf(between, nodes) };
}

/** What norms and reductions over rows, lookups and whatever nobody knows do not: work on columns or heads by themselves. */
function keepsApart({ type, kernels, work }: GraphNode): boolean {
  if (work === undefined || mixing.test(type)) return false;
  if (kernels.length === 0 || type === "matmul" || type === "softmax") return true;
  return kernels.length === 1 && kernels[0].kind === "stream";
}

const mixing = /norm|embedding|gather|pool|reduce|^argm|^topk$|^conv2d/;

/** Scores, the first products between, are products over the elements of a head. */
function headSizeOf(between: ReadonlySet<GraphNode>, nodes: readonly GraphNode[]): number {
  const scores = nodes.find((node) => between.has(node) && node.kernels[0]?.kind === "matmul")?.kernels[0];
  return scores?.kind === "matmul" ? scores.k : 1;
}
