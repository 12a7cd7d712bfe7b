// The work of making one number of each row: sums, means, maxima. Knows no device.
import { bytesOf } from "./formats.js";
import { extent, type Operator } from "./operator.js";

type ReductionType = "sum" | "mean" | "max";

/** Of an element, its part of a load and of a loop among them. An estimate. */
const instructions = 10;

/**
 * Each element is read once, each row's result is written once; a row of n takes n - 1 operations, and a mean one more. Simplified:
 * enough blocks for the whole device share the elements whatever the shape is (frameworks split long rows), and adding up what they
 * have left costs nothing.
 */
function reduction(type: ReductionType, description: string): Operator {
  return {
    type,
    description,
    dimensions: [extent("rows", "results"), extent("columns", "elements that make one result")],
    work([rows, columns], { math, input, output }) {
      const dram = bytesOf(rows * columns, input) + bytesOf(rows, output);
      return { flop: { [math]: rows * (columns - (type === "mean" ? 0 : 1)) }, bytes: { dram } };
    },
    kernels: ([rows, columns], { math, input, output }) => [
      {
        kind: "stream",
        read: bytesOf(rows * columns, input),
        written: bytesOf(rows, output),
        elements: rows * columns,
        operationsPerElement: instructions,
        math,
      },
    ],
  };
}

export const sum: Operator = reduction("sum", "the sum of each row");
export const mean: Operator = reduction("mean", "the mean of each row");
export const max: Operator = reduction("max", "the largest element of each row");
