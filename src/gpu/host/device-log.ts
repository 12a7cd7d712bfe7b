// What a device has done, as tables: lists of plain records that `show` draws and Arquero takes. The newest are kept, and what was
// left out is counted. Knows nothing of how any of it came about.
import { inspectAsText } from "../../core/inspect.js";
import type { TransferDirection } from "./device-memory.js";

/** A row of the launch log. Times are seconds of simulated time. */
export interface LaunchRecord {
  readonly launch: number;
  readonly kernel: string;
  readonly grid: readonly [number, number, number];
  readonly block: readonly [number, number, number];
  readonly shared_bytes: number;
  readonly stream: string;
  readonly start: number;
  readonly end: number;
  /** An estimate by the latency model. */
  readonly cycles: number;
  readonly steps: number;
  readonly divergent_branches: number;
  /** `ok`, or the kind of the fault that ended it. */
  readonly status: string;
}

/** A row of the transfer log. */
export interface TransferRecord {
  readonly transfer: number;
  readonly call: string;
  readonly direction: TransferDirection;
  readonly label: string;
  readonly bytes: number;
  readonly cycles: number;
  readonly stream: string;
  readonly start: number;
  readonly end: number;
}

/** A row of the divergence log: a branch at which the lanes of a warp went both ways. Masks are hexadecimal, lane 0 the lowest bit. */
export interface DivergenceRecord {
  readonly launch: number;
  readonly kernel: string;
  readonly block: number;
  readonly warp: number;
  readonly pc: number;
  /** The line of the source, or of the PTX where it tells none. */
  readonly line: number;
  readonly mask_before: string;
  readonly mask_taken: string;
  readonly mask_not_taken: string;
}

/** A row of the block log. */
export interface BlockRecord {
  readonly launch: number;
  readonly kernel: string;
  readonly block: number;
  readonly sm: number;
  /** Steps of the launch: the first of the block, and the one after its last. */
  readonly first_step: number;
  readonly end_step: number;
}

/** What one SM has done, over all launches. */
export interface SmRecord {
  readonly sm: number;
  readonly blocks: number;
  readonly warps: number;
  readonly warp_instructions: number;
  readonly divergent_branches: number;
  readonly global_requests: number;
  /** Sectors beyond those that the same bytes side by side would take. */
  readonly excess_sectors: number;
  readonly bank_conflicts: number;
  /** Warp instructions that waited at a barrier of the block. */
  readonly barrier_waits: number;
  /** An estimate by the latency model. */
  readonly cycles: number;
}

/** The rows that a log keeps. */
export const rowsKept = 10_000;

/** The newest records of a kind. */
export class RecordLog<T> {
  private kept: T[] = [];
  private dropped = 0;

  constructor(private readonly limit: number = rowsKept) {}

  add(record: T): void {
    this.kept.push(record);
    // Now and then, so that each addition costs little.
    if (this.kept.length < 2 * this.limit) return;
    this.dropped += this.kept.length - this.limit;
    this.kept = this.kept.slice(-this.limit);
  }

  /** Records of which only the number is known. */
  skip(count: number): void {
    this.dropped += count;
  }

  get rows(): T[] {
    return this.kept.slice(-this.limit);
  }

  get leftOut(): number {
    return this.dropped + Math.max(0, this.kept.length - this.limit);
  }
}

/** The logs of a device. */
export class DeviceLog {
  static {
    inspectAsText(DeviceLog);
  }

  readonly launchLog: RecordLog<LaunchRecord> = new RecordLog();
  readonly transferLog: RecordLog<TransferRecord> = new RecordLog();
  readonly divergenceLog: RecordLog<DivergenceRecord> = new RecordLog();
  readonly blockLog: RecordLog<BlockRecord> = new RecordLog();
  private readonly bySm = new Map<number, SmRecord>();

  /** Every launch. */
  get launches(): LaunchRecord[] {
    return this.launchLog.rows;
  }

  /** Every copy, memset and atomic of the host. */
  get transfers(): TransferRecord[] {
    return this.transferLog.rows;
  }

  /** Branches at which a warp diverged, of launches that were asked for with `{ log: true }`. */
  get divergences(): DivergenceRecord[] {
    return this.divergenceLog.rows;
  }

  /** Where and when each block ran, of launches that were asked for with `{ log: true }`. */
  get blocks(): BlockRecord[] {
    return this.blockLog.rows;
  }

  /** What each SM that had work has done, over all launches. */
  get sms(): SmRecord[] {
    return [...this.bySm.values()].sort((a, b) => a.sm - b.sm);
  }

  /** How many records of each log are counted but not kept: the oldest ones. */
  get leftOut(): { launches: number; transfers: number; divergences: number; blocks: number } {
    return {
      launches: this.launchLog.leftOut,
      transfers: this.transferLog.leftOut,
      divergences: this.divergenceLog.leftOut,
      blocks: this.blockLog.leftOut,
    };
  }

  addSms(records: readonly SmRecord[]): void {
    for (const record of records) {
      const before = this.bySm.get(record.sm);
      this.bySm.set(record.sm, before === undefined ? record : sum(before, record));
    }
  }

  toString(): string {
    const { launches, transfers, divergences, blocks } = this;
    const [l, t, d, b] = [launches, transfers, divergences, blocks].map(({ length }) => length.toLocaleString("en-US"));
    return `log: ${l} launches, ${t} transfers, ${d} divergences, ${b} blocks`;
  }
}

function sum(a: SmRecord, b: SmRecord): SmRecord {
  const names = Object.keys(a) as (keyof SmRecord)[];
  const total = Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as SmRecord;
  return { ...total, sm: a.sm };
}
