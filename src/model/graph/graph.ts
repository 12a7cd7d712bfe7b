// Operator graphs: what a whole model computes, as operators and the tensors between them. Knows no device and no model.
import { bytesPerElement, type Precision } from "../../core/precision.js";
import type { Work } from "../../core/work.js";
import type { KernelWork } from "../operator/index.js";

/** How the elements of a tensor are stored: a number format, or what indices and masks are stored in. */
export type TensorFormat = Precision | "INT64" | "INT32" | "BOOL";

/** What flows between nodes. */
export interface Tensor {
  readonly name: string;
  /** Extents; none for a scalar. */
  readonly shape: readonly number[];
  readonly format: TensorFormat;
  /** `input`: given from outside. `weight`: a parameter, there before the model starts. `activation`: computed by a node. */
  readonly role: "input" | "weight" | "activation";
}

/** One operator at work on tensors. */
export interface GraphNode {
  /** Unique in its graph: `layers.3.attention.query`. */
  readonly name: string;
  /** What it is called where it comes from: `linear`, `softmax`, an ONNX operator. */
  readonly type: string;
  /** The part of the model that it belongs to, by which tables sum up: `attention`, `feed-forward`. */
  readonly part: string;
  /** Which of the repeated layers it belongs to, from 0; undefined before, between and behind them. */
  readonly layer: number | undefined;
  /** Names of tensors, weights included. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Operations and bytes. A view that moves nothing has none of either and no kernels; undefined where nobody knows what the
   * operator does.
   */
  readonly work: Work | undefined;
  /** The kernels that do it, one after another. */
  readonly kernels: readonly KernelWork[];
}

/** A model with its sizes bound. Nodes stand in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly GraphNode[];
  /** Tensors that are the answer. */
  readonly outputs: readonly string[];
}

/** What a graph asks for as a whole. */
export interface GraphTotals {
  readonly nodes: number;
  readonly kernels: number;
  /** Elements of all weights; one that several nodes share counts once. */
  readonly parameters: number;
  readonly weightBytes: number;
  /** Operations by precision. */
  readonly flop: Work["flop"];
  /** Bytes that cross the memory interface when every node reads its inputs and writes its outputs. */
  readonly bytes: number;
  /** Bytes of the weights and of the activations that live at the same time, at the worst moment. */
  readonly workingSet: number;
  /** Operators that nobody knows what to do with, and how many nodes of each; nothing of them is in the other totals. */
  readonly unknown: ReadonlyMap<string, number>;
}

export function graphTotals(graph: Graph): GraphTotals {
  const flop: Partial<Record<Precision, number>> = {};
  const unknown = new Map<string, number>();
  let bytes = 0;
  let kernels = 0;
  for (const node of graph.nodes) {
    if (node.work === undefined) {
      unknown.set(node.type, (unknown.get(node.type) ?? 0) + 1);
      continue;
    }
    kernels += node.kernels.length;
    bytes += node.work.bytes.dram;
    for (const [precision, count] of Object.entries(node.work.flop) as [Precision, number][]) {
      flop[precision] = (flop[precision] ?? 0) + count;
    }
  }
  const weights = [...graph.tensors.values()].filter(({ role }) => role === "weight");
  const weightBytes = weights.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  return {
    nodes: graph.nodes.length,
    kernels,
    parameters: weights.reduce((sum, tensor) => sum + elements(tensor), 0),
    weightBytes,
    flop,
    bytes,
    workingSet: weightBytes + greatestLiveBytes(graph),
    unknown,
  };
}

/** How many elements a tensor has. */
export function elements({ shape }: Pick<Tensor, "shape">): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function tensorBytes(tensor: Pick<Tensor, "shape" | "format">): number {
  return elements(tensor) * tensorElementBytes[tensor.format];
}

const tensorElementBytes: Readonly<Record<TensorFormat, number>> = { ...bytesPerElement, INT64: 8, INT32: 4, BOOL: 1 };

/**
 * The most bytes of tensors that live at the same time: activations, and what is given from outside unless `roles` leaves it out. A
 * tensor lives from the node that makes it, inputs from the beginning, until its last reader is done; what a node reads and what it
 * writes are there at the same time.
 */
export function greatestLiveBytes(
  { tensors, nodes, outputs }: Graph,
  roles: readonly Exclude<Tensor["role"], "weight">[] = ["input", "activation"],
): number {
  const lastRead = new Map<string, number>();
  for (const [index, { inputs }] of nodes.entries()) for (const name of inputs) lastRead.set(name, index);
  for (const name of outputs) lastRead.set(name, nodes.length);
  const bytes = (name: string): number => {
    const tensor = tensors.get(name);
    return tensor !== undefined && roles.some((role) => role === tensor.role) ? tensorBytes(tensor) : 0;
  };
  const given = [...tensors.values()].filter(({ role }) => role === "input");
  let live = given.reduce((sum, { name }) => sum + bytes(name), 0);
  let greatest = live;
  for (const [index, node] of nodes.entries()) {
    for (const name of node.outputs) live += bytes(name);
    greatest = Math.max(greatest, live);
    for (const name of new Set([...node.inputs, ...node.outputs])) {
      if ((lastRead.get(name) ?? index) === index) live -= bytes(name);
    }
  }
  return greatest;
}
