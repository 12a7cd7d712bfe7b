// Instructions in which lanes of a warp see each other: shuffles, votes, the active mask.
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { type Execute, type OperandPlaces, predicateType, u32Type } from "./operands.js";

/**
 * shfl.sync: lane j reads a of lane i; i comes from j, b and the clamp in c as the PTX manual's pseudocode says. The
 * predicate tells whether i is in range; a lane out of range reads itself. Reading a lane that does not take part is
 * undefined in PTX; here it reads that lane's register as it stands.
 */
export function shuffle(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { instruction, modifiers } = verified;
  const [destination] = instruction.operands;
  const pair = destination.kind === "pair" ? destination : { first: destination, second: undefined };
  const d = places.value(pair.first, u32Type);
  const p = pair.second === undefined ? undefined : places.value(pair.second, predicateType);
  const a = places.nth(verified, 1);
  const [b, c] = [places.nth(verified, 2, u32Type), places.nth(verified, 3, u32Type)];
  const mode = modifiers["mode"];
  const before = new Uint32Array(32);
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    // The destination may be the source: all lanes read before one is written.
    before.set(u32.subarray(a, a + 32));
    let inRange = 0;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const by = u32[b + lane] & 0x1f;
      const clamp = u32[c + lane] & 0x1f;
      const segment = (u32[c + lane] >>> 8) & 0x1f;
      const highest = (lane & segment) | (clamp & ~segment);
      const lowest = lane & segment;
      let from: number;
      let valid: boolean;
      if (mode === "up") {
        from = lane - by;
        valid = from >= highest;
      } else if (mode === "down") {
        from = lane + by;
        valid = from <= highest;
      } else if (mode === "bfly") {
        from = lane ^ by;
        valid = from <= highest;
      } else {
        from = lowest | (by & ~segment);
        valid = from <= highest;
      }
      if (valid) inRange |= 1 << lane;
      u32[d + lane] = before[valid ? from : lane];
    }
    if (p !== undefined) predicates[p] = (predicates[p] & ~mask) | (inRange & mask);
  };
}

export function vote(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const mode = verified.modifiers["mode"];
  const a = places.nth(verified, 1, predicateType);
  const flip = places.flip(verified, 1);
  const d = places.nth(verified, 0);
  const m = places.nth(verified, 2, u32Type);
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const voters = u32[m + lane] & mask;
      const yes = (predicates[a] ^ flip) & voters;
      if (mode === "ballot") {
        u32[d + lane] = yes;
        continue;
      }
      const result = mode === "any" ? yes !== 0 : mode === "all" ? yes === voters : yes === 0 || yes === voters;
      predicates[d] = result ? predicates[d] | (1 << lane) : predicates[d] & ~(1 << lane);
    }
  };
}

/** match.sync: which lanes of the mask have the same bits, or whether all have. */
export function match(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const { d, p } = destinations(verified, places);
  const a = places.nth(verified, 1);
  const m = places.nth(verified, 2, u32Type);
  const step = type.bytes === 8 ? 2 : 1;
  const all = verified.modifiers["all"] !== undefined;
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    const same = (x: number, y: number): boolean =>
      u32[a + step * x] === u32[a + step * y] && (step === 1 || u32[a + 2 * x + 1] === u32[a + 2 * y + 1]);
    // The destination may be the source: all lanes read before one is written.
    const results = lanesOf(mask).map((lane) => {
      const others = lanesOf(u32[m + lane] & mask);
      const equal = others.filter((other) => same(lane, other)).reduce((bits, other) => bits | (1 << other), 0);
      return { lane, bits: all ? (equal === (u32[m + lane] & mask) ? equal : 0) : equal };
    });
    for (const { lane, bits } of results) {
      if (d !== undefined) u32[d + lane] = bits;
      if (p !== undefined) setPredicate(predicates, p, lane, bits !== 0);
    }
  };
}

const reductions: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => (a + b) | 0,
  min: Math.min,
  max: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

/** redux.sync: one value of all lanes of the mask. */
export function reduce(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, m] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2, u32Type)];
  const operation = reductions[verified.modifiers["op"]];
  const signed = verified.type?.kind === "signed";
  return (warp, mask) => {
    const { u32, i32 } = warp.registers;
    const view = signed ? i32 : u32;
    const results = lanesOf(mask).map((lane) => {
      const [first, ...others] = lanesOf(u32[m + lane] & mask).map((other) => view[a + other]);
      return { lane, value: others.reduce((x, y) => operation(x, y), first) };
    });
    for (const { lane, value } of results) u32[d + lane] = value;
  };
}

/** elect.sync: the lowest lane of the mask is the leader. */
export function elect(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { d, p } = destinations(verified, places);
  const m = places.nth(verified, 1, u32Type);
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    for (const lane of lanesOf(mask)) {
      const [leader] = lanesOf(u32[m + lane] & mask);
      if (d !== undefined) u32[d + lane] = leader;
      if (p !== undefined) setPredicate(predicates, p, lane, lane === leader);
    }
  };
}

/** `d`, `d|p` or `_|p`. */
export function destinations({ instruction }: VerifiedInstruction, places: OperandPlaces): { d?: number; p?: number } {
  const [destination] = instruction.operands;
  const [first, second] = destination.kind === "pair" ? [destination.first, destination.second] : [destination];
  return {
    ...(first.kind === "symbol" ? {} : { d: places.value(first, u32Type) }),
    ...(second === undefined ? {} : { p: places.value(second, predicateType) }),
  };
}

function lanesOf(mask: number): number[] {
  const lanes: number[] = [];
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) lanes.push(lane);
  return lanes;
}

function setPredicate(predicates: Int32Array, slot: number, lane: number, value: boolean): void {
  predicates[slot] = value ? predicates[slot] | (1 << lane) : predicates[slot] & ~(1 << lane);
}

export function activemask(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const d = places.nth(verified, 0);
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) u32[d + lane] = mask;
    }
  };
}
