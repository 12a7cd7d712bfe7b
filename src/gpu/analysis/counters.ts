// The counters of a launch, exact: what a profiler would read. An observer of the machine.
import { matrixOperations, multipliedElement } from "../ptx/fragments.js";
import type { PtxType } from "../ptx/types.js";
import type { ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import type { Operation } from "../simt/program.js";
import { popcount } from "../simt/warp.js";
import { countConflicts } from "./banks.js";
import { countSectors, sectorBytes } from "./coalescing.js";

/** Counts over a whole launch. Requests are warp instructions that access memory; an FMA is 2 operations. */
export interface Counters {
  readonly warp_instructions: number;
  /** Active lanes; lanes that are predicated off do not count. */
  readonly thread_instructions: number;
  /** Branches at which the lanes of a warp went both ways. */
  readonly divergent_branches: number;
  /** Branch instructions, conditional or not. */
  readonly branches: number;
  readonly global_load_requests: number;
  /** 32-byte sectors that the requests touch. */
  readonly global_load_sectors: number;
  readonly global_store_requests: number;
  readonly global_store_sectors: number;
  readonly shared_load_requests: number;
  /** Passes over the banks beyond the first. */
  readonly shared_load_conflicts: number;
  readonly shared_store_requests: number;
  readonly shared_store_conflicts: number;
  readonly atomic_requests: number;
  /** Warp instructions that wait at a block-wide barrier. */
  readonly barriers: number;
  readonly flop_f16: number;
  readonly flop_f32: number;
  readonly flop_f64: number;
  /** Operations of matrix instructions, 2 for each product that is added, of integers too: 2 * m * n * k for a warp. */
  readonly flop_tensor: number;
  /** Bytes that lanes asked for, whatever the sectors. */
  readonly bytes_global_read: number;
  readonly bytes_global_written: number;
  readonly bytes_shared: number;
  readonly local_bytes: number;
}

/** The sectors that the bytes of each request's active lanes would fill side by side: what to hold the sectors counted against. */
export interface IdealSectors {
  readonly load: number;
  readonly store: number;
}

export class CounterObserver implements Observer {
  /** Warp instructions and active lanes by pc, as far as the kernel has got. */
  private executed: Float64Array = new Float64Array(64);
  private lanes: Float64Array = new Float64Array(64);
  private readonly counts = {
    divergent_branches: 0,
    branches: 0,
    global_load_requests: 0,
    global_load_sectors: 0,
    global_store_requests: 0,
    global_store_sectors: 0,
    shared_load_requests: 0,
    shared_load_conflicts: 0,
    shared_store_requests: 0,
    shared_store_conflicts: 0,
    atomic_requests: 0,
    bytes_global_read: 0,
    bytes_global_written: 0,
    bytes_shared: 0,
    local_bytes: 0,
  };

  private readonly idealSectors = { load: 0, store: 0 };

  private predicatedOff = 0;
  /** Warp instructions by pc that no lane executed. */
  private readonly idle = new Map<number, number>();

  instruction(point: ExecutionPoint, mask: number, active: number): void {
    if (point.pc >= this.executed.length) this.grow(point.pc);
    this.executed[point.pc]++;
    this.lanes[point.pc] += popcount(mask);
    if (mask !== active) {
      this.predicatedOff += popcount(active & ~mask);
      if (mask === 0) this.idle.set(point.pc, (this.idle.get(point.pc) ?? 0) + 1);
    }
  }

  branch(_point: ExecutionPoint, taken: number, notTaken: number): void {
    this.counts.branches++;
    if (taken !== 0 && notTaken !== 0) this.counts.divergent_branches++;
  }

  memory(_point: ExecutionPoint, access: MemoryAccess): void {
    const { counts } = this;
    const bytes = popcount(access.mask) * access.bytesPerLane;
    if (access.kind === "atomic") counts.atomic_requests++;
    switch (access.space) {
      case "global":
        if (access.kind !== "store") counts.bytes_global_read += bytes;
        if (access.kind !== "load") counts.bytes_global_written += bytes;
        if (access.kind === "load") {
          counts.global_load_requests++;
          counts.global_load_sectors += countSectors(access);
          this.idealSectors.load += Math.ceil(bytes / sectorBytes);
        } else if (access.kind === "store") {
          counts.global_store_requests++;
          counts.global_store_sectors += countSectors(access);
          this.idealSectors.store += Math.ceil(bytes / sectorBytes);
        }
        return;
      case "shared":
        counts.bytes_shared += access.kind === "atomic" ? 2 * bytes : bytes;
        if (access.kind === "load") {
          counts.shared_load_requests++;
          counts.shared_load_conflicts += countConflicts(access);
        } else if (access.kind === "store") {
          counts.shared_store_requests++;
          counts.shared_store_conflicts += countConflicts(access);
        }
        return;
      case "local":
        counts.local_bytes += bytes;
    }
  }

  /**
   * Lanes that were active but predicated off, over all warp instructions: those that do not take a branch among them. They
   * cost nothing that the warp's other lanes do not cost.
   */
  lanesPredicatedOff(): number {
    return this.predicatedOff;
  }

  /** The sectors that the loads and stores so far would have touched side by side. */
  ideal(): IdealSectors {
    return { ...this.idealSectors };
  }

  /** Warp instructions at a pc so far. */
  executions(pc: number): number {
    return this.executed[pc] ?? 0;
  }

  /** The counts so far; `operations` is the program that ran. */
  result(operations: readonly Operation[]): Counters {
    let [warpInstructions, threadInstructions, barriers, tensor] = [0, 0, 0, 0];
    const flop = { f16: 0, f32: 0, f64: 0 };
    operations.forEach(({ verified }, pc) => {
      warpInstructions += this.executions(pc);
      threadInstructions += this.lanes[pc] ?? 0;
      const { row, type, modifiers } = verified;
      if (waitsAtBarrier(row.opcode, modifiers)) barriers += this.executions(pc) - (this.idle.get(pc) ?? 0);
      // A whole warp executes it or nobody does.
      if (row.category === "matrix") tensor += (matrixOperations(row.opcode, modifiers) / 32) * (this.lanes[pc] ?? 0);
      if (row.flop > 0 && type !== undefined) flop[precisionOf(type)] += row.flop * (this.lanes[pc] ?? 0);
    });
    return {
      warp_instructions: warpInstructions,
      thread_instructions: threadInstructions,
      ...this.counts,
      barriers,
      flop_f16: flop.f16,
      flop_f32: flop.f32,
      flop_f64: flop.f64,
      flop_tensor: tensor,
    };
  }

  /** Operations of matrix instructions by the type of the elements that are multiplied: `f16`, `e4m3`, `s8`. */
  matrixOperations(operations: readonly Operation[]): ReadonlyMap<string, number> {
    const byElement = new Map<string, number>();
    operations.forEach(({ verified: { row, modifiers } }, pc) => {
      const count = row.category === "matrix" ? matrixOperations(row.opcode, modifiers) : 0;
      if (count === 0) return;
      const element = multipliedElement(row.opcode, modifiers);
      byElement.set(element, (byElement.get(element) ?? 0) + (count / 32) * (this.lanes[pc] ?? 0));
    });
    return byElement;
  }

  private grow(pc: number): void {
    const length = 2 * (pc + 1);
    const [executed, lanes] = [new Float64Array(length), new Float64Array(length)];
    executed.set(this.executed);
    lanes.set(this.lanes);
    this.executed = executed;
    this.lanes = lanes;
  }
}

// bar.arrive does not wait, and bar.warp.sync is no barrier of a block.
function waitsAtBarrier(opcode: string, modifiers: Readonly<Record<string, string>>): boolean {
  if (opcode !== "bar" && opcode !== "barrier") return false;
  return modifiers["warp"] === undefined && modifiers["arrive"] === undefined;
}

/** Which of the counts of operations an instruction of this type adds to; bfloat16 is half precision too. */
export function precisionOf({ name, bytes }: PtxType): "f16" | "f32" | "f64" {
  return bytes === 8 ? "f64" : /^b?f16/.test(name) ? "f16" : "f32";
}

/** Lanes that were active, as a share of the lanes that warps have: 1 where nothing diverged and no warp was partial. */
export function laneEfficiency(counters: Counters, predicatedOff: number): number {
  return (counters.thread_instructions + predicatedOff) / (32 * counters.warp_instructions);
}

/** Branches at which a warp stayed together, as a share of all; NaN where there was no branch. */
export function branchEfficiency(counters: Counters): number {
  return (counters.branches - counters.divergent_branches) / counters.branches;
}

/** Sectors per global request; 4 is ideal for 32 lanes of 4 bytes. NaN where there was none. */
export function sectorsPerRequest(counters: Counters): number {
  return (
    (counters.global_load_sectors + counters.global_store_sectors) /
    (counters.global_load_requests + counters.global_store_requests)
  );
}

/** Operations per byte of the sectors that loads and stores touched, each time counted; NaN where there were none. */
export function flopPerByte(counters: Counters): number {
  const { flop_f16, flop_f32, flop_f64, flop_tensor, global_load_sectors, global_store_sectors } = counters;
  return (flop_f16 + flop_f32 + flop_f64 + flop_tensor) / (sectorBytes * (global_load_sectors + global_store_sectors));
}
