// What went wrong while a kernel ran, in words and with the place: from the machine's state to a LaunchFault.
import { delinearise, formatIndex, volume } from "../../core/dim3.js";
import type { BarrierState } from "./barrier-state.js";
import type { Block, Blocks } from "./blocks.js";
import { describeLine, type FaultKind, formatAddress, LaunchFault } from "./fault.js";
import { freedBlockAt } from "./heap.js";
import type { LaunchImage } from "./launch-image.js";
import type { GlobalMemory, MemoryRegion } from "./memory-region.js";
import type { AccessKind, AccessSpace } from "./observer.js";
import type { Operation, VariablePlan } from "./program.js";
import { allLanes } from "./registers.js";
import { lowestLane, type Split, type Warp } from "./warp.js";

/** What a report looks at. */
export interface ReportedMachine {
  readonly image: LaunchImage;
  readonly plan: VariablePlan;
  readonly memory: GlobalMemory;
  readonly blocks: Blocks;
  readonly program: { readonly operations: readonly Operation[] };
  /** Where the machine is. */
  readonly point: { block: number; warp: number; pc: number };
}

export class FaultReports {
  constructor(private readonly machine: ReportedMachine) {}

  /** A lane's access fits no allocation, or is not aligned. */
  access(lane: number, address: number, bytes: number, space: AccessSpace, kind: AccessKind): never {
    const size = `${bytes}-byte ${kind === "atomic" ? "atomic access" : kind}`;
    if (space === "local" && kind === "atomic") {
      this.fault(
        "out-of-bounds",
        `${size} of local memory, which no other thread can reach`,
        lane,
        { address, allocation: space },
        "Atomics are for global and shared memory.",
      );
    }
    if (space === "param") {
      const have = this.machine.image.parameters.length;
      this.fault(
        kind === "load" && address + bytes <= have ? "misaligned" : "out-of-bounds",
        kind === "load"
          ? `${size} at byte ${address} of the kernel's ${have} bytes of parameters`
          : `${size} of the kernel's parameters, which are read only`,
        lane,
        { address, allocation: "parameters" },
        "Copy the parameter to a variable to change it, and align what is read to its size.",
      );
    }
    if (space === "shared" || space === "local") {
      const { blocks, plan, point } = this.machine;
      const region =
        space === "shared"
          ? plan.sharedBytes
          : (blocks.find(point.block)?.warps[point.warp].tops[lane] ?? plan.localBytes);
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
    const inside = this.machine.memory.find(address, bytes);
    if (inside?.constant === true && kind !== "load") {
      this.fault(
        "out-of-bounds",
        `${size} at ${formatAddress(address)} in ${describeRegion(inside)}, which is constant memory and read only`,
        lane,
        { address, allocation: inside.label },
        "Put what kernels write into global memory (.global, __device__), or write it from the host.",
      );
    }
    if (inside !== undefined) {
      this.fault(
        "misaligned",
        `${size} at ${formatAddress(address)} in ${describeRegion(inside)}, which is not a multiple of ${bytes}`,
        lane,
        { address, allocation: inside.label },
        "Align the address to the size of the element.",
      );
    }
    const known = this.machine.image.forbidden?.find(
      (each) => address >= each.address && address < each.address + each.byteLength,
    );
    if (known !== undefined) {
      this.fault(
        "out-of-bounds",
        `${size} at ${formatAddress(address)}: it lies in ${describeRegion(known)}, which ${known.why}`,
        lane,
        { address, allocation: known.label },
        known.fix,
      );
    }
    const freed = freedBlockAt(this.machine.memory, address);
    if (freed !== undefined) {
      this.fault(
        "out-of-bounds",
        `${size} at ${formatAddress(address)}: it lies in "${freed.label}" (${freed.bytes} bytes), which has been freed`,
        lane,
        { address, allocation: freed.label },
        "Free it after the last thread has used it.",
      );
    }
    const nearest = this.machine.memory.nearest(address);
    const relation = nearest === undefined ? "nothing is allocated" : describeDistance(address, nearest);
    this.fault(
      "out-of-bounds",
      `out-of-bounds ${size} at ${formatAddress(address)}: ${relation}`,
      lane,
      { address, allocation: nearest?.label },
      "Check the index against the array's length, as in: if (i < n) …",
    );
  }

  /** `thread (3)`, and its block where there are several. */
  describeThread(lane: number): string {
    const { image, point } = this.machine;
    const thread = `thread ${formatIndex(delinearise(point.warp * 32 + lane, image.block), image.block)}`;
    if (volume(image.grid) === 1) return thread;
    return `block ${formatIndex(delinearise(point.block, image.grid), image.grid)}, ${thread}`;
  }

  /** What an instruction says went wrong in a lane. */
  fail(lane: number, fault: { readonly kind: FaultKind; readonly what: string; readonly fix: string }): never {
    this.fault(fault.kind, fault.what, lane, undefined, fault.fix);
  }

  noSuchBarrier(id: number, lane: number): never {
    this.fault("barrier", `barrier ${id}, where a block has barriers 0 to 15`, lane, undefined, "Use one of those.");
  }

  partOfWarp(id: number, threads: number, lane: number): never {
    const what = `barrier ${id} for ${threads} threads, which is no multiple of the 32 of a warp`;
    this.fault("barrier", what, lane, undefined, "Count whole warps.");
  }

  arrivalWithoutCount(id: number, lane: number): never {
    const what = `an arrival at barrier ${id} for 0 threads, where it needs to know for how many it counts`;
    this.fault("barrier", what, lane, undefined, "Count the threads that arrive and those that wait.");
  }

  differentCounts(id: number, wanted: number, before: number, pc: number, lane: number): never {
    this.fault(
      "barrier",
      `barrier ${id} for ${wanted} threads, where others came to it for ${before}, at ${this.describePc(pc)}`,
      lane,
      undefined,
      "Name the same count wherever threads meet at one barrier, or take another barrier.",
    );
  }

  mixedBarrier(id: number, kind: string, before: string, pc: number, lane: number): never {
    const described = (each: string): string =>
      each === "plain" ? "without a reduction" : `with a reduction by ${each}`;
    this.fault(
      "barrier",
      `barrier ${id} ${described(kind)}, where others came to it ${described(before)}, at ${this.describePc(pc)}`,
      lane,
      undefined,
      "Take another barrier: bar.red does not mix with others before the barrier opens.",
    );
  }

  /** The lanes of one mask are at several instructions that exchange values. */
  divergentExchange(splits: readonly Split[]): never {
    const places = [...new Set(splits.map(({ pc }) => this.describePc(pc)))].join(" and ");
    this.fault(
      "divergent exchange",
      `the lanes of one mask exchange values in different instructions, at ${places}: that is not supported`,
      lowestLane(splits[0].mask),
      undefined,
      "Move the shuffle or vote out of the branch.",
    );
  }

  livelock(what: string): never {
    const { blocks, point } = this.machine;
    const warp = blocks.running?.warps[point.warp];
    const split = warp?.splits[warp.splits.length - 1];
    this.fault(
      "livelock",
      `${what}: ${this.describeLiving()}`,
      split === undefined ? 0 : lowestLane(split.mask),
      undefined,
      "Look for a loop whose condition never changes, or raise the step limit (maxSteps, max_steps).",
    );
  }

  /** A lane calls an address at which no function begins, or one that the kernel cannot call: `name` is undefined or that one's. */
  noFunction(lane: number, address: number, name: string | undefined): never {
    const what =
      name === undefined
        ? "where no function is"
        : `the address of "${name}", which does not take and return what this call says`;
    this.fault(
      "invalid target",
      `a call of ${formatAddress(address)}, ${what}`,
      lane,
      { address, allocation: undefined },
      "Look where the pointer was set.",
    );
  }

  /** A branch by number has no such target. */
  branchIndex(lane: number, index: number, count: number): never {
    const what = `branch number ${index}, where there are ${count}: 0 to ${count - 1}`;
    this.fault("invalid target", what, lane, undefined, "Check the index before the branch.");
  }

  /** A call does not fit the stacks of these lanes. */
  stackOverflow(lanes: number, name: string, depth: number, needed: number, limit: number): never {
    const [here, bytes] = [needed, limit].map((count) => count.toLocaleString("en-US"));
    this.fault(
      "stack overflow",
      `the stack overflows: "${name}" is called ${depth} calls deep in ${describeLanes(lanes)} and needs ${here} bytes, where a thread has ${bytes}`,
      lowestLane(lanes),
      undefined,
      "Look for a recursion that does not end, or give the launch more (stackBytes, stack_bytes).",
    );
  }

  trap(lane: number): never {
    this.fault(
      "trap",
      "the kernel ended itself with trap",
      lane,
      undefined,
      "An assertion or a check in it did not hold.",
    );
  }

  deadlock(): never {
    const { blocks, point } = this.machine;
    const block = blocks.resident.find(({ done }) => !done) as Block;
    const warp = block.warps.find(({ done }) => !done) as Warp;
    point.block = block.index;
    point.warp = warp.index;
    point.pc = warp.splits[0].pc;
    this.fault(
      "deadlock",
      `all warps wait for threads that never come: ${this.describeLiving()}${this.describeBarriers(block)}`,
      lowestLane(warp.splits[0].mask),
      undefined,
      "Every thread of the block has to reach the barrier: move it out of the branch.",
    );
  }

  private fault(
    kind: FaultKind,
    what: string,
    lane: number,
    memory: { readonly address: number; readonly allocation: string | undefined } | undefined,
    fix: string,
  ): never {
    const { image, point, program } = this.machine;
    throw new LaunchFault(
      kind,
      what,
      {
        kernel: image.kernel,
        instruction: program.operations[point.pc].verified.instruction,
        debug: image.debug,
        block: delinearise(point.block, image.grid),
        thread: delinearise(point.warp * 32 + lane, image.block),
        extents: image,
      },
      memory,
      fix,
    );
  }

  // The first few warps say enough.
  private describeLiving(): string {
    const { blocks, image } = this.machine;
    const living = blocks.resident.flatMap(({ index, warps }) => {
      const block =
        blocks.resident.length > 1 ? `block ${formatIndex(delinearise(index, image.grid), image.grid)}, ` : "";
      return warps.filter((warp) => !warp.done).map((warp) => `${block}${this.describeSplits(warp)}`);
    });
    const more = living.length > 4 ? `; and ${living.length - 4} warps more` : "";
    return `${living.slice(0, 4).join("; ")}${more}`;
  }

  private describeBarriers({ barriers }: Block): string {
    return barriers.begun
      .map((id) => {
        const { arrived, wanted, forAll } = barriers.at(id) as BarrierState;
        return `; at barrier ${id} ${arrived} of ${forAll ? "all" : wanted} threads have come`;
      })
      .join("");
  }

  private describeSplits(warp: Warp): string {
    const splits = warp.splits.map((split) => {
      const what = split.state === "barrier" ? `barrier ${split.awaited}` : `the ${split.state}`;
      const doing = split.state === "ready" ? "at" : `wait at ${what} in`;
      return `${describeLanes(split.mask)} ${doing} ${this.describePc(split.pc)}`;
    });
    return `warp ${warp.index}: ${splits.join(", ")}`;
  }

  private describePc(pc: number): string {
    return describeLine(this.machine.program.operations[pc].verified.instruction, this.machine.image.debug);
  }

  private describeShared(address: number): string {
    const last = [...this.machine.plan.shared].reverse().find(({ offset }) => offset <= address);
    return last === undefined
      ? ""
      : `: ${address - last.offset - last.bytes} bytes past the end of "${last.name}" (${last.bytes} bytes)`;
  }
}

function describeRegion(region: Pick<MemoryRegion, "label" | "dtype" | "byteLength">): string {
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
