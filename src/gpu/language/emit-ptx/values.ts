// Expressions of the tree -> PTX instructions. Each gives the register or immediate that holds its value.
import {
  type Atomic,
  type Binary,
  type Compare,
  type CompareOperator,
  type Convert,
  type Expression,
  type FunctionCall,
  type HelperCall,
  isFloat,
  isHalf,
  isPure,
  type Literal,
  type Logical,
  type MathCall,
  type PointerValue,
  type ScalarType,
  type Select,
  type Shuffle,
  type Unary,
} from "../tree.js";
import { elementAddress, pointerAddress } from "./addresses.js";
import { intrinsicInstruction, warpInstruction } from "./intrinsics.js";
import { arithmeticType, bitType, choiceType, halfImmediate, immediate, memoryType, moveType } from "./operands.js";
import { registerClass } from "./registers.js";
import type { PtxWriter } from "./writer.js";

export interface ValueEmitter {
  readonly writer: PtxWriter;
  /** The symbol of a declared array or a called function. */
  symbol(declared: object): string;
  /** Says that something needs this architecture. */
  needs(sm: number): void;
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
      // No instruction takes 16 bits of a float as they are written.
      if (isHalf(node.type)) return simple("mov.b16", immediate(node));
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
      if (node.type === "bf16") emitter.needs(80);
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
      if (node.type === "bf16") emitter.needs(80);
      return simple(`fma.${node.rounding ?? "rn"}.${node.type}`, ...node.operands.map(value));
    case "intrinsic": {
      const operands = node.operands.map((each, index) => (index === 0 ? register(emitter, each) : value(each)));
      const [opcode, ...ordered] = intrinsicInstruction(node.name, node.of, node.rounding, operands);
      return simple(opcode, ...ordered);
    }
    case "bitcast":
      return simple(`mov.${bitType(node.type)}`, register(emitter, node.operand));
    case "warp-intrinsic": {
      const [opcode, sm] = warpInstruction(node.name, node.value?.type as ScalarType | undefined);
      emitter.needs(sm);
      if (node.value === undefined) return simple(opcode);
      const operand = register(emitter, node.value);
      return simple(opcode, operand, node.mask === undefined ? "-1" : mask(emitter, node.mask));
    }
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
    case "shuffle":
      return emitShuffle(emitter, node, placed, simple);
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
    case "call-function":
      return emitCall(emitter, node, simple);
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

/** A call as the ABI has it: parameters are stored, the result is loaded. */
function emitCall(emitter: ValueEmitter, node: FunctionCall, simple: Simple): string {
  const { writer } = emitter;
  const operands = node.operands.map((operand) => register(emitter, operand));
  const types = node.operands.map((operand) => bitType(operand.type));
  const result = bitType(node.type);
  writer.verbatim("{");
  for (const [index, operand] of operands.entries()) {
    writer.verbatim(`.param .${types[index]} param${index};`);
    writer.instruction(`st.param.${types[index]}`, `[param${index}]`, operand);
  }
  const names = operands.map((_, index) => `param${index}`).join(", ");
  writer.verbatim(`.param .${result} retval0;`);
  writer.verbatim(`call (retval0), ${emitter.symbol(node.function)}${names === "" ? "" : `, (${names})`};`);
  const value = simple(`ld.param.${result}`, "[retval0]");
  writer.verbatim("}");
  return value;
}

/** A value moves between lanes in pieces of 32 bits. */
function emitShuffle(
  emitter: ValueEmitter,
  node: Shuffle,
  placed: (operand: string) => string,
  simple: Simple,
): string {
  const { writer } = emitter;
  const { type } = node;
  const clamp = `${((32 - node.width) << 8) | (node.mode === "up" ? 0 : 31)}`;
  const moving = register(emitter, node.value);
  const [lane, lanes] = [emitValue(emitter, node.lane), mask(emitter, node.mask)];
  const opcode = `shfl.sync.${node.mode}.b32`;
  const move = (source: string): string => {
    const target = writer.registers.temporary("b32");
    writer.instruction(opcode, target, source, lane, clamp, lanes);
    return target;
  };
  if (isHalf(type)) {
    const wide = writer.registers.temporary("b32");
    writer.instruction("cvt.u32.u16", wide, moving);
    return simple("cvt.u16.u32", move(wide));
  }
  if (!type.endsWith("64")) return simple(opcode, moving, lane, clamp, lanes);
  const halves = [writer.registers.temporary("b32"), writer.registers.temporary("b32")];
  writer.vectorLoad("mov.b64", halves, moving);
  const moved = halves.map(move);
  const whole = writer.registers.temporary("b64");
  writer.instruction("mov.b64", whole, `{${moved.join(", ")}}`);
  return type === "f64" ? simple("mov.b64", whole) : placed(whole);
}

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
  if (type === "bf16") return emitBrainBinary(emitter, node, simple);
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

/** sm_80 has no addition in bfloat16 but the fma, whose 1, -1 and -0 change nothing. */
function emitBrainBinary(emitter: ValueEmitter, node: Binary, simple: Simple): string {
  emitter.needs(80);
  const [left, right] = [register(emitter, node.left), register(emitter, node.right)];
  const one = (value: number) => emitter.writer.reusable("b16", "mov.b16", halfImmediate("bf16", value));
  if (node.operator === "mul") return simple("fma.rn.bf16", left, right, one(-0));
  if (node.operator === "add") return simple("fma.rn.bf16", left, one(1), right);
  return simple("fma.rn.bf16", right, one(-1), left);
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
    return simple(`selp.${choiceType(type)}`, a, b, predicate);
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
    return simple(`selp.${choiceType(type)}`, immediate(one), immediate(zero), source);
  }
  if (narrow !== undefined) {
    const low = from.endsWith("64") ? emitter.writer.reusable("b32", "cvt.u32.u64", source) : source;
    return narrow.startsWith("i")
      ? simple(`cvt.s32.s${narrow.slice(1)}`, low)
      : simple("and.b32", low, narrow === "u8" ? "255" : "65535");
  }
  if (from === "bf16") {
    // The upper half of the same number in f32.
    const bits = emitter.writer.registers.temporary("b32");
    emitter.writer.instruction("cvt.u32.u16", bits, source);
    emitter.writer.instruction("shl.b32", bits, bits, "16");
    return simple("mov.b32", bits);
  }
  if (type === "bf16") emitter.needs(80);
  if (isFloat(type)) {
    const exact = from === "f16" || (from === "f32" && type === "f64");
    return simple(`cvt.${exact ? "" : `${node.rounding ?? "rn"}.`}${type}.${arithmeticType(from)}`, source);
  }
  if (isFloat(from)) return simple(`cvt.${node.rounding ?? "rz"}i.${arithmeticType(type)}.${from}`, source);
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
    case "exp2":
      return simple("ex2.approx.f32", x);
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
  if (operator === "inc" || operator === "dec") return simple(`atom.${space}.${operator}.u32`, address, ...operands);
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
