// Video instructions: arithmetic on words, halves and bytes that selectors pick. What is between operands and result is exact, since
// everything but vmad's product fits a double.
import type { Operand } from "../../ptx/syntax.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { type Execute, type OperandPlaces, u32Type } from "./operands.js";

type Binary = (a: number, b: number) => number;

/** vadd, vsub, vabsdiff, vmin, vmax, vshl, vshr and vset, with a second operation or a merge into c. */
export function scalarVideo(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction, row } = verified;
  const [d, a, b, c] = instruction.operands.map((operand) => places.value(operand, u32Type));
  const [target, first, second] = instruction.operands;
  const takeA = part(selectorOf(first), modifiers["atype"] === "s32");
  const takeB = part(selectorOf(second), modifiers["btype"] === "s32");
  const operate = operation(row.opcode, modifiers);
  const signed = modifiers["dtype"] === "s32";
  const merge = selectorOf(target);
  const limit = modifiers["sat"] === undefined ? same : clampTo(bitsOf(merge), signed);
  const combine = secondary(modifiers["op2"], signed);
  const insert = inserted(merge);
  const third = c ?? d;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = limit(operate(takeA(u32[a + lane]), takeB(u32[b + lane])));
      u32[d + lane] = insert(combine(value, u32[third + lane]), u32[third + lane]);
    }
  };
}

/** Two halves or four bytes at once: each result replaces its part of c, or with .add all are added to c. */
export function partsVideo(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction, row } = verified;
  const count = Number(row.opcode.at(-1)) as 2 | 4;
  const bits = 32 / count;
  const keep = 2 ** bits - 1;
  const [d, a, b, c] = instruction.operands.map((operand) => places.value(operand, u32Type));
  const [target, first, second] = instruction.operands;
  const takeA = elements(selectorOf(first) ?? (count === 2 ? "h10" : "b3210"), bits, modifiers["atype"] === "s32");
  const takeB = elements(selectorOf(second) ?? (count === 2 ? "h32" : "b7654"), bits, modifiers["btype"] === "s32");
  const written = selectorOf(target);
  const chosen = Array.from({ length: count }, (_, i) => written === undefined || written.includes(String(i)));
  const operate = operation(row.opcode.slice(0, -1), modifiers);
  const limit = modifiers["sat"] === undefined ? same : clampTo(bits, modifiers["dtype"] === "s32");
  const adds = modifiers["add"] !== undefined;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const [x, y, z] = [u32[a + lane], u32[b + lane], u32[c + lane]];
      let result = adds ? z : 0;
      for (let i = 0; i < count; i++) {
        const value = limit(operate(takeA(x, y, i), takeB(x, y, i)));
        if (adds) result += chosen[i] ? value : 0;
        else result |= (chosen[i] ? value & keep : (z >>> (i * bits)) & keep) << (i * bits);
      }
      u32[d + lane] = result;
    }
  };
}

/** vmad: a * b + c with minus signs, one more with .po, then shifted right and clamped. */
export function multiplyVideo(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction } = verified;
  const [d, a, b, c] = instruction.operands.map((operand) => places.value(operand, u32Type));
  const [, first, second, third] = instruction.operands;
  const signs = [modifiers["atype"] === "s32", modifiers["btype"] === "s32"];
  const takeA = part(selectorOf(first), signs[0]);
  const takeB = part(selectorOf(second), signs[1]);
  const product = hasMinus(first) !== hasMinus(second) ? -1n : 1n;
  const addend = hasMinus(third) ? -1n : 1n;
  // c has the sign of the product; the result is signed where anything is.
  const signedProduct = signs[0] || signs[1] || product < 0n;
  const signed = signedProduct || addend < 0n;
  const more = modifiers["po"] === undefined ? 0n : 1n;
  const scale = modifiers["scale"] === "shr7" ? 7n : modifiers["scale"] === "shr15" ? 15n : 0n;
  const [lowest, highest] = signed ? [-(2n ** 31n), 2n ** 31n - 1n] : [0n, 2n ** 32n - 1n];
  const clamp = modifiers["sat"] !== undefined;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const z = BigInt(signedProduct ? u32[c + lane] | 0 : u32[c + lane]);
      const sum = product * BigInt(takeA(u32[a + lane])) * BigInt(takeB(u32[b + lane])) + addend * z + more;
      let value = sum >> scale;
      if (clamp) value = value < lowest ? lowest : value > highest ? highest : value;
      u32[d + lane] = Number(BigInt.asUintN(32, value));
    }
  };
}

function selectorOf(operand: Operand): string | undefined {
  return operand.kind === "register" ? operand.selector : undefined;
}

function hasMinus(operand: Operand): boolean {
  return operand.kind === "register" && operand.minus === true;
}

function same(value: number): number {
  return value;
}

/** The bits of what a scalar selector picks. */
function bitsOf(selector: string | undefined): number {
  return selector === undefined ? 32 : selector.startsWith("b") ? 8 : 16;
}

function extended(value: number, bits: number, signed: boolean): number {
  return signed ? (value << (32 - bits)) >> (32 - bits) : (value << (32 - bits)) >>> (32 - bits);
}

function part(selector: string | undefined, signed: boolean): (word: number) => number {
  const bits = bitsOf(selector);
  const shift = selector === undefined ? 0 : Number(selector[1]) * bits;
  return (word) => extended(word >>> shift, bits, signed);
}

/** Element i of those that a selector picks out of both words; its last digit is element 0. */
function elements(selector: string, bits: number, signed: boolean): (x: number, y: number, i: number) => number {
  const picks = [...selector.slice(1)].reverse().map(Number);
  const perWord = 32 / bits;
  return (x, y, i) => {
    const pick = picks[i];
    return extended((pick < perWord ? x : y) >>> ((pick % perWord) * bits), bits, signed);
  };
}

const compared: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

function operation(opcode: string, modifiers: Readonly<Record<string, string>>): Binary {
  switch (opcode) {
    case "vadd":
      return (a, b) => a + b;
    case "vsub":
      return (a, b) => a - b;
    case "vabsdiff":
      return (a, b) => Math.abs(a - b);
    case "vmin":
      return Math.min;
    case "vmax":
      return Math.max;
    case "vavrg":
      return (a, b) => (a + b >= 0 ? a + b + 1 : a + b) >> 1;
    case "vset": {
      const holds = compared[modifiers["cmp"]];
      return (a, b) => (holds(a, b) ? 1 : 0);
    }
    default: {
      const shift: Binary = opcode === "vshl" ? (a, n) => a * 2 ** n : (a, n) => Math.floor(a / 2 ** n);
      return modifiers["mode"] === "wrap" ? (a, n) => shift(a, n & 31) : (a, n) => shift(a, Math.min(n, 32));
    }
  }
}

function clampTo(bits: number, signed: boolean): (value: number) => number {
  const [lowest, highest] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return (value) => Math.min(Math.max(value, lowest), highest);
}

// What is added, or compared with c, are 32 bits in the type of d.
function secondary(name: string | undefined, signed: boolean): Binary {
  const read = (value: number): number => (signed ? lowWord(value) | 0 : lowWord(value));
  switch (name) {
    case "add":
      return (value, c) => lowWord(value) + c;
    case "min":
      return (value, c) => Math.min(read(value), read(c));
    case "max":
      return (value, c) => Math.max(read(value), read(c));
    default:
      return lowWord;
  }
}

/** The low 32 bits of a whole number that a double holds, which vshl's 64 bits need not fit by a shift alone. */
function lowWord(value: number): number {
  const rest = value % 2 ** 32;
  return rest < 0 ? rest + 2 ** 32 : rest;
}

function inserted(selector: string | undefined): Binary {
  if (selector === undefined) return same;
  const bits = bitsOf(selector);
  const shift = Number(selector[1]) * bits;
  const keep = (2 ** bits - 1) << shift;
  return (value, c) => (c & ~keep) | ((value << shift) & keep);
}
