// Arithmetic in half precision, f16 and bf16, alone or two to a register (f16x2, bf16x2), and the conversions that pack two numbers
// into one. A value is taken out of its 16 bits, the operation rounds once, and its bits are put back. Knows nothing of comparisons.
import {
  decodeFloat,
  encodeFloat,
  type FloatFormat,
  type FloatFormatName,
  floatFormats,
  type Rounding,
  roundTo,
} from "../../../core/float-format.js";
import { exp2, tanh } from "../../arithmetic/approximate.js";
import { roundedArithmetic } from "../../arithmetic/rounded.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { Execute, OperandPlaces } from "./operands.js";

/** The format of each element of a type, and how many a register holds. */
export interface Elements {
  readonly format: FloatFormat;
  readonly count: 1 | 2;
}

/** What a type of 16-bit or narrower floating point holds; undefined for all others. */
export function elementsOf({ name }: PtxType): Elements | undefined {
  const [, format, twice] = /^(f16|bf16|e4m3|e5m2)(x2)?$/.exec(name) ?? [];
  if (format === undefined) return undefined;
  return { format: floatFormats[format as FloatFormatName], count: twice === undefined ? 1 : 2 };
}

const decoded = new Map<FloatFormatName, Float32Array>();

/** All numbers of a format of 16 bits or fewer, by their bits. */
export function numbersOf(format: FloatFormat): Float32Array {
  let table = decoded.get(format.name);
  if (table === undefined) {
    table = Float32Array.from({ length: 2 ** format.bits }, (_, bits) => decodeFloat(format, bits));
    decoded.set(format.name, table);
  }
  return table;
}

type Operation = (a: number, b: number, c: number) => number;

/** add, sub, mul, fma, neg, abs, min, max, ex2 and tanh. */
export function arithmetic(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { row, modifiers, instruction } = verified;
  const { format, count } = elementsOf(verified.type as PtxType) as Elements;
  const d = places.nth(verified, 0);
  // Fewer than three operands: the last one stands for those that are missing, and nobody reads it.
  const [a, b, c] = [1, 2, 3].map((nth) => places.nth(verified, Math.min(nth, instruction.operands.length - 1)));
  const numbers = numbersOf(format);
  const operation = finished(operationOf(row.opcode, format, modifiers), format, modifiers);
  const keep = 2 ** format.bits - 1;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      let result = 0;
      for (let shift = 0; shift < 16 * count; shift += 16) {
        const value = operation(
          numbers[(u32[a + lane] >>> shift) & keep],
          numbers[(u32[b + lane] >>> shift) & keep],
          numbers[(u32[c + lane] >>> shift) & keep],
        );
        result |= encodeFloat(format, value) << shift;
      }
      u32[d + lane] = result;
    }
  };
}

function operationOf(opcode: string, format: FloatFormat, modifiers: Readonly<Record<string, string>>): Operation {
  const { add, sub, mul, fma } = roundedArithmetic(format, "rn");
  switch (opcode) {
    case "add":
      return add;
    case "sub":
      return sub;
    case "mul":
      return mul;
    case "fma":
      return fma;
    case "neg":
      return (a) => -a;
    case "abs":
      return (a) => Math.abs(a);
    case "ex2":
      // Computed in double and rounded, well inside the error that PTX documents.
      return (a) => roundTo(format, exp2(a));
    case "tanh":
      return (a) => roundTo(format, tanh(a));
    default:
      return extremum(opcode === "min" ? Math.min : Math.max, modifiers);
  }
}

/** Of a number and a NaN the number, unless .NaN; with .xorsign.abs the magnitudes, and the sign of the product. */
export function extremum(
  pick: (a: number, b: number) => number,
  modifiers: Readonly<Record<string, string>>,
): (a: number, b: number) => number {
  const strict = modifiers["NaN"] !== undefined;
  const choose = (a: number, b: number): number => {
    if (strict) return pick(a, b);
    if (Number.isNaN(a)) return b;
    return Number.isNaN(b) ? a : pick(a, b);
  };
  if (modifiers["xorsign"] === undefined) return choose;
  return (a, b) => {
    const magnitude = Math.abs(choose(Math.abs(a), Math.abs(b)));
    return isNegative(a) !== isNegative(b) ? -magnitude : magnitude;
  };
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

/** What .ftz does to operands and result, .sat and .relu to the result. */
function finished(operation: Operation, format: FloatFormat, modifiers: Readonly<Record<string, string>>): Operation {
  const smallest = 2 ** format.least;
  const flush = (value: number): number => (Math.abs(value) < smallest ? (isNegative(value) ? -0 : 0) : value);
  const ftz = modifiers["ftz"] !== undefined;
  const flushed: Operation = ftz ? (a, b, c) => flush(operation(flush(a), flush(b), flush(c))) : operation;
  if (modifiers["sat"] !== undefined) {
    return (a, b, c) => {
      const value = flushed(a, b, c);
      return value > 0 ? Math.min(value, 1) : 0;
    };
  }
  if (modifiers["relu"] !== undefined) return (a, b, c) => relu(flushed(a, b, c));
  return flushed;
}

function relu(value: number): number {
  return value > 0 || Number.isNaN(value) ? value : 0;
}

/**
 * cvt of two numbers into one register: `d, a, b` puts a into the upper half. The source is two f32, or one register of two others;
 * .satfinite makes what is too large the largest finite number.
 */
export function packTwo(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction } = verified;
  const to = elementsOf(verified.type as PtxType) as Elements;
  const finish = converter(to.format, modifiers);
  const d = places.nth(verified, 0);
  const upper = to.format.bits;
  if (modifiers["from"] === "f32") {
    const [a, b] = [1, 2].map((nth) => places.value(instruction.operands[nth], ptxType("f32")));
    return (warp, mask) => {
      const { u32, f32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) u32[d + lane] = (finish(f32[a + lane]) << upper) | finish(f32[b + lane]);
      }
    };
  }
  const from = elementsOf(ptxType(modifiers["from"])) as Elements;
  const a = places.value(instruction.operands[1], ptxType(modifiers["from"]));
  const numbers = numbersOf(from.format);
  const [keep, step] = [2 ** from.format.bits - 1, from.format.bits];
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const word = u32[a + lane];
      u32[d + lane] = (finish(numbers[(word >>> step) & keep]) << upper) | finish(numbers[word & keep]);
    }
  };
}

/** cvt.rna.tf32.f32: the low 13 bits become zeros. */
export function toTf32(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const d = places.nth(verified, 0);
  const a = places.value(verified.instruction.operands[1], ptxType("f32"));
  const finish = converter(floatFormats.tf32, verified.modifiers);
  return (warp, mask) => {
    const { u32, f32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) u32[d + lane] = finish(f32[a + lane]);
  };
}

function converter(format: FloatFormat, modifiers: Readonly<Record<string, string>>): (value: number) => number {
  const rounding = modifiers["rnd"] as Rounding;
  const positive = modifiers["relu"] !== undefined;
  const finite = modifiers["satfinite"] !== undefined;
  return (value) => {
    const rounded = roundTo(format, positive ? relu(value) : value, rounding);
    const bounded = finite && Math.abs(rounded) > format.largest ? Math.sign(rounded) * format.largest : rounded;
    return encodeFloat(format, bounded);
  };
}
