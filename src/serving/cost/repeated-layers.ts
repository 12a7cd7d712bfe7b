// Models whose layers are alike, priced by three of them. Knows no model by name and no device.
import type { Graph, GraphNode } from "../../model/index.js";

/** Layers that a short graph keeps: the first, the last, and one between, of which there are more. */
const keptLayers = 3;

/** A graph with three of its layers, where it has more and they are alike. */
export interface ShortGraph {
  readonly graph: Graph;
  /** How often the layer between stands for itself: 1 where nothing was left out. */
  readonly repeats: number;
}

/**
 * The graph without all layers but `layers` of them (three unless given); what read the last one's output reads that of the last that is
 * left. What a node of layer 1 takes is then taken `repeats` times, which saves building plans for eighty layers that are the same.
 */
export function shortGraph(graph: Graph, layers: number = keptLayers): ShortGraph {
  const count = graph.nodes.reduce((most, { layer = -1 }) => Math.max(most, layer + 1), 0);
  if (count <= layers) return { graph, repeats: 1 };
  const [last, left] = [`layers.${count - 1}.`, `layers.${layers - 1}.`];
  const renamed = (name: string): string => (name.startsWith(last) ? `${left}${name.slice(last.length)}` : name);
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (node.layer !== undefined) return node.layer < layers ? [node] : [];
    return [{ ...node, inputs: node.inputs.map(renamed) }];
  });
  const used = new Set(nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  const tensors = new Map([...graph.tensors].filter(([name]) => used.has(name)));
  return { graph: { ...graph, nodes, tensors, outputs: graph.outputs.map(renamed) }, repeats: count - layers + 1 };
}
