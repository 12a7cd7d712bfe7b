// Makes an operator graph of an ONNX graph whose shapes are known: which nodes run, what they read, and what each asks for.
// Knows no operator by itself, and no device.
import type { NodeWork } from "../../builder.js";
import type { Graph, GraphNode, Tensor as GraphTensor } from "../../graph.js";
import type { Stored } from "../../node-work.js";
import { type OnnxFormats, storesWeights } from "../formats.js";
import type { InferredGraph, InferredNode } from "../shapes/infer.js";
import { countOf, type Tensor } from "../shapes/rule.js";
import { passRules } from "./passes.js";
import { productRules } from "./products.js";
import type { WorkRule } from "./rule.js";
import { wordFor } from "./vocabulary.js";

const rules: ReadonlyMap<string, WorkRule> = new Map([...passRules, ...productRules]);

/** Of these only the first input is data; the others say shapes, axes, bounds or scales. */
const oneOperand: ReadonlySet<string> = new Set(
  (
    "Reshape Expand Slice Unsqueeze Squeeze Split Pad Tile TopK Resize Upsample Clip Cast CastLike QuantizeLinear Trilu CumSum " +
    "DequantizeLinear ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum " +
    "ReduceSumSquare"
  ).split(" "),
);

/**
 * What can be computed when the model is loaded does not run: constants, and the arithmetic of shapes. A single number is part
 * of the operation that reads it. An operator that has no rule, or whose shapes hang on data, stands there without work.
 */
export function lowerGraph(name: string, graph: InferredGraph, formats: OnnxFormats): Graph {
  const lowering = new Lowering(formats);
  for (const input of graph.inputs) lowering.add(input, "input");
  for (const node of graph.nodes) {
    if (runs(node)) lowering.node(node);
    else lowering.load(node);
  }
  return {
    name,
    tensors: lowering.tensors,
    nodes: lowering.nodes,
    outputs: graph.outputs.filter((output) => lowering.tensors.has(output)),
  };
}

function runs({ outputs }: InferredNode): boolean {
  return !outputs.every(({ constant, values }) => constant || values !== undefined);
}

class Lowering {
  readonly tensors = new Map<string, GraphTensor>();
  readonly nodes: GraphNode[] = [];
  private readonly names = new Set<string>();
  /** The formats of tensors that are stored narrower than they are written in the file. */
  private readonly narrow = new Map<string, GraphTensor["format"]>();

  constructor(private readonly formats: OnnxFormats) {}

  /** A tensor whose shape nobody knows is not in the graph. */
  add(tensor: Tensor, role: GraphTensor["role"]): GraphTensor | undefined {
    const { name, shape } = tensor;
    if (shape === undefined) return undefined;
    const known = this.tensors.get(name);
    if (known !== undefined) return known;
    const added = { name, shape, format: this.narrow.get(name) ?? this.formats.of(tensor), role };
    this.tensors.set(name, added);
    return added;
  }

  /** What is made when the model is loaded is stored in the format of what it is made of, as weights that are kept narrow. */
  load({ known, outputs }: InferredNode): void {
    const [source] = known.inputs;
    if (source === undefined) return;
    const format = known.node.type === "DequantizeLinear" ? this.formats.of(source) : this.narrow.get(source.name);
    if (format !== undefined) this.narrow.set(outputs[0].name, format);
  }

  node(node: InferredNode): void {
    const { known } = node;
    const { type } = known.node;
    const operands = known.inputs.map((input, i) => (isOperand(input, type, i) ? input : undefined));
    const inputs = operands.map((input) => input && this.add(input, this.roleOf(input)));
    // Narrow numbers are widened where they are used, not in memory.
    if (type === "DequantizeLinear" && inputs[0] !== undefined)
      this.narrow.set(known.node.outputs[0], inputs[0].format);
    const used = node.outputs.filter(({ name }) => name !== "");
    const outputs = used.map((output) => this.add(output, "activation"));
    const work = this.workOf(node, inputs, outputs);
    // What nobody knows goes by the name that it has in the file.
    const word = work.work === undefined ? type : wordFor(type, inputs);
    this.nodes.push({
      name: this.nameOf(node),
      type: word,
      ...placeOf(known.node.name, word),
      inputs: operands.flatMap((input) => (input?.shape === undefined ? [] : [input.name])),
      outputs: used.filter(({ shape }) => shape !== undefined).map(({ name }) => name),
      ...work,
    });
  }

  private workOf(
    { known, understood }: InferredNode,
    inputs: readonly (Stored | undefined)[],
    outputs: readonly (Stored | undefined)[],
  ): NodeWork {
    const rule = understood ? rules.get(known.node.type) : undefined;
    const measurable =
      outputs.every((output) => output !== undefined) &&
      known.inputs.every((input) => input?.shape !== undefined || !input);
    const work = measurable
      ? rule?.({ known, inputs, outputs: outputs as Stored[], formats: this.formats })
      : undefined;
    return work ?? { work: undefined, kernels: [] };
  }

  private roleOf(tensor: Tensor): GraphTensor["role"] {
    if (!tensor.constant) return "activation";
    // Masks and indices are given with the model, and are none of its parameters.
    return storesWeights(this.formats.of(tensor)) ? "weight" : "input";
  }

  private nameOf({ known: { node }, outputs }: InferredNode): string {
    const wanted = node.name !== "" && !this.names.has(node.name) ? node.name : outputs[0].name;
    this.names.add(wanted);
    return wanted;
  }
}

function isOperand(input: Tensor | undefined, type: string, index: number): input is Tensor {
  if (input === undefined || (index > 0 && oneOperand.has(type))) return false;
  return !(input.constant && input.shape !== undefined && countOf(input.shape) === 1);
}

/** Exporters write the path to a node into its name: `/encoder/layer.3/attention/self/query/MatMul`. */
function placeOf(name: string, type: string): Pick<GraphNode, "part" | "layer"> {
  const layer = /(?:layers?|blocks?|h)[._/](\d+)/.exec(name)?.[1];
  const part = /attn|attention/i.test(name)
    ? "attention"
    : /mlp|ffn|feed_?forward|intermediate/i.test(name)
      ? "feed-forward"
      : /embed/i.test(name)
        ? "embedding"
        : type;
  return { part, layer: layer === undefined ? undefined : Number(layer) };
}
