// mbarrier: barriers in shared memory that count arrivals and bytes, phase after phase. The lanes of a warp take their turn from
// lane 0 up. A barrier that copies report to is brought up to date when it is asked whether its phase has ended (asynchronous.ts).
// These are no requests to memory in the counters, as bar.sync is none.
import type { VerifiedInstruction } from "../../ptx/verify.js";
import {
  arrive,
  arriveAndDrop,
  type Barrier,
  type BarrierRefusal,
  decodeBarrier,
  expectArrival,
  expectBytes,
  isRefusal,
  newBarrier,
  readBarrier,
  writeBarrier,
} from "../mbarrier.js";
import type { MemoryRegion } from "../memory-region.js";
import { access, type MemorySystem } from "./memory.js";
import { type Execute, type OperandPlaces, predicateType, u32Type, u64Type } from "./operands.js";

/** Works on the barrier of one lane. */
type OnBarrier = (lane: number, at: number, words: Uint32Array) => void;

export function mbarrier(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { modifiers } = verified;
  const has = (word: string): boolean => modifiers[word] !== undefined;
  if (has("pending_count")) return pendingCount(verified, places, memory);
  if (has("test_wait") || has("try_wait")) return testWait(verified, places, memory);
  if (has("arrive") || has("arrive_drop")) return arrivals(verified, places, memory);
  const count = verified.instruction.operands.length > 1 ? places.nth(verified, 1, u32Type) : 0;
  const change = (lane: number, at: number, to: (barrier: Barrier) => Barrier | BarrierRefusal): void =>
    update(memory, lane, at, to);
  if (has("init")) {
    return onBarriers(verified, places, memory, 0, (lane, at, words) => {
      writeBarrier(memory.shared, at, held(memory, lane, newBarrier(words[count + lane])));
    });
  }
  if (has("inval")) {
    return onBarriers(verified, places, memory, 0, (lane, at) => {
      settle(memory, lane, at);
      held(memory, lane, readBarrier(memory.shared, at));
      memory.shared.dirty = true;
      memory.shared.u32.fill(0, at >>> 2, (at >>> 2) + 2);
    });
  }
  const sign = has("expect_tx") ? 1 : -1;
  return onBarriers(verified, places, memory, 0, (lane, at, words) =>
    change(lane, at, (barrier) => expectBytes(barrier, sign * words[count + lane])),
  );
}

function arrivals(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { modifiers, instruction } = verified;
  const [destination] = instruction.operands;
  const d = destination.kind === "symbol" ? undefined : places.value(destination, u64Type);
  const operand = instruction.operands.length > 2 ? places.nth(verified, 2, u32Type) : undefined;
  const take = modifiers["arrive_drop"] === undefined ? arrive : arriveAndDrop;
  const expects = modifiers["expect_tx"] !== undefined;
  return onBarriers(verified, places, memory, 1, (lane, at, words) => {
    const given = operand === undefined ? 1 : words[operand + lane];
    const count = expects ? 1 : given;
    // Copies that are due may make room: they have arrived before, at the latest now.
    const before = held(memory, lane, readBarrier(memory.shared, at));
    if (before.pending < count) settle(memory, lane, at);
    const [low, high] = [memory.shared.u32[at >>> 2], memory.shared.u32[(at >>> 2) + 1]];
    if (expects) update(memory, lane, at, (barrier) => expectBytes(barrier, given));
    if (modifiers["noComplete"] !== undefined) refuseToComplete(memory, lane, at, count);
    update(memory, lane, at, (barrier) => take(barrier, count));
    if (d === undefined) return;
    words[d + 2 * lane] = low;
    words[d + 2 * lane + 1] = high;
  });
}

function refuseToComplete(memory: MemorySystem, lane: number, at: number, count: number): void {
  const { pending } = held(memory, lane, readBarrier(memory.shared, at));
  if (count < pending) return;
  memory.fail(lane, {
    kind: "mbarrier",
    what: `${count} arrivals with .noComplete at a barrier whose phase waits for ${pending} would end it`,
    fix: "Arrive without .noComplete.",
  });
}

function testWait(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const d = places.nth(verified, 0, predicateType);
  const byParity = verified.modifiers["parity"] !== undefined;
  const asked = places.nth(verified, 2, byParity ? u32Type : u64Type);
  let ended = 0;
  const test = onBarriers(verified, places, memory, 1, (lane, at, words) => {
    settle(memory, lane, at);
    const { parity } = held(memory, lane, readBarrier(memory.shared, at));
    const phase = byParity ? words[asked + lane] & 1 : stateOf(memory, lane, words, asked).parity;
    if (phase !== parity) ended |= 1 << lane;
  });
  return (warp, mask) => {
    ended = 0;
    test(warp, mask);
    const { predicates } = warp.registers;
    predicates[d] = (predicates[d] & ~mask) | ended;
    // Who waits in vain lets those run that it waits for.
    if (ended !== mask) memory.pause();
  };
}

function pendingCount(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const [d, state] = [places.nth(verified, 0, u32Type), places.nth(verified, 1, u64Type)];
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) u32[d + lane] = stateOf(memory, lane, u32, state).pending;
    }
  };
}

function stateOf(memory: MemorySystem, lane: number, words: Uint32Array, slot: number): Barrier {
  const state = decodeBarrier(words[slot + 2 * lane], words[slot + 2 * lane + 1]);
  if (!isRefusal(state)) return state;
  return memory.fail(lane, {
    kind: "mbarrier",
    what: "the state that is asked about is none that mbarrier.arrive gave",
    fix: "Keep what arrive gives, all 64 bits of it.",
  });
}

/** cp.async.mbarrier.arrive. */
export function arriveAfterCopies(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const counts = verified.modifiers["noinc"] === undefined;
  let warpIndex = 0;
  const run = onBarriers(verified, places, memory, 0, (lane, at) => {
    update(memory, lane, at, counts ? expectArrival : (barrier) => barrier);
    memory.asynchronous.arriveAfter(at, warpIndex, lane);
  });
  return (warp, mask) => {
    warpIndex = warp.index;
    run(warp, mask);
  };
}

/** Refuses an address at which there is no barrier. */
export function checkBarrier(memory: MemorySystem, lane: number, at: number): void {
  held(memory, lane, readBarrier(memory.shared, at));
}

function settle(memory: MemorySystem, lane: number, at: number): void {
  for (const event of memory.asynchronous.settle(at, memory)) {
    update(memory, lane, at, (barrier) =>
      event.kind === "arrive" ? arrive(barrier, 1) : expectBytes(barrier, -event.data.length),
    );
  }
}

function update(
  memory: MemorySystem,
  lane: number,
  at: number,
  change: (barrier: Barrier) => Barrier | BarrierRefusal,
): void {
  const barrier = held(memory, lane, readBarrier(memory.shared, at));
  writeBarrier(memory.shared, at, held(memory, lane, change(barrier)));
}

function held(memory: MemorySystem, lane: number, result: Barrier | BarrierRefusal): Barrier {
  return isRefusal(result) ? memory.fail(lane, { kind: "mbarrier", ...result }) : result;
}

function onBarriers(
  verified: VerifiedInstruction,
  places: OperandPlaces,
  memory: MemorySystem,
  index: number,
  work: OnBarrier,
): Execute {
  const request = {
    space: verified.modifiers["space"] ?? "generic",
    address: places.address(verified.instruction.operands[index]),
    bytes: 8,
    elements: 1,
    kind: "atomic",
    unobserved: true,
  } as const;
  const onShared = (storage: MemoryRegion, lane: number): void => {
    if (storage === memory.shared) return;
    memory.fail(lane, {
      kind: "mbarrier",
      what: `a barrier in global memory, in "${storage.label}"`,
      fix: "Barriers for mbarrier lie in shared memory.",
    });
  };
  return access(request, memory, (warp, lane, storage, at) => {
    onShared(storage, lane);
    work(lane, at, warp.registers.u32);
  });
}
