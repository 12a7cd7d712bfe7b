// What a launch gives back: its shape, its exact counters, and the work that it did. Immutable.
import { type Dim3, formatDim3 } from "../../core/dim3.js";
import { inspectAsText } from "../../core/inspect.js";
import type { Work } from "../../core/work.js";
import {
  branchEfficiency,
  type Counters,
  flopPerByte,
  type IdealSectors,
  laneEfficiency,
  sectorsPerRequest,
} from "../analysis/counters.js";
import { latencyModelName } from "../analysis/latency-model.js";
import type { LaunchOccupancy } from "../occupancy/occupancy.js";
import type { Finding } from "../simt/fault.js";
import type { BlockRecord, DivergenceRecord, SmRecord } from "./device-log.js";

/** What the counters are held against. */
export interface LaunchYardsticks {
  readonly idealSectors: IdealSectors;
  /** Lanes that were active but predicated off, over all warp instructions. */
  readonly lanesPredicatedOff: number;
}

/** When a launch ran, in simulated time, and what was recorded of it beside its counters. */
export interface LaunchAccount {
  /** Its number in the device's launch log. */
  readonly launch: number;
  /** The stream's label. */
  readonly stream: string;
  /** Seconds. */
  readonly start: number;
  /** Seconds. */
  readonly end: number;
  readonly cycles: number;
  readonly sms: readonly SmRecord[];
  readonly divergences: readonly DivergenceRecord[];
  readonly blocks: readonly BlockRecord[];
  readonly localBytesPerThread: number;
  readonly work: Work;
  readonly findings: readonly Finding[];
  readonly occupancy: LaunchOccupancy | undefined;
  /** What the kernel printed. */
  readonly printed: string;
}

export class Launch {
  static {
    inspectAsText(Launch);
  }

  constructor(
    readonly kernel: string,
    /** The device's name. */
    readonly device: string,
    readonly grid: Dim3,
    readonly block: Dim3,
    readonly counters: Counters,
    private readonly judged: LaunchYardsticks,
    private readonly account: LaunchAccount,
  ) {}

  /** What the sanitizer has found, each kind of mistake and pair of lines once; empty where it was not asked for. */
  get findings(): readonly Finding[] {
    return this.account.findings;
  }

  /** What the kernel printed with printf, in the order of execution. */
  get printed(): string {
    return this.account.printed;
  }

  /** Cycles that it takes: an estimate by the model that `model` names, validated against nothing here. */
  get cycles(): number {
    return this.account.cycles;
  }

  /** What the cycles were estimated by. */
  get model(): typeof latencyModelName {
    return latencyModelName;
  }

  /** The cycles by the device's clock: an estimate, as they are. */
  get seconds(): number {
    return this.account.end - this.account.start;
  }

  /** Simulated time at which it began, in seconds. */
  get start(): number {
    return this.account.start;
  }

  /** Simulated time at which it ended, in seconds. */
  get end(): number {
    return this.account.end;
  }

  /** The label of its stream. */
  get stream(): string {
    return this.account.stream;
  }

  /** Its number in `gpu.log.launches`. */
  get number(): number {
    return this.account.launch;
  }

  /** What each SM did that had a block. */
  get sms(): readonly SmRecord[] {
    return this.account.sms;
  }

  /** Branches at which warps diverged, where it was launched with `{ log: true }`. */
  get divergences(): readonly DivergenceRecord[] {
    return this.account.divergences;
  }

  /** Where and when each block ran, where it was launched with `{ log: true }`. */
  get blocks(): readonly BlockRecord[] {
    return this.account.blocks;
  }

  /** Local memory of a thread in bytes: what does not fit its registers (spills), and arrays that it indexes. */
  get localBytesPerThread(): number {
    return this.account.localBytesPerThread;
  }

  /** Theoretical occupancy: what an SM holds of its blocks, what limits it, and the waves of its grid. */
  get occupancy(): LaunchOccupancy | undefined {
    return this.account.occupancy;
  }

  /** The sectors that its global loads and stores would have touched had the lanes' values lain side by side. */
  get idealSectors(): IdealSectors {
    return this.judged.idealSectors;
  }

  /** SIMT efficiency: active lanes, predicated off or not, as a share of all lanes of the warp instructions, 0 to 1. */
  get laneEfficiency(): number {
    return laneEfficiency(this.counters, this.judged.lanesPredicatedOff);
  }

  /** Branches at which the warp stayed together, 0 to 1; NaN where there was no branch. */
  get branchEfficiency(): number {
    return branchEfficiency(this.counters);
  }

  /** 32-byte sectors per request to global memory; NaN where there was none. */
  get sectorsPerRequest(): number {
    return sectorsPerRequest(this.counters);
  }

  /** Floating-point operations per byte of the sectors that requests touched. */
  get flopPerByte(): number {
    return flopPerByte(this.counters);
  }

  /** Passes over the banks of shared memory that conflicts cost. */
  get bankConflicts(): number {
    return this.counters.shared_load_conflicts + this.counters.shared_store_conflicts;
  }

  /**
   * What it asks of a machine, for a roofline. Bytes of L1: what lanes asked for; of L2: the sectors of every request; of DRAM: the
   * sectors that were read and those that were written, each once.
   */
  get work(): Work {
    return this.account.work;
  }

  toString(): string {
    const { counters } = this;
    const parts = [
      `${this.kernel}<<<${formatDim3(this.grid)}, ${formatDim3(this.block)}>>> on ${this.device}`,
      `${whole(counters.warp_instructions)} warp instructions`,
      `${percent(this.laneEfficiency)} of lanes active`,
      `${whole(counters.divergent_branches)} of ${whole(counters.branches)} branches diverge`,
    ];
    const requests = counters.global_load_requests + counters.global_store_requests;
    if (requests > 0) parts.push(`${this.sectorsPerRequest.toFixed(1)} sectors per request`);
    if (counters.shared_load_requests + counters.shared_store_requests > 0) {
      parts.push(`${whole(this.bankConflicts)} bank conflicts`);
    }
    const { findings } = this;
    if (findings.length > 0)
      parts.push(`the sanitizer found ${findings.length}: ${findings[0].message.split("\n")[0]}`);
    const { occupancy } = this;
    if (occupancy !== undefined) parts.push(`${percent(occupancy.occupancy)} occupancy by ${occupancy.limiter}`);
    return parts.join(" · ");
  }
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
