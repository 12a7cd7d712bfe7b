// Rows of Vidur's profiles that time what lies between the products of a transformer's layer: residual sums, activations, norms.
// Knows the kernels that its engine (Sarathi, from vLLM 0.2) launches for them, and that its times are a profiler's of the kernels
// alone (vidur/profiling/utils/record_function_tracer.py).
import type { Work } from "../../../core/work.js";
import {
  bytesOf,
  elementwiseKernel,
  type Formats,
  type KernelWork,
  normKernel,
  uniform,
} from "../../operator/index.js";
import { kernelsTimed, type NotCovered, type Question } from "../question.js";
import { isNotCovered, type TableRow } from "./cells.js";
import { type MatrixRow, readMatrix } from "./matrix.js";

/** Reads such a row; undefined for others. */
export function readVidur(row: TableRow): Question | NotCovered | undefined {
  const launched = row["source"] === "vidur" ? launches[row["op"] ?? ""] : undefined;
  if (launched === undefined) return undefined;
  const matrix = readMatrix(row);
  if (matrix === undefined || isNotCovered(matrix)) return matrix;
  const { work, kernels } = launched(matrix, isParallel(row["model"] ?? ""));
  return { ...matrix.heading, work, predict: kernelsTimed(kernels, "kernel") };
}

// phi-2 takes the sum of attention, feed-forward network and residual at once, with PyTorch's layer norm and GELU; the other models
// are of Llama's kind, with RMS norm and a gated SiLU.
function isParallel(model: string): boolean {
  return /phi-?2/i.test(model);
}

interface Launched {
  readonly work: Work;
  readonly kernels: readonly KernelWork[];
}

const launches: Readonly<Record<string, (matrix: MatrixRow, parallel: boolean) => Launched>> = {
  // Of the operands one has just been written; the other, the residual, was before the products.
  add({ rows, columns, precision }, parallel) {
    const formats = uniform(precision);
    const bytes = bytesOf(rows * columns, precision);
    const sum = elementwiseKernel("add", rows * columns, formats, bytes);
    const sums = parallel ? [sum, sum] : [sum];
    return { work: workOf(formats, sums.length * rows * columns, sums.length * 3 * bytes), kernels: sums };
  },
  mlp_act({ rows, columns, precision }, parallel) {
    const formats = uniform(precision);
    const elements = rows * columns;
    const bytes = bytesOf(elements, precision);
    if (parallel) {
      return {
        work: workOf(formats, 5 * elements, 2 * bytes),
        kernels: [elementwiseKernel("gelu", elements, formats, bytes)],
      };
    }
    const silu: KernelWork = {
      ...byElement(rows, columns, formats),
      rowRead: 2 * bytesOf(columns, precision),
      passes: 1,
      operationsPerThread: 0,
      operationsPerElement: 66,
      warm: 2 * bytes,
    };
    return { work: workOf(formats, 5 * elements, 3 * bytes), kernels: [silu] };
  },
  input_layernorm: norm,
  post_attention_layernorm: norm,
};

function norm({ rows, columns, precision }: MatrixRow, parallel: boolean): Launched {
  const formats = uniform(precision);
  const elements = rows * columns;
  const bytes = bytesOf(elements, precision);
  if (parallel) {
    return { work: workOf(formats, 7 * elements, 2 * bytes), kernels: [normKernel(rows, columns, formats, bytes)] };
  }
  const rms: KernelWork = {
    ...byElement(rows, columns, formats),
    passes: 2,
    operationsPerThread: 60,
    operationsPerElement: 45,
    warm: bytes,
  };
  return { work: workOf(formats, 4 * elements, 2 * bytes), kernels: [rms] };
}

// vLLM's own kernels of that time: a block of up to 1024 threads goes through its row one element a thread at a time.
function byElement(rows: number, columns: number, { math }: Formats) {
  const row = bytesOf(columns, math);
  return {
    kind: "rows",
    rows,
    columns,
    rowRead: row,
    rowWritten: row,
    threads: Math.min(columns, 1024),
    vector: 1,
    math,
  } as const;
}

function workOf({ math }: Formats, flop: number, dram: number): Work {
  return { flop: { [math]: flop }, bytes: { dram } };
}
