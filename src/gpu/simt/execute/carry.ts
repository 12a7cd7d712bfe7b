// Sums and differences with a carry that is kept from one instruction to the next: add.cc, addc, sub.cc, subc, mad.cc, madc.
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { Execute, OperandPlaces } from "./operands.js";

export function carry(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { row, modifiers } = verified;
  const type = verified.type as PtxType;
  const bits = type.bytes * 8;
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const product = row.opcode.startsWith("mad");
  const c = product ? places.nth(verified, 3) : b;
  const minus = row.opcode.startsWith("sub");
  const reads = row.opcode.endsWith("c");
  const keeps = modifiers["cc"] !== undefined;
  const high = modifiers["half"] === "hi";
  const kept = places.layout.carry();
  const signed = type.kind === "signed";
  return ({ registers }, mask) => {
    const { u32, u64, predicates } = registers;
    const read = (slot: number, lane: number): bigint =>
      type.bytes === 8 ? u64[(slot >>> 1) + lane] : BigInt(u32[slot + lane]);
    const number = (value: bigint): bigint => (signed ? BigInt.asIntN(bits, value) : value);
    for (let lane = 0; lane < 32; lane++) {
      const bit = 1 << lane;
      if ((mask & bit) === 0) continue;
      const before = reads && (predicates[kept] & bit) !== 0 ? 1n : 0n;
      const [left, right] = product
        ? [
            BigInt.asUintN(bits, (number(read(a, lane)) * number(read(b, lane))) >> (high ? BigInt(bits) : 0n)),
            read(c, lane),
          ]
        : [read(a, lane), read(b, lane)];
      const sum = minus ? left - right - before : left + right + before;
      const result = BigInt.asUintN(bits, sum);
      if (keeps) predicates[kept] = sum === result ? predicates[kept] & ~bit : predicates[kept] | bit;
      if (type.bytes === 8) u64[(d >>> 1) + lane] = result;
      else u32[d + lane] = Number(result);
    }
  };
}
