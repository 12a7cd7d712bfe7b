// Fusion of the products and the softmax of attention into one kernel. The rule stands in rules.ts.
import type { Work } from "../../../core/work.js";
import { type AttentionWork, type MatmulWork, visibleScores } from "../../operator/index.js";
import { elements, type Graph, type GraphNode, tensorBytes } from "../graph.js";
import { isPass, type Uses, usesOf, withNodes } from "./uses.js";

export function fuseAttention(graph: Graph): Graph {
  const uses = usesOf(graph);
  const found = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (node.type !== "softmax") continue;
    const chain = chainAround(node, uses);
    if (chain === undefined) continue;
    found.set(chain.last, fusedNode(chain, uses));
    for (const member of chain.members) gone.add(member);
  }
  return withNodes(
    graph,
    graph.nodes.flatMap((node) => found.get(node) ?? (gone.has(node) ? [] : [node])),
  );
}

interface Chain {
  readonly scores: GraphNode;
  readonly steps: readonly GraphNode[];
  readonly context: GraphNode;
  /** The copies of query, keys and values into an order by heads, where there are any, and that of the result. */
  readonly members: readonly GraphNode[];
  /** Whose output is the fused kernel's. */
  readonly last: GraphNode;
  /** Tensors that hold the operand, one behind the other. */
  readonly query: readonly string[];
  readonly key: readonly string[];
  readonly value: readonly string[];
}

function chainAround(softmax: GraphNode, uses: Uses): Chain | undefined {
  const steps: GraphNode[] = [];
  let before = uses.maker(softmax.inputs[0]);
  while (before !== undefined && before.type !== "matmul" && isPass(before)) {
    if (uses.onlyReader(before.outputs[0]) === undefined) return undefined;
    steps.unshift(before);
    before = uses.maker(passedOn(before, uses));
  }
  const context = uses.onlyReader(softmax.outputs[0]);
  if (before?.type !== "matmul" || context?.type !== "matmul" || context.inputs[0] !== softmax.outputs[0])
    return undefined;
  if (uses.onlyReader(before.outputs[0]) === undefined) return undefined;
  const [query, key, value] = [...before.inputs, context.inputs[1]].map((name) => behindCopies(name, uses));
  const after = uses.onlyReader(context.outputs[0]);
  const back = after?.type === "copy" ? [after] : [];
  return {
    scores: before,
    steps,
    context,
    members: [...[query, key, value].flatMap(({ copies }) => copies), before, ...steps, softmax, context, ...back],
    last: back[0] ?? context,
    query: query.from,
    key: key.from,
    value: value.from,
  };
}

// What a step does something to has as many elements as what it makes; a mask has fewer, wherever it stands.
function passedOn({ inputs, outputs }: GraphNode, { tensor }: Uses): string {
  const count = elements(tensor(outputs[0]));
  return inputs.find((name) => elements(tensor(name)) === count) ?? inputs[0];
}

// An operand as it was before it was put into an order by heads, and before new tokens were put behind those of a cache.
function behindCopies(operand: string, uses: Uses): { readonly from: readonly string[]; readonly copies: GraphNode[] } {
  const copies: GraphNode[] = [];
  let from: readonly string[] = [operand];
  for (;;) {
    const maker = from.length === 1 ? uses.maker(from[0]) : undefined;
    if (maker?.type !== "copy" || uses.onlyReader(from[0]) === undefined) return { from, copies };
    copies.unshift(maker);
    from = maker.inputs;
  }
}

function fusedNode({ scores, steps, context, last, query, key, value, members }: Chain, uses: Uses): GraphNode {
  const product = scores.kernels[0] as MatmulWork;
  const [batch] = uses.tensor(scores.outputs[0]).shape;
  const heads = product.batch / batch;
  const stored = key.reduce((sum, name) => sum + elements(uses.tensor(name)), 0);
  const kernel: AttentionWork = {
    kind: "attention",
    batch,
    heads,
    // Copies may have written the same keys for several heads.
    kvHeads: Math.min(heads, stored / (batch * product.n * product.k)),
    headDim: product.k,
    queries: product.m,
    keys: product.n,
    causal: steps.some(({ type }) => type === "causal_mask"),
    window: 0,
    valuesInKeys: false,
    formats: product.formats,
  };
  const visible = visibleScores(kernel) / (product.m * product.n);
  const flop: Record<string, number> = {};
  for (const member of members) {
    for (const [precision, count] of Object.entries((member.work as Work).flop)) {
      flop[precision] = (flop[precision] ?? 0) + count * visible;
    }
  }
  const inputs = [...new Set([...query, ...key, ...value])];
  const dram = [...inputs, ...last.outputs].reduce((sum, name) => sum + tensorBytes(uses.tensor(name)), 0);
  return Object.freeze({
    name: last.name,
    type: "attention",
    part: context.part,
    layer: context.layer,
    inputs,
    outputs: last.outputs,
    work: { flop, units: "matrix" as const, bytes: { dram } },
    kernels: [kernel],
  });
}
