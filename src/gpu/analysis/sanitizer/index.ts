// The sanitizer: what a kernel does that no GPU promises to do the same twice. An observer of the machine: it finds reads of memory
// that nothing has written, data races in shared and global memory, and barriers to which the threads of a block come in different
// places. Threads that have ended are not waited for, so that one that returns early is no mistake.
//
// It judges by the order that barriers, fences and atomics give (order.ts), not by the order in which this launch happened to run:
// a race is found although the interpreter runs one warp after another. It reports nothing where two stores write the same, where
// both accesses are atomic or volatile, and where it is in doubt: of a word's readers it remembers four, and what one lane of a warp
// takes over by an atomic the whole warp is taken to know. A launch takes some ten to thirty times as long under it, and some
// hundred bytes for each word of memory that is touched.
import { delinearise, formatIndex, volume } from "../../../core/dim3.js";
import { addressIn, type Place } from "../../simt/call-table.js";
import { describeLine, type Finding, type FindingKind, formatAddress, LaunchFault } from "../../simt/fault.js";
import type { Machine } from "../../simt/machine.js";
import type { MemoryRegion } from "../../simt/memory-region.js";
import type { ExecutionPoint, MemoryAccess, Observer } from "../../simt/observer.js";
import { type Operation, Step } from "../../simt/program.js";
import { lowestLane, type Warp } from "../../simt/warp.js";
import { BlockOrder, type Knowledge, type Moment, merge } from "./order.js";
import { Shadow, type WordAccess } from "./shadow.js";
import { type ReadStored, storedValue } from "./stored-value.js";
import { hasUnwritten } from "./written.js";

/** Different findings of one launch that are kept; each counts how often it was found. */
const mostFindings = 100;

/** The place among those of shared memory at which mbarriers hand over. */
const anyMbarrier = -1;

/** What an instruction means for the order of accesses. */
interface Meaning {
  readonly strong: boolean;
  readonly releases: boolean;
  readonly acquires: boolean;
  readonly fence: boolean;
  /** What an mbarrier does to the order: who arrives hands over, who tests takes over. */
  readonly mbarrier: "arrives" | "tests" | undefined;
  readonly stored: ReadStored | undefined;
  /** The bytes of what a load reads at a time, several times where it reads a vector; undefined for what has no type. */
  readonly elementBytes: number | undefined;
}

interface BlockState {
  readonly order: BlockOrder;
  readonly shared: Shadow;
  /** 1 for each byte that has been written. */
  readonly writtenShared: Uint8Array;
  /** Of each thread, as far as it has got. */
  readonly writtenLocal: Uint8Array[];
  /** What was handed over at addresses of shared memory. */
  readonly handedOver: Map<number, Knowledge>;
  /** Where the first thread waits that has come to a barrier of the whole block, by its id. */
  readonly waitingAt: Map<number, number>;
}

type MemoryPlace = Extract<Place, { readonly kind: "memory" }>;

interface Found {
  readonly finding: Finding;
  times: number;
}

export class Sanitizer implements Observer {
  private machine: Machine | undefined;
  private meanings: readonly Meaning[] = [];
  /** What functions are handed in memory, by the pc at which they begin. */
  private readonly handed = new Map<number, readonly MemoryPlace[]>();
  private readonly blocks = new Map<number, BlockState>();
  private readonly global = new Shadow();
  private readonly handedOver = new Map<number, Knowledge>();
  private readonly found = new Map<string, Found>();
  private dropped = 0;
  private readonly scratch = new Uint8Array(64);

  /** What it looks at; before the machine runs. */
  attach(machine: Machine): void {
    this.machine = machine;
    const { operations, layout, functions, calls } = machine.program;
    for (const { start, parameters } of calls.callees) {
      const inMemory = parameters.filter((place) => place.kind === "memory");
      if (inMemory.length > 0) this.handed.set(start, inMemory);
    }
    this.meanings = operations.map((operation) => {
      const slots = layout.slots.get(functions[operation.function].name) ?? new Map();
      return meaningOf(operation, storedValue(operation.verified, slots));
    });
  }

  /** What was found so far, in the order in which it was found first; the last says how much more there was than is kept. */
  findings(): Finding[] {
    return [...this.found.values()].map(({ finding, times }, index) => {
      const lines = [finding.message];
      if (times !== 1) lines.push(`It happened ${times.toLocaleString("en-US")} times.`);
      if (this.dropped > 0 && index === mostFindings - 1) {
        lines.push(
          `Beyond these ${mostFindings} findings others were found, ${this.dropped.toLocaleString("en-US")} times.`,
        );
      }
      return lines.length === 1 ? finding : { ...finding, message: lines.join("\n") };
    });
  }

  blockStart(block: number, shared: MemoryRegion): void {
    const { image } = this.attached();
    const warps = Math.ceil(volume(image.block) / 32);
    this.blocks.set(block, {
      order: new BlockOrder(block, warps),
      shared: new Shadow(),
      writtenShared: new Uint8Array(shared.byteLength),
      writtenLocal: [],
      handedOver: new Map(),
      waitingAt: new Map(),
    });
  }

  blockEnd(block: number): void {
    this.blocks.delete(block);
  }

  instruction(point: ExecutionPoint, mask: number, active: number): void {
    const block = this.blocks.get(point.block) as BlockState;
    const handed = this.handed.get(point.pc);
    if (handed !== undefined) this.beginFunction(point, block, active, handed);
    for (const id of block.order.goOn(point.warp, mask)) block.waitingAt.delete(id);
    const { operations } = this.attached().program;
    const operation = operations[point.pc];
    if (mask === 0) return;
    const { fence, mbarrier } = this.meanings[point.pc];
    if (fence) block.order.fence(point.warp, mask);
    if (mbarrier !== undefined) this.atMbarrier(point.warp, block, mask, mbarrier);
    if (operation.step === Step.barrier && operation.barrier !== undefined) {
      const id = this.warpAt(point).registers.u32[operation.barrier.id + lowestLane(mask)];
      block.order.comeToBarrier(id, point.warp, mask, operation.barrier.waits);
      if (operation.barrier.threads < 0) this.comeToBarrier(point, block, id, mask);
    } else if (operation.step === Step.together || operation.step === Step.warpBarrier) {
      const warp = this.warpAt(point);
      const members = warp.registers.u32[operation.awaited + lowestLane(mask)] & warp.exists & ~warp.exited;
      block.order.comeTogether(point.warp, mask, members);
    }
  }

  memory(point: ExecutionPoint, access: MemoryAccess): void {
    const { space, mask } = access;
    if (space === "const" || space === "param") return;
    // What an asynchronous copy brought is there when its barrier says so, for whoever asks the barrier.
    const landed = this.meanings[point.pc].mbarrier !== undefined;
    const block = this.blocks.get(point.block) as BlockState;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const address = access.addresses[lane];
      if (space === "local") this.local(point, block, lane, address, access);
      else if (landed && space === "shared") block.writtenShared.fill(1, address, address + access.bytesPerLane);
      else if (space === "shared") this.sharedAccess(point, block, lane, address, access);
      else this.globalAccess(point, block, lane, address, access);
    }
  }

  // Accesses to an mbarrier itself are none that observers see. All of a block are taken for one: in doubt nothing is reported.
  private atMbarrier(warp: number, { order, handedOver }: BlockState, mask: number, does: "arrives" | "tests"): void {
    const known = handedOver.get(anyMbarrier);
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      if (does === "tests") {
        if (known !== undefined) order.takeOver(warp, lane, known);
        continue;
      }
      const given = order.handedOver(warp, lane, true);
      const before = handedOver.get(anyMbarrier);
      if (given === undefined) continue;
      if (before === undefined) handedOver.set(anyMbarrier, new Map(given));
      else merge(before, given);
    }
  }

  // A call has written what it hands over, which the function may read through an address like its other local memory.
  private beginFunction(
    point: ExecutionPoint,
    block: BlockState,
    active: number,
    handed: readonly MemoryPlace[],
  ): void {
    const warp = this.warpAt(point);
    for (let lane = 0; lane < 32; lane++) {
      if ((active & (1 << lane)) === 0) continue;
      for (const { address, words } of handed) {
        const from = addressIn(warp, lane, address);
        const to = from + 4 * words;
        writtenLocal(block, point.warp * 32 + lane, to).fill(1, from, to);
      }
    }
  }

  private local(point: ExecutionPoint, block: BlockState, lane: number, at: number, access: MemoryAccess): void {
    const end = at + access.bytesPerLane;
    const { tops } = this.warpAt(point);
    // What lies outside ends the launch by itself.
    if (at < 0 || end > tops[lane]) return;
    const written = writtenLocal(block, point.warp * 32 + lane, end);
    this.touch(point, written, at, lane, at, access, "local memory");
  }

  private sharedAccess(point: ExecutionPoint, block: BlockState, lane: number, at: number, access: MemoryAccess): void {
    if (at < 0 || at + access.bytesPerLane > block.writtenShared.length) return;
    this.touch(point, block.writtenShared, at, lane, at, access, "shared memory");
    this.race(point, block, lane, at, access, block.shared);
    this.handOver(point, block, lane, at, access, block.handedOver);
  }

  private globalAccess(point: ExecutionPoint, block: BlockState, lane: number, at: number, access: MemoryAccess): void {
    const region = this.attached().memory.find(at, access.bytesPerLane);
    if (region === undefined) return;
    const written = region.writtenBytes();
    if (written !== undefined) this.touch(point, written, at - region.base, lane, at, access, "global memory");
    this.race(point, block, lane, at, access, this.global);
    this.handOver(point, block, lane, at, access, this.handedOver);
  }

  private touch(
    point: ExecutionPoint,
    written: Uint8Array,
    from: number,
    lane: number,
    address: number,
    { kind, bytesPerLane, space }: MemoryAccess,
    where: string,
  ): void {
    const to = from + bytesPerLane;
    if (kind !== "store") {
      const apart = kind === "load" ? (this.meanings[point.pc].elementBytes ?? bytesPerLane) : 1;
      if (hasUnwritten(written, from, to, apart)) {
        const label = this.labelOf(space, address);
        this.report(
          "uninitialised read",
          `${bytesPerLane}-byte ${kind === "atomic" ? "atomic access" : "load"} of ${where} at ${this.placeOf(space, address)}${label === space ? "" : `, in "${label}"`}, which nothing has written`,
          point,
          lane,
          { address, allocation: label },
          "Write it first, or initialise it.",
          String(point.pc),
        );
      }
    }
    if (kind !== "load") written.fill(1, from, to);
  }

  private race(
    point: ExecutionPoint,
    block: BlockState,
    lane: number,
    address: number,
    access: MemoryAccess,
    shadow: Shadow,
  ): void {
    const { pc, warp } = point;
    const { strong, stored } = this.meanings[pc];
    const { bytesPerLane, kind } = access;
    const writes = kind !== "load";
    const known = writes && stored?.(this.warpAt(point), lane, this.scratch) === true;
    const moment = block.order.now(warp, lane);
    const isBehind = (earlier: Moment): boolean => block.order.isBehind(warp, lane, earlier);
    const end = address + bytesPerLane;
    for (let word = Math.floor(address / 4); word * 4 < end; word++) {
      const from = Math.max(word * 4, address);
      const to = Math.min(word * 4 + 4, end);
      let bytes = 0;
      let value = 0;
      for (let at = from; at < to; at++) {
        bytes |= 1 << (at - word * 4);
        if (known) value |= this.scratch[at - address] << (8 * (at - word * 4));
      }
      const now: WordAccess = { ...moment, pc, bytes, strong, value: known ? value : undefined };
      shadow.access(word, now, writes, isBehind, (earlier, wrote) => {
        this.reportRace(point, lane, word * 4, access, now, earlier, wrote);
      });
    }
  }

  private handOver(
    { warp, pc }: ExecutionPoint,
    { order }: BlockState,
    lane: number,
    address: number,
    { kind }: MemoryAccess,
    at: Map<number, Knowledge>,
  ): void {
    const { strong, acquires, releases } = this.meanings[pc];
    if (!strong) return;
    const known = at.get(address);
    if (known !== undefined && kind !== "store" && acquires) order.takeOver(warp, lane, known);
    if (kind === "load") return;
    const given = order.handedOver(warp, lane, releases);
    if (given === undefined) return;
    if (known === undefined) at.set(address, new Map(given));
    else merge(known, given);
  }

  private reportRace(
    point: ExecutionPoint,
    lane: number,
    address: number,
    { space, kind }: MemoryAccess,
    now: WordAccess,
    earlier: WordAccess,
    wrote: boolean,
  ): void {
    const { program, image } = this.attached();
    const label = this.labelOf(space, address);
    const warps = Math.ceil(volume(image.block) / 32);
    const block = Math.floor(earlier.warp / warps);
    const thread = delinearise((earlier.warp % warps) * 32 + earlier.lane, image.block);
    const other = describeLine(program.operations[earlier.pc].verified.instruction, image.debug);
    const who =
      block === point.block
        ? `thread ${formatIndex(thread, image.block)}`
        : `thread ${formatIndex(thread, image.block)} of block ${formatIndex(delinearise(block, image.grid), image.grid)}`;
    const values =
      kind !== "load" && wrote && now.value !== undefined && earlier.value !== undefined
        ? `: 0x${(now.value >>> 0).toString(16)} after 0x${(earlier.value >>> 0).toString(16)}`
        : "";
    const does = { load: "reads", store: "writes", atomic: "changes" }[kind];
    this.report(
      "data race",
      `data race in ${space} memory at ${this.placeOf(space, address)}${label === space ? "" : `, in "${label}"`}: this thread ${does} what ${who} ${wrote ? "writes" : "reads"} in ${other}, and nothing orders the two${values}`,
      point,
      lane,
      { address, allocation: label },
      space === "shared"
        ? "Put a barrier between them (__syncthreads, or __syncwarp within a warp)."
        : "Let one of them be atomic, or order them: by a barrier within a block, by a fence and an atomic between blocks.",
      `${point.pc}/${earlier.pc}/${label}`,
    );
  }

  // A barrier of the whole block, to which threads of one block come in different places.
  private comeToBarrier(point: ExecutionPoint, block: BlockState, id: number, mask: number): void {
    const { program, image } = this.attached();
    const first = block.waitingAt.get(id);
    if (first === undefined) block.waitingAt.set(id, point.pc);
    if (first === undefined || first === point.pc) return;
    const other = describeLine(program.operations[first].verified.instruction, image.debug);
    this.report(
      "barrier divergence",
      `this thread waits at a barrier of the block where others wait at the one in ${other}`,
      point,
      lowestLane(mask),
      undefined,
      "Let all threads of the block come to the same barrier: move it out of the branch.",
      `${point.pc}/${first}`,
    );
  }

  private report(
    kind: FindingKind,
    what: string,
    point: ExecutionPoint,
    lane: number,
    memory: { readonly address: number; readonly allocation: string } | undefined,
    fix: string,
    key: string,
  ): void {
    const known = this.found.get(`${kind} ${key}`);
    if (known !== undefined) {
      known.times++;
      return;
    }
    if (this.found.size >= mostFindings) {
      this.dropped++;
      return;
    }
    const { program, image } = this.attached();
    const place = {
      kernel: image.kernel,
      instruction: program.operations[point.pc].verified.instruction,
      debug: image.debug,
      block: delinearise(point.block, image.grid),
      thread: delinearise(point.warp * 32 + lane, image.block),
      extents: image,
    };
    this.found.set(`${kind} ${key}`, { finding: new LaunchFault(kind, what, place, memory, fix).finding, times: 1 });
  }

  /** The allocation or the shared variable at an address. */
  private labelOf(space: MemoryAccess["space"], address: number): string {
    const { memory, plan } = this.attached();
    if (space === "global") return memory.find(address, 1)?.label ?? "global";
    if (space !== "shared") return space;
    return plan.shared.find(({ offset, bytes }) => address >= offset && address < offset + bytes)?.name ?? "shared";
  }

  private placeOf(space: MemoryAccess["space"], address: number): string {
    return space === "global" ? formatAddress(address) : `byte ${address}`;
  }

  private warpAt({ warp }: ExecutionPoint): Warp {
    return (this.attached().blocks.running as { warps: readonly Warp[] }).warps[warp];
  }

  private attached(): Machine {
    if (this.machine === undefined) throw new Error("the sanitizer is attached to no machine");
    return this.machine;
  }
}

function meaningOf({ verified }: Operation, stored: ReadStored | undefined): Meaning {
  const { row, modifiers } = verified;
  const { sem } = modifiers;
  const isAtomic = row.opcode === "atom" || row.opcode === "red" || row.opcode === "mbarrier";
  const isOrdered = ["volatile", "mmio", "relaxed", "acquire", "release"].some((word) => modifiers[word] !== undefined);
  const strong = isAtomic || isOrdered || sem !== undefined;
  return {
    strong,
    releases: sem === "release" || sem === "acq_rel" || modifiers["release"] !== undefined || row.opcode === "mbarrier",
    acquires: strong,
    fence: row.opcode === "membar" || row.opcode === "fence",
    mbarrier:
      modifiers["test_wait"] !== undefined || modifiers["try_wait"] !== undefined
        ? "tests"
        : row.opcode === "mbarrier" || modifiers["mbarrier"] !== undefined
          ? "arrives"
          : undefined,
    stored,
    elementBytes: verified.type?.bytes,
  };
}

/** Which bytes of a thread's local memory have been written, as far as `end` at least. */
function writtenLocal({ writtenLocal: threads }: BlockState, thread: number, end: number): Uint8Array {
  const written = threads[thread];
  if (written !== undefined && written.length >= end) return written;
  const longer = new Uint8Array(Math.max(end, 2 * (written?.length ?? 32)));
  if (written !== undefined) longer.set(written);
  threads[thread] = longer;
  return longer;
}
