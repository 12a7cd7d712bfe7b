// What a rule of shape inference is given and what it answers. Knows no operator.
import { InputError } from "../../../../core/errors.js";
import type { ElementType, OnnxAttribute, OnnxNode } from "../model-file.js";

/** A tensor of the graph, as far as it is known without running it. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  /** Undefined where it hangs on an operator that is not known, or on data. */
  readonly shape: readonly number[] | undefined;
  /** Its numbers, row-major, where they follow from constants and shapes alone. */
  readonly values?: readonly number[] | undefined;
  /** It is a constant of the model, or made of nothing else. */
  readonly constant: boolean;
}

/** An output of a node. What is left out: the type is that of the first input. */
export interface Inferred {
  readonly type?: ElementType;
  readonly shape: readonly number[] | undefined;
  readonly values?: readonly number[] | undefined;
}

/** The outputs of a node, in order. Where a rule gives fewer than the node has, the others' shapes are not known. */
export type ShapeRule = (node: KnownNode) => readonly Inferred[];

/** A node whose inputs are known. */
export class KnownNode {
  constructor(
    readonly node: OnnxNode,
    /** Undefined where an optional input is left out. */
    readonly inputs: readonly (Tensor | undefined)[],
    /** The version of the operator set that the node is written in. */
    readonly opset: number,
  ) {}

  /** `node "conv1" (Conv)`: how messages call it. */
  get where(): string {
    const name = this.node.name || this.node.outputs[0];
    return `node "${name}" (${this.node.type})`;
  }

  integer(name: string, otherwise: number): number {
    return this.attribute(name)?.integer ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.attribute(name)?.text ?? otherwise;
  }

  integers(name: string): readonly number[] | undefined {
    return this.attribute(name)?.integers;
  }

  attribute(name: string): OnnxAttribute | undefined {
    return this.node.attributes.get(name);
  }

  /** The shape of an input that must be there and known. */
  shape(index: number): readonly number[] {
    const { shape } = this.input(index);
    if (shape === undefined) throw new ShapeUnknown();
    return shape;
  }

  /** An input that must be there. */
  input(index: number): Tensor {
    const input = this.inputs[index];
    return input ?? this.refuse(`has no input ${index + 1}`);
  }

  /** The values of an input; undefined where it is left out. Throws ShapeUnknown where they hang on data. */
  values(index: number): readonly number[] | undefined {
    const input = this.inputs[index];
    if (input === undefined) return undefined;
    if (input.values === undefined) throw new ShapeUnknown();
    return input.values;
  }

  /** What was an attribute in older operator sets and is an input in newer ones, such as `axes`. */
  integersOrInput(name: string, index: number): readonly number[] | undefined {
    return this.integers(name) ?? this.values(index);
  }

  /** An axis as counted from the front. */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= Math.max(rank, 1)) this.refuse(`has axis ${axis} of a tensor of ${rank} dimensions`);
    return counted;
  }

  refuse(what: string): never {
    throw new InputError(`${this.where} ${what}`, { fix: "The file contradicts itself: export it anew." });
  }
}

/** The shape of an output hangs on what is not known. Caught by whoever runs the rules. */
export class ShapeUnknown extends Error {}

/** The elements of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The shape that both broadcast to (numpy's rule); undefined where they do not fit. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}
