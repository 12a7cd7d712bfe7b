// Whose turn it is among the warps of the blocks on the SMs.
//
// default: the block that runs goes on, with its lowest-numbered ready warp, until that warp waits, ends or gives way; then the
//   next ready warp in turn. The order that is part of the semantics (machine.ts).
// round-robin: the SMs in turn, one warp instruction each; on each SM its warps in turn.
// greedy-then-oldest: the SMs in turn; each goes on with the warp that ran last, and where that one waits or gives way, with
//   the one that came to the SM first. A warp that gives way counts as the last to have come.
// random: any ready warp of any SM, each as likely as the others, drawn from the seed; blocks begin in an order drawn from it too.
//
// What a scheduler knows is numbers, so that a snapshot is a copy of them. A warp is its block's slot times the warps of a block,
// plus its own index.
import { SeededOrder, SeededRandom } from "../../core/random.js";
import type { Block, BlockOrder, Blocks } from "./blocks.js";
import type { SchedulerName } from "./launch-image.js";
import type { Warp } from "./warp.js";

export type IsReady = (warp: Warp) => boolean;

export interface Scheduler {
  /** A turn is one warp instruction; otherwise it lasts until the warp waits, ends or gives way. */
  readonly stepwise: boolean;
  /** The warp that runs now, or -1 where none is ready. */
  next(isReady: IsReady): number;
  /** The warp whose turn it was gave way, to one of other warps. */
  gaveWay(): void;
  /** The turn was cut short, to go on from there. */
  interrupted(): void;
  begun(block: Block): void;
  ended(block: Block): void;
  save(): SchedulerState;
  restore(state: SchedulerState): void;
}

export type SchedulerState = readonly (readonly number[])[];

export function scheduler(name: SchedulerName, seed: number, blocks: Blocks, sms: number): Scheduler {
  switch (name) {
    case "default":
      return new InOrder(blocks);
    case "round-robin":
      return new RoundRobin(blocks, sms);
    case "greedy-then-oldest":
      return new GreedyThenOldest(blocks, sms);
    case "random":
      return new RandomWarps(blocks, seed);
  }
}

/** In which order a scheduler begins blocks. */
export function blockOrder(name: SchedulerName, seed: number, count: number): BlockOrder {
  if (name === "random") return new SeededOrder(count, seed);
  return { at: (place) => place, placeOf: (block) => block };
}

class InOrder implements Scheduler {
  readonly stepwise = false;
  /** The place among the resident blocks of the one that runs. */
  private block = 0;
  /** The warp of it that ran last. */
  private warp = 0;
  private yielded = false;
  private cut = false;

  constructor(private readonly blocks: Blocks) {}

  next(isReady: IsReady): number {
    const { resident } = this.blocks;
    if (this.block >= resident.length) this.block = 0;
    const first = this.cut ? this.warp : this.yielded ? this.warp + 1 : 0;
    const { yielded } = this;
    this.yielded = false;
    this.cut = false;
    // After a yield the warps before it have their turn last, after those of all other blocks.
    const here = resident[this.block];
    const found = yielded
      ? search(here.warps, first, here.warps.length, isReady)
      : searchAround(here.warps, first, isReady);
    if (found >= 0) return this.choose(this.block, found);
    for (let i = 1; i < resident.length; i++) {
      const place = (this.block + i) % resident.length;
      const { warps } = resident[place];
      const other = search(warps, 0, warps.length, isReady);
      if (other >= 0) return this.choose(place, other);
    }
    const before = yielded ? search(here.warps, 0, first, isReady) : -1;
    return before < 0 ? -1 : this.choose(this.block, before);
  }

  gaveWay(): void {
    this.yielded = true;
  }

  interrupted(): void {
    this.cut = true;
  }

  begun(): void {
    if (this.blocks.resident.length === 1) this.restore([[0, 0, 0, 0]]);
  }

  // The resident blocks have moved up: the one behind has its turn.
  ended(): void {
    this.warp = 0;
  }

  save(): SchedulerState {
    return [[this.block, this.warp, Number(this.yielded), Number(this.cut)]];
  }

  restore([[block, warp, yielded, cut]]: SchedulerState): void {
    this.block = block;
    this.warp = warp;
    this.yielded = yielded === 1;
    this.cut = cut === 1;
  }

  private choose(block: number, warp: number): number {
    this.block = block;
    this.warp = warp;
    return this.blocks.resident[block].slot * this.blocks.warpsPerBlock + warp;
  }
}

function search(warps: readonly Warp[], from: number, to: number, isReady: IsReady): number {
  for (let i = from; i < to; i++) if (isReady(warps[i])) return i;
  return -1;
}

function searchAround(warps: readonly Warp[], first: number, isReady: IsReady): number {
  const found = search(warps, first, warps.length, isReady);
  return found >= 0 ? found : search(warps, 0, Math.min(first, warps.length), isReady);
}

/** The warps of each SM in a row of their own, in the order in which they came; the SMs take turns. */
abstract class PerSm implements Scheduler {
  readonly stepwise = true;
  /** The SM whose turn is next. */
  protected sm = 0;
  protected rows: number[][];
  /** Of each SM, what it has to remember. */
  protected marks: number[];

  constructor(
    protected readonly blocks: Blocks,
    sms: number,
    protected readonly noMark: number,
  ) {
    this.rows = Array.from({ length: Math.min(sms, blocks.count) }, () => []);
    this.marks = this.rows.map(() => noMark);
  }

  next(isReady: IsReady): number {
    const { rows } = this;
    for (let i = 0; i < rows.length; i++) {
      const sm = (this.sm + i) % rows.length;
      const warp = this.nextOf(sm, isReady);
      if (warp < 0) continue;
      this.sm = (sm + 1) % rows.length;
      return warp;
    }
    return -1;
  }

  abstract gaveWay(): void;

  // Every turn ends after an instruction: nothing is left over.
  interrupted(): void {}

  begun({ slot, sm, warps }: Block): void {
    const { warpsPerBlock } = this.blocks;
    for (let warp = 0; warp < warps.length; warp++) this.rows[sm].push(slot * warpsPerBlock + warp);
  }

  ended({ slot, sm }: Block): void {
    const { warpsPerBlock } = this.blocks;
    this.remove(sm, (warp) => Math.floor(warp / warpsPerBlock) === slot);
  }

  save(): SchedulerState {
    return [[this.sm], [...this.marks], ...this.rows.map((row) => [...row])];
  }

  restore([[sm], marks, ...rows]: SchedulerState): void {
    this.sm = sm;
    this.marks = [...marks];
    this.rows = rows.map((row) => [...row]);
  }

  /** The warp of an SM that runs now, or -1. */
  protected abstract nextOf(sm: number, isReady: IsReady): number;
  protected abstract remove(sm: number, gone: (warp: number) => boolean): void;

  protected warpOf(number: number): Warp {
    const { warpsPerBlock } = this.blocks;
    return this.blocks.inSlot(Math.floor(number / warpsPerBlock)).warps[number % warpsPerBlock];
  }
}

/** The mark is the place in the row whose turn is next. */
class RoundRobin extends PerSm {
  constructor(blocks: Blocks, sms: number) {
    super(blocks, sms, 0);
  }

  gaveWay(): void {}

  protected nextOf(sm: number, isReady: IsReady): number {
    const row = this.rows[sm];
    for (let i = 0; i < row.length; i++) {
      const place = (this.marks[sm] + i) % row.length;
      if (!isReady(this.warpOf(row[place]))) continue;
      this.marks[sm] = place + 1;
      return row[place];
    }
    return -1;
  }

  protected remove(sm: number, gone: (warp: number) => boolean): void {
    const row = this.rows[sm];
    const before = row.slice(0, this.marks[sm]).filter(gone).length;
    this.marks[sm] -= before;
    this.rows[sm] = row.filter((warp) => !gone(warp));
  }
}

/** The mark is the warp that ran last, or -1 where the oldest has its turn. */
class GreedyThenOldest extends PerSm {
  /** The SM whose warp has its turn. */
  private running = 0;

  constructor(blocks: Blocks, sms: number) {
    super(blocks, sms, -1);
  }

  gaveWay(): void {
    const { running: sm } = this;
    const row = this.rows[sm];
    const [warp] = row.splice(row.indexOf(this.marks[sm]), 1);
    row.push(warp);
    this.marks[sm] = -1;
  }

  protected nextOf(sm: number, isReady: IsReady): number {
    this.running = sm;
    const last = this.marks[sm];
    if (last >= 0 && isReady(this.warpOf(last))) return last;
    const oldest = this.rows[sm].find((warp) => isReady(this.warpOf(warp))) ?? -1;
    this.marks[sm] = oldest;
    return oldest;
  }

  protected remove(sm: number, gone: (warp: number) => boolean): void {
    if (gone(this.marks[sm])) this.marks[sm] = -1;
    this.rows[sm] = this.rows[sm].filter((warp) => !gone(warp));
  }
}

/** Draws before all warps are looked through for those that are ready. */
const luckyDraws = 8;

class RandomWarps implements Scheduler {
  readonly stepwise = true;
  private readonly random: SeededRandom;
  private warps: number[] = [];

  constructor(
    private readonly blocks: Blocks,
    seed: number,
  ) {
    this.random = new SeededRandom(seed);
  }

  // Drawing until one is ready is the same as drawing among those that are ready.
  next(isReady: IsReady): number {
    const { warps, random } = this;
    for (let i = 0; i < luckyDraws; i++) {
      const drawn = warps[random.below(warps.length)];
      if (isReady(this.warpOf(drawn))) return drawn;
    }
    const ready = warps.filter((warp) => isReady(this.warpOf(warp)));
    return ready.length === 0 ? -1 : ready[random.below(ready.length)];
  }

  gaveWay(): void {}

  interrupted(): void {}

  begun({ slot, warps }: Block): void {
    for (let warp = 0; warp < warps.length; warp++) this.warps.push(slot * this.blocks.warpsPerBlock + warp);
  }

  ended({ slot }: Block): void {
    const { warpsPerBlock } = this.blocks;
    this.warps = this.warps.filter((warp) => Math.floor(warp / warpsPerBlock) !== slot);
  }

  save(): SchedulerState {
    return [[...this.random.state], [...this.warps]];
  }

  restore([[a, b, c, d], warps]: SchedulerState): void {
    this.random.state = [a, b, c, d];
    this.warps = [...warps];
  }

  private warpOf(number: number): Warp {
    const { warpsPerBlock } = this.blocks;
    return this.blocks.inSlot(Math.floor(number / warpsPerBlock)).warps[number % warpsPerBlock];
  }
}
