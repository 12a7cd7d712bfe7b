// Time travel over one launch. The schedule is deterministic, so a step number is a place: the launch runs once to its end,
// is recorded, and any place is reached again from the nearest snapshot before it.
import { formatDim3, volume } from "../../core/dim3.js";
import type { DTypeName } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { type ProgressReporter, withProgress } from "../../core/progress.js";
import type { SourceLocation } from "../ptx/syntax.js";
import { LaunchFault } from "../simt/fault.js";
import type { LaunchImage } from "../simt/launch-image.js";
import { Machine } from "../simt/machine.js";
import type { AccessSpace, ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import { Step, type VariablePlace } from "../simt/program.js";
import { Recording, type StepRecord } from "../simt/recording.js";
import { warpSize } from "../simt/registers.js";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "../simt/snapshot.js";
import type { Split, Warp } from "../simt/warp.js";
import { CounterObserver, type Counters } from "./counters.js";
import { PrintedText } from "./printed.js";
import { progressOfBlocks, runReporting } from "./reporting.js";

export type { MemoryAccess, StepRecord };

/** Steps that a launch may take to be stepped: each is recorded. */
const maxReplaySteps = 8_000_000;

const firstInterval = 1024;
const snapshotCount = 256;
const snapshotBytes = 128 * 1024 * 1024;

export interface ReplayInstruction {
  /** The function that it stands in, or the kernel. */
  readonly function: string;
  readonly text: string;
  readonly opcode: string;
  /** 1-based line of the PTX. */
  readonly ptxLine: number;
  /** Where it comes from in the source, if the PTX says. */
  readonly source: SourceLocation | undefined;
}

export interface ReplayEntry {
  readonly name: string;
  /** Of the kernel first, then of the functions that it reaches: their indices are the pcs. */
  readonly instructions: readonly ReplayInstruction[];
}

/** A call that a lane is in. */
export interface ReplayCall {
  /** The function that was called. */
  readonly function: string;
  /** The pc of the call. */
  readonly site: number;
}

export interface ReplayRegister {
  readonly name: string;
  /** The function whose register it is, or the kernel. */
  readonly function: string;
  /** Its PTX type: `f32`, `b64`, `pred`. */
  readonly type: string;
}

export interface WarpState {
  readonly status: "not started" | "ready" | "barrier" | "done";
  /** Masks of lanes, lane 0 in bit 0. */
  readonly exists: number;
  /** The lanes that run next. */
  readonly active: number;
  readonly exited: number;
  readonly atBarrier: number;
}

export interface GlobalContents {
  readonly address: number;
  readonly label: string;
  readonly dtype: DTypeName;
  readonly bytes: Uint8Array;
}

/** What the reader can look for. */
export type Landmark = "divergence" | "memory" | "barrier";

export type LaneValue = number | bigint | boolean;

export class Replay {
  static {
    inspectAsText(Replay);
  }

  readonly entry: ReplayEntry;
  readonly registers: readonly ReplayRegister[];
  readonly sharedVariables: readonly VariablePlace[];
  readonly blocks: number;
  readonly warpsPerBlock: number;
  /** Over the whole launch. */
  readonly counters: Counters;
  /** What ended the launch early; the last step is the one that went wrong. */
  readonly fault: LaunchFault | undefined;

  private readonly recording: Recording;
  private readonly printedText: PrintedText;
  private readonly executionCounts: Uint32Array;
  private readonly snapshots: readonly Snapshot[];
  private readonly machine: Machine;
  private readonly capture: Capture;
  private at = 0;

  /**
   * Runs the launch once, telling `progress` (the notebook or the terminal unless given) how far it is. Throws InputError for a
   * module that cannot run, or a launch too long to record.
   */
  constructor(
    readonly image: LaunchImage,
    private readonly progress: ProgressReporter | undefined = undefined,
  ) {
    const limited = { ...image, maxSteps: Math.min(image.maxSteps, maxReplaySteps) };
    this.warpsPerBlock = Math.ceil(volume(image.block) / warpSize);
    this.blocks = volume(image.grid);
    this.recording = new Recording(this.warpsPerBlock);
    const counter = new CounterObserver();
    this.printedText = new PrintedText(() => this.recording.length);
    const recorded = record(new Machine(limited, [this.recording, this.printedText, counter]), progress);
    if (recorded.fault?.finding.kind === "livelock" && image.maxSteps > maxReplaySteps) throw tooLong(image);
    this.snapshots = recorded.snapshots;
    this.fault = recorded.fault;

    this.capture = new Capture();
    this.machine = new Machine(limited, [this.capture]);
    const { operations } = this.machine.program;
    this.counters = counter.result(operations);
    this.executionCounts = Uint32Array.from(operations, (_, pc) => counter.executions(pc));
    const { entry, functions } = this.machine.verified;
    this.entry = {
      name: entry.name,
      instructions: functions.flatMap((each) =>
        each.body.instructions.map(({ text, opcode, ptxLine, location }) => ({
          function: each.name,
          text,
          opcode,
          ptxLine,
          source: location,
        })),
      ),
    };
    this.registers = functions.flatMap((each) =>
      [...each.body.registers.values()].map(({ name, type }) => ({ name, function: each.name, type: type.name })),
    );
    this.sharedVariables = this.machine.plan.shared;
  }

  /** Steps in all: the last position. */
  get length(): number {
    return this.recording.length;
  }

  /** How many steps have been executed. */
  get position(): number {
    return this.at;
  }

  /** Goes to a position, forwards or backwards. Throws RangeError outside 0 to length. */
  seek(position: number): void {
    if (!Number.isInteger(position) || position < 0 || position > this.length) {
      throw new RangeError(`position ${position} is not a whole number from 0 to ${this.length}`);
    }
    if (position === this.at) return;
    const { machine, capture } = this;
    const before = Math.max(0, position - 1);
    const snapshot = this.snapshotBefore(before);
    if (this.at > before || snapshot.steps > this.at) restoreSnapshot(machine, snapshot);
    capture.watch = undefined;
    runReporting(machine, `going to step ${position}`, this.progress, before);
    capture.last = undefined;
    capture.recording = true;
    if (position > 0) this.runTo(position);
    capture.recording = false;
    this.at = position;
  }

  /** One line: `Replay of saxpy<<<(1), (32)>>>: 21 steps, at step 0`. */
  toString(): string {
    const { kernel, grid, block } = this.image;
    const ended = this.fault === undefined ? "" : `, ended by a fault (${this.fault.finding.kind})`;
    const steps = `${this.length.toLocaleString("en-US")} steps${ended}, at step ${this.at.toLocaleString("en-US")}`;
    return `Replay of ${kernel}<<<${formatDim3(grid)}, ${formatDim3(block)}>>>: ${steps}`;
  }

  recordAt(step: number): StepRecord {
    return this.recording.at(step);
  }

  /** The steps that a warp executed, ascending. */
  stepsOfWarp(block: number, warp: number): Uint32Array {
    return this.recording.ofWarp(block, warp);
  }

  /** Warp instructions by pc over the whole launch. */
  executions(): Uint32Array {
    return this.executionCounts;
  }

  /**
   * The values of a register of the kernel, or of one of its functions, in the 32 lanes at the position, as its own type or as a
   * dtype; undefined where the block is on no SM.
   */
  readRegister(
    name: string,
    block: number,
    warp: number,
    as?: string,
    owner: string = this.entry.name,
  ): readonly LaneValue[] | undefined {
    const slot = this.machine.program.layout.slots.get(owner)?.get(name);
    const words = this.residentWarp(block, warp)?.registers;
    if (slot === undefined || words === undefined) return undefined;
    if (slot.type.kind === "predicate") return lanes((lane) => (words.predicates[slot.offset] & (1 << lane)) !== 0);
    const at64 = slot.offset >>> 1;
    if (slot.type.bytes === 16) {
      return lanes((lane) => (words.u64[at64 + 2 * lane + 1] << 64n) | words.u64[at64 + 2 * lane]);
    }
    const type = as ?? slot.type.name;
    if (slot.type.bytes === 8) {
      if (type === "f64") return lanes((lane) => words.f64[at64 + lane]);
      if (type === "i64" || type === "s64") return lanes((lane) => words.i64[at64 + lane]);
      return lanes((lane) => words.u64[at64 + lane]);
    }
    if (type === "f32") return lanes((lane) => words.f32[slot.offset + lane]);
    if (type === "s16") return lanes((lane) => (words.i32[slot.offset + lane] << 16) >> 16);
    if (type === "u32" || type === "b32" || type === "u16" || type === "b16") {
      return lanes((lane) => words.u32[slot.offset + lane]);
    }
    return lanes((lane) => words.i32[slot.offset + lane]);
  }

  warpState(block: number, warp: number): WarpState {
    const exists = this.lanesThatExist(warp);
    const resident = this.residentWarp(block, warp);
    if (resident === undefined) {
      const over = this.machine.blocks.hasBegun(block);
      return { status: over ? "done" : "not started", exists, active: 0, exited: over ? exists : 0, atBarrier: 0 };
    }
    const waiting = resident.splits.filter((split) => split.state !== "ready");
    const atBarrier = waiting.reduce((mask, split) => mask | split.mask, 0);
    const ready = [...resident.splits].reverse().find((split: Split) => split.state === "ready");
    const status = resident.done ? "done" : ready === undefined ? "barrier" : "ready";
    return { status, exists, active: ready?.mask ?? 0, exited: resident.exited, atBarrier };
  }

  /** What the kernel has printed up to the position. */
  get printed(): string {
    return this.printedText.upTo(this.at);
  }

  /** The calls that a lane is in at the position, the innermost first; none where its block is not the one that runs. */
  callStack(block: number, warp: number, lane: number): readonly ReplayCall[] {
    const resident = this.residentWarp(block, warp);
    const calls: ReplayCall[] = [];
    if (resident === undefined || (resident.exited & (1 << lane)) !== 0) return calls;
    const { callees } = this.machine.program.calls;
    for (let frame = resident.frames[lane]; frame !== undefined; frame = frame.outer) {
      calls.push({ function: callees[frame.callee].name, site: frame.site });
    }
    return calls;
  }

  /** Global memory at the position. The bytes are the machine's own: copy what is kept. */
  globalMemory(): readonly GlobalContents[] {
    return this.machine.memory.allocations.map(({ base, label, dtype, bytes }) => ({
      address: base,
      label,
      dtype,
      bytes,
    }));
  }

  /** Shared memory of a block at the position; empty where the block is on no SM. */
  sharedMemory(block: number): Uint8Array {
    return this.machine.blocks.find(block)?.shared.bytes ?? new Uint8Array(0);
  }

  /** What a step asked of memory; of the generic requests of one step that reach several spaces, the last. */
  accessAt(step: number): MemoryAccess | undefined {
    if (step === this.at - 1) return this.capture.last;
    const back = this.at;
    this.seek(step + 1);
    const access = this.capture.last;
    this.seek(back);
    return access;
  }

  /** The next position after, or the last before, `from` whose last executed step is of this kind. */
  find(kind: Landmark, from: number, direction: 1 | -1): number | undefined {
    const { operations } = this.machine.program;
    for (let position = from + direction; position >= 1 && position <= this.length; position += direction) {
      const { pc, mask, active } = this.recording.at(position - 1);
      const { step, verified } = operations[pc];
      if (kind === "barrier" && step === Step.barrier) return position;
      if (kind === "divergence" && step === Step.branch && mask !== 0 && mask !== active) return position;
      if (
        kind === "memory" &&
        verified.row.category === "memory" &&
        mask !== 0 &&
        verified.modifiers["param"] === undefined
      ) {
        return position;
      }
    }
    return undefined;
  }

  /** The last step before position `before` that wrote this address; shared memory is that of the block at `before`. */
  lastWrite(space: "global" | "shared", address: number, before: number): number | undefined {
    if (before <= 0) return undefined;
    const { block } = this.recording.at(Math.min(before, this.length) - 1);
    const back = this.at;
    const { machine, capture } = this;
    let found: number | undefined;
    withProgress({ label: "looking for the last write", total: before, unit: "steps" }, this.progress, (progress) => {
      for (let end = before; end > 0 && found === undefined; ) {
        const snapshot = this.snapshotBefore(end - 1);
        restoreSnapshot(machine, snapshot);
        const watch = { space, address, block, step: undefined as number | undefined, machine };
        capture.watch = watch;
        this.runTo(end);
        found = watch.step;
        end = snapshot.steps;
        progress.moveTo(before - end);
      }
    });
    capture.watch = undefined;
    restoreSnapshot(machine, this.snapshots[0]);
    this.at = 0;
    this.seek(back);
    return found;
  }

  private runTo(position: number): void {
    try {
      this.machine.run(position);
    } catch (error) {
      // The recorded launch ended in this fault too: it is the place to be at.
      if (!(error instanceof LaunchFault) || this.fault === undefined || position < this.length) throw error;
    }
  }

  private snapshotBefore(step: number): Snapshot {
    let best = this.snapshots[0];
    for (const snapshot of this.snapshots) {
      if (snapshot.steps > step) break;
      best = snapshot;
    }
    return best;
  }

  private residentWarp(block: number, warp: number): Warp | undefined {
    return this.machine.blocks.find(block)?.warps[warp];
  }

  private lanesThatExist(warp: number): number {
    const count = Math.min(warpSize, volume(this.image.block) - warp * warpSize);
    return count === warpSize ? -1 : (1 << count) - 1;
  }
}

function lanes(value: (lane: number) => LaneValue): readonly LaneValue[] {
  return Array.from({ length: warpSize }, (_, lane) => value(lane));
}

function record(
  machine: Machine,
  reporter: ProgressReporter | undefined,
): { snapshots: Snapshot[]; fault: LaunchFault | undefined } {
  let snapshots = [takeSnapshot(machine, undefined)];
  let interval = firstInterval;
  let fault: LaunchFault | undefined;
  const { progress, look } = progressOfBlocks(machine, `recording of ${machine.image.kernel}`, reporter);
  try {
    while (!machine.finished) {
      machine.run(machine.steps + interval);
      snapshots.push(takeSnapshot(machine, snapshots[snapshots.length - 1]));
      const held = snapshots.reduce((bytes, snapshot) => bytes + snapshot.ownBytes, 0);
      if (snapshots.length > snapshotCount || (held > snapshotBytes && snapshots.length > 4)) {
        snapshots = snapshots.filter((_, index) => index % 2 === 0);
        interval *= 2;
      }
      look();
    }
    progress.finish();
  } catch (error) {
    progress.end("failed");
    if (!(error instanceof LaunchFault)) throw error;
    fault = error;
  }
  return { snapshots, fault };
}

function tooLong(image: LaunchImage): InputError {
  return new InputError(
    `"${image.kernel}" takes more than ${maxReplaySteps.toLocaleString("en-US")} steps, too many to record`,
    { fix: "Step a smaller grid: what one block does is seen in one block." },
  );
}

interface Watch {
  readonly space: AccessSpace;
  readonly address: number;
  readonly block: number;
  readonly machine: Machine;
  step: number | undefined;
}

/** Keeps the last request to memory, or the last write to a watched address, while the machine re-executes. */
class Capture implements Observer {
  recording = false;
  last: MemoryAccess | undefined;
  watch: Watch | undefined;

  memory(point: ExecutionPoint, access: MemoryAccess): void {
    if (this.recording) this.last = { ...access, addresses: access.addresses.slice() };
    const { watch } = this;
    if (watch === undefined || access.kind === "load" || access.space !== watch.space) return;
    if (watch.space === "shared" && point.block !== watch.block) return;
    for (let lane = 0; lane < warpSize; lane++) {
      if ((access.mask & (1 << lane)) === 0) continue;
      const first = access.addresses[lane];
      if (watch.address >= first && watch.address < first + access.bytesPerLane) watch.step = watch.machine.steps - 1;
    }
  }
}
