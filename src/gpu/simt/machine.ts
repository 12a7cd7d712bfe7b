// The virtual GPU at work: blocks one after another, in each the lowest-numbered ready warp until it waits or ends, one
// warp instruction a step. This order is part of the semantics: the same launch takes the same steps everywhere.
import { delinearise, volume } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import { parseModule } from "../ptx/parse.js";
import { type VerifiedEntry, verifyEntry } from "../ptx/verify.js";
import { Blocks } from "./blocks.js";
import type { MemorySystem } from "./execute/memory.js";
import { describeLine, type FaultKind, formatAddress, LaunchFault } from "./fault.js";
import type { LaunchImage } from "./launch-image.js";
import { GlobalMemory, MemoryRegion } from "./memory-region.js";
import type { AccessKind, AccessSpace, ExecutionPoint, MemoryAccess, Observer } from "./observer.js";
import { decode, type Operation, type Program, planVariables, Step, type VariablePlan } from "./program.js";
import { type Reconvergence, reconvergence, type Spin, spins } from "./reconvergence.js";
import { allLanes } from "./registers.js";
import { lowestLane, popcount, type Split, type Warp } from "./warp.js";

/** Warp instructions after which a launch is taken for a livelock, unless it says otherwise. */
export const defaultMaxSteps = 500_000_000;

/** Rounds over all splits of a block without a change in any register, after which it is a livelock. */
const roundsWithoutProgress = 4;

export class Machine {
  readonly verified: VerifiedEntry;
  readonly plan: VariablePlan;
  readonly program: Program;
  readonly memory: GlobalMemory;
  readonly blocks: Blocks;
  /** Warp instructions executed so far. */
  steps = 0;
  /** All blocks have run. */
  finished = false;

  private readonly point: { block: number; warp: number; pc: number } = { block: 0, warp: 0, pc: 0 };
  /** How often in a row splits gave way that changed nothing. */
  private stillTurns = 0;
  private readonly policy: Reconvergence;
  private readonly onInstruction: ((point: ExecutionPoint, mask: number, active: number) => void) | null;
  private readonly onBranch: ((point: ExecutionPoint, taken: number, notTaken: number) => void) | null;
  private readonly observers: readonly Observer[];

  /**
   * Loads a launch, on a copy of the image's memory unless `memory` is given to run on. Throws InputError for PTX that
   * cannot run and for a launch that the device cannot hold.
   */
  constructor(
    readonly image: LaunchImage,
    observers: readonly Observer[] = [],
    memory: GlobalMemory = GlobalMemory.from(image.memory),
  ) {
    if (!(image.maxSteps >= 1)) throw new InputError(`the step limit must be at least 1, got ${image.maxSteps}`);
    this.observers = observers;
    this.verified = verifyEntry(parseModule(image.ptx), image.kernel);
    this.plan = planVariables(this.verified, image.dynamicSharedBytes);
    checkLimits(image, this.plan);
    this.memory = memory;
    const shared = new MemoryRegion(0, this.plan.sharedBytes, "shared memory", "u8");
    this.onInstruction = combine(observers, "instruction");
    this.onBranch = combine(observers, "branch");
    const onMemory = combine(observers, "memory");
    const { point } = this;
    const system: MemorySystem = {
      global: this.memory,
      shared,
      localBytes: this.plan.localBytes,
      parameters: image.parameters,
      addresses: new Float64Array(32),
      observe: onMemory === null ? null : (access: MemoryAccess) => onMemory(point, access),
      refuse: (lane, address, bytes, space, kind) => this.refuse(lane, address, bytes, space, kind),
    };
    this.program = decode(this.verified, this.plan, system);
    this.blocks = new Blocks(image, this.program.layout, this.plan, shared);
    this.policy = reconvergence(image.policy);
  }

  /** Runs to the end, or until this many steps have been taken in all. Throws LaunchFault. */
  run(until: number = Number.POSITIVE_INFINITY): void {
    const limit = Math.min(until, this.image.maxSteps);
    const count = volume(this.image.grid);
    while (!this.finished && this.steps < limit) {
      const { blocks } = this;
      if (blocks.warps.length === 0) {
        blocks.start();
        for (const observer of this.observers) observer.blockStart?.(blocks.index, blocks.shared);
      }
      this.runBlock(limit);
      if (blocks.warps.some((warp) => !warp.done)) break;
      for (const observer of this.observers) observer.blockEnd?.(blocks.index);
      blocks.end();
      this.finished = blocks.index === count;
    }
    if (!this.finished && this.steps >= this.image.maxSteps) {
      this.livelock(`still running after ${this.image.maxSteps.toLocaleString("en-US")} warp instructions`);
    }
  }

  private runBlock(limit: number): void {
    const { blocks } = this;
    for (;;) {
      const warp = blocks.nextWarp((candidate) => this.isReady(candidate));
      if (warp === undefined) {
        if (blocks.warps.some((candidate) => !candidate.done)) this.deadlock();
        return;
      }
      blocks.current = warp.index;
      this.runWarp(warp, limit);
      if (this.steps >= limit) return;
    }
  }

  private isReady(warp: Warp): boolean {
    return !warp.done && this.policy.schedule(warp) !== undefined;
  }

  /** Runs a warp until it waits, ends, gives way, or the limit is reached. */
  private runWarp(warp: Warp, limit: number): void {
    const { point, onInstruction, onBranch } = this;
    const { operations } = this.program;
    const { predicates } = warp.registers;
    point.block = this.blocks.index;
    point.warp = warp.index;
    for (;;) {
      const next = this.policy.schedule(warp);
      if (next === undefined) {
        this.stillTurns = 0;
        return;
      }
      const { split, stopFrom, stopTo } = next;
      const { mask } = split;
      let { pc } = split;
      for (;;) {
        const operation = operations[pc];
        // Falling off the end is a ret.
        if (operation === undefined) {
          this.end(warp, mask);
          break;
        }
        if (this.steps >= limit) {
          split.pc = pc;
          this.blocks.interrupted = true;
          return;
        }
        const lanes = operation.guard < 0 ? mask : mask & (predicates[operation.guard] ^ operation.flip);
        point.pc = pc;
        if (operation.step === Step.together && this.waits(warp, split, operation, lanes)) {
          split.pc = pc;
          this.releaseWarpBarriers(warp);
          break;
        }
        if (onInstruction !== null) onInstruction(point, lanes, mask);
        this.steps++;
        if (operation.step === Step.ordinary || operation.step === Step.together) {
          if (lanes !== 0) operation.execute(warp, lanes);
          pc++;
        } else {
          split.pc = pc;
          if (operation.step === Step.branch) {
            if (onBranch !== null) onBranch(point, lanes, mask & ~lanes);
            if (lanes === 0) pc++;
            else if (lanes === mask) {
              const backwards = operation.target <= pc;
              pc = operation.target;
              const spin = backwards ? spins(warp, split, pc) : undefined;
              if (spin !== undefined) {
                split.pc = pc;
                this.checkProgress(spin);
                this.policy.giveWay(warp, split);
                // Where nobody else of this warp can run, another warp has its turn.
                this.blocks.yielded = this.policy.schedule(warp)?.split === split;
                return;
              }
            } else {
              this.policy.diverge(warp, lanes, operation.target, pc + 1, operation.meeting);
              break;
            }
          } else if (this.stop(warp, split, operation, lanes)) {
            // After a barrier the lowest-numbered ready warp has its turn, also where this one opened it.
            if (operation.step === Step.barrier) return;
            break;
          } else pc++;
        }
        if (pc >= stopFrom && pc <= stopTo) {
          split.pc = pc;
          break;
        }
      }
    }
  }

  // An instruction that exchanges values waits, before it takes its step, for the lanes of its mask. Under a predicate the
  // lanes that are off will not come: those that are on go on without them.
  private waits(warp: Warp, split: Split, operation: Operation, lanes: number): boolean {
    if (!this.policy.waits || lanes !== split.mask) return false;
    const mask = warp.registers.u32[operation.awaited + lowestLane(lanes)];
    if (this.missing(warp, mask, lanes) === 0) return false;
    split.awaited = mask;
    split.state = "warp barrier";
    return true;
  }

  /** An exit or a barrier: true where the split has to be scheduled anew. */
  private stop(warp: Warp, split: Split, operation: Operation, lanes: number): boolean {
    if (lanes === 0) return false;
    if (operation.step === Step.exit) {
      split.pc++;
      this.end(warp, lanes);
      return true;
    }
    const { u32 } = warp.registers;
    const lane = lowestLane(lanes);
    split.awaited = u32[operation.awaited + lane];
    if (operation.step === Step.barrier) {
      split.state = "barrier";
      split.awaitedThreads = operation.awaitedThreads < 0 ? 0 : u32[operation.awaitedThreads + lane];
      this.checkBarrier(split);
      this.releaseBarriers();
    } else {
      split.state = "warp barrier";
      this.releaseWarpBarriers(warp);
    }
    return true;
  }

  // Where every split of the block has had its turns, and none changed anything, none ever will.
  private checkProgress(spin: Spin): void {
    this.stillTurns = spin === "still" ? this.stillTurns + 1 : 0;
    const splits = this.blocks.warps.reduce((count, warp) => count + warp.splits.length, 0);
    if (this.stillTurns > roundsWithoutProgress * splits) this.livelock("nothing changes any more");
  }

  private end(warp: Warp, lanes: number): void {
    this.stillTurns = 0;
    this.policy.leave(warp, lanes);
    this.releaseBarriers();
    this.releaseWarpBarriers(warp);
  }

  private checkBarrier({ awaited, awaitedThreads, mask }: Split): void {
    if (awaited > 15) {
      this.fault("barrier", `barrier ${awaited}, where a block has barriers 0 to 15`, lowestLane(mask), undefined, "");
    }
    if (awaitedThreads % 32 !== 0) {
      const what = `a barrier for ${awaitedThreads} threads, which is no multiple of the 32 of a warp`;
      this.fault("barrier", what, lowestLane(mask), undefined, "Count whole warps.");
    }
  }

  // A barrier opens when every thread of the block that has not ended has come; with a count, when so many threads have, a
  // warp that has come counting for 32 whatever its lanes.
  private releaseBarriers(): void {
    const { warps } = this.blocks;
    const waiting = new Map<number, { threads: number; warps: number; wanted: number; splits: Split[] }>();
    let living = 0;
    for (const warp of warps) {
      const alive = warp.exists & ~warp.exited;
      living += popcount(alive);
      const arrived = new Map<number, number>();
      for (const split of warp.splits) {
        if (split.state !== "barrier") continue;
        const group = waiting.get(split.awaited) ?? { threads: 0, warps: 0, wanted: split.awaitedThreads, splits: [] };
        const lanes = this.policy.arriving(warp, split);
        group.threads += popcount(lanes);
        group.splits.push(split);
        waiting.set(split.awaited, group);
        const all = (arrived.get(split.awaited) ?? 0) | lanes;
        arrived.set(split.awaited, all);
        if (all === alive) group.warps++;
      }
    }
    for (const { threads, warps: count, wanted, splits } of waiting.values()) {
      if (wanted === 0 ? threads < living : 32 * count < wanted) continue;
      for (const split of splits) pass(split);
    }
  }

  /** The lanes of a mask that live and are not among those that have come. */
  private missing(warp: Warp, mask: number, come: number): number {
    return mask & warp.exists & ~warp.exited & ~come;
  }

  // Lanes that have come to the instructions that wait for the same mask go on together when the last one comes.
  private releaseWarpBarriers(warp: Warp): void {
    const groups = new Map<number, Split[]>();
    for (const split of warp.splits) {
      if (split.state === "warp barrier") groups.set(split.awaited, [...(groups.get(split.awaited) ?? []), split]);
    }
    for (const [mask, splits] of groups) {
      const come = splits.reduce((lanes, split) => lanes | split.mask, 0);
      if (this.missing(warp, mask, come) !== 0) continue;
      const places = new Map<number, Split[]>();
      for (const split of splits) places.set(split.pc, [...(places.get(split.pc) ?? []), split]);
      if (places.size > 1) this.checkTogether(splits);
      for (const [pc, together] of places) {
        for (const split of together) {
          split.state = "ready";
          if (this.program.operations[pc].step === Step.warpBarrier) split.pc++;
        }
        if (together.length > 1) this.policy.merge(warp, together);
      }
    }
  }

  // bar.warp.sync may stand in several places; what exchanges values has to be one instruction.
  private checkTogether(splits: readonly Split[]): void {
    const exchange = splits.find(({ pc }) => this.program.operations[pc].step === Step.together);
    if (exchange === undefined) return;
    const places = [...new Set(splits.map(({ pc }) => this.describePc(pc)))].join(" and ");
    this.fault(
      "divergent exchange",
      `the lanes of one mask exchange values in different instructions, at ${places}: that is not supported`,
      lowestLane(exchange.mask),
      undefined,
      "Move the shuffle or vote out of the branch.",
    );
  }

  private describePc(pc: number): string {
    return describeLine(this.program.operations[pc].verified.instruction, this.image.debug);
  }

  private refuse(lane: number, address: number, bytes: number, space: AccessSpace, kind: AccessKind): never {
    const size = `${bytes}-byte ${kind === "atomic" ? "atomic access" : kind}`;
    if (space !== "global") {
      const region = space === "shared" ? this.blocks.shared.byteLength : this.plan.localBytes;
      const inside = address >= 0 && address + bytes <= region;
      const nearest = space === "shared" ? this.describeShared(address) : "";
      this.fault(
        inside ? "misaligned" : "out-of-bounds",
        inside
          ? `${size} of ${space} memory at byte ${address}, which is not a multiple of ${bytes}`
          : `${size} at byte ${address} of ${space} memory, which has ${region} bytes${nearest}`,
        lane,
        { address, allocation: space },
        inside ? "Align the offset to the size of the element." : "Check the index against the array's extent.",
      );
    }
    const inside = this.memory.find(address, bytes);
    if (inside !== undefined) {
      this.fault(
        "misaligned",
        `${size} at ${formatAddress(address)} in ${describeRegion(inside)}, which is not a multiple of ${bytes}`,
        lane,
        { address, allocation: inside.label },
        "Align the address to the size of the element.",
      );
    }
    const nearest = this.memory.nearest(address);
    const relation = nearest === undefined ? "nothing is allocated" : describeDistance(address, nearest);
    this.fault(
      "out-of-bounds",
      `out-of-bounds ${size} at ${formatAddress(address)}: ${relation}`,
      lane,
      { address, allocation: nearest?.label },
      "Check the index against the array's length, as in: if (i < n) …",
    );
  }

  private describeShared(address: number): string {
    const last = [...this.plan.shared].reverse().find(({ offset }) => offset <= address);
    return last === undefined
      ? ""
      : `: ${address - last.offset - last.bytes} bytes past the end of "${last.name}" (${last.bytes} bytes)`;
  }

  private fault(
    kind: FaultKind,
    what: string,
    lane: number,
    memory: { readonly address: number; readonly allocation: string | undefined } | undefined,
    fix: string,
  ): never {
    const { image, point, program } = this;
    throw new LaunchFault(
      kind,
      what,
      {
        kernel: image.kernel,
        instruction: program.operations[point.pc].verified.instruction,
        debug: image.debug,
        block: delinearise(point.block, image.grid),
        thread: delinearise(point.warp * 32 + lane, image.block),
      },
      memory,
      fix,
    );
  }

  private livelock(what: string): never {
    const warp = this.blocks.warps[this.blocks.current];
    const split = warp?.splits[warp.splits.length - 1];
    this.fault(
      "livelock",
      `${what}: ${this.describeLiving()}`,
      split === undefined ? 0 : lowestLane(split.mask),
      undefined,
      "Look for a loop whose condition never changes, or raise the step limit (maxSteps, max_steps).",
    );
  }

  private deadlock(): never {
    const warp = this.blocks.warps.find((candidate) => !candidate.done) as Warp;
    this.point.warp = warp.index;
    this.point.pc = warp.splits[0].pc;
    this.fault(
      "deadlock",
      `all warps wait for threads that never come: ${this.describeLiving()}`,
      lowestLane(warp.splits[0].mask),
      undefined,
      "Every thread of the block has to reach the barrier: move it out of the branch.",
    );
  }

  // The first few warps say enough.
  private describeLiving(): string {
    const living = this.blocks.warps.filter((warp) => !warp.done).map((warp) => this.describeSplits(warp));
    const more = living.length > 4 ? `; and ${living.length - 4} warps more` : "";
    return `${living.slice(0, 4).join("; ")}${more}`;
  }

  private describeSplits(warp: Warp): string {
    const splits = warp.splits.map((split) => {
      const doing = split.state === "ready" ? "at" : `wait at the ${split.state} in`;
      return `${describeLanes(split.mask)} ${doing} ${this.describePc(split.pc)}`;
    });
    return `warp ${warp.index}: ${splits.join(", ")}`;
  }
}

function pass(split: Split): void {
  split.state = "ready";
  split.pc++;
  split.turns = 0;
}

type Hook = "instruction" | "branch" | "memory";

// One function for all observers of an event, or null so that the machine need not call at all.
function combine<Name extends Hook>(observers: readonly Observer[], name: Name): NonNullable<Observer[Name]> | null {
  const interested = observers.filter((observer) => observer[name] !== undefined);
  if (interested.length === 0) return null;
  const calls = interested.map((observer) => (observer[name] as (...args: unknown[]) => void).bind(observer));
  if (calls.length === 1) return calls[0] as NonNullable<Observer[Name]>;
  return ((...args: unknown[]) => {
    for (const call of calls) call(...args);
  }) as NonNullable<Observer[Name]>;
}

function checkLimits(image: LaunchImage, plan: VariablePlan): void {
  const { limits, block, kernel } = image;
  const threads = volume(block);
  if (threads > limits.maxThreadsPerBlock) {
    throw new InputError(
      `a block of ${threads} threads, where ${limits.device} has ${limits.maxThreadsPerBlock} at most`,
      {
        where: `launch of "${kernel}"`,
        fix: "Use more and smaller blocks.",
      },
    );
  }
  if (plan.sharedBytes > limits.sharedBytesPerBlock) {
    throw new InputError(
      `${plan.sharedBytes} bytes of shared memory a block, where ${limits.device} has ${limits.sharedBytesPerBlock} at most`,
      { where: `launch of "${kernel}"`, fix: "Use a smaller tile." },
    );
  }
}

function describeRegion(region: MemoryRegion): string {
  return `"${region.label}" (${region.dtype}, ${region.byteLength} bytes)`;
}

function describeDistance(address: number, region: MemoryRegion): string {
  const unit = (bytes: number): string => `${bytes} byte${bytes === 1 ? "" : "s"}`;
  if (address < region.base) return `${unit(region.base - address)} before the start of ${describeRegion(region)}`;
  const past = address - region.end;
  if (past < 0) return `it crosses the end of ${describeRegion(region)}`;
  return past === 0
    ? `right past the end of ${describeRegion(region)}`
    : `${unit(past)} past the end of ${describeRegion(region)}`;
}

function describeLanes(mask: number): string {
  if (mask === allLanes) return "all lanes";
  const lanes: number[] = [];
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) lanes.push(lane);
  const ranges: string[] = [];
  for (let i = 0; i < lanes.length; ) {
    let last = i;
    while (lanes[last + 1] === lanes[last] + 1) last++;
    ranges.push(last === i ? `${lanes[i]}` : `${lanes[i]}-${lanes[last]}`);
    i = last + 1;
  }
  return `${lanes.length === 1 ? "lane" : "lanes"} ${ranges.join(",")}`;
}
