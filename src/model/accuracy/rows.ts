// Rows of tables of measured latencies, by the names that their authors gave the columns: which question each asks, or why none
// that is answered here. Predicts nothing.
import { bytesPerElement, type Precision } from "../../core/precision.js";
import type { Products } from "../operator/index.js";
import { type Protocol, protocols } from "../planner/index.js";

/** A row as text by column. */
export type TableRow = Readonly<Record<string, string>>;

/** A product of matrices that somebody timed. */
export interface MeasuredProduct {
  readonly gpu: string;
  readonly op: string;
  readonly dtype: string;
  readonly products: Products;
  readonly precision: Precision;
  /** Bytes of an element of the result. */
  readonly resultBytes: number;
  readonly protocol: Protocol;
  /** Kernels that first bring A, 16 bits an element, into the product's format; 0 where the time is that of the product alone. */
  readonly conversions: number;
  /** Seconds. */
  readonly measured: number;
}

/** Why a row is not predicted. */
export interface NotCovered {
  readonly reason: string;
}

const precisionOf: Readonly<Record<string, Precision>> = {
  fp64: "FP64",
  fp32: "FP32",
  float32: "FP32",
  tf32: "TF32",
  bf16: "BF16",
  bfloat16: "BF16",
  fp16: "FP16",
  float16: "FP16",
  fp8: "FP8_E4M3",
  fp8_block: "FP8_E4M3",
  nvfp4: "NVFP4",
  int8: "INT8",
};

/** How the tables that are known were timed; a column `protocol` says it of others. */
const protocolOf: Readonly<Record<string, Protocol>> = {
  aiconfigurator: "graph",
  vidur: "events",
  neusight: "eager",
  deepbench: "loop",
};

/** Reads a row of which the columns are `gpu`, `op`, extents, `dtype` and `measured_us`. */
export function readRow(row: TableRow): MeasuredProduct | NotCovered {
  const measured = Number(row["measured_us"]);
  if (row["measured_us"] === undefined || row["measured_us"] === "" || !(measured > 0)) {
    return { reason: `measured_us is ${JSON.stringify(row["measured_us"] ?? "")}` };
  }
  const [m, n, k] = ["M", "N", "K"].map((name) => extent(row[name]));
  const op = row["op"] ?? "?";
  if (m === undefined || n === undefined || k === undefined) return { reason: `operator ${op} is not predicted yet` };
  const batch = row["B"] === undefined || row["B"] === "" ? 1 : extent(row["B"]);
  if (batch === undefined) return { reason: `B is ${JSON.stringify(row["B"])}` };
  const dtype = row["dtype"] ?? "";
  const precision = precisionOf[dtype.toLowerCase()];
  if (precision === undefined)
    return { reason: `dtype ${dtype === "" ? "is missing" : `${dtype} is not predicted yet`}` };
  const protocol = readProtocol(row);
  if (protocol === undefined)
    return { reason: `protocol ${JSON.stringify(row["protocol"])} is none of ${protocols.join(", ")}` };
  const converts = row["source"] === "aiconfigurator" && bytesPerElement[precision] < 2 && precision !== "INT8";
  return {
    gpu: row["gpu"] ?? "",
    op,
    dtype,
    products: { batch, m, n, k },
    precision,
    resultBytes: Math.max(2, bytesPerElement[precision]),
    protocol,
    conversions: converts ? conversionsOf(dtype, row["framework"] ?? "") : 0,
    measured: measured * 1e-6,
  };
}

// TensorRT-LLM scales a whole matrix, which takes the largest element, the scale and the conversion: three kernels. Elsewhere
// rows or blocks are scaled by themselves, in one.
function conversionsOf(dtype: string, framework: string): number {
  return dtype === "fp8" && framework.startsWith("trtllm") ? 3 : 1;
}

function readProtocol(row: TableRow): Protocol | undefined {
  const written = row["protocol"];
  if (written === undefined || written === "") return protocolOf[row["source"] ?? ""] ?? "graph";
  return protocols.find((known) => known === written);
}

function extent(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isSafeInteger(value) || value < 1 ? undefined : value;
}
