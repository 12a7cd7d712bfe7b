// Copies of a block that have begun and are not done: cp.async, its groups, bulk copies, and the arrivals at barriers that are due when
// copies are done. PTX lets a copy land at any time until it is waited for. Here it lands when it is waited for, so that a thread
// which reads too early sees what was there before and never the copy by luck; what it reads it reads when it begins, but a bulk copy
// from shared memory when it lands, since nobody may change that before. What nobody waits for never lands in shared memory, and
// in global memory at the block's end. Knows nothing of instructions.
import type { GlobalMemory, MemoryRegion } from "./memory-region.js";
import type { MemoryAccess } from "./observer.js";

/** What cp.async of a warp began. */
interface Copy {
  readonly warp: number;
  readonly sequence: number;
  /** The lanes whose part has not landed. */
  readonly mask: number;
  /** Each lane's group, counted from its first one. */
  readonly groups: Int32Array;
  /** Byte offsets in shared memory. */
  readonly at: Float64Array;
  readonly bytes: number;
  /** Lane after lane. */
  readonly data: Uint8Array;
}

/** A bulk copy from shared to global memory by one thread. */
interface BulkStore {
  readonly thread: number;
  readonly group: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** What a barrier is told when copies are done. */
export type BarrierEvent =
  | {
      readonly kind: "arrive";
      readonly barrier: number;
      readonly warp: number;
      readonly lane: number;
      readonly sequence: number;
    }
  | { readonly kind: "bytes"; readonly barrier: number; readonly to: number; readonly data: Uint8Array };

/** Everything that is under way; immutable, so that a snapshot keeps it as it is. */
export interface AsynchronousState {
  readonly sequence: number;
  readonly copies: readonly Copy[];
  readonly stores: readonly BulkStore[];
  readonly events: readonly BarrierEvent[];
  /** Groups that each thread has closed, of cp.async and of bulk copies. */
  readonly closed: Int32Array;
  readonly closedBulk: Int32Array;
}

/** What copies land in, and who is told. */
export interface Landing {
  readonly shared: MemoryRegion;
  readonly global: GlobalMemory;
  readonly observe: ((access: MemoryAccess) => void) | null;
}

export class Asynchronous {
  private sequence = 0;
  private copies: readonly Copy[] = [];
  private stores: readonly BulkStore[] = [];
  private events: readonly BarrierEvent[] = [];
  private closed: Int32Array;
  private closedBulk: Int32Array;

  constructor(private readonly warps: number) {
    this.closed = new Int32Array(32 * warps);
    this.closedBulk = new Int32Array(32 * warps);
  }

  /** A new block: nothing is under way. */
  reset(): void {
    if (this.sequence === 0) return;
    this.restore({
      sequence: 0,
      copies: [],
      stores: [],
      events: [],
      closed: new Int32Array(32 * this.warps),
      closedBulk: new Int32Array(32 * this.warps),
    });
  }

  save(): AsynchronousState {
    const { sequence, copies, stores, events, closed, closedBulk } = this;
    return { sequence, copies, stores, events, closed: closed.slice(), closedBulk: closedBulk.slice() };
  }

  restore({ sequence, copies, stores, events, closed, closedBulk }: AsynchronousState): void {
    this.sequence = sequence;
    this.copies = copies;
    this.stores = stores;
    this.events = events;
    this.closed = closed.slice();
    this.closedBulk = closedBulk.slice();
  }

  /** cp.async: these bytes are to lie there; the arrays are kept. */
  begin(warp: number, mask: number, at: Float64Array, bytes: number, data: Uint8Array): void {
    const groups = this.closed.slice(32 * warp, 32 * warp + 32);
    this.copies = [...this.copies, { warp, sequence: this.sequence++, mask, groups, at, bytes, data }];
  }

  /** A bulk copy from global to shared memory, of which the barrier is told. */
  beginBulk(barrier: number, to: number, data: Uint8Array): void {
    this.sequence++;
    this.events = [...this.events, { kind: "bytes", barrier, to, data }];
  }

  /** A bulk copy from shared to global memory. */
  beginStore(warp: number, lane: number, from: number, to: number, bytes: number): void {
    this.sequence++;
    const thread = 32 * warp + lane;
    this.stores = [...this.stores, { thread, group: this.closedBulk[thread], from, to, bytes }];
  }

  /** The barrier has an arrival of this lane due when its copies so far have landed. */
  arriveAfter(barrier: number, warp: number, lane: number): void {
    this.events = [...this.events, { kind: "arrive", barrier, warp, lane, sequence: this.sequence++ }];
  }

  /** Closes the open group of each lane. */
  closeGroup(warp: number, mask: number): void {
    this.sequence++;
    for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) this.closed[32 * warp + lane]++;
  }

  closeBulkGroup(warp: number, mask: number): void {
    this.sequence++;
    for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) this.closedBulk[32 * warp + lane]++;
  }

  /** Lands the copies of these lanes in all closed groups but the newest ones. */
  waitForGroups(warp: number, mask: number, newest: number, landing: Landing): void {
    const { closed } = this;
    this.land(warp, mask, landing, ({ groups }, lane) => groups[lane] < closed[32 * warp + lane] - newest);
  }

  /** Lands all copies of these lanes. */
  waitForAll(warp: number, mask: number, landing: Landing): void {
    this.land(warp, mask, landing, () => true);
  }

  /** Lands the bulk copies to global memory of these lanes in all closed groups but the newest ones. */
  waitForBulkGroups(warp: number, mask: number, newest: number, landing: Landing): void {
    this.landStores(landing, ({ thread, group }) => {
      const lane = thread - 32 * warp;
      return lane >= 0 && lane < 32 && (mask & (1 << lane)) !== 0 && group < this.closedBulk[thread] - newest;
    });
  }

  /** The block has ended: what was to reach global memory does. */
  finish(landing: Landing): void {
    this.landStores(landing, () => true);
  }

  /** Lands what a barrier is to be told of, and gives what it is told, in order. */
  settle(barrier: number, landing: Landing): readonly BarrierEvent[] {
    if (this.events.length === 0) return [];
    const due = this.events.filter((event) => event.barrier === barrier);
    if (due.length === 0) return due;
    this.events = this.events.filter((event) => event.barrier !== barrier);
    for (const event of due) {
      if (event.kind === "arrive") {
        this.land(event.warp, 1 << event.lane, landing, ({ sequence }) => sequence < event.sequence);
      } else landBytes(event.to, event.data, landing);
    }
    return due;
  }

  private land(warp: number, lanes: number, landing: Landing, isDue: (copy: Copy, lane: number) => boolean): void {
    if (this.copies.length === 0) return;
    const left: Copy[] = [];
    for (const copy of this.copies) {
      const due = copy.warp === warp ? dueLanes(copy, lanes, isDue) : 0;
      if (due !== 0) landCopy(copy, due, landing);
      const mask = copy.mask & ~due;
      if (mask !== 0) left.push(due === 0 ? copy : { ...copy, mask });
    }
    this.copies = left;
  }

  private landStores({ shared, global, observe }: Landing, isDue: (store: BulkStore) => boolean): void {
    if (this.stores.length === 0) return;
    const due = this.stores.filter(isDue);
    this.stores = this.stores.filter((store) => !due.includes(store));
    for (const { thread, from, to, bytes } of due) {
      const region = global.find(to, bytes);
      // It was there when the copy began, and a launch frees nothing.
      if (region === undefined) throw new Error("a bulk copy into memory that is gone");
      observe?.(oneLane("global", thread % 32, to, bytes));
      region.dirty = true;
      region.u8.set(shared.u8.subarray(from, from + bytes), to - region.base);
    }
  }
}

function dueLanes(copy: Copy, lanes: number, isDue: (copy: Copy, lane: number) => boolean): number {
  const pending = copy.mask & lanes;
  if (pending === 0) return 0;
  let due = 0;
  for (let lane = 0; lane < 32; lane++) {
    if ((pending & (1 << lane)) !== 0 && isDue(copy, lane)) due |= 1 << lane;
  }
  return due;
}

function landCopy({ at, bytes, data }: Copy, lanes: number, { shared, observe }: Landing): void {
  observe?.({ space: "shared", kind: "store", bytesPerLane: bytes, mask: lanes, addresses: at });
  shared.dirty = true;
  for (let lane = 0; lane < 32; lane++) {
    if ((lanes & (1 << lane)) !== 0) shared.u8.set(data.subarray(lane * bytes, (lane + 1) * bytes), at[lane]);
  }
}

function landBytes(to: number, data: Uint8Array, { shared, observe }: Landing): void {
  observe?.(oneLane("shared", 0, to, data.length));
  shared.dirty = true;
  shared.u8.set(data, to);
}

function oneLane(space: "shared" | "global", lane: number, address: number, bytes: number): MemoryAccess {
  const addresses = new Float64Array(32);
  addresses[lane] = address;
  return { space, kind: "store", bytesPerLane: bytes, mask: 1 << lane, addresses };
}
