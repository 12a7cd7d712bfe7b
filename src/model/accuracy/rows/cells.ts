// The cells of a table of latencies: text by column, and what its words mean. Knows no operator.
import type { Precision } from "../../../core/precision.js";
import { type Protocol, protocols } from "../../planner/index.js";
import type { NotCovered } from "../question.js";

/** A row as text by column. */
export type TableRow = Readonly<Record<string, string>>;

/** What every row says, whatever it measured. */
export interface Heading {
  readonly gpu: string;
  readonly op: string;
  readonly dtype: string;
  /** Seconds. */
  readonly measured: number;
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
  int8_sq: "INT8",
};

/** How the tables that are known were timed; a column `protocol` says it of others. */
const protocolOf: Readonly<Record<string, Protocol>> = {
  aiconfigurator: "graph",
  vidur: "events",
  neusight: "eager",
  deepbench: "loop",
};

/** Reads what every row says. */
export function readHeading(row: TableRow): Heading | NotCovered {
  const measured = Number(row["measured_us"]);
  if (row["measured_us"] === undefined || row["measured_us"] === "" || !(measured > 0)) {
    return { reason: `measured_us is ${JSON.stringify(row["measured_us"] ?? "")}` };
  }
  return { gpu: row["gpu"] ?? "", op: row["op"] ?? "?", dtype: row["dtype"] ?? "", measured: measured * 1e-6 };
}

/** The precision that a dtype's name means. */
export function readPrecision({ dtype }: Pick<Heading, "dtype">): Precision | NotCovered {
  const found = precisionOf[dtype.toLowerCase()];
  return found ?? { reason: `dtype ${dtype === "" ? "is missing" : `${dtype} is not predicted yet`}` };
}

/** How the row was timed: its column `protocol`, else what is known of its source, else from a CUDA graph. */
export function readProtocol(row: TableRow): Protocol | NotCovered {
  const written = row["protocol"];
  if (written === undefined || written === "") {
    return protocolOf[row["source"] ?? ""] ?? "graph";
  }
  const found = protocols.find((known) => known === written);
  return found ?? { reason: `protocol ${JSON.stringify(written)} is none of ${protocols.join(", ")}` };
}

/** A whole number of at least `least` in this column; undefined where there is none. */
export function readExtent(row: TableRow, column: string, least: number = 1): number | undefined {
  const text = row[column];
  const value = Number(text);
  return text === undefined || text === "" || !Number.isSafeInteger(value) || value < least ? undefined : value;
}

export function isNotCovered(read: object | string): read is NotCovered {
  return typeof read === "object" && "reason" in read;
}
