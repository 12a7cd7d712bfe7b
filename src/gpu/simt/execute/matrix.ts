// Products of matrices that a warp computes together: mma.sync and wmma.mma. Fragments are gathered into whole matrices,
// multiplied, and dealt out again. How matrices get into fragments is matrix-moves.ts.
import { encodeFloat, type FloatFormatName, floatFormats, type Rounding } from "../../../core/float-format.js";
import { roundedDotProduct } from "../../arithmetic/exact-sum.js";
import { roundedArithmetic } from "../../arithmetic/rounded.js";
import { type Fragment, fragmentOf, matrixShape } from "../../ptx/fragments.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { RegisterWords } from "../registers.js";
import { numbersOf } from "./half.js";
import type { MemorySystem } from "./memory.js";
import type { Execute, OperandPlaces } from "./operands.js";

/** A fragment and where its registers are. */
export interface PlacedFragment {
  readonly fragment: Fragment;
  readonly slots: readonly number[];
}

/** The matrices of the factors and of the summand, row after row, and where the sums go. */
interface Matrices {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly d: Float64Array;
}

/**
 * d = a * b + c.
 *
 * Floating point but f64: the products are exact, they and c are summed without any rounding, and the sum is rounded once to the type
 * of d, to nearest even. PTX leaves open in which order a GPU adds and what it rounds on the way, and asks for single precision
 * at least (half precision where c and d are f16); of the low 13 bits of tf32 operands it says that they are ignored. So a GPU may
 * differ: published measurements find that tensor cores align the terms to the largest one, cut off what lies below 23 to 25 bits of
 * its fraction and so lose less than one unit of 2^-23 of the largest term with each term added (Fasi, Higham, Mikaitis and Pranesh,
 * "Numerical behavior of NVIDIA tensor cores", 2021), with FP8 on sm_89 and sm_90 2^-13 of it (DeepSeek-V3 technical report, 2024).
 * What is computed here is within half a unit in the last place of the exact result. A NaN is the canonical one.
 *
 * f64: a chain of fused multiply-adds, each rounded as the instruction says (to nearest without a word), along k from 0 on.
 *
 * Integers: exact, wrapping around in 32 bits or, with .satfinite, clamped. b1: ones of a op b are counted.
 */
export function multiply(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { m, n } = matrixShape(verified.modifiers);
  const [d, a, b, c] = ["d", "a", "b", "c"].map((name, index) => placed(verified, places, name, index));
  const matrices: Matrices = {
    a: matrixOf(a.fragment),
    b: matrixOf(b.fragment),
    c: matrixOf(c.fragment),
    d: matrixOf(d.fragment),
  };
  const gather = { a: gatherer(a), b: gatherer(b), c: gatherer(c) };
  const deal = dealer(d);
  const compute = product(verified, { m, n, k: a.fragment.columns }, a.fragment.element, d.fragment.element);
  const count = a.fragment.matrices;
  return wholeWarp(verified, memory, ({ registers }) => {
    gather.a(registers, matrices.a);
    gather.b(registers, matrices.b);
    gather.c(registers, matrices.c);
    for (let matrix = 0; matrix < count; matrix++) compute(matrices, matrix);
    deal(registers, matrices.d);
  });
}

/** An instruction that PTX wants all lanes of a warp to execute. */
export function wholeWarp(verified: VerifiedInstruction, memory: MemorySystem, execute: Execute): Execute {
  const { opcode, modifiers } = verified.instruction;
  return (warp, mask) => {
    if (mask !== -1) {
      const name = [opcode, ...modifiers.slice(0, modifiers.indexOf("sync") + 1)].join(".");
      memory.fail(31 - Math.clz32(mask & -mask), {
        kind: "divergent exchange",
        what: `${name} is executed by ${32 - zeros(mask)} of the 32 lanes of its warp, and needs them all`,
        fix: "Move it out of the branch, and launch blocks of whole warps.",
      });
    }
    execute(warp, mask);
  };
}

function zeros(mask: number): number {
  let count = 0;
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) === 0) count++;
  return count;
}

export function placed(
  verified: VerifiedInstruction,
  places: OperandPlaces,
  name: string,
  index: number,
): PlacedFragment {
  const fragment = fragmentOf(verified.row.opcode, verified.modifiers, name);
  const operand = verified.instruction.operands[index];
  if (operand.kind !== "vector") throw new Error("a fragment is a vector of registers");
  return { fragment, slots: operand.elements.map((element) => places.value(element, fragment.registerType)) };
}

function matrixOf({ matrices, rows, columns }: Fragment): Float64Array {
  return new Float64Array(matrices * rows * columns);
}

/** For register r, lane l and element e of it the place in the matrix, at `(r * 32 + l) * perRegister + e`. */
export function placesOf({ registers, perRegister, place }: Fragment): Uint16Array {
  const table = new Uint16Array(registers * 32 * perRegister);
  for (let register = 0, at = 0; register < registers; register++) {
    for (let lane = 0; lane < 32; lane++) {
      for (let element = 0; element < perRegister; element++) {
        table[at++] = place(lane, register * perRegister + element);
      }
    }
  }
  return table;
}

type Gather = (registers: RegisterWords, into: Float64Array) => void;

function gatherer({ fragment, slots }: PlacedFragment): Gather {
  const { element, perRegister } = fragment;
  const table = placesOf(fragment);
  if (element === "f64" || element === "f32" || element === "s32") {
    return ({ f64, f32, i32 }, into) => {
      const view = element === "f64" ? f64 : element === "f32" ? f32 : i32;
      slots.forEach((slot, register) => {
        const from = element === "f64" ? slot >>> 1 : slot;
        for (let lane = 0; lane < 32; lane++) into[table[32 * register + lane]] = view[from + lane];
      });
    };
  }
  const decode = decoder(element);
  const bits = 32 / perRegister;
  return ({ u32 }, into) => {
    for (let register = 0, at = 0; register < slots.length; register++) {
      for (let lane = 0; lane < 32; lane++) {
        const word = u32[slots[register] + lane];
        for (let shift = 0; shift < 32; shift += bits) into[table[at++]] = decode(word >>> shift);
      }
    }
  };
}

const scratch = new Uint32Array(1);
const scratchFloat = new Float32Array(scratch.buffer);

/** A number from the low bits of a word. */
function decoder(element: string): (word: number) => number {
  switch (element) {
    case "s8":
      return (word) => (word << 24) >> 24;
    case "u8":
      return (word) => word & 0xff;
    case "s4":
      return (word) => (word << 28) >> 28;
    case "u4":
      return (word) => word & 0xf;
    case "b1x32":
      return (word) => word;
    case "tf32":
      return (word) => {
        scratch[0] = word & 0xffff_e000;
        return scratchFloat[0];
      };
    default: {
      const format = floatFormats[element as FloatFormatName];
      const numbers = numbersOf(format);
      const keep = 2 ** format.bits - 1;
      return (word) => numbers[word & keep];
    }
  }
}

function dealer({ fragment, slots }: PlacedFragment): (registers: RegisterWords, from: Float64Array) => void {
  const { element } = fragment;
  const table = placesOf(fragment);
  if (element === "f16") {
    return ({ u32 }, from) => {
      for (let register = 0, at = 0; register < slots.length; register++) {
        for (let lane = 0; lane < 32; lane++, at += 2) {
          const [low, high] = [from[table[at]], from[table[at + 1]]];
          u32[slots[register] + lane] =
            encodeFloat(floatFormats.f16, low) | (encodeFloat(floatFormats.f16, high) << 16);
        }
      }
    };
  }
  return ({ f64, f32, u32, i32 }, from) => {
    slots.forEach((slot, register) => {
      for (let lane = 0; lane < 32; lane++) {
        const value = from[table[32 * register + lane]];
        if (element === "f64") f64[(slot >>> 1) + lane] = value;
        else if (element === "s32") i32[slot + lane] = value;
        else if (Number.isNaN(value)) u32[slot + lane] = floatFormats.f32.nan;
        else f32[slot + lane] = value;
      }
    });
  };
}

interface Extents {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Computes the given one of the matrices that lie behind one another. */
type Compute = (matrices: Matrices, matrix: number) => void;

function product({ modifiers }: VerifiedInstruction, extents: Extents, factor: string, result: string): Compute {
  const { k, n } = extents;
  if (result === "f64") {
    const { fma } = roundedArithmetic(undefined, (modifiers["rnd"] ?? "rn") as Rounding);
    return eachElement(extents, ({ a, b }, c, row, column) => {
      let sum = c;
      for (let at = 0; at < k; at++) sum = fma(a[row + at], b[column + at * n], sum);
      return sum;
    });
  }
  if (result !== "s32") {
    const format = floatFormats[result as FloatFormatName];
    return eachElement(extents, ({ a, b }, c, row, column) =>
      roundedDotProduct(format, c, a, b, { fromA: row, fromB: column, count: k, stepOfB: n }),
    );
  }
  const finish = modifiers["satfinite"] === undefined ? (sum: number): number => sum | 0 : clamp;
  if (factor !== "b1x32") {
    return eachElement(extents, ({ a, b }, c, row, column) => {
      let sum = c;
      for (let at = 0; at < k; at++) sum += a[row + at] * b[column + at * n];
      return finish(sum);
    });
  }
  const ones = countedOnes(modifiers["op"]);
  return eachElement(extents, ({ a, b }, c, row, column) => {
    let sum = c;
    for (let at = 0; at < k; at++) sum += ones(a[row + at], b[column + at * n]);
    return finish(sum);
  });
}

/** `row` and `column` are where the row of a and the column of b begin. */
type Element = (matrices: Matrices, c: number, row: number, column: number) => number;

function eachElement({ m, n, k }: Extents, element: Element): Compute {
  return (matrices, matrix) => {
    for (let i = 0, at = matrix * m * n; i < m; i++) {
      for (let j = 0; j < n; j++, at++) {
        matrices.d[at] = element(matrices, matrices.c[at], (matrix * m + i) * k, matrix * k * n + j);
      }
    }
  };
}

function clamp(sum: number): number {
  return Math.max(-0x8000_0000, Math.min(0x7fff_ffff, sum));
}

function countedOnes(operation: string): (x: number, y: number) => number {
  return (x, y) => {
    let ones = 0;
    for (let rest = operation === "and" ? x & y : x ^ y; rest !== 0; rest &= rest - 1) ones++;
    return ones;
  };
}
