// The typed kernel tree, the hub of the kernel language: what a kernel function means, each operation in its static type.
// Knows nothing of how it was written (acorn) or of what is made of it (PTX, JavaScript).
import type { DTypeName } from "../../core/dtype.js";

/** The types in which operations are done. Narrow integers exist in memory only: a load of one gives an i32. */
export type ScalarType = "i32" | "u32" | "i64" | "u64" | "f32" | "f64";

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
}

/** Memory that the kernel declares: `shared(f32, [16, 16])`, `local(i32, 8)`. */
export interface ArrayDeclaration {
  readonly name: string;
  readonly space: "shared" | "local";
  readonly element: DTypeName;
  /** One to three extents, outermost first. */
  readonly extents: readonly number[];
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
/** `pow(x, y)` is 2^(y log2 x); `exp`, `log` and `log10` go through base 2, as PTX does. */
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
  | "log"
  | "log2"
  | "log10"
  | "pow";
export type AtomicOperator = "add" | "sub" | "min" | "max" | "exch" | "cas" | "and" | "or" | "xor";
export type ShuffleMode = "idx" | "up" | "down" | "bfly";
export type VoteMode = "ballot" | "any" | "all";
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

/** Both operands have the result's type, except that a shift's right operand is i32 or u32 and counts modulo the width. */
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
 * A conversion between scalar types, or of a bool to 1 or 0. Floats become integers by truncation, saturating. `narrow`
 * names a smaller integer whose bits are kept (`u8(x)`): the result is its value as an i32.
 */
export interface Convert extends Typed<ScalarType> {
  readonly kind: "convert";
  readonly operand: Expression;
  readonly narrow?: "i8" | "u8" | "i16" | "u16";
}

export interface MathCall extends Typed<ScalarType> {
  readonly kind: "math";
  readonly operator: MathOperator;
  readonly operands: readonly Expression[];
}

/** a * b + c rounded once, in f32 or f64. */
export interface Fma extends Typed<"f32" | "f64"> {
  readonly kind: "fma";
  readonly operands: readonly [Expression, Expression, Expression];
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
  | HelperCall;

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
  readonly condition: Expression | undefined;
  readonly update: readonly Statement[];
  readonly body: readonly Statement[];
}

export interface Jump extends At {
  readonly kind: "break" | "continue";
}

export interface Return extends At {
  readonly kind: "return";
  readonly value: Expression | undefined;
}

export interface Block extends At {
  readonly kind: "block";
  readonly body: readonly Statement[];
}

/** `mask` belongs to "warp" and is all lanes where absent. */
export interface Sync extends At {
  readonly kind: "sync";
  readonly scope: "block" | "warp";
  readonly mask: Expression | undefined;
}

export interface Fence extends At {
  readonly kind: "fence";
  readonly scope: "block" | "device";
}

export type Statement = Declare | Assign | Store | Evaluate | If | Loop | Jump | Return | Block | Sync | Fence;

export interface KernelTree {
  readonly name: string;
  /** In the signature's order. */
  readonly parameters: readonly Variable[];
  readonly arrays: readonly ArrayDeclaration[];
  readonly body: readonly Statement[];
}

export function isPointer(type: ValueType): type is PointerValue {
  return typeof type === "object";
}

export function isFloat(type: ValueType): type is "f32" | "f64" {
  return type === "f32" || type === "f64";
}

export function isInteger(type: ValueType): type is "i32" | "u32" | "i64" | "u64" {
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
      return false;
    case "unary":
    case "convert":
      return isPure(expression.operand);
    case "binary":
    case "compare":
    case "logical":
      return isPure(expression.left) && isPure(expression.right);
    case "select":
      return isPure(expression.condition) && isPure(expression.whenTrue) && isPure(expression.whenFalse);
    case "math":
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
