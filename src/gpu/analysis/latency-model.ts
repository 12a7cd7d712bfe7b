// How long a launch takes, as the latency model estimates it. An observer of the machine. An estimate that no measurement backs:
// each access adds the latency of the space that answers, and its bytes over that space's bandwidth.
//
// What is simplified: caches are direct-mapped, of 32-byte sectors, and hold only what was asked for; L1 is empty when a launch
// begins, L2 keeps what it has. An instruction ends before the warp's next one begins. The warps of a block overlap: a block takes
// as long as its slowest warp, and no less than its SM needs to issue its instructions and to move its bytes. An SM runs its
// blocks one after another; where a launch ends is where its busiest SM ends, and not before DRAM and L2 have moved their bytes.
import type { MemoryRegion } from "../simt/memory-region.js";
import type { ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import type { Operation } from "../simt/program.js";
import { countConflicts } from "./banks.js";
import { sectorBytes } from "./coalescing.js";

/** What a result of this model says it is by. */
export const latencyModelName = "latency";

/** Where an access is answered, and what reaches a device from outside: its host and its peers. */
export const latencySpaces = ["register", "shared", "l1", "l2", "global", "constant", "host", "peer"] as const;
export type LatencySpace = (typeof latencySpaces)[number];

/** Spaces that have a bandwidth: registers are read as fast as instructions are issued. */
export type BandwidthSpace = Exclude<LatencySpace, "register">;

/** The types whose instructions have a cost of their own. */
export type CycleType = "f16" | "bf16" | "f32" | "f64" | "i32" | "i64";

/** The figures of the model. */
export interface LatencyFigures {
  readonly sms: number;
  /** Cycles that an access waits. */
  readonly latency: Readonly<Record<LatencySpace, number>>;
  /** Bytes a cycle: of one SM for shared, l1 and constant, of the device for the others. */
  readonly bandwidth: Readonly<Record<BandwidthSpace, number>>;
  /** Cycles of an arithmetic warp instruction, as a multiple of the register latency. */
  readonly cycles: Readonly<Record<CycleType, number>>;
  /** Bytes of L1 of one SM, and of L2. */
  readonly capacity: { readonly l1: number; readonly l2: number };
}

/** Warp instructions that an SM can issue in a cycle: its four schedulers, since Volta. */
const issueWidth = 4;

/** Sectors that a cache holds: direct-mapped, its size a power of two. */
export class SectorCache {
  private readonly tags: Uint32Array;

  constructor(bytes: number) {
    const sectors = Math.max(1, Math.floor(bytes / sectorBytes));
    this.tags = new Uint32Array(2 ** Math.floor(Math.log2(sectors)));
  }

  /** Whether the sector was there; afterwards it is. */
  touch(sector: number): boolean {
    const { tags } = this;
    const tag = Math.floor(sector / tags.length);
    const index = sector - tag * tags.length;
    // One more than the tag, so that an empty place has none. Distinct sectors of one launch differ in far fewer than 32 bits.
    const kept = (tag + 1) >>> 0;
    if (tags[index] === kept) return true;
    tags[index] = kept;
    return false;
  }
}

/** An SM: what its blocks have taken so far, and its L1. */
interface SmCost {
  cycles: number;
  readonly l1: SectorCache;
}

interface BlockCost {
  readonly block: number;
  readonly sm: SmCost;
  /** Cycles of each warp, waiting included. */
  readonly warps: Float64Array;
  /** Cycles in which the SM is busy for it. */
  busy: number;
}

export class LatencyModel implements Observer {
  private readonly sms = new Map<number, SmCost>();
  private readonly running = new Map<number, BlockCost>();
  private current: BlockCost | undefined;
  private costs: Float64Array = new Float64Array(0);
  private l2Bytes = 0;
  private dramBytes = 0;

  /** `l2` is the device's, and keeps what earlier launches have left in it. */
  constructor(
    private readonly figures: LatencyFigures,
    private readonly l2: SectorCache,
  ) {}

  /** Looks up what each instruction of a program costs: before it runs. */
  prepare(operations: readonly Operation[]): void {
    const { latency, cycles } = this.figures;
    this.costs = Float64Array.from(operations, ({ verified: { row, type } }) => {
      if (withoutArithmetic.has(row.opcode) || type === undefined) return latency.register;
      const wide = type.bytes === 8;
      const name =
        type.kind === "float" ? (wide ? "f64" : (/^(b?f16)/.exec(type.name)?.[1] ?? "f32")) : wide ? "i64" : "i32";
      return latency.register * cycles[name as CycleType];
    });
  }

  blockStart(block: number, _shared: MemoryRegion, sm: number): void {
    let cost = this.sms.get(sm);
    if (cost === undefined) {
      cost = { cycles: 0, l1: new SectorCache(this.figures.capacity.l1) };
      this.sms.set(sm, cost);
    }
    this.running.set(block, { block, sm: cost, warps: new Float64Array(maxWarps), busy: 0 });
  }

  instruction(point: ExecutionPoint): void {
    const block = this.blockAt(point);
    const cost = this.costs[point.pc];
    block.warps[point.warp] += cost;
    block.busy += cost / issueWidth;
  }

  memory(point: ExecutionPoint, access: MemoryAccess): void {
    const { latency, bandwidth } = this.figures;
    const block = this.blockAt(point);
    switch (access.space) {
      case "shared": {
        const moved = (128 * (1 + countConflicts(access))) / bandwidth.shared;
        block.warps[point.warp] += latency.shared + moved;
        block.busy += moved;
        return;
      }
      case "const": {
        // Lanes that read one address share it, different ones take their turns.
        const moved = (distinctAddresses(access) * access.bytesPerLane) / bandwidth.constant;
        block.warps[point.warp] += latency.constant + moved;
        block.busy += moved;
        return;
      }
      case "local": {
        // Each lane's own, side by side with the other lanes': taken to stay in L1.
        const moved = (32 * access.bytesPerLane) / bandwidth.l1;
        block.warps[point.warp] += latency.l1 + moved;
        block.busy += moved;
        return;
      }
      default:
        this.global(point, block, access);
    }
  }

  blockEnd(index: number): void {
    const block = this.running.get(index);
    if (block === undefined) return;
    this.running.delete(index);
    if (this.current === block) this.current = undefined;
    block.sm.cycles += cyclesOf(block);
  }

  /** Cycles of the launch so far; blocks that have not ended count with what they have taken. */
  get cycles(): number {
    const { bandwidth } = this.figures;
    const busiest = [...this.cyclesPerSm.values()].reduce((most, cycles) => Math.max(most, cycles), 0);
    return Math.ceil(Math.max(busiest, this.l2Bytes / bandwidth.l2, this.dramBytes / bandwidth.global));
  }

  /** Cycles of each SM that had a block. */
  get cyclesPerSm(): Map<number, number> {
    const unfinished = (sm: SmCost): number =>
      [...this.running.values()].reduce((sum, block) => (block.sm === sm ? sum + cyclesOf(block) : sum), 0);
    return new Map([...this.sms].map(([index, sm]) => [index, Math.ceil(sm.cycles + unfinished(sm))]));
  }

  // The slowest of the sectors that a request asks for is what it waits for.
  private global(point: ExecutionPoint, block: BlockCost, { mask, addresses, kind }: MemoryAccess): void {
    const { latency, bandwidth } = this.figures;
    const { l1 } = block.sm;
    let [fromL1, fromL2, fromDram] = [0, 0, 0];
    let before = -1;
    const isLoad = kind === "load";
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      // An access is aligned, or a fault, and at most 16 bytes: it lies in one sector.
      const sector = Math.floor(addresses[lane] * perByte);
      if (sector === before) continue;
      before = sector;
      // Stores and atomics go to L2, past L1.
      if (isLoad && l1.touch(sector)) fromL1++;
      else if (this.l2.touch(sector)) fromL2++;
      else fromDram++;
    }
    this.l2Bytes += (fromL2 + fromDram) * sectorBytes;
    this.dramBytes += fromDram * sectorBytes;
    const slowest = fromDram > 0 ? latency.global : fromL2 > 0 ? latency.l2 : latency.l1;
    const inL1 = ((fromL1 + fromL2 + fromDram) * sectorBytes) / bandwidth.l1;
    block.warps[point.warp] +=
      slowest + inL1 + ((fromL2 + fromDram) * sectorBytes) / bandwidth.l2 + (fromDram * sectorBytes) / bandwidth.global;
    block.busy += inL1;
  }

  private blockAt({ block: index }: ExecutionPoint): BlockCost {
    const { current } = this;
    if (current !== undefined && current.block === index) return current;
    const block = this.running.get(index) as BlockCost;
    this.current = block;
    return block;
  }
}

/** Sectors a byte: a power of two, so that multiplying by it is exact. */
const perByte = 1 / sectorBytes;

/** Warps of a block at most: 1024 threads. */
const maxWarps = 32;

/** Instructions whose type says what they move, not what they compute. */
const withoutArithmetic: ReadonlySet<string> = new Set([
  "ld",
  "ldu",
  "st",
  "atom",
  "red",
  "mov",
  "cvta",
  "bra",
  "bar",
  "barrier",
  "ret",
  "exit",
  "membar",
  "fence",
]);

function cyclesOf({ warps, busy }: BlockCost): number {
  let most = busy;
  for (const cycles of warps) if (cycles > most) most = cycles;
  return most;
}

function distinctAddresses({ mask, addresses }: MemoryAccess): number {
  const seen = new Set<number>();
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) seen.add(addresses[lane]);
  return seen.size;
}
