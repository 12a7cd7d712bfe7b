// Where the reader is in a recorded launch, and how each command moves there. A state machine without a DOM.
import type { MemoryAccess, Replay } from "../../src/gpu/analysis/replay.js";

/** What the session asks of a recorded launch. */
export type Recording = Pick<
  Replay,
  "length" | "blocks" | "warpsPerBlock" | "entry" | "recordAt" | "stepsOfWarp" | "find" | "lastWrite" | "accessAt"
>;

export interface WarpId {
  readonly block: number;
  readonly warp: number;
}

/** An element of memory that the reader chose; an address of shared memory is its offset in the block's. */
export interface MemoryCell {
  readonly space: "global" | "shared";
  readonly address: number;
  /** For people: `out[512]`. */
  readonly label: string;
}

export type EventKind = "divergence" | "memory" | "barrier";
export type Direction = 1 | -1;

const eventWords: Readonly<Record<EventKind, string>> = {
  divergence: "divergence",
  memory: "memory access",
  barrier: "barrier",
};

/**
 * A position is the number of steps that have executed, from 0 to the recording's length. The step that is shown is the
 * last one that the shown warp executed, so that its line, its mask and what it changed belong together. The shown warp
 * is the one that ran last, until the reader pins one: then every command moves along that warp's steps.
 */
export class Session {
  readonly recording: Recording;
  #position: number;
  #lane: number;
  #pinned: WarpId | undefined;
  #cell: MemoryCell | undefined;
  #notice = "";
  readonly #listeners = new Set<() => void>();

  constructor(recording: Recording, start: { position?: number; lane?: number } = {}) {
    this.recording = recording;
    this.#position = clamp(start.position ?? 0, 0, recording.length);
    this.#lane = clamp(start.lane ?? 0, 0, 31);
  }

  get position(): number {
    return this.#position;
  }

  get lane(): number {
    return this.#lane;
  }

  get pinned(): WarpId | undefined {
    return this.#pinned;
  }

  get cell(): MemoryCell | undefined {
    return this.#cell;
  }

  /** Why the last command did not move, or what it found; empty when there is nothing to say. */
  get notice(): string {
    return this.#notice;
  }

  /** The warp on show. */
  get warp(): WarpId {
    if (this.#pinned !== undefined) return this.#pinned;
    if (this.recording.length === 0) return { block: 0, warp: 0 };
    const { block, warp } = this.recording.recordAt(Math.max(0, this.#position - 1));
    return { block, warp };
  }

  /** The last step that the shown warp executed, or undefined before its first. */
  get shownStep(): number | undefined {
    const steps = this.#steps();
    const count = countBelow(steps, this.#position);
    return count === 0 ? undefined : steps[count - 1];
  }

  /** Whether the shown step is also the last of the launch so far: no other warp has run since. */
  get isCurrent(): boolean {
    return this.#position > 0 && this.shownStep === this.#position - 1;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  goTo(position: number): void {
    this.#move(clamp(position, 0, this.recording.length));
  }

  first(): void {
    this.goTo(this.#pinned === undefined ? 0 : (this.#steps()[0] ?? 0));
  }

  last(): void {
    this.goTo(this.#pinned === undefined ? this.recording.length : (this.#steps().at(-1) ?? -1) + 1);
  }

  /** The next step of the launch, or of the pinned warp. False when there is none. */
  step(): boolean {
    if (this.#pinned === undefined) {
      if (this.#position === this.recording.length) return this.#stay("The launch has ended.");
      return this.#move(this.#position + 1);
    }
    const steps = this.#steps();
    const count = countBelow(steps, this.#position);
    if (count === steps.length) return this.#stay(`Warp ${this.#pinned.warp} has ended.`);
    return this.#move(steps[count] + 1);
  }

  /** Undoes a step of the launch, or of the pinned warp. False when there is none to undo. */
  back(): boolean {
    if (this.#pinned === undefined) {
      if (this.#position === 0) return this.#stay("Nothing has run yet.");
      return this.#move(this.#position - 1);
    }
    const steps = this.#steps();
    const count = countBelow(steps, this.#position);
    if (count === 0) return this.#stay(`Warp ${this.#pinned.warp} has not run yet.`);
    return this.#move(count === 1 ? steps[0] : steps[count - 2] + 1);
  }

  /** The nearest divergence, memory access or barrier in a direction. */
  seek(kind: EventKind, direction: Direction): boolean {
    const { recording } = this;
    let position: number | undefined = this.#position;
    do {
      position = recording.find(kind, position, direction);
    } while (position !== undefined && !this.#isPinnedWarp(position - 1));
    if (position !== undefined) return this.#move(position);
    if (recording.find(kind, 0, 1) === undefined) return this.#stay(`This launch has no ${eventWords[kind]}.`);
    return this.#stay(`No ${eventWords[kind]} ${direction === 1 ? "after" : "before"} this step.`);
  }

  /** Steps this warp until its source line changes. */
  line(direction: Direction): boolean {
    const steps = this.#steps();
    const at = countBelow(steps, this.#position) - 1;
    const from = at < 0 ? undefined : this.#lineOf(steps[at]);
    for (let index = at + direction; index >= 0 && index < steps.length; index += direction) {
      const line = this.#lineOf(steps[index]);
      if (line !== undefined && line !== from) return this.#move(steps[index] + 1);
    }
    return this.#stay(`No other source line ${direction === 1 ? "after" : "before"} this one in this warp.`);
  }

  /** Runs this warp to the next step that a predicate on its instruction chooses; `place` names it in the notice. */
  runTo(pcs: ReadonlySet<number>, place: string): boolean {
    const steps = this.#steps();
    const next = countBelow(steps, this.#position);
    for (let index = next; index < steps.length; index++) {
      if (pcs.has(this.recording.recordAt(steps[index]).pc)) return this.#move(steps[index] + 1);
    }
    for (let index = 0; index < next; index++) {
      if (!pcs.has(this.recording.recordAt(steps[index]).pc)) continue;
      this.#move(steps[index] + 1);
      return this.#say(`Warp ${this.warp.warp} does not reach ${place} again: this is its first time there.`);
    }
    return this.#stay(`Warp ${this.warp.warp} never runs ${place}.`);
  }

  /** Goes to the step that last wrote the chosen cell, or the address that the selected lane accessed. */
  whoWrote(): boolean {
    const cell = this.#cell ?? this.#laneAddress();
    if (cell === undefined) return this.#stay("Select a value in memory first, or a lane that accesses memory.");
    const { recording } = this;
    let writer = recording.lastWrite(cell.space, cell.address, this.#position);
    const here = writer !== undefined && writer === this.shownStep;
    if (here) writer = recording.lastWrite(cell.space, cell.address, writer as number);
    const sameBlock = writer !== undefined && recording.recordAt(writer).block === this.warp.block;
    if (writer === undefined || (cell.space === "shared" && !sameBlock)) {
      return this.#stay(
        here
          ? `This step is the first that wrote ${cell.label}.`
          : `Nothing has written ${cell.label} since the launch began.`,
      );
    }
    const { block, warp } = recording.recordAt(writer);
    if (this.#pinned !== undefined) this.#pinned = { block, warp };
    const lane = laneThatTouched(recording.accessAt(writer), cell.address);
    if (lane !== undefined) this.#lane = lane;
    this.#cell = cell;
    this.#move(writer + 1);
    return this.#say(`${cell.label} was ${here ? "written before this by" : "last written by"} step ${writer + 1}.`);
  }

  selectLane(lane: number): void {
    this.#lane = clamp(lane, 0, 31);
    this.#cell = undefined;
    this.#say("");
  }

  selectCell(cell: MemoryCell | undefined): void {
    this.#cell = cell;
    this.#say("");
  }

  /** Shows this warp whatever runs, and moves to its nearest step where it is not running. Undefined follows the launch. */
  pin(warp: WarpId | undefined): void {
    this.#pinned = warp;
    if (warp === undefined) {
      this.#say("");
      return;
    }
    const steps = this.#steps();
    const ends = steps.length === 0 ? undefined : { first: steps[0] + 1, last: steps[steps.length - 1] + 1 };
    if (ends === undefined) this.#say(`Warp ${warp.warp} of block ${warp.block} never ran.`);
    else this.#move(clamp(this.#position, ends.first, ends.last));
  }

  #steps(): Uint32Array {
    const { block, warp } = this.warp;
    return this.recording.stepsOfWarp(block, warp);
  }

  #isPinnedWarp(step: number): boolean {
    if (this.#pinned === undefined) return true;
    const { block, warp } = this.recording.recordAt(step);
    return block === this.#pinned.block && warp === this.#pinned.warp;
  }

  /** The source line, of whichever text. */
  #lineOf(step: number): string | undefined {
    const { source } = this.recording.entry.instructions[this.recording.recordAt(step).pc];
    return source && `${source.file}:${source.line}`;
  }

  #laneAddress(): MemoryCell | undefined {
    const step = this.shownStep;
    const access = step === undefined ? undefined : this.recording.accessAt(step);
    if (access === undefined || ((access.mask >>> this.#lane) & 1) === 0) return undefined;
    if (access.space !== "global" && access.space !== "shared") return undefined;
    return { space: access.space, address: access.addresses[this.#lane], label: `lane ${this.#lane}'s address` };
  }

  #move(position: number): boolean {
    const moved = position !== this.#position;
    this.#position = position;
    this.#say("");
    return moved;
  }

  #stay(why: string): false {
    this.#say(why);
    return false;
  }

  #say(notice: string): true {
    this.#notice = notice;
    for (const listener of this.#listeners) listener();
    return true;
  }
}

/** How many of the ascending numbers are less than the limit. */
export function countBelow(sorted: Uint32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lowest lane whose access covers the address. */
export function laneThatTouched(access: MemoryAccess | undefined, address: number): number | undefined {
  for (let lane = 0; access !== undefined && lane < 32; lane++) {
    const start = access.addresses[lane];
    if ((access.mask >>> lane) & 1 && address >= start && address < start + access.bytesPerLane) return lane;
  }
  return undefined;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.trunc(value)));
}
