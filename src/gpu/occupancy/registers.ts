// How many registers a thread of a kernel needs: an estimate. PTX has as many registers as it likes, and NVIDIA's assembler,
// which alone knows, decides how many there are. Here the values that live at one time are counted.
import { volume } from "../../core/dim3.js";
import type { DeviceLimits } from "../../hardware/index.js";
import { successorsOf } from "../ptx/control-flow.js";
import type { Operand } from "../ptx/syntax.js";
import type { VerifiedEntry, VerifiedFunction, VerifiedInstruction } from "../ptx/verify.js";

/** Where a number of registers comes from. `estimate` may be some way off: ptxas reorders, keeps addresses, and spills. */
export type RegisterSource = "stated" | "estimate" | ".maxnreg" | ".minnctapersm" | ".maxntid";

export interface ThreadRegisters {
  readonly count: number;
  readonly source: RegisterSource;
}

/**
 * Registers beyond the values that live: what ptxas keeps for addresses, the stack and its own ends. Measured: over a hundred
 * kernels of the tests ptxas 13.0 takes this many more at the median; half of them lie within five of the estimate.
 */
export const registersBeyondValues = 4;

/**
 * The registers of a thread: `stated` where somebody who has asked ptxas says so; else the estimate, within what the kernel's
 * own directives, the device and a block of `threads` allow. An estimate never keeps a block from being launched.
 */
export function registersOf(
  verified: VerifiedEntry,
  limits: DeviceLimits,
  stated: number | undefined,
  threads: number,
): ThreadRegisters {
  if (stated !== undefined) return { count: stated, source: "stated" };
  const estimate = mostLiveWords(verified) + registersBeyondValues;
  const most = Math.min(limits.registersPerThread, registersThatFit(limits, threads, 1));
  let found: ThreadRegisters = { count: Math.min(estimate, most), source: "estimate" };
  for (const bound of boundsOf(verified, limits)) if (bound.count < found.count) found = bound;
  return found;
}

// What a kernel's directives leave a thread, as ptxas obeys them: it spills what does not fit.
function boundsOf({ entry }: VerifiedEntry, limits: DeviceLimits): ThreadRegisters[] {
  const bounds: ThreadRegisters[] = [];
  const value = (name: string): number | undefined => {
    const found = entry.directives.find((directive) => directive.name === name)?.values[0];
    return typeof found === "number" ? found : undefined;
  };
  const most = value(".maxnreg");
  if (most !== undefined) bounds.push({ count: most, source: ".maxnreg" });
  const block = entry.reqntid ?? entry.maxntid;
  if (block === undefined) return bounds;
  bounds.push({ count: registersThatFit(limits, volume(block), 1), source: ".maxntid" });
  const blocks = value(".minnctapersm");
  if (blocks !== undefined && blocks > 0) {
    bounds.push({ count: registersThatFit(limits, volume(block), blocks), source: ".minnctapersm" });
  }
  return bounds;
}

/** The most registers of a thread with which an SM holds so many blocks. */
function registersThatFit(limits: DeviceLimits, threads: number, blocks: number): number {
  const warps = blocks * Math.ceil(threads / limits.threadsPerWarp);
  const ofPart = Math.min(limits.registersPerSm, blocks * limits.registersPerBlock) / limits.subPartitions;
  const units = Math.floor(ofPart / Math.ceil(warps / limits.subPartitions) / limits.registerUnit);
  return Math.floor((units * limits.registerUnit) / limits.threadsPerWarp);
}

const counted = new WeakMap<VerifiedEntry, number>();

/**
 * The most words of 32 bits that hold values at one place in the kernel, those of the functions that it calls on top of its own;
 * predicates have registers of their own.
 */
export function mostLiveWords(verified: VerifiedEntry): number {
  let most = counted.get(verified);
  if (most === undefined) {
    most = wordsOfFunctions(verified);
    counted.set(verified, most);
  }
  return most;
}

// A function that is entered again keeps the values of the call before on its stack.
function wordsOfFunctions({ functions }: VerifiedEntry): number {
  const known = new Map<string, number>();
  const wordsOf = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const called = functions.find((each) => each.name === name);
    if (called === undefined) return 0;
    known.set(name, 0);
    const words = new Liveness(called, wordsOf).most();
    known.set(name, words);
    return words;
  };
  return wordsOf(functions[0].name);
}

/** Backwards from each read of a register to where it was written, over basic blocks. */
class Liveness {
  private readonly numbers = new Map<string, number>();
  private readonly words: number[] = [];
  private readonly code: readonly VerifiedInstruction[];
  /** Where basic blocks start, and one past the last instruction. */
  private readonly starts: readonly number[];
  private readonly successors: readonly (readonly number[])[];

  constructor(
    { body, code }: VerifiedFunction,
    private readonly wordsOf: (called: string) => number,
  ) {
    this.code = code;
    for (const { name, type } of body.registers.values()) {
      if (type.kind === "predicate") continue;
      this.numbers.set(name, this.words.length);
      this.words.push(Math.max(1, Math.ceil(type.bytes / 4)));
    }
    const next = code.map((_, pc) => successorsOf(code, pc));
    const starts = new Set([0, code.length]);
    next.forEach((pcs, pc) => {
      if (pcs.length === 1 && pcs[0] === pc + 1) return;
      starts.add(pc + 1);
      for (const target of pcs) starts.add(target);
    });
    this.starts = [...starts].sort((a, b) => a - b);
    const blockAt = new Map(this.starts.map((pc, block) => [pc, block]));
    this.successors = this.starts.slice(0, -1).map((_, block) => {
      const pcs = next[this.starts[block + 1] - 1] ?? [];
      return pcs.flatMap((pc) => (pc >= code.length ? [] : [blockAt.get(pc) as number]));
    });
  }

  most(): number {
    const blocks = this.successors.length;
    const liveIn = Array.from({ length: blocks }, () => new Set<number>());
    const predecessors: number[][] = Array.from({ length: blocks }, () => []);
    this.successors.forEach((targets, block) => {
      for (const target of targets) predecessors[target].push(block);
    });
    const pending = new Set(Array.from({ length: blocks }, (_, block) => blocks - 1 - block));
    let most = 0;
    for (const block of pending) {
      pending.delete(block);
      const live = new Set<number>();
      for (const target of this.successors[block]) for (const register of liveIn[target]) live.add(register);
      most = Math.max(most, this.walk(block, live));
      if (live.size === liveIn[block].size) continue;
      liveIn[block] = live;
      for (const before of predecessors[block]) pending.add(before);
    }
    return most;
  }

  /** From what lives behind a block to what lives before it; the most words on the way. */
  private walk(block: number, live: Set<number>): number {
    let words = 0;
    for (const register of live) words += this.words[register];
    let most = words;
    const add = (register: number): void => {
      if (live.has(register)) return;
      live.add(register);
      words += this.words[register];
    };
    for (let pc = this.starts[block + 1] - 1; pc >= this.starts[block]; pc--) {
      const { written, read } = this.registersAt(this.code[pc]);
      // A value that nobody reads needs a place nevertheless.
      for (const register of written) add(register);
      most = Math.max(most, words);
      // Under a predicate the value before may stay.
      if (this.code[pc].instruction.guard === undefined) {
        for (const register of written) if (live.delete(register)) words -= this.words[register];
      }
      for (const register of read) add(register);
      const callees = this.code[pc].call?.callees ?? [];
      most = Math.max(most, words + Math.max(0, ...callees.map((callee) => this.wordsOf(callee))));
    }
    return most;
  }

  private registersAt({ instruction, row }: VerifiedInstruction): { written: number[]; read: number[] } {
    const written: number[] = [];
    const read: number[] = [];
    const visit = (operand: Operand, into: number[]): void => {
      if (operand.kind === "vector") for (const element of operand.elements) visit(element, into);
      else if (operand.kind === "pair") {
        visit(operand.first, into);
        visit(operand.second, into);
      } else {
        const name = operand.kind === "register" ? operand.name : operand.kind === "address" ? operand.base : undefined;
        const number = name === undefined ? undefined : this.numbers.get(name);
        if (number !== undefined) into.push(number);
      }
    };
    instruction.operands.forEach((operand, index) => {
      visit(operand, row.operands[index]?.name === "d" && operand.kind !== "address" ? written : read);
    });
    if (instruction.call !== undefined) {
      visit(instruction.call.target, read);
      for (const result of instruction.call.results) visit(result, written);
    }
    return { written, read };
  }
}
