// Rows of LLMCompass that time softmax, layer norm and GELU. Knows how its authors timed them: a clock of the host around one call
// of PyTorch and a wait for the device, softmax called as it is, the others through torch.compile (software_model/*.py).
import { elementwise, layerNorm, type Operator, softmax, uniform } from "../../operator/index.js";
import { type HostCall, timeCall } from "../../planner/index.js";
import type { NotCovered, Question } from "../question.js";
import { isNotCovered, type TableRow } from "./cells.js";
import { readMatrix } from "./matrix.js";

/** Reads such a row; undefined for others. */
export function readLlmcompass(row: TableRow): Question | NotCovered | undefined {
  const timed = row["source"] === "llmcompass" ? calls[row["op"] ?? ""] : undefined;
  if (timed === undefined) return undefined;
  const matrix = readMatrix(row);
  if (matrix === undefined || isNotCovered(matrix)) return matrix;
  const { operator, host } = timed;
  const { heading, rows, columns, precision } = matrix;
  const shape = operator.dimensions.length === 1 ? [rows * columns] : [rows, columns];
  const formats = uniform(precision);
  const kernels = operator.kernels(shape, formats);
  return { ...heading, work: operator.work(shape, formats), predict: (planner) => timeCall(planner, kernels, host) };
}

/** Its host, as its smallest shapes show it: a bare call, and one that first checks what was compiled for it. Seconds. */
export const bareCall: HostCall = { before: 11.5e-6, after: 1.5e-6 };
const compiled: HostCall = { before: 40e-6, after: 9e-6 };

const calls: Readonly<Record<string, { readonly operator: Operator; readonly host: HostCall }>> = {
  softmax: { operator: softmax, host: bareCall },
  layernorm: { operator: layerNorm, host: compiled },
  gelu: { operator: elementwise.get("gelu") as Operator, host: compiled },
};
