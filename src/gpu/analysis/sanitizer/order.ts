// What has happened before what, as far as barriers, fences and atomics say it: vector clocks. Knows nothing of memory's contents.
//
// A warp has a clock, and knows how far it is ordered behind each other warp; the lanes of a warp know the same of each other.
// Barriers of the block and of the warp order those that come; so do instructions that exchange values among lanes. A fence keeps
// what its threads know; an atomic or a strong store (volatile, relaxed or release) hands over at its address what was kept, or with
// release semantics what is known now; an atomic or a strong load takes it over. To take over, no second fence is asked for, and
// what one lane takes over its warp knows: where in doubt nothing is reported.

/** A warp of the whole launch, by number, and the time of its clock. */
export type Knowledge = Map<number, number>;

/** Who accessed, and when. */
export interface Moment {
  /** The warp among all of the launch. */
  readonly warp: number;
  readonly lane: number;
  readonly time: number;
  readonly laneTime: number;
}

const lanesOfWarp = 32;

class WarpOrder {
  /** How far this warp is ordered behind the others of its block. */
  readonly behind: Int32Array;
  /** Behind warps of other blocks. */
  beyond: Knowledge = new Map();
  /** At `lane * 32 + other`: how far a lane is ordered behind another; at its own place its clock. */
  readonly lanes: Int32Array = new Int32Array(lanesOfWarp * lanesOfWarp);
  /** How far each lane is ordered behind its own warp's other lanes by what it took over at an address. */
  readonly tookOver: Int32Array = new Int32Array(lanesOfWarp);
  /** What each lane kept at its last fence. */
  readonly kept: (Knowledge | undefined)[] = new Array(lanesOfWarp);
  /** The lanes that have come to a warp's barrier, by its mask. */
  readonly coming: Map<number, number> = new Map();

  constructor(
    readonly index: number,
    warps: number,
  ) {
    this.behind = new Int32Array(warps);
    this.behind[index] = 1;
    for (let lane = 0; lane < lanesOfWarp; lane++) this.lanes[lane * lanesOfWarp + lane] = 1;
  }

  /** Adds what lanes have kept. */
  gatherKept(mask: number, into: Knowledge): void {
    let last: Knowledge | undefined;
    each(mask, (lane) => {
      const kept = this.kept[lane];
      if (kept !== undefined && kept !== last) merge(into, kept);
      last = kept;
    });
  }

  /** A fence of one thread and then a barrier serve the others, too. */
  keep(mask: number, kept: Knowledge): void {
    if (kept.size === 0) return;
    each(mask, (lane) => {
      this.kept[lane] = kept;
    });
  }

  join(mask: number): void {
    const { lanes } = this;
    const together = new Int32Array(lanesOfWarp);
    each(mask, (lane) => {
      for (let other = 0; other < lanesOfWarp; other++) {
        together[other] = Math.max(together[other], lanes[lane * lanesOfWarp + other]);
      }
    });
    each(mask, (lane) => {
      lanes.set(together, lane * lanesOfWarp);
      lanes[lane * lanesOfWarp + lane]++;
    });
  }
}

interface BarrierOrder {
  readonly behind: Int32Array;
  readonly beyond: Knowledge;
  /** What those that came had kept at their fences. */
  readonly kept: Knowledge;
  /** The lanes that wait, by warp. */
  readonly waiting: Map<number, number>;
}

/** The order within one block, and of it with what other blocks handed over. */
export class BlockOrder {
  private readonly warps: readonly WarpOrder[];
  private readonly barriers = new Map<number, BarrierOrder>();

  constructor(block: number, warps: number) {
    this.first = block * warps;
    this.warps = Array.from({ length: warps }, (_, index) => new WarpOrder(index, warps));
  }

  /** The number of its warp 0 among all of the launch. */
  private readonly first: number;

  /** Who accesses now. */
  now(warp: number, lane: number): Moment {
    const { behind, lanes } = this.warps[warp];
    return { warp: this.first + warp, lane, time: behind[warp], laneTime: lanes[lane * lanesOfWarp + lane] };
  }

  /** Whether what happened at that moment is ordered before what a lane does now. */
  isBehind(warp: number, lane: number, { warp: other, lane: otherLane, time, laneTime }: Moment): boolean {
    const here = this.warps[warp];
    const local = other - this.first;
    if (local === warp) {
      return (
        otherLane === lane || here.lanes[lane * lanesOfWarp + otherLane] >= laneTime || here.tookOver[lane] >= time
      );
    }
    if (local >= 0 && local < this.warps.length) return here.behind[local] >= time;
    return (here.beyond.get(other) ?? 0) >= time;
  }

  /** Lanes come to a barrier of the block; those that only arrive do not wait. */
  comeToBarrier(id: number, warp: number, mask: number, waits: boolean): void {
    const here = this.warps[warp];
    let barrier = this.barriers.get(id);
    if (barrier === undefined) {
      const behind = new Int32Array(this.warps.length);
      barrier = { behind, beyond: new Map(), kept: new Map(), waiting: new Map() };
      this.barriers.set(id, barrier);
    }
    for (let other = 0; other < barrier.behind.length; other++) {
      barrier.behind[other] = Math.max(barrier.behind[other], here.behind[other]);
    }
    merge(barrier.beyond, here.beyond);
    here.gatherKept(mask, barrier.kept);
    if (waits) barrier.waiting.set(warp, (barrier.waiting.get(warp) ?? 0) | mask);
    else here.behind[warp]++;
  }

  /** Lanes go on: where they waited at barriers, those have opened. Returns their ids. */
  goOn(warp: number, mask: number): readonly number[] {
    if (this.barriers.size === 0) return none;
    const opened: number[] = [];
    for (const [id, barrier] of this.barriers) {
      if (((barrier.waiting.get(warp) ?? 0) & mask) === 0) continue;
      for (const [index, lanes] of barrier.waiting) {
        const there = this.warps[index];
        const time = there.behind[index];
        for (let other = 0; other < barrier.behind.length; other++) {
          there.behind[other] = Math.max(there.behind[other], barrier.behind[other]);
        }
        there.behind[index] = time + 1;
        merge(there.beyond, barrier.beyond);
        there.join(lanes);
        there.keep(lanes, barrier.kept);
      }
      this.barriers.delete(id);
      opened.push(id);
    }
    return opened;
  }

  /** Lanes come to a warp's barrier, or to an instruction that exchanges values among the lanes of `members`. */
  comeTogether(warp: number, mask: number, members: number): void {
    const here = this.warps[warp];
    const come = (here.coming.get(members) ?? 0) | mask;
    here.join(come);
    const kept: Knowledge = new Map();
    here.gatherKept(come, kept);
    here.keep(come, kept);
    if ((members & ~come) === 0) here.coming.delete(members);
    else here.coming.set(members, come);
  }

  fence(warp: number, mask: number): void {
    const here = this.warps[warp];
    const kept = this.known(here);
    each(mask, (lane) => {
      here.kept[lane] = kept;
    });
    here.behind[warp]++;
  }

  /** What a lane hands over where it writes: what it kept, or with release semantics what it knows. */
  handedOver(warp: number, lane: number, releases: boolean): Knowledge | undefined {
    const here = this.warps[warp];
    if (!releases) return here.kept[lane];
    const known = this.known(here);
    here.behind[warp]++;
    return known;
  }

  takeOver(warp: number, lane: number, knowledge: Knowledge): void {
    const here = this.warps[warp];
    for (const [other, time] of knowledge) {
      const local = other - this.first;
      if (local === warp) here.tookOver[lane] = Math.max(here.tookOver[lane], time);
      else if (local >= 0 && local < this.warps.length) here.behind[local] = Math.max(here.behind[local], time);
      else here.beyond.set(other, Math.max(here.beyond.get(other) ?? 0, time));
    }
  }

  private known(here: WarpOrder): Knowledge {
    const knowledge: Knowledge = new Map(here.beyond);
    here.behind.forEach((time, warp) => {
      if (time > 0) knowledge.set(this.first + warp, time);
    });
    return knowledge;
  }
}

const none: readonly never[] = [];

/** Adds to a knowledge what another one has. */
export function merge(into: Knowledge, from: Knowledge): void {
  for (const [warp, time] of from) if ((into.get(warp) ?? 0) < time) into.set(warp, time);
}

function each(mask: number, visit: (lane: number) => void): void {
  for (let lane = 0; lane < lanesOfWarp; lane++) if ((mask & (1 << lane)) !== 0) visit(lane);
}
