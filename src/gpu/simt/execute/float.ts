// Floating-point arithmetic in single and double precision. Each operation rounds once. To nearest, the usual rounding, single
// precision is computed in double and rounded, which is exact for + - * / and the square root because 53 >= 2 * 24 + 2
// (Figueroa, 1995); other roundings take the long way.
import { floatFormats, type Rounding } from "../../../core/float-format.js";
import {
  cosine,
  exp2,
  gross,
  log2,
  quotient,
  reciprocal,
  reciprocalRoot,
  sine,
  tanh,
} from "../../arithmetic/approximate.js";
import { flush, saturate } from "../../arithmetic/exact.js";
import { fma32, type RoundedArithmetic, roundedArithmetic } from "../../arithmetic/rounded.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { extremum as smallerOrLarger } from "./half.js";
import type { Execute, OperandPlaces } from "./operands.js";

/** The NaN that every single-precision operation gives. */
export const canonicalNaN32 = 0x7fff_ffff;

export function add(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const directed = directedArithmetic(verified)?.add;
  if (verified.type?.name === "f64") return binary64(d, a, b, directed ?? ((x, y) => x + y));
  if (directed !== undefined || modified(verified)) return binary32(verified, d, a, b, directed ?? ((x, y) => x + y));
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = f32[a + lane] + f32[b + lane];
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

export function sub(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const directed = directedArithmetic(verified)?.sub;
  if (verified.type?.name === "f64") return binary64(d, a, b, directed ?? ((x, y) => x - y));
  if (directed !== undefined || modified(verified)) return binary32(verified, d, a, b, directed ?? ((x, y) => x - y));
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = f32[a + lane] - f32[b + lane];
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

export function mul(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const directed = directedArithmetic(verified)?.mul;
  if (verified.type?.name === "f64") return binary64(d, a, b, directed ?? ((x, y) => x * y));
  if (directed !== undefined || modified(verified)) return binary32(verified, d, a, b, directed ?? ((x, y) => x * y));
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = f32[a + lane] * f32[b + lane];
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

export function div(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const nearest = verified.modifiers["rnd"] === "approx" ? quotient : (x: number, y: number): number => x / y;
  const divide = directedArithmetic(verified)?.div ?? nearest;
  return verified.type?.name === "f64" ? binary64(d, a, b, divide) : binary32(verified, d, a, b, divide);
}

export function fma(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b, c] = [0, 1, 2, 3].map((index) => places.nth(verified, index));
  const directed = directedArithmetic(verified)?.fma;
  if (verified.type?.name === "f64") {
    const fma64 = directed ?? doublesToNearest.fma;
    const [d64, a64, b64, c64] = [d >>> 1, a >>> 1, b >>> 1, c >>> 1];
    return (warp, mask) => {
      const { f64 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) f64[d64 + lane] = fma64(f64[a64 + lane], f64[b64 + lane], f64[c64 + lane]);
      }
    };
  }
  const operation = directed ?? fma32;
  const finish = finisher(verified);
  const start = starter(verified);
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = finish(operation(start(f32[a + lane]), start(f32[b + lane]), start(f32[c + lane])));
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

/** min and max: of a number and a NaN the number, unless .NaN; -0 is smaller than +0. */
export function extremum(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const operation = smallerOrLarger(verified.row.opcode === "min" ? Math.min : Math.max, verified.modifiers);
  return verified.type?.name === "f64" ? binary64(d, a, b, operation) : binary32(verified, d, a, b, operation);
}

const unaryOperations: Readonly<Record<string, (value: number) => number>> = {
  sqrt: Math.sqrt,
  rcp: reciprocal,
  rsqrt: reciprocalRoot,
  ex2: exp2,
  lg2: log2,
  sin: sine,
  cos: cosine,
  tanh,
};

export function unary(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const { opcode } = verified.row;
  const exact = opcode === "sqrt" || opcode === "rcp" ? directedArithmetic(verified)?.[opcode] : undefined;
  const approximate = verified.modifiers["approx"] !== undefined || verified.modifiers["rnd"] === "approx";
  const plain = exact ?? unaryOperations[opcode];
  if (verified.type?.name === "f64") {
    const operation = approximate && verified.modifiers["ftz"] !== undefined ? gross(plain) : plain;
    const [d64, a64] = [d >>> 1, a >>> 1];
    return (warp, mask) => {
      const { f64 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) f64[d64 + lane] = operation(f64[a64 + lane]);
      }
    };
  }
  const finish = finisher(verified);
  const start = starter(verified);
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = finish(plain(start(f32[a + lane])));
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

/** abs and neg change the sign bit alone; a NaN stays a NaN. */
export function sign(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const negate = verified.row.opcode === "neg";
  if (verified.type?.name === "f64") {
    return (warp, mask) => {
      const { u32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0) continue;
        const high = u32[a + 2 * lane + 1];
        u32[d + 2 * lane] = u32[a + 2 * lane];
        u32[d + 2 * lane + 1] = negate ? high ^ 0x8000_0000 : high & 0x7fff_ffff;
      }
    };
  }
  const ftz = verified.modifiers["ftz"] !== undefined;
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = f32[a + lane];
      if (Number.isNaN(value)) u32[d + lane] = canonicalNaN32;
      else {
        const result = negate ? -value : Math.abs(value);
        f32[d + lane] = ftz ? flush(result) : result;
      }
    }
  };
}

/** copysign: b with the sign of a, bit for bit. */
export function copySign(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const wide = verified.type?.name === "f64";
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const at = wide ? 2 * lane + 1 : lane;
      const word = (u32[a + at] & 0x8000_0000) | (u32[b + at] & 0x7fff_ffff);
      if (wide) u32[d + at - 1] = u32[b + at - 1];
      u32[d + at] = word;
    }
  };
}

const doublesToNearest = roundedArithmetic(undefined, "rn");

/** The operations in the instruction's precision where it rounds otherwise than to nearest. */
function directedArithmetic({ modifiers, type }: VerifiedInstruction): RoundedArithmetic | undefined {
  const rounding = modifiers["rnd"];
  if (rounding !== "rz" && rounding !== "rm" && rounding !== "rp") return undefined;
  return roundedArithmetic(type?.name === "f64" ? undefined : floatFormats.f32, rounding satisfies Rounding);
}

function modified(verified: VerifiedInstruction): boolean {
  return verified.modifiers["ftz"] !== undefined || verified.modifiers["sat"] !== undefined;
}

function same(value: number): number {
  return value;
}

function starter(verified: VerifiedInstruction): (value: number) => number {
  return verified.modifiers["ftz"] === undefined ? same : flush;
}

// .sat comes after the rounding, and so does .ftz on the result.
function finisher(verified: VerifiedInstruction): (value: number) => number {
  const ftz = verified.modifiers["ftz"] !== undefined;
  if (verified.modifiers["sat"] !== undefined)
    return (value) => saturate(ftz ? flush(Math.fround(value)) : Math.fround(value));
  return ftz ? (value) => flush(Math.fround(value)) : same;
}

function binary32(
  verified: VerifiedInstruction,
  d: number,
  a: number,
  b: number,
  operation: (x: number, y: number) => number,
): Execute {
  const finish = finisher(verified);
  const start = starter(verified);
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const value = finish(operation(start(f32[a + lane]), start(f32[b + lane])));
      if (!Number.isNaN(value)) f32[d + lane] = value;
      else u32[d + lane] = canonicalNaN32;
    }
  };
}

function binary64(d: number, a: number, b: number, operation: (x: number, y: number) => number): Execute {
  const [d64, a64, b64] = [d >>> 1, a >>> 1, b >>> 1];
  return (warp, mask) => {
    const { f64 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) f64[d64 + lane] = operation(f64[a64 + lane], f64[b64 + lane]);
    }
  };
}
