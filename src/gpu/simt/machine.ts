// The virtual GPU at work: blocks one after another, in each the lowest-numbered ready warp until it waits or ends, one
// warp instruction a step. This order is part of the semantics: the same launch takes the same steps everywhere. In a cooperative
// launch all blocks are on the SMs from the start, and the first one that has a ready warp runs until it has none or gives way.
// Other orders are asked for (schedulers.ts).
import { volume } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import { verifiedKernel } from "../ptx/verified-kernels.js";
import type { VerifiedEntry } from "../ptx/verify.js";
import { Asynchronous } from "./asynchronous.js";
import { Barriers } from "./barriers.js";
import { type Block, Blocks } from "./blocks.js";
import { Calls, defaultStackBytes } from "./calls.js";
import type { MemorySystem } from "./execute/memory.js";
import { FaultReports } from "./fault-reports.js";
import { defaultHeapBytes } from "./heap.js";
import type { LaunchImage } from "./launch-image.js";
import { GlobalMemory, gridWorkspaceBase, gridWorkspaceBytes, MemoryRegion } from "./memory-region.js";
import { combineObservers, type ExecutionPoint, type MemoryAccess, type Observer } from "./observer.js";
import { decode, type Program, planVariables, Step, type VariablePlan } from "./program.js";
import { type Reconvergence, reconvergence, type Spin, spins } from "./reconvergence.js";
import { blockOrder, type Scheduler, scheduler } from "./schedulers.js";
import type { Warp } from "./warp.js";

/** Warp instructions after which a launch is taken for a livelock, unless it says otherwise. */
export const defaultMaxSteps = 500_000_000;

/** Rounds over all splits of a block without a change in any register, after which it is a livelock. */
const roundsWithoutProgress = 4;

/** What belongs to the block that runs. */
interface OfTheBlock {
  shared: MemoryRegion;
  asynchronous: Asynchronous;
}

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
  /** Whose turn it is among the warps. */
  readonly scheduler: Scheduler;

  /** Where the machine is, or where the last step was. */
  readonly point: { block: number; warp: number; pc: number } = { block: 0, warp: 0, pc: 0 };
  /** How often in a row splits gave way that changed nothing. */
  stillTurns = 0;
  private readonly system: MemorySystem & OfTheBlock;
  /** The instruction that has just executed wants others to have their turn. */
  private paused = false;
  private readonly policy: Reconvergence;
  private readonly barriers: Barriers;
  private readonly calls: Calls;
  private readonly reports: FaultReports;
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
    this.verified = verifiedKernel(image.ptx, image.kernel);
    this.plan = planVariables(this.verified, image.dynamicSharedBytes, image.symbols);
    checkLimits(image, this.plan);
    this.memory = image.cooperative === true ? memory.with(gridWorkspace()) : memory;
    this.onInstruction = combineObservers(observers, "instruction");
    this.onBranch = combineObservers(observers, "branch");
    const onMemory = combineObservers(observers, "memory");
    const { point } = this;
    const system: MemorySystem & OfTheBlock = {
      global: this.memory,
      shared: new MemoryRegion(0, 0, "shared memory", "u8"),
      asynchronous: new Asynchronous(0),
      parameters: image.parameters,
      addresses: new Float64Array(32),
      steps: () => this.steps,
      observe: onMemory === null ? null : (access: MemoryAccess) => onMemory(point, access),
      pause: () => {
        this.paused = true;
      },
      print: (lane, text) => {
        for (const observer of observers) observer.print?.(point, lane, text);
      },
      describeThread: (lane) => this.reports.describeThread(lane),
      heapBytes: image.heapBytes ?? defaultHeapBytes,
      fail: (lane, fault) => this.reports.fail(lane, fault),
      trap: (lane) => this.reports.trap(lane),
      refuse: (lane, address, bytes, space, kind) => this.reports.access(lane, address, bytes, space, kind),
    };
    this.program = decode(this.verified, this.plan, system);
    this.system = system;
    const { scheduler: name = "default", seed = 0, cooperative = false } = image;
    const order = blockOrder(name, seed, volume(image.grid));
    const blocksPerSm = name === "default" && !cooperative ? undefined : (image.blocksPerSm ?? 1);
    this.blocks = new Blocks(image, this.program.layout, this.plan, order, blocksPerSm);
    this.scheduler = scheduler(name, seed, this.blocks, image.limits.sms);
    this.policy = reconvergence(image.policy);
    this.reports = new FaultReports(this);
    const { stackBytes = defaultStackBytes } = image;
    this.calls = new Calls(this.program.calls, this.policy, this.reports, this.plan.localBytes, stackBytes);
    this.barriers = new Barriers(this.blocks, this.policy, this.program.operations, this.reports);
  }

  /** Runs to the end, or until this many steps have been taken in all. Throws LaunchFault. */
  run(until: number = Number.POSITIVE_INFINITY): void {
    const limit = Math.min(until, this.image.maxSteps);
    const { blocks, scheduler, isReady } = this;
    const { warpsPerBlock } = blocks;
    while (!this.finished && this.steps < limit) {
      while (blocks.canBegin) this.begin();
      const number = scheduler.next(isReady);
      if (number < 0) {
        if (!this.barriers.letMeetingsGo()) this.reports.deadlock();
        continue;
      }
      const block = blocks.inSlot(Math.floor(number / warpsPerBlock));
      const warp = block.warps[number % warpsPerBlock];
      blocks.running = block;
      this.system.shared = block.shared;
      this.system.asynchronous = block.asynchronous;
      this.runWarp(block, warp, scheduler.stepwise ? this.steps + 1 : limit);
      if (warp.done && block.done) this.end(block);
    }
    if (!this.finished && this.steps >= this.image.maxSteps) {
      this.reports.livelock(`still running after ${this.image.maxSteps.toLocaleString("en-US")} warp instructions`);
    }
  }

  private begin(): void {
    const block = this.blocks.begin();
    this.scheduler.begun(block);
    for (const observer of this.observers) observer.blockStart?.(block.index, block.shared, block.sm);
  }

  private end(block: Block): void {
    block.asynchronous.finish(this.system);
    for (const observer of this.observers) observer.blockEnd?.(block.index);
    this.blocks.end(block);
    this.scheduler.ended(block);
    this.finished = this.blocks.ended === this.blocks.count;
  }

  private readonly isReady = (warp: Warp): boolean => !warp.done && this.policy.schedule(warp) !== undefined;

  /** Runs a warp until it waits, ends, gives way, or the limit is reached. */
  private runWarp(block: Block, warp: Warp, limit: number): void {
    const { point, onInstruction, onBranch } = this;
    const { operations } = this.program;
    const { predicates } = warp.registers;
    point.block = block.index;
    point.warp = warp.index;
    for (;;) {
      const next = this.policy.schedule(warp);
      if (next === undefined) {
        this.progressed(warp);
        return;
      }
      const { split, stopFrom, stopTo } = next;
      const { mask } = split;
      let { pc } = split;
      for (;;) {
        const operation = operations[pc];
        // Falling off the end is a ret.
        if (operation === undefined) {
          this.lanesEnd(warp, mask);
          break;
        }
        if (this.steps >= limit) {
          split.pc = pc;
          this.scheduler.interrupted();
          return;
        }
        const lanes = operation.guard < 0 ? mask : mask & (predicates[operation.guard] ^ operation.flip);
        point.pc = pc;
        split.pc = pc;
        if (operation.step === Step.together && this.barriers.waitsForExchange(warp, split, operation, lanes)) {
          break;
        }
        if (operation.waits && lanes !== mask && lanes !== 0) {
          // Under a predicate only some lanes wait: a branch around it.
          this.policy.diverge(warp, lanes, pc, pc + 1, { pc: pc + 1, onlyReturns: false });
          break;
        }
        if (onInstruction !== null) onInstruction(point, lanes, mask);
        this.steps++;
        if (operation.step === Step.ordinary || operation.step === Step.together) {
          if (lanes !== 0) operation.execute(warp, lanes);
          pc++;
        } else if (operation.step === Step.pause && lanes !== 0) {
          this.paused = false;
          operation.execute(warp, lanes);
          pc++;
          if (this.paused) {
            split.pc = pc;
            this.policy.giveWay(warp, split);
            this.scheduler.gaveWay();
            return;
          }
        } else {
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
                // To the other warps as well: all splits of this one may spin.
                this.scheduler.gaveWay();
                return;
              }
            } else {
              this.policy.diverge(warp, lanes, operation.target, pc + 1, operation.meeting);
              break;
            }
          } else if (lanes === 0) pc++;
          else if (operation.step === Step.exit) {
            split.pc++;
            this.lanesEnd(warp, lanes);
            break;
          } else if (
            operation.step === Step.call ||
            operation.step === Step.return ||
            operation.step === Step.indexed
          ) {
            this.calls.go(warp, split, pc, operation, lanes);
            break;
          } else if (operation.barrier === undefined) {
            this.barriers.arriveInWarp(warp, split, operation);
            break;
          } else {
            this.barriers.arrive(warp, split, operation.barrier, lanes);
            // After a barrier the lowest-numbered ready warp has its turn, also where this one opened it; who only arrives goes on.
            if (operation.barrier.waits) return;
            split.pc++;
            break;
          }
        }
        if (pc >= stopFrom && pc <= stopTo) {
          split.pc = pc;
          break;
        }
      }
    }
  }

  // Where every split of the blocks has had its turns, and none changed anything, none ever will. Turns of one instruction go
  // to all warps alike: there each warp counts its own.
  private checkProgress(spin: Spin): void {
    const { resident } = this.blocks;
    this.stillTurns = spin === "still" ? this.stillTurns + 1 : 0;
    if (spin !== "still") return;
    const still = this.scheduler.stepwise
      ? resident.every(({ warps }) => warps.every((warp) => !this.isReady(warp) || isStill(warp)))
      : this.stillTurns > roundsWithoutProgress * countSplits(resident);
    if (still) this.reports.livelock("nothing changes any more");
  }

  private progressed(warp: Warp): void {
    this.stillTurns = 0;
    warp.stillTurns = 0;
  }

  private lanesEnd(warp: Warp, lanes: number): void {
    this.progressed(warp);
    this.policy.leave(warp, lanes);
    this.barriers.lanesEnded(warp);
  }
}

// Zeros but for its size, as the driver leaves it: cooperative groups keep the count of blocks that have come in the second word.
function gridWorkspace(): MemoryRegion {
  const region = new MemoryRegion(gridWorkspaceBase, gridWorkspaceBytes, "workspace of the grid", "u32");
  region.u32[0] = gridWorkspaceBytes;
  return region;
}

function isStill(warp: Warp): boolean {
  return warp.stillTurns > roundsWithoutProgress * warp.splits.length;
}

function countSplits(resident: readonly Block[]): number {
  return resident.reduce((count, { warps }) => warps.reduce((sum, { splits }) => sum + splits.length, count), 0);
}

/** Shared memory that a block may have without asking for it at the launch: NVIDIA's assembler takes no more. */
const mostStaticSharedBytes = 48 * 1024;

function checkLimits(image: LaunchImage, plan: VariablePlan): void {
  const { limits, block, kernel, dynamicSharedBytes } = image;
  const staticBytes = plan.sharedBytes - dynamicSharedBytes;
  if (staticBytes > mostStaticSharedBytes) {
    throw new InputError(
      `${staticBytes} bytes of shared memory are declared, where a block has ${mostStaticSharedBytes} without asking for more`,
      {
        where: `launch of "${kernel}"`,
        fix: "Declare it extern, and give its bytes at the launch (shared).",
      },
    );
  }
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
