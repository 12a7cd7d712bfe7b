// Goes through an ONNX graph once and gives every tensor its type and shape. Knows no operator by itself, and no device.
import { InputError } from "../../../../core/errors.js";
import type { BoundDimensions } from "../dimensions.js";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from "../model-file.js";
import { elementwiseRules } from "./elementwise.js";
import { layoutRules } from "./layout.js";
import { linearRules } from "./linear.js";
import { type Inferred, KnownNode, ShapeUnknown, type Tensor } from "./rule.js";

/** A node with what goes in and what comes out. */
export interface InferredNode {
  readonly known: KnownNode;
  readonly outputs: readonly Tensor[];
  /** There is a rule for its shapes. */
  readonly understood: boolean;
}

export interface InferredGraph {
  /** In the order of the file, which is one in which they can run; the taken branches of conditions stand in their place. */
  readonly nodes: readonly InferredNode[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly string[];
  /** Constants of the file, by name. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

const rules = new Map([...elementwiseRules, ...layoutRules, ...linearRules]);

/** onnxruntime's own operators have names that ONNX has not, or the meaning of ONNX's. */
const knownDomains: ReadonlySet<string> = new Set(["", "com.microsoft"]);

/** Throws InputError where the file contradicts itself or a tensor is used before it is made. */
export function inferShapes({ graph, opsets }: OnnxModel, bound: BoundDimensions): InferredGraph {
  const walk = new Walk(opsets, bound);
  walk.enter(graph);
  for (const node of graph.nodes) walk.visit(node);
  return {
    nodes: walk.nodes,
    inputs: walk.inputs,
    outputs: graph.outputs.map(({ name }) => walk.meant(name)),
    weights: walk.weights,
  };
}

class Walk {
  readonly nodes: InferredNode[] = [];
  readonly inputs: Tensor[] = [];
  readonly weights = new Map<string, Tensor>();
  private readonly tensors = new Map<string, Tensor>();
  private readonly declared = new Map<string, OnnxValue>();
  /** What the outputs of a condition are called in its branch. */
  private readonly sameAs = new Map<string, string>();

  constructor(
    private readonly opsets: ReadonlyMap<string, number>,
    private readonly bound: BoundDimensions,
  ) {}

  enter(graph: OnnxGraph): void {
    for (const value of [...graph.values, ...graph.outputs]) this.declared.set(value.name, value);
    for (const { name, type, shape, values } of graph.initializers) {
      const tensor: Tensor = { name, type, shape, values, constant: true };
      this.tensors.set(name, tensor);
      this.weights.set(name, tensor);
    }
    for (const input of graph.inputs) {
      if (this.tensors.has(input.name)) continue;
      const tensor = this.asDeclared(input.name, input, false);
      this.tensors.set(input.name, tensor);
      this.inputs.push(tensor);
    }
  }

  visit(node: OnnxNode): void {
    const known = new KnownNode(
      node,
      node.inputs.map((name) => (name === "" ? undefined : this.tensor(name, node))),
      this.opsets.get(node.domain) ?? this.opsets.get("") ?? 1,
    );
    const branch = takenBranch(known);
    if (branch !== undefined) {
      this.inline(node, branch);
      return;
    }
    const rule = knownDomains.has(node.domain) ? rules.get(node.type) : undefined;
    const inferred = rule === undefined ? [] : attempt(() => rule(known));
    // What hangs on constants alone is one, whatever its size: it is computed when the model is loaded.
    const constant = known.inputs.every((input) => input === undefined || input.constant) && !isRandom(node);
    const outputs = node.outputs.map((name, i) => this.output(name, inferred[i], known, constant));
    for (const output of outputs) this.tensors.set(output.name, output);
    if (node.type === "Constant") this.weights.set(outputs[0].name, outputs[0]);
    this.nodes.push({ known, outputs, understood: rule !== undefined });
  }

  meant(name: string): string {
    const inner = this.sameAs.get(name);
    return inner === undefined ? name : this.meant(inner);
  }

  private inline(node: OnnxNode, branch: OnnxGraph): void {
    this.enter(branch);
    for (const inner of branch.nodes) this.visit(inner);
    for (const [i, output] of node.outputs.entries()) this.sameAs.set(output, branch.outputs[i].name);
  }

  private tensor(name: string, user: OnnxNode): Tensor {
    const found = this.tensors.get(this.meant(name));
    if (found !== undefined) return found;
    throw new InputError(
      `node "${user.name || user.outputs[0]}" (${user.type}) reads "${name}", which nothing has made`,
      {
        fix: "The nodes of an ONNX file stand in the order in which they run: export it anew.",
      },
    );
  }

  private output(name: string, inferred: Inferred | undefined, known: KnownNode, constant: boolean): Tensor {
    const declared = this.declared.get(name);
    const stated = declared === undefined ? undefined : this.asDeclared(name, declared, constant);
    const shape = inferred?.shape ?? stated?.shape;
    if (shape?.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
      known.refuse(`makes a tensor of shape [${shape.join(", ")}]`);
    }
    const type = inferred?.type ?? declared?.type ?? known.inputs[0]?.type ?? "UNDEFINED";
    return { name, type, shape, values: inferred?.values, constant };
  }

  private asDeclared(name: string, value: OnnxValue, constant: boolean): Tensor {
    const shape = this.bound.shape(value);
    const whole = shape?.every((extent) => extent !== undefined) ? (shape as readonly number[]) : undefined;
    return { name, type: value.type ?? "UNDEFINED", shape: whole, constant };
  }
}

function attempt(rule: () => readonly Inferred[]): readonly Inferred[] {
  try {
    return rule();
  } catch (thrown) {
    if (thrown instanceof ShapeUnknown) return [];
    throw thrown;
  }
}

/** The branch of an `If` whose condition is a constant. */
function takenBranch(known: KnownNode): OnnxGraph | undefined {
  if (known.node.type !== "If" || known.node.domain !== "") return undefined;
  const condition = known.inputs[0]?.values?.[0];
  if (condition === undefined) return undefined;
  return known.attribute(condition !== 0 ? "then_branch" : "else_branch")?.graph;
}

function isRandom({ type }: OnnxNode): boolean {
  return type.startsWith("Random") || type === "Bernoulli" || type === "Multinomial";
}
