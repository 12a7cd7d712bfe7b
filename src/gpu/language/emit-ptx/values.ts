// Expressions of the tree -> PTX instructions. Each gives the register or immediate that holds its value.
import {
  type Atomic,
  type Binary,
  type Compare,
  type CompareOperator,
  type Convert,
  type Expression,
  type HelperCall,
  isFloat,
  isPure,
  type Literal,
  type Logical,
  type MathCall,
  type PointerValue,
  type ScalarType,
  type Select,
  type Unary,
} from "../tree.js";
import { elementAddress, pointerAddress } from "./addresses.js";
import { arithmeticType, bitType, immediate, memoryType, moveType } from "./operands.js";
import { registerClass } from "./registers.js";
import type { PtxWriter } from "./writer.js";

export interface ValueEmitter {
  readonly writer: PtxWriter;
  /** The symbol of a declared array. */
  symbol(array: object): string;
  /** Emits a helper's statements so that `return` leaves its value in `result`. */
  inline(call: HelperCall, result: string): void;
  /** The address of the store being emitted, for `y[i] += ...`. */
  stored: { readonly instruction: string; readonly address: string } | undefined;
}

/** Emits an expression. With `into` the value ends in that register, which is given back. */
export function emitValue(emitter: ValueEmitter, node: Expression, into?: string): string {
  const { writer } = emitter;
  const value = (expression: Expression) => emitValue(emitter, expression);
  const result = () => into ?? writer.registers.temporary(registerClass(node.type));
  const simple = (opcode: string, ...operands: string[]): string => {
    const register = result();
    writer.instruction(opcode, register, ...operands);
    return register;
  };
  /** What is already somewhere: moved only if it is wanted elsewhere. */
  const placed = (operand: string): string =>
    into === undefined ? operand : simple(`mov.${moveType(node.type)}`, operand);
  switch (node.kind) {
    case "literal":
      return node.type === "bool" && into === undefined ? simple("mov.pred", immediate(node)) : placed(immediate(node));
    case "variable":
      return placed(writer.registers.of(node.variable));
    case "index": {
      const special = `${specials[node.index]}.${node.axis}`;
      return into === undefined ? writer.reusable("b32", "mov.u32", special) : simple("mov.u32", special);
    }
    case "lane":
      return into === undefined ? writer.reusable("b32", "mov.u32", "%laneid") : simple("mov.u32", "%laneid");
    case "unary":
      return simple(unaryOpcode(node), register(emitter, node.operand));
    case "binary":
      return emitBinary(emitter, node, simple);
    case "compare":
      return emitCompare(emitter, node, simple);
    case "logical":
      return emitLogical(emitter, node, into, simple);
    case "select":
      return emitSelect(emitter, node, result, simple);
    case "convert":
      return emitConvert(emitter, node, placed, simple);
    case "math":
      return emitMath(emitter, node, placed, simple);
    case "fma":
      return simple(`fma.rn.${node.type}`, ...node.operands.map(value));
    case "load": {
      const { space } = node.element.pointer.type as PointerValue;
      return simple(`ld.${space}.${memoryType(node.element.dtype)}`, elementAddress(writer, value, node.element));
    }
    case "stored":
      return simple(emitter.stored!.instruction, emitter.stored!.address);
    case "array":
      return simple(`mov.${moveType(node.type)}`, emitter.symbol(node.array));
    case "pointer-add": {
      const { register: base, offset } = pointerAddress(writer, value, node);
      if (offset === 0) return placed(base);
      return simple(node.type.space === "shared" ? "add.s32" : "add.s64", base, `${offset}`);
    }
    case "atomic":
      return emitAtomic(emitter, node, simple);
    case "shuffle": {
      const clamp = node.mode === "up" ? "0" : "31";
      const [moving, lane] = [register(emitter, node.value), value(node.lane)];
      return simple(`shfl.sync.${node.mode}.b32`, moving, lane, clamp, mask(emitter, node.mask));
    }
    case "vote": {
      const condition = register(emitter, node.condition);
      const opcode = node.mode === "ballot" ? "vote.sync.ballot.b32" : `vote.sync.${node.mode}.pred`;
      return simple(opcode, condition, mask(emitter, node.mask));
    }
    case "call": {
      const register = result();
      emitter.inline(node, register);
      return register;
    }
  }
}

/** Like `emitValue`, but never an immediate. */
export function register(emitter: ValueEmitter, node: Expression): string {
  if (node.kind !== "literal") return emitValue(emitter, node);
  return emitValue(emitter, node, emitter.writer.registers.temporary(registerClass(node.type)));
}

/** Jumps to the label if the condition has this outcome, else goes on. */
export function branchWhen(emitter: ValueEmitter, condition: Expression, outcome: boolean, label: string): void {
  const { writer } = emitter;
  if (condition.kind === "literal") {
    if (condition.value === outcome) writer.branch(label);
    return;
  }
  if (condition.kind === "unary" && condition.operator === "not") {
    branchWhen(emitter, condition.operand, !outcome, label);
    return;
  }
  if (condition.kind === "logical" && !isPure(condition.right)) {
    // The outcome that the left side alone can decide: true for "or", false for "and".
    const decided = condition.operator === "or";
    if (outcome === decided) {
      branchWhen(emitter, condition.left, decided, label);
      branchWhen(emitter, condition.right, outcome, label);
      return;
    }
    const over = `${writer.family("decided")}`;
    branchWhen(emitter, condition.left, decided, over);
    branchWhen(emitter, condition.right, outcome, label);
    writer.label(over);
    return;
  }
  const predicate = emitValue(emitter, condition);
  writer.branch(label, outcome ? predicate : `!${predicate}`);
}

/** A mask of lanes, all of them as nvcc writes it. */
export function mask(emitter: ValueEmitter, node: Expression): string {
  return node.kind === "literal" && node.value === 0xffffffff ? "-1" : emitValue(emitter, node);
}

type Simple = (opcode: string, ...operands: string[]) => string;

const specials = { threadIdx: "%tid", blockIdx: "%ctaid", blockDim: "%ntid", gridDim: "%nctaid" } as const;

function unaryOpcode({ operator, type }: Unary): string {
  if (type === "bool") return "not.pred";
  if (operator === "not") return `not.${bitType(type)}`;
  return `neg.${isFloat(type) ? type : type.endsWith("64") ? "s64" : "s32"}`;
}

function emitBinary(emitter: ValueEmitter, node: Binary, simple: Simple): string {
  const { operator, type } = node;
  const width = type.endsWith("64") ? 64 : 32;
  if (operator === "shl" || operator === "shr") {
    const left = register(emitter, node.left);
    const opcode = operator === "shl" ? `shl.b${width}` : `shr.${arithmeticType(type)}`;
    if (node.right.kind === "literal") return simple(opcode, left, immediate(node.right));
    // PTX clamps the count at the width; here it counts modulo the width, as in JavaScript.
    const count = emitter.writer.reusable("b32", "and.b32", emitValue(emitter, node.right), `${width - 1}`);
    return simple(opcode, left, count);
  }
  const commutes = operator !== "sub" && operator !== "div" && operator !== "rem";
  const swap = commutes && node.left.kind === "literal";
  let left = emitValue(emitter, swap ? node.right : node.left);
  const right = emitValue(emitter, swap ? node.left : node.right);
  if (node.left.kind === "literal" && !swap) {
    left = emitter.writer.registers.temporary(registerClass(type));
    emitter.writer.instruction(`mov.${moveType(type)}`, left, immediate(node.left));
  }
  return simple(binaryOpcode(node), left, right);
}

/** Floats name their rounding, so that nobody contracts a multiplication and an addition into an fma. */
function binaryOpcode({ operator, type }: Binary): string {
  if (operator === "and" || operator === "or" || operator === "xor") return `${operator}.${bitType(type)}`;
  if (isFloat(type)) return `${operator}.rn.${type}`;
  return operator === "mul" ? `mul.lo.${arithmeticType(type)}` : `${operator}.${arithmeticType(type)}`;
}

const mirrored: Readonly<Record<CompareOperator, CompareOperator>> = {
  eq: "eq",
  ne: "ne",
  lt: "gt",
  le: "ge",
  gt: "lt",
  ge: "le",
};

function emitCompare(emitter: ValueEmitter, node: Compare, simple: Simple): string {
  const type = node.left.type as ScalarType | "bool";
  if (type === "bool") {
    const differs = [register(emitter, node.left), register(emitter, node.right)];
    if (node.operator === "ne") return simple("xor.pred", ...differs);
    const different = emitter.writer.registers.temporary("pred");
    emitter.writer.instruction("xor.pred", different, ...differs);
    return simple("not.pred", different);
  }
  const swap = node.left.kind === "literal" && node.right.kind !== "literal";
  const [first, second] = swap ? [node.right, node.left] : [node.left, node.right];
  const operator = swap ? mirrored[node.operator] : node.operator;
  // "neu" holds where a NaN takes part, as !== does.
  const word = operator === "ne" && isFloat(type) ? "neu" : operator;
  return simple(`setp.${word}.${arithmeticType(type)}`, register(emitter, first), emitValue(emitter, second));
}

function emitLogical(emitter: ValueEmitter, node: Logical, into: string | undefined, simple: Simple): string {
  const { writer } = emitter;
  if (isPure(node.right)) {
    const left = register(emitter, node.left);
    return simple(`${node.operator}.pred`, left, register(emitter, node.right));
  }
  // The right side may read what `into` holds, so the value is gathered elsewhere.
  const gathered = writer.registers.temporary("pred");
  const end = `${writer.family(node.operator)}_end`;
  emitValue(emitter, node.left, gathered);
  writer.branch(end, node.operator === "and" ? `!${gathered}` : gathered);
  emitValue(emitter, node.right, gathered);
  writer.label(end);
  return into === undefined ? gathered : simple("mov.pred", gathered);
}

function emitSelect(emitter: ValueEmitter, node: Select, result: () => string, simple: Simple): string {
  const { writer } = emitter;
  const { condition, whenTrue, whenFalse, type } = node;
  if (type !== "bool" && isPure(whenTrue) && isPure(whenFalse)) {
    const predicate = register(emitter, condition);
    const [a, b] = [emitValue(emitter, whenTrue), emitValue(emitter, whenFalse)];
    return simple(`selp.${isFloat(type) ? type : bitType(type)}`, a, b, predicate);
  }
  const target = result();
  const family = writer.family("choose");
  branchWhen(emitter, condition, false, `${family}_else`);
  emitValue(emitter, whenTrue, target);
  writer.branch(`${family}_end`);
  writer.label(`${family}_else`);
  emitValue(emitter, whenFalse, target);
  writer.label(`${family}_end`);
  return target;
}

function emitConvert(
  emitter: ValueEmitter,
  node: Convert,
  placed: (operand: string) => string,
  simple: Simple,
): string {
  const { operand, type, narrow } = node;
  const from = operand.type as ScalarType | "bool";
  const source = register(emitter, operand);
  if (from === "bool") {
    const one: Literal = {
      kind: "literal",
      type,
      place: node.place,
      value: type.endsWith("64") && !isFloat(type) ? 1n : 1,
    };
    const zero: Literal = { ...one, value: typeof one.value === "bigint" ? 0n : 0 };
    return simple(`selp.${isFloat(type) ? type : bitType(type)}`, immediate(one), immediate(zero), source);
  }
  if (narrow !== undefined) {
    const low = from.endsWith("64") ? emitter.writer.reusable("b32", "cvt.u32.u64", source) : source;
    return narrow.startsWith("i")
      ? simple(`cvt.s32.s${narrow.slice(1)}`, low)
      : simple("and.b32", low, narrow === "u8" ? "255" : "65535");
  }
  if (isFloat(type)) {
    const exact = from === "f32";
    return simple(`cvt.${exact ? "" : "rn."}${type}.${arithmeticType(from)}`, source);
  }
  if (isFloat(from)) return simple(`cvt.rzi.${arithmeticType(type)}.${from}`, source);
  const [wide, wasWide] = [type.endsWith("64"), from.endsWith("64")];
  if (wide === wasWide) return placed(source);
  if (!wide) return simple("cvt.u32.u64", source);
  return simple(from === "i32" ? "cvt.s64.s32" : "cvt.u64.u32", source);
}

const roundings: Readonly<Record<string, string>> = { floor: "rmi", ceil: "rpi", trunc: "rzi" };

function emitMath(emitter: ValueEmitter, node: MathCall, placed: (operand: string) => string, simple: Simple): string {
  const { writer } = emitter;
  const { operator } = node;
  const type = node.type;
  const [x, y] = node.operands.map((operand) => register(emitter, operand));
  const step = (opcode: string, ...operands: string[]): string => {
    const target = writer.registers.temporary("f32");
    writer.instruction(opcode, target, ...operands);
    return target;
  };
  const constant = (value: number) => immediate({ kind: "literal", type: "f32", place: node.place, value });
  switch (operator) {
    case "sqrt":
      return simple(`sqrt.rn.${type}`, x);
    case "abs":
      return type === "u32" || type === "u64" ? placed(x) : simple(`abs.${arithmeticType(type)}`, x);
    case "min":
    case "max":
      return simple(`${operator}.${arithmeticType(type)}`, x, y);
    case "floor":
    case "ceil":
    case "trunc":
      return simple(`cvt.${roundings[operator]}.${type}.${type}`, x);
    case "sin":
    case "cos":
      return simple(`${operator}.approx.f32`, x);
    case "tan":
      return simple("div.rn.f32", step("sin.approx.f32", x), step("cos.approx.f32", x));
    case "exp":
      return simple("ex2.approx.f32", step("mul.rn.f32", x, constant(Math.LOG2E)));
    case "log2":
      return simple("lg2.approx.f32", x);
    case "log":
      return simple("mul.rn.f32", step("lg2.approx.f32", x), constant(Math.LN2));
    case "log10":
      return simple("mul.rn.f32", step("lg2.approx.f32", x), constant(Math.log10(2)));
    case "pow":
      return simple("ex2.approx.f32", step("mul.rn.f32", y, step("lg2.approx.f32", x)));
  }
}

function emitAtomic(emitter: ValueEmitter, node: Atomic, simple: Simple): string {
  const { operator, element, type } = node;
  const { space } = element.pointer.type as PointerValue;
  const address = elementAddress(emitter.writer, (each) => emitValue(emitter, each), element);
  const operands = node.operands.map((operand) => register(emitter, operand));
  if (operator === "exch" || operator === "cas")
    return simple(`atom.${space}.${operator}.${bitType(type)}`, address, ...operands);
  if (operator === "and" || operator === "or" || operator === "xor") {
    return simple(`atom.${space}.${operator}.${bitType(type)}`, address, ...operands);
  }
  if (operator === "min" || operator === "max") {
    return simple(`atom.${space}.${operator}.${arithmeticType(type)}`, address, ...operands);
  }
  const addType = isFloat(type) ? type : type.endsWith("64") ? "u64" : "u32";
  if (operator === "add") return simple(`atom.${space}.add.${addType}`, address, ...operands);
  const negated = emitter.writer.registers.temporary(registerClass(type));
  emitter.writer.instruction(`neg.${isFloat(type) ? type : addType.replace("u", "s")}`, negated, operands[0]);
  return simple(`atom.${space}.add.${addType}`, address, negated);
}
