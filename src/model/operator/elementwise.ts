// The work of functions of one tensor or two, element by element. Knows no device.
import type { Work } from "../../core/work.js";
import { bytesOf, type Formats } from "./formats.js";
import type { StreamWork } from "./kernel-work.js";
import { operationsPerElement } from "./operations.js";
import { type ElementwiseType, extent, type Operator } from "./operator.js";

interface Elementwise {
  readonly type: ElementwiseType;
  /** As `Operator` has it: 1 for those that are modules, or take a number. */
  readonly hostSteps: number;
  readonly formula: string;
  /** Tensors that are read. */
  readonly inputs: 1 | 2;
  /** Operations an element; an exponential or its like is one. */
  readonly flop: number;
  /**
   * Instructions an element, its loads and store included: those of the PTX that nvcc 13 makes of the function. Of pow they are 151,
   * and 120 in the end; AMD's library takes about 180 by what an MI100 needs. One number has to stand for all.
   */
  readonly instructions: number;
}

const plain = 22;
const table: readonly Elementwise[] = [
  { type: "add", hostSteps: 0, formula: "x + y", inputs: 2, flop: 1, instructions: plain },
  { type: "mul", hostSteps: 0, formula: "x * y", inputs: 2, flop: 1, instructions: plain },
  { type: "div", hostSteps: 0, formula: "x / y", inputs: 2, flop: 1, instructions: plain },
  { type: "pow", hostSteps: 0, formula: "x to the power of y", inputs: 2, flop: 1, instructions: 157 },
  { type: "add_scalar", hostSteps: 1, formula: "x + a", inputs: 1, flop: 1, instructions: plain },
  { type: "mul_scalar", hostSteps: 1, formula: "a * x", inputs: 1, flop: 1, instructions: plain },
  { type: "relu", hostSteps: 1, formula: "max(x, 0)", inputs: 1, flop: 1, instructions: plain },
  { type: "tanh", hostSteps: 0, formula: "tanh(x)", inputs: 1, flop: 1, instructions: 41 },
  {
    type: "gelu",
    hostSteps: 1,
    formula: "x (1 + erf(x / sqrt(2))) / 2",
    inputs: 1,
    flop: operationsPerElement.gelu,
    instructions: 49,
  },
  {
    type: "silu",
    hostSteps: 1,
    formula: "x / (1 + exp(-x))",
    inputs: 1,
    flop: operationsPerElement.silu,
    instructions: 36,
  },
];

/** Functions by name, each an operator of so many elements. */
export const elementwise: ReadonlyMap<ElementwiseType, Operator> = new Map(
  table.map((row) => [row.type, operatorOf(row)]),
);

/** The one kernel of such a function; L2 has of its operands what `warm` says, in bytes. */
export function elementwiseKernel(type: ElementwiseType, elements: number, formats: Formats, warm: number): StreamWork {
  const { inputs, instructions } = table.find((row) => row.type === type) as Elementwise;
  return {
    kind: "stream",
    read: inputs * bytesOf(elements, formats.input),
    written: bytesOf(elements, formats.output),
    elements,
    operationsPerElement: instructions,
    math: formats.math,
    warm,
  };
}

function operatorOf(row: Elementwise): Operator {
  return {
    type: row.type,
    hostSteps: row.hostSteps,
    description: `${row.formula}, element by element`,
    dimensions: [extent("elements", "elements of each tensor", 1 << 24)],
    work([elements], { math, input, output }): Work {
      const dram = row.inputs * bytesOf(elements, input) + bytesOf(elements, output);
      return { flop: { [math]: row.flop * elements }, bytes: { dram } };
    },
    kernels: ([elements], formats) => [elementwiseKernel(row.type, elements, formats, 0)],
  };
}
