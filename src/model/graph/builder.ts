// Writes a graph down node by node, in the order in which they run. Knows tensors and names, no model and no device.
import { InputError } from "../../core/errors.js";
import type { Work } from "../../core/work.js";
import type { KernelWork } from "../operator/index.js";
import type { Graph, GraphNode, Tensor, TensorFormat } from "./graph.js";

/** What a node does, without its place in a graph. */
export interface NodeWork {
  readonly work: Work | undefined;
  readonly kernels: readonly KernelWork[];
}

export interface NodeOptions extends NodeWork {
  /** Within the part that is being built; a number is added where it is there already. */
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly Tensor[];
  /** Shape and format of what it makes; one output. */
  readonly shape: readonly number[];
  readonly format: TensorFormat;
}

export class GraphBuilder {
  readonly #name: string;
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: GraphNode[] = [];
  #part = "";
  #layer: number | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** What follows belongs to this part of the model, and to this of its repeated layers. */
  enter(part: string, layer?: number): void {
    this.#part = part;
    this.#layer = layer;
  }

  /** What is given from outside, named within the part that is being built. */
  input(name: string, shape: readonly number[], format: TensorFormat): Tensor {
    return this.#tensor({ name: this.#within(name), shape, format, role: "input" });
  }

  /** A parameter, named within the part that is being built. */
  weight(name: string, shape: readonly number[], format: TensorFormat): Tensor {
    return this.#tensor({ name: this.#within(name), shape, format, role: "weight" });
  }

  node({ name, type, inputs, shape, format, work, kernels }: NodeOptions): Tensor {
    const output = this.#tensor({ name: this.#free(this.#within(name)), shape, format, role: "activation" });
    this.#nodes.push(
      Object.freeze({
        name: output.name,
        type,
        part: this.#part,
        layer: this.#layer,
        inputs: inputs.map((tensor) => tensor.name),
        outputs: [output.name],
        work,
        kernels,
      }),
    );
    return output;
  }

  build(...outputs: readonly Tensor[]): Graph {
    return Object.freeze({
      name: this.#name,
      tensors: this.#tensors,
      nodes: Object.freeze(this.#nodes),
      outputs: outputs.map(({ name }) => name),
    });
  }

  #within(name: string): string {
    return [
      ...(this.#layer === undefined ? [] : ["layers", this.#layer]),
      ...(this.#part === "" ? [] : [this.#part]),
      name,
    ].join(".");
  }

  #free(name: string): string {
    if (!this.#tensors.has(name)) return name;
    let count = 2;
    while (this.#tensors.has(`${name}.${count}`)) count++;
    return `${name}.${count}`;
  }

  #tensor(tensor: Tensor): Tensor {
    if (this.#tensors.has(tensor.name)) throw new InputError(`two tensors are called ${tensor.name}`);
    this.#tensors.set(tensor.name, Object.freeze(tensor));
    return tensor;
  }
}
