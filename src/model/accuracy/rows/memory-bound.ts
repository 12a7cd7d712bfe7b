// Rows that time operators which memory binds: functions by element, softmax, norms, reductions. Knows how an eager framework calls
// them; tables whose authors timed something else have a file each.
import { type KernelWork, type Operator, type OperatorType, operators, uniform } from "../../operator/index.js";
import { eagerCall, timeCall } from "../../planner/index.js";
import { kernelsTimed, type NotCovered, type Question } from "../question.js";
import { isNotCovered, readProtocol, type TableRow } from "./cells.js";
import { readMatrix } from "./matrix.js";

/** Reads a row whose `op` is one of these operators, of rows and cols; undefined for others. */
export function readMemoryBound(row: TableRow): Question | NotCovered | undefined {
  const named = names.get((row["op"] ?? "").toLowerCase());
  if (named === undefined) return undefined;
  const { type, steps } = named;
  const matrix = readMatrix(row);
  if (matrix === undefined || isNotCovered(matrix)) return matrix;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const { heading, rows, columns, precision } = matrix;
  const operator = operators.get(type) as Operator;
  const shape = operator.dimensions.length === 1 ? [rows * columns] : [rows, columns];
  const kernels = operator.kernels(shape, uniform(precision));
  const question = { ...heading, work: operator.work(shape, uniform(precision)) };
  if (protocol !== "eager") return { ...question, predict: kernelsTimed(kernels, protocol) };
  return {
    ...question,
    predict: (planner) => timeCall(planner, kernels.map(again), eagerCall(planner.device, planner.constants, steps)),
  };
}

interface Named {
  readonly type: OperatorType;
  /** Of a call, beyond a function of two tensors (`HostTimes`). */
  readonly steps: number;
}

/** Operators by the names that tables have for them. */
const names: ReadonlyMap<string, Named> = new Map<string, Named>([
  ...called(0, "add", "mul", "div", "pow", "tanh", "copy", "transpose", "sum", "mean", "max"),
  ...called(1, "add_scalar", "mul_scalar", "relu", "gelu", "silu"),
  // A module and a function of Python.
  ...called(2, "softmax", "rms_norm"),
  // The same, a check for tensors of other kinds, and two results more: means and deviations.
  ...called(5, "layer_norm"),
  ["addu", { type: "add_scalar", steps: 1 }],
  ["mulu", { type: "mul_scalar", steps: 1 }],
  ["rmsnorm", { type: "rms_norm", steps: 2 }],
  ["layernorm", { type: "layer_norm", steps: 5 }],
  ["ln", { type: "layer_norm", steps: 5 }],
]);

function called(steps: number, ...types: readonly OperatorType[]): (readonly [string, Named])[] {
  return types.map((type) => [type, { type, steps }] as const);
}

// The same call was made before, on the same operands.
function again(kernel: KernelWork): KernelWork {
  if (kernel.kind === "stream") return { ...kernel, warm: kernel.read };
  return kernel.kind === "rows" ? { ...kernel, warm: kernel.rows * kernel.rowRead } : kernel;
}
