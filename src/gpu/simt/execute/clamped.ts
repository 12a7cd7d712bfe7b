// Integer arithmetic that does not wrap around: add, sub, mad.hi and mad24.hi with .sat, min and max with .relu; and the
// integers that come two to a register, s16x2 and u16x2.
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { Execute, OperandPlaces } from "./operands.js";

type Operation = (a: number, b: number, c: number) => number;

/** Whether an integer instruction is one of these. */
export function isClampedOrPacked({ modifiers, type }: VerifiedInstruction): boolean {
  return modifiers["sat"] !== undefined || modifiers["relu"] !== undefined || isPacked(type as PtxType);
}

export function clampedOrPacked(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction } = verified;
  const type = verified.type as PtxType;
  const operation = operationOf(verified);
  const d = places.nth(verified, 0);
  const [a, b, c] = [1, 2, 3].map((nth) => places.nth(verified, Math.min(nth, instruction.operands.length - 1)));
  const atLeast0 = modifiers["relu"] !== undefined;
  const positive: (value: number) => number = atLeast0 ? (value) => Math.max(value, 0) : (value) => value;
  if (!isPacked(type)) {
    return (warp, mask) => {
      const { i32 } = warp.registers;
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) !== 0)
          i32[d + lane] = positive(operation(i32[a + lane], i32[b + lane], i32[c + lane]));
      }
    };
  }
  const half = type.kind === "signed" ? (word: number) => (word << 16) >> 16 : (word: number) => word & 0xffff;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const [x, y] = [u32[a + lane], u32[b + lane]];
      const low = positive(operation(half(x), half(y), 0));
      const high = positive(operation(half(x >>> 16), half(y >>> 16), 0));
      u32[d + lane] = (low & 0xffff) | (high << 16);
    }
  };
}

function isPacked({ name }: PtxType): boolean {
  return name === "s16x2" || name === "u16x2";
}

function operationOf({ row, modifiers }: VerifiedInstruction): Operation {
  const clamp = (value: number): number => Math.min(Math.max(value, -0x8000_0000), 0x7fff_ffff);
  const clamps = modifiers["sat"] !== undefined;
  switch (row.opcode) {
    case "add":
      return clamps ? (a, b) => clamp(a + b) : (a, b) => a + b;
    case "sub":
      return (a, b) => clamp(a - b);
    case "min":
      return (a, b) => Math.min(a, b);
    case "max":
      return (a, b) => Math.max(a, b);
    case "mad24":
      return (a, b, c) => clamp(Math.floor((low24(a) * low24(b)) / 2 ** 16) + c);
    default:
      return (a, b, c) => clamp(Number((BigInt(a) * BigInt(b)) >> 32n) + c);
  }
}

// A product of two fits a double.
function low24(word: number): number {
  return (word << 8) >> 8;
}
