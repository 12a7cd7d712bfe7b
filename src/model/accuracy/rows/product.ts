// Rows that time a product of matrices: columns M, N, K, and B for a batch of them.
import { bytesPerElement, type Precision } from "../../../core/precision.js";
import {
  type Formats,
  gemm,
  type KernelWork,
  type MatmulWork,
  quantisingKernels,
  uniform,
} from "../../operator/index.js";
import { eagerCall, type HostCall, type Protocol, timeCall } from "../../planner/index.js";
import { kernelsTimed, type NotCovered, type Question } from "../question.js";
import {
  type Heading,
  isNotCovered,
  readExtent,
  readFramework,
  readHeading,
  readOptional,
  readPrecision,
  readProtocol,
  type TableRow,
} from "./cells.js";
import { bareCall } from "./llmcompass.js";

/** Reads a row that has the columns M, N and K; undefined for others. */
export function readProduct(row: TableRow): Question | NotCovered | undefined {
  const [m, n, k] = ["M", "N", "K"].map((name) => readExtent(row, name));
  if (m === undefined || n === undefined || k === undefined) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const batch = readOptional(row, "B", 1, 1);
  if (isNotCovered(batch)) return batch;
  const formats = formatsOf(row, heading);
  if (isNotCovered(formats)) return formats;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const precision = formats.math;
  const mixed = formats.weight !== precision;
  const single = gemm.work([m, n, k], mixed ? formats : uniform(precision));
  const product: MatmulWork = {
    kind: "matmul",
    batch,
    m,
    n,
    k,
    formats,
    ...pipeOf(row, precision),
    ...scalesOf(heading),
  };
  return {
    ...heading,
    work: { flop: { [precision]: 2 * batch * m * n * k }, units: "matrix", bytes: { dram: batch * single.bytes.dram } },
    ...(mixed ? {} : { operator: { type: "gemm", precision } }),
    predict: predictionOf(row, heading, [...conversions(row, product), product], protocol),
  };
}

// A linear layer is a module that transposes its weights' view, adds a bias and asks for the product of both; a product of batches
// is asked for as it is.
function predictionOf(
  row: TableRow,
  { op }: Heading,
  kernels: readonly KernelWork[],
  protocol: Protocol,
): Question["predict"] {
  if (row["source"] === "llmcompass") return (planner) => timeCall(planner, kernels, bareCall);
  if (isProfiledLayer(row)) return (planner) => timeCall(planner, kernels, profiledLayer);
  if (protocol !== "eager") return kernelsTimed(kernels, protocol);
  const steps = op === "linear" ? 6 : 1;
  return (planner) => timeCall(planner, kernels, eagerCall(planner.device, planner.constants, steps));
}

// aiconfigurator names TensorRT's kernels so; without names, these are the formats that it timed in no other way.
function isProfiledLayer(row: TableRow): boolean {
  const { source = "", kernel = "", dtype = "" } = row;
  if (kernel !== "") return kernel.startsWith("trt_flow");
  return source === "aiconfigurator" && ["int8_sq", "int8_wo", "int4_wo"].includes(dtype.toLowerCase());
}

/** A layer of a TensorRT engine between the events of its profiler, as the smallest of them show. Seconds. */
const profiledLayer: HostCall = { before: 9e-6, after: 0 };

/** Weights alone are narrow: they are widened on their way to the arithmetic, which is done in 16 bits. */
const weightOnly: Readonly<Record<string, Precision>> = { int8_wo: "INT8", int4_wo: "INT4" };

// The result of a narrow product is 16 bits wide; DeepBench's of INT8 is the accumulator itself, 32 bits.
function formatsOf(row: TableRow, heading: Heading): Formats | NotCovered {
  const weight = weightOnly[heading.dtype.toLowerCase()];
  if (weight !== undefined) return { ...uniform("FP16"), weight };
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  if (bytesPerElement[precision] >= 2) return uniform(precision);
  return { ...uniform(precision), output: row["source"] === "deepbench" ? "FP32" : "BF16" };
}

// A scale for every 128 elements of K, as DeepSeek-V3 has them.
function scalesOf({ dtype }: Heading): Pick<MatmulWork, "scaleBlock"> {
  return dtype.toLowerCase() === "fp8_block" ? { scaleBlock: 128 } : {};
}

// cuBLAS, at the time of DeepBench, had INT8 for matrices stored by columns only outside tensor cores: on a T4 it stays below 24
// of 130 TOPS, under the 32 of dp4a.
function pipeOf(row: TableRow, precision: Precision): Pick<MatmulWork, "pipe"> {
  return row["source"] === "deepbench" && precision === "INT8" ? { pipe: "scalar" } : {};
}

// aiconfigurator's times of narrow products include bringing A, 16 bits an element, into the narrow format. TensorRT-LLM scales a
// whole matrix, vLLM its rows; elsewhere parts of rows are scaled by themselves.
function conversions(row: TableRow, product: MatmulWork): KernelWork[] {
  if (row["source"] !== "aiconfigurator" || product.formats.math === "INT8") return [];
  const framework = readFramework(row);
  const isPlain = row["dtype"] === "fp8";
  if (isPlain && framework.startsWith("vllm")) return quantisingKernels(product, "rows");
  return quantisingKernels(product, isPlain && framework.startsWith("trtllm") ? "matrix" : "blocks");
}
