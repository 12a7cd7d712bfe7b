// Integer arithmetic and bit operations in 16, 32 and 64 bits, wrapping around. The 32-bit operations and the 64-bit sums
// that address arithmetic is made of have loops of their own; the others go through one value at a time.

import { multiplyHighSigned, multiplyHighUnsigned } from "../../arithmetic/exact.js";
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { type Execute, type OperandPlaces, u32Type } from "./operands.js";

type Binary32 = (a: number, b: number) => number;
type Binary64 = (a: bigint, b: bigint) => bigint;

export function add(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  if (verified.type?.bytes === 4) {
    return (warp, mask) => {
      const { i32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) i32[d + lane] = i32[a + lane] + i32[b + lane];
      }
    };
  }
  if (verified.type?.bytes === 8) {
    return (warp, mask) => {
      const { u32 } = warp.registers;
      for (let lane = 0, at = 0; lane < 32; lane++, at += 2) {
        if ((mask & (1 << lane)) === 0) continue;
        const low = u32[a + at] + u32[b + at];
        u32[d + at + 1] = u32[a + at + 1] + u32[b + at + 1] + (low > 0xffff_ffff ? 1 : 0);
        u32[d + at] = low;
      }
    };
  }
  return elementwise(verified, d, a, b, (x, y) => x + y, undefined);
}

export function sub(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  if (verified.type?.bytes === 4) {
    return (warp, mask) => {
      const { i32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) i32[d + lane] = i32[a + lane] - i32[b + lane];
      }
    };
  }
  return elementwise(
    verified,
    d,
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  );
}

/** mul and mad with .lo, .hi and .wide; mad adds c to the product. */
export function multiply(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, row } = verified;
  const type = verified.type as PtxType;
  const accumulate = row.opcode === "mad";
  if (modifiers["wide"] !== undefined) return multiplyWide(verified, places, accumulate);
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const c = accumulate ? places.nth(verified, 3) : places.layout.constant(0n, type.bytes);
  if (type.bytes === 4 && modifiers["half"] === "lo") {
    return (warp, mask) => {
      const { i32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0) i32[d + lane] = Math.imul(i32[a + lane], i32[b + lane]) + i32[c + lane];
      }
    };
  }
  const product = productOf(type, modifiers["half"] === "hi");
  return (warp, mask) => {
    const { u32, u64 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      if (type.bytes === 8) {
        const [x, y, z] = [u64[(a >>> 1) + lane], u64[(b >>> 1) + lane], u64[(c >>> 1) + lane]];
        u64[(d >>> 1) + lane] = BigInt.asUintN(64, product.wide(x, y) + z);
      } else {
        const value = product.narrow(u32[a + lane], u32[b + lane]) + u32[c + lane];
        u32[d + lane] = type.bytes === 2 ? value & 0xffff : value;
      }
    }
  };
}

function productOf(type: PtxType, high: boolean): { narrow: Binary32; wide: Binary64 } {
  const signed = type.kind === "signed";
  if (!high) return { narrow: Math.imul, wide: (x, y) => x * y };
  const wide: Binary64 = signed
    ? (x, y) => (BigInt.asIntN(64, x) * BigInt.asIntN(64, y)) >> 64n
    : (x, y) => (x * y) >> 64n;
  if (type.bytes === 2) {
    const read = narrowReader(type);
    return { narrow: (x, y) => Math.imul(read(x), read(y)) >>> 16, wide };
  }
  return { narrow: signed ? (x, y) => multiplyHighSigned(x | 0, y | 0) : multiplyHighUnsigned, wide };
}

function multiplyWide(verified: VerifiedInstruction, places: OperandPlaces, accumulate: boolean): Execute {
  const type = verified.type as PtxType;
  const wideType = { ...type, bytes: type.bytes * 2 };
  const d = places.nth(verified, 0, wideType);
  const [a, b] = [places.nth(verified, 1), places.nth(verified, 2)];
  const c = accumulate ? places.nth(verified, 3, wideType) : places.layout.constant(0n, wideType.bytes);
  if (type.bytes === 2) {
    const read = narrowReader(type);
    return (warp, mask) => {
      const { i32, u32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0) continue;
        i32[d + lane] = Math.imul(read(u32[a + lane]), read(u32[b + lane])) + i32[c + lane];
      }
    };
  }
  const signed = type.kind === "signed";
  return (warp, mask) => {
    const { i32, u32 } = warp.registers;
    for (let lane = 0, at = 0; lane < 32; lane++, at += 2) {
      if ((mask & (1 << lane)) === 0) continue;
      const low = (Math.imul(i32[a + lane], i32[b + lane]) >>> 0) + u32[c + at];
      const high = signed
        ? multiplyHighSigned(i32[a + lane], i32[b + lane])
        : multiplyHighUnsigned(u32[a + lane], u32[b + lane]);
      u32[d + at + 1] = high + u32[c + at + 1] + (low > 0xffff_ffff ? 1 : 0);
      u32[d + at] = low;
    }
  };
}

// A division by zero gives all ones, and its remainder the dividend, as NVIDIA's hardware does; PTX leaves both open.
export function divide(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const remainder = verified.row.opcode === "rem";
  const narrow: Binary32 = remainder ? (x, y) => (y === 0 ? x : x % y) : (x, y) => (y === 0 ? -1 : Math.trunc(x / y));
  const wide: Binary64 = remainder ? (x, y) => (y === 0n ? x : x % y) : (x, y) => (y === 0n ? -1n : x / y);
  return elementwise(verified, d, a, b, narrow, wide);
}

export function extremum(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  return verified.row.opcode === "min"
    ? elementwise(verified, d, a, b, Math.min, (x, y) => (x < y ? x : y))
    : elementwise(verified, d, a, b, Math.max, (x, y) => (x > y ? x : y));
}

const bitOperations: Readonly<Record<string, Binary32>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a,
};

/** and, or, xor, not: word by word, so that 64 bits are two words; predicates are masks. */
export function bitwise(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const operation = bitOperations[verified.row.opcode];
  const type = verified.type as PtxType;
  const d = places.nth(verified, 0);
  const a = places.nth(verified, 1);
  const b = verified.row.opcode === "not" ? a : places.nth(verified, 2);
  if (type.kind === "predicate") {
    const flipA = places.flip(verified, 1);
    const flipB = verified.row.opcode === "not" ? flipA : places.flip(verified, 2);
    return (warp, mask) => {
      const { predicates } = warp.registers;
      const value = operation(predicates[a] ^ flipA, predicates[b] ^ flipB);
      predicates[d] = (predicates[d] & ~mask) | (value & mask);
    };
  }
  const step = type.bytes === 8 ? 2 : 1;
  const keep = type.bytes === 2 ? 0xffff : -1;
  return (warp, mask) => {
    const { i32 } = warp.registers;
    for (let lane = 0, at = 0; lane < 32; lane++, at += step) {
      if ((mask & (1 << lane)) === 0) continue;
      i32[d + at] = operation(i32[a + at], i32[b + at]) & keep;
      if (step === 2) i32[d + at + 1] = operation(i32[a + at + 1], i32[b + at + 1]);
    }
  };
}

/** Shifts by the width or more give 0, or the sign for a signed right shift. */
export function shift(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const b = places.nth(verified, 2, u32Type);
  const left = verified.row.opcode === "shl";
  const width = type.bytes * 8;
  const signed = type.kind === "signed";
  if (type.bytes === 8) {
    return (warp, mask) => {
      const { u32, u64 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0) continue;
        const count = BigInt(Math.min(u32[b + lane], 64));
        const value = u64[(a >>> 1) + lane];
        const result = left ? value << count : (signed ? BigInt.asIntN(64, value) : value) >> count;
        u64[(d >>> 1) + lane] = BigInt.asUintN(64, result);
      }
    };
  }
  const read = narrowReader(type);
  const keep = type.bytes === 2 ? 0xffff : -1;
  return (warp, mask) => {
    const { i32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const count = u32[b + lane];
      const value = read(u32[a + lane]);
      if (count >= width) i32[d + lane] = left || !signed || value >= 0 ? 0 : -1 & keep;
      else i32[d + lane] = (left ? value << count : signed ? value >> count : value >>> count) & keep;
    }
  };
}

const unaryOperations: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  neg: (value) => -value,
};

export function unary(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const operation = unaryOperations[verified.row.opcode];
  const wide: Binary64 = verified.row.opcode === "neg" ? (x) => -x : (x) => (x < 0n ? -x : x);
  return elementwise(verified, d, a, a, operation, wide);
}

function elementwise(
  verified: VerifiedInstruction,
  d: number,
  a: number,
  b: number,
  narrow: Binary32,
  wide: Binary64 | undefined,
): Execute {
  const type = verified.type as PtxType;
  if (type.bytes === 8 && wide !== undefined) {
    const [d64, a64, b64] = [d >>> 1, a >>> 1, b >>> 1];
    const signed = type.kind === "signed";
    return (warp, mask) => {
      const { u64, i64 } = warp.registers;
      const view = signed ? i64 : u64;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0) continue;
        u64[d64 + lane] = BigInt.asUintN(64, wide(view[a64 + lane], view[b64 + lane]));
      }
    };
  }
  const read = narrowReader(type);
  const keep = type.bytes === 2 ? 0xffff : -1;
  return (warp, mask) => {
    const { i32, u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) i32[d + lane] = narrow(read(u32[a + lane]), read(u32[b + lane])) & keep;
    }
  };
}

/** Reads a register word as a number of a type of 32 bits or fewer. */
export function narrowReader(type: PtxType): (word: number) => number {
  const signed = type.kind === "signed";
  switch (type.bytes) {
    case 1:
      return signed ? (word) => (word << 24) >> 24 : (word) => word & 0xff;
    case 2:
      return signed ? (word) => (word << 16) >> 16 : (word) => word & 0xffff;
    default:
      return signed ? (word) => word | 0 : (word) => word >>> 0;
  }
}
