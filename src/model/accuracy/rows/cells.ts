// The cells of a table of latencies: text by column, and what its words mean. Knows no operator.
import { type Precision, parsePrecision } from "../../../core/precision.js";
import { type Protocol, protocols } from "../../planner/index.js";
import { type NotCovered, orNotCovered } from "../question.js";

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

/** Formats by which tables mean how a product is quantised too. */
const quantised: Readonly<Record<string, Precision>> = {
  fp8_block: "FP8_E4M3",
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

/** The precision that a dtype's name means, that of PyTorch among them: `torch.float8_e4m3fn`. */
export function readPrecision({ dtype }: Pick<Heading, "dtype">): Precision | NotCovered {
  if (dtype === "") return { reason: "dtype is missing" };
  const word = dtype
    .toLowerCase()
    .replace(/^torch\./, "")
    .replace(/^float8_(e4m3|e5m2)(fn)?$/, "$1");
  const found = quantised[word] ?? orNotCovered(() => parsePrecision(word));
  return isNotCovered(found) ? { reason: `dtype ${dtype} is not predicted yet` } : found;
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

/** The framework whose kernels were timed: its column, else TensorRT-LLM, which stands for most rows of those who time several. */
export function readFramework(row: TableRow): string {
  const written = row["framework"] ?? "";
  return written === "" ? "trtllm" : written;
}

/** A whole number of at least `least` in this column; undefined where there is none. */
export function readExtent(row: TableRow, column: string, least: number = 1): number | undefined {
  const text = row[column];
  const value = Number(text);
  return text === undefined || text === "" || !Number.isSafeInteger(value) || value < least ? undefined : value;
}

/** The same where the column may be left out, which means `otherwise`; whatever else stands there is a reason. */
export function readOptional(row: TableRow, column: string, least: number, otherwise: number): number | NotCovered {
  const text = row[column] ?? "";
  if (text === "") return otherwise;
  return readExtent(row, column, least) ?? { reason: `${column} is ${JSON.stringify(text)}` };
}

export function isNotCovered(read: object | string | number): read is NotCovered {
  return typeof read === "object" && "reason" in read;
}
