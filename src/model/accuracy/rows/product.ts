// Rows that time a product of matrices: columns M, N, K, and B for a batch of them.
import { bytesPerElement, type Precision } from "../../../core/precision.js";
import { type Formats, gemm, type KernelWork, uniform } from "../../operator/index.js";
import { kernelsTimed, type NotCovered, type Question } from "../question.js";
import { isNotCovered, readExtent, readHeading, readPrecision, readProtocol, type TableRow } from "./cells.js";

/** Reads a row that has the columns M, N and K; undefined for others. */
export function readProduct(row: TableRow): Question | NotCovered | undefined {
  const [m, n, k] = ["M", "N", "K"].map((name) => readExtent(row, name));
  if (m === undefined || n === undefined || k === undefined) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const batch = row["B"] === undefined || row["B"] === "" ? 1 : readExtent(row, "B");
  if (batch === undefined) return { reason: `B is ${JSON.stringify(row["B"])}` };
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const single = gemm.work([m, n, k], uniform(precision));
  const product: KernelWork = { kind: "matmul", batch, m, n, k, formats: formatsOf(precision) };
  return {
    ...heading,
    work: { flop: { [precision]: 2 * batch * m * n * k }, bytes: { dram: batch * single.bytes.dram } },
    operator: { type: "gemm", precision },
    predict: kernelsTimed([...conversions(row, precision, batch * m * k), product], protocol),
  };
}

// The result of a narrow product is 16 bits wide.
function formatsOf(precision: Precision): Formats {
  return { ...uniform(precision), output: bytesPerElement[precision] < 2 ? "BF16" : precision };
}

// aiconfigurator's times of narrow products include bringing A, 16 bits an element, into the narrow format. TensorRT-LLM scales a
// whole matrix, which takes the magnitudes, the largest of them and the conversion: three kernels. Elsewhere rows or blocks
// are scaled by themselves, in one.
function conversions(row: TableRow, precision: Precision, elements: number): KernelWork[] {
  if (row["source"] !== "aiconfigurator" || bytesPerElement[precision] >= 2 || precision === "INT8") return [];
  const pass = (read: number, written: number): KernelWork => ({
    kind: "stream",
    read: elements * read,
    written: elements * written,
    elements,
    operationsPerElement: 1,
    math: precision,
  });
  const conversion = pass(2, bytesPerElement[precision]);
  const whole = row["dtype"] === "fp8" && (row["framework"] ?? "").startsWith("trtllm");
  return whole ? [pass(2, 2), pass(2, 0), conversion] : [conversion];
}
