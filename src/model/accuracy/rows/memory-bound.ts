// Rows that time operators which memory binds: functions by element, softmax, norms, reductions. Knows how an eager framework calls
// them; tables whose authors timed something else have a file each.
import {
  elementwise,
  type KernelWork,
  type Operator,
  type OperatorType,
  operators,
  uniform,
} from "../../operator/index.js";
import { kernelsTimed, type NotCovered, type Question } from "../question.js";
import { isNotCovered, readProtocol, type TableRow } from "./cells.js";
import { readMatrix } from "./matrix.js";

/** Reads a row whose `op` is one of these operators, of rows and cols; undefined for others. */
export function readMemoryBound(row: TableRow): Question | NotCovered | undefined {
  const operator = operatorNamed((row["op"] ?? "").toLowerCase());
  if (operator === undefined) return undefined;
  const matrix = readMatrix(row);
  if (matrix === undefined || isNotCovered(matrix)) return matrix;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const { heading, rows, columns, precision } = matrix;
  const shape = operator.dimensions.length === 1 ? [rows * columns] : [rows, columns];
  const kernels = operator.kernels(shape, uniform(precision));
  const question = { ...heading, work: operator.work(shape, uniform(precision)) };
  const timed = protocol === "eager" ? kernels.map(again) : kernels;
  return { ...question, predict: kernelsTimed(timed, protocol, operator.hostSteps) };
}

/** Names that tables have for operators beside warplab's. */
const aliases: Readonly<Record<string, OperatorType>> = {
  addu: "add_scalar",
  mulu: "mul_scalar",
  rmsnorm: "rms_norm",
  layernorm: "layer_norm",
  ln: "layer_norm",
};
const known: readonly OperatorType[] = [
  ...elementwise.keys(),
  "copy",
  "transpose",
  "sum",
  "mean",
  "max",
  "softmax",
  "layer_norm",
  "rms_norm",
];

function operatorNamed(op: string): Operator | undefined {
  const type = aliases[op] ?? known.find((type) => type === op);
  return type === undefined ? undefined : operators.get(type);
}

// The same call was made before, on the same operands.
function again(kernel: KernelWork): KernelWork {
  if (kernel.kind === "stream") return { ...kernel, warm: kernel.read };
  return kernel.kind === "rows" ? { ...kernel, warm: kernel.rows * kernel.rowRead } : kernel;
}
