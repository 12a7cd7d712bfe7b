// The typed kernel tree, the hub of the kernel language: what a kernel function means, each operation in its static type.
// Knows nothing of how it was written (acorn) or of what is made of it (PTX, JavaScript).
import type { DTypeName } from "../../core/dtype.js";
import type { KernelSource } from "../ptx/debug-info.js";
import type { IntrinsicName, WarpIntrinsicName } from "./intrinsics.js";

/** The types in which operations are done. Narrow integers exist in memory only: a load of one gives an i32. */
export type ScalarType = "i32" | "u32" | "i64" | "u64" | "f16" | "bf16" | "f32" | "f64";
export type FloatType = "f16" | "bf16" | "f32" | "f64";
export type IntegerType = "i32" | "u32" | "i64" | "u64";

/** To the nearest with ties to even, towards zero, downwards, upwards: PTX's names. */
export type Rounding = "rn" | "rz" | "rm" | "rp";

export type MemorySpace = "global" | "shared" | "local";

/** An address. With `rows` it points to arrays: `f32[16][16]` has rows [16], and indexing it gives a pointer with rows []. */
export interface PointerValue {
  readonly space: MemorySpace;
  readonly element: DTypeName;
  /** The extents below the first, outermost first; empty where indexing reaches an element. */
  readonly rows: readonly number[];
}

export type ValueType = ScalarType | "bool" | PointerValue;

/** Where a node stands in the shown text: both 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A parameter or variable. Two variables of one name in different scopes are two of these. */
export interface Variable {
  readonly name: string;
  readonly type: ValueType;
  readonly place: Place;
  /** Nobody wrote it: it belongs to a function of Math, or to the compiler. A debugger does not list it. */
  readonly internal?: true;
}

/** Memory that a function declares: `shared(f32, [16, 16])`, `local(i32, 8)`, `dynamicShared(f32)`. */
export interface ArrayDeclaration {
  readonly name: string;
  readonly space: "shared" | "local";
  readonly element: DTypeName;
  /** One to three extents, outermost first; the first is undefined where the launch says how much memory there is. */
  readonly extents: readonly (number | undefined)[];
  readonly place: Place;
}

/** One element of memory: `pointer[index]`. The index is i32 or u32. */
export interface Element {
  readonly pointer: Expression;
  readonly index: Expression;
  readonly dtype: DTypeName;
}

export type BinaryOperator = "add" | "sub" | "mul" | "div" | "rem" | "and" | "or" | "xor" | "shl" | "shr";
export type CompareOperator = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
/** `pow(x, y)` is 2^(y log2 x); `exp`, `log` and `log10` go through base 2, as PTX does. In f32 and f64; integers have some. */
export type MathOperator =
  | "sqrt"
  | "abs"
  | "min"
  | "max"
  | "floor"
  | "ceil"
  | "trunc"
  | "sin"
  | "cos"
  | "tan"
  | "exp"
  | "exp2"
  | "log"
  | "log2"
  | "log10"
  | "pow";
export type AtomicOperator = "add" | "sub" | "min" | "max" | "exch" | "cas" | "and" | "or" | "xor" | "inc" | "dec";
export type ShuffleMode = "idx" | "up" | "down" | "bfly";
export type VoteMode = "ballot" | "any" | "all" | "uni";
export type Axis = "x" | "y" | "z";
export type ThreadIndex = "threadIdx" | "blockIdx" | "blockDim" | "gridDim";

interface Typed<T extends ValueType = ValueType> {
  readonly type: T;
  readonly place: Place;
}

/** A number or truth value that is known. Integers of 64 bits are bigint, and -0 is never an integer. */
export interface Literal extends Typed<ScalarType | "bool"> {
  readonly kind: "literal";
  readonly value: number | bigint | boolean;
}

export interface VariableRead extends Typed {
  readonly kind: "variable";
  readonly variable: Variable;
}

/** The thread's place in the grid, an i32. */
export interface IndexRead extends Typed<"i32"> {
  readonly kind: "index";
  readonly index: ThreadIndex;
  readonly axis: Axis;
}

export interface LaneRead extends Typed<"i32"> {
  readonly kind: "lane";
}

/** Minus, bitwise not, or the negation of a truth value, in the type of the operand. */
export interface Unary extends Typed<ScalarType | "bool"> {
  readonly kind: "unary";
  readonly operator: "neg" | "not";
  readonly operand: Expression;
}

/** Not of `div` in half precision, which is done in f32. Both operands have the result's type, except that a shift's right operand is i32 or u32 and counts modulo the width. */
export interface Binary extends Typed<ScalarType> {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** Operands of one type, which may be bool for `eq` and `ne`. With a NaN only `ne` holds. */
export interface Compare extends Typed<"bool"> {
  readonly kind: "compare";
  readonly operator: CompareOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** The right side is evaluated only if the left does not decide; where it is `pure` nobody can tell. */
export interface Logical extends Typed<"bool"> {
  readonly kind: "logical";
  readonly operator: "and" | "or";
  readonly left: Expression;
  readonly right: Expression;
}

export interface Select extends Typed {
  readonly kind: "select";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/**
 * A conversion between scalar types, or of a bool to 1 or 0. bf16 converts from and to f32 only. Floats become integers by
 * truncation, saturating; all else is rounded to the nearest, unless `rounding` says how. `narrow` names a smaller integer
 * whose bits are kept (`u8(x)`): the result is its value as an i32.
 */
export interface Convert extends Typed<ScalarType> {
  readonly kind: "convert";
  readonly operand: Expression;
  readonly rounding?: Rounding;
  readonly narrow?: "i8" | "u8" | "i16" | "u16";
}

export interface MathCall extends Typed<ScalarType> {
  readonly kind: "math";
  readonly operator: MathOperator;
  readonly operands: readonly Expression[];
}

/** a * b + c rounded once, to the nearest unless `rounding` says how, which only f32 and f64 have. */
export interface Fma extends Typed<FloatType> {
  readonly kind: "fma";
  readonly operands: readonly [Expression, Expression, Expression];
  readonly rounding?: Rounding;
}

/** A function that is an instruction or a few, by its row in the table of intrinsics. */
export interface Intrinsic extends Typed<ScalarType> {
  readonly kind: "intrinsic";
  readonly name: IntrinsicName;
  /** The type that chooses the instruction: that of the first operand. */
  readonly of: ScalarType;
  readonly operands: readonly Expression[];
  readonly rounding?: Rounding;
}

/** The same bits as a number of another type of the same width. */
export interface Bitcast extends Typed<ScalarType> {
  readonly kind: "bitcast";
  readonly operand: Expression;
}

/** What the lanes of a warp work out together. `mask` names those that take part; none for `activemask`. */
export interface WarpIntrinsic extends Typed<ScalarType> {
  readonly kind: "warp-intrinsic";
  readonly name: WarpIntrinsicName;
  readonly value: Expression | undefined;
  readonly mask: Expression | undefined;
}

export interface Load extends Typed<ScalarType> {
  readonly kind: "load";
  readonly element: Element;
}

/** In the value of a store: what the element held before (`y[i] += 1` reads it once). */
export interface StoredValue extends Typed<ScalarType> {
  readonly kind: "stored";
}

/** The address of a declared array. */
export interface ArrayAddress extends Typed<PointerValue> {
  readonly kind: "array";
  readonly array: ArrayDeclaration;
}

/** `pointer.add(count)`, or a row of an array: an address `count` times `stride` elements on. */
export interface PointerAdd extends Typed<PointerValue> {
  readonly kind: "pointer-add";
  readonly pointer: Expression;
  readonly count: Expression;
  readonly stride: number;
}

/** Gives the old value. `operands` is the value, and before it for `cas` the value compared with. */
export interface Atomic extends Typed<ScalarType> {
  readonly kind: "atomic";
  readonly operator: AtomicOperator;
  readonly element: Element;
  readonly operands: readonly Expression[];
}

export interface Shuffle extends Typed<ScalarType> {
  readonly kind: "shuffle";
  readonly mode: ShuffleMode;
  readonly value: Expression;
  readonly lane: Expression;
  readonly mask: Expression;
  /** Lanes of the groups among which values move: a power of two up to 32. */
  readonly width: number;
}

export interface Vote extends Typed<"u32" | "bool"> {
  readonly kind: "vote";
  readonly mode: VoteMode;
  readonly condition: Expression;
  readonly mask: Expression;
}

/** A helper's body in place of its call. A `return` inside ends the call; places inside are in the helper's own text. */
export interface HelperCall extends Typed<ScalarType | "bool"> {
  readonly kind: "call";
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly operands: readonly Expression[];
  readonly body: readonly Statement[];
}

/** A function that is called rather than put in place of its calls, and may call itself. */
export interface DeviceFunction {
  readonly name: string;
  /** The text that the places inside are in. */
  readonly source: KernelSource;
  readonly parameters: readonly Variable[];
  readonly result: ScalarType;
  /** Its local arrays, which each call has anew. */
  readonly arrays: readonly ArrayDeclaration[];
  readonly body: readonly Statement[];
}

export interface FunctionCall extends Typed<ScalarType> {
  readonly kind: "call-function";
  readonly function: DeviceFunction;
  readonly operands: readonly Expression[];
}

export type Expression =
  | Literal
  | VariableRead
  | IndexRead
  | LaneRead
  | Unary
  | Binary
  | Compare
  | Logical
  | Select
  | Convert
  | MathCall
  | Fma
  | Load
  | StoredValue
  | ArrayAddress
  | PointerAdd
  | Atomic
  | Shuffle
  | Vote
  | HelperCall
  | FunctionCall
  | Intrinsic
  | Bitcast
  | WarpIntrinsic;

interface At {
  readonly place: Place;
}

/** A variable comes to be; without a value it is undefined until assigned. */
export interface Declare extends At {
  readonly kind: "declare";
  readonly variable: Variable;
  readonly value: Expression | undefined;
}

export interface Assign extends At {
  readonly kind: "assign";
  readonly variable: Variable;
  readonly value: Expression;
}

export interface Store extends At {
  readonly kind: "store";
  readonly element: Element;
  readonly value: Expression;
}

/** An expression for its effect: an atomic, a shuffle, a helper. */
export interface Evaluate extends At {
  readonly kind: "evaluate";
  readonly expression: Expression;
}

export interface If extends At {
  readonly kind: "if";
  readonly condition: Expression;
  readonly whenTrue: readonly Statement[];
  readonly whenFalse: readonly Statement[];
}

/** `while`, `for` (whose start stands before it, in a block) and `do`; `update` runs after the body and after `continue`. */
export interface Loop extends At {
  readonly kind: "loop";
  readonly form: "while" | "for" | "do";
  /** The name by which a jump inside inner loops means this one. */
  readonly label?: string;
  readonly condition: Expression | undefined;
  readonly update: readonly Statement[];
  readonly body: readonly Statement[];
}

/** `break` leaves the innermost loop or switch, `continue` goes on with the innermost loop; or with those of the label. */
export interface Jump extends At {
  readonly kind: "break" | "continue";
  readonly label?: string;
}

/** The first case whose test holds is where control goes in, and it runs on into the next; `default` has no test. */
export interface Switch extends At {
  readonly kind: "switch";
  readonly label?: string;
  readonly cases: readonly {
    readonly test: Expression | undefined;
    readonly place: Place;
    readonly body: readonly Statement[];
  }[];
}

/** Elements that lie side by side, two or four, read in one access. The index counts elements. */
export interface LoadVector extends At {
  readonly kind: "load-vector";
  readonly variables: readonly Variable[];
  readonly element: Element;
}

export interface StoreVector extends At {
  readonly kind: "store-vector";
  readonly values: readonly Expression[];
  readonly element: Element;
}

/** A 16 by 16 matrix that the warp's lanes hold together comes from memory; `stride` counts elements from row to row. */
export interface FragmentLoad extends At {
  readonly kind: "fragment-load";
  readonly role: "a" | "b" | "c";
  readonly layout: "row" | "col";
  /** The registers of each lane: pairs of halves, or sums. */
  readonly variables: readonly Variable[];
  readonly pointer: Expression;
  readonly stride: Expression;
}

export interface FragmentStore extends At {
  readonly kind: "fragment-store";
  readonly layout: "row" | "col";
  readonly variables: readonly Variable[];
  readonly pointer: Expression;
  readonly stride: Expression;
}

/** sum += a b, of 16 by 16 matrices. */
export interface FragmentMma extends At {
  readonly kind: "fragment-mma";
  readonly element: "f16" | "bf16";
  /** Of a and of b. */
  readonly layouts: readonly ["row" | "col", "row" | "col"];
  readonly sum: readonly Variable[];
  readonly a: readonly Variable[];
  readonly b: readonly Variable[];
}

/** printf: i32, u32, i64, u64 or f64 values, one for each conversion of the format. */
export interface Print extends At {
  readonly kind: "print";
  readonly format: string;
  readonly operands: readonly Expression[];
}

/** A barrier of the block with a number; `count` threads meet there, all where it is undefined. `arrive` does not wait. */
export interface Barrier extends At {
  readonly kind: "barrier";
  readonly mode: "sync" | "arrive";
  readonly id: Expression;
  readonly count: Expression | undefined;
}

export interface Return extends At {
  readonly kind: "return";
  readonly value: Expression | undefined;
}

export interface Block extends At {
  readonly kind: "block";
  readonly label?: string;
  readonly body: readonly Statement[];
}

/** `mask` belongs to "warp" and is all lanes where absent. */
export interface Sync extends At {
  readonly kind: "sync";
  readonly scope: "block" | "warp" | "grid";
  readonly mask: Expression | undefined;
}

export interface Fence extends At {
  readonly kind: "fence";
  readonly scope: "block" | "device" | "system";
}

export type Statement =
  | Declare
  | Assign
  | Store
  | Evaluate
  | If
  | Loop
  | Jump
  | Return
  | Block
  | Sync
  | Fence
  | Switch
  | LoadVector
  | StoreVector
  | Print
  | FragmentLoad
  | FragmentStore
  | FragmentMma
  | Barrier;

export interface KernelTree {
  readonly name: string;
  /** In the signature's order. */
  readonly parameters: readonly Variable[];
  /** The arrays of the kernel and of what is in place of its calls, and the shared ones of called functions. */
  readonly arrays: readonly ArrayDeclaration[];
  readonly body: readonly Statement[];
  /** Called functions, each after those that it calls. */
  readonly functions: readonly DeviceFunction[];
  /** Bytes of the widest access to an array that the kernel declares, which has to be aligned to them. */
  readonly widestAccess: number;
}

export function isPointer(type: ValueType): type is PointerValue {
  return typeof type === "object";
}

export function isFloat(type: ValueType): type is FloatType {
  return type === "f32" || type === "f64" || type === "f16" || type === "bf16";
}

/** Half precision. */
export function isHalf(type: ValueType): type is "f16" | "bf16" {
  return type === "f16" || type === "bf16";
}

export function isInteger(type: ValueType): type is IntegerType {
  return type === "i32" || type === "u32" || type === "i64" || type === "u64";
}

/** Whether it neither touches memory nor is seen by other lanes, so that evaluating it needlessly changes nothing. */
export function isPure(expression: Expression): boolean {
  switch (expression.kind) {
    case "load":
    case "stored":
    case "atomic":
    case "shuffle":
    case "vote":
    case "call":
    case "call-function":
    case "warp-intrinsic":
      return false;
    case "unary":
    case "bitcast":
    case "convert":
      return isPure(expression.operand);
    case "binary":
    case "compare":
    case "logical":
      return isPure(expression.left) && isPure(expression.right);
    case "select":
      return isPure(expression.condition) && isPure(expression.whenTrue) && isPure(expression.whenFalse);
    case "math":
    case "intrinsic":
    case "fma":
      return expression.operands.every(isPure);
    case "pointer-add":
      return isPure(expression.pointer) && isPure(expression.count);
    default:
      return true;
  }
}

/** The type as the person knows it: `f32`, `f32.ptr`, `f32.shared[16][16]`. */
export function formatType(type: ValueType): string {
  if (!isPointer(type)) return type;
  if (type.space === "global") return `${type.element}.ptr`;
  return `${type.element}.${type.space}${type.rows.map((extent) => `[${extent}]`).join("")}`;
}
