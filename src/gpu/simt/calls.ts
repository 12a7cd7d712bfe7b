// Calls, returns and branches to one of many places: where lanes go that do not simply go on. A lane's stack is its own: lanes of one
// warp can be in different functions, and in one function on behalf of different callers.
import { type Callee, type CallSite, type CallTable, read, registerWords, wordsOf, write } from "./call-table.js";
import type { FaultReports } from "./fault-reports.js";
import { type Operation, Step } from "./program.js";
import type { Reconvergence, Way } from "./reconvergence.js";
import { type Frame, lowestLane, type Split, type Warp } from "./warp.js";

/** Bytes of stack of a thread unless the launch says otherwise: what functions that are entered again put aside and have locally. */
export const defaultStackBytes = 65_536;

/** Bytes that a return address takes. */
const addressBytes = 8;

export class Calls {
  /** Where values are while registers change hands. */
  private readonly values: Uint32Array;

  constructor(
    private readonly table: CallTable,
    private readonly policy: Reconvergence,
    private readonly reports: FaultReports,
    /** Bytes of a thread's local memory below its stack. */
    private readonly localBytes: number,
    private readonly stackBytes: number,
  ) {
    const sizes = table.callees.map(({ parameters, results }) => Math.max(words(parameters), words(results)));
    this.values = new Uint32Array(Math.max(1, ...sizes));
  }

  /** Lanes of the running split, which is at `pc`, execute a call, a return or a branch by number. */
  go(warp: Warp, split: Split, pc: number, operation: Operation, lanes: number): void {
    if (operation.step === Step.call) this.call(warp, split, pc, lanes);
    else if (operation.step === Step.return) this.return(warp, split, pc, lanes);
    else this.branch(warp, split, pc, operation, lanes);
  }

  private branch(warp: Warp, split: Split, pc: number, { awaited, targets, meeting }: Operation, lanes: number): void {
    const { depth } = split;
    const groups = new Map<number, number>();
    for (let lane = 0; lane < 32; lane++) {
      if ((lanes & (1 << lane)) === 0) continue;
      const index = warp.registers.u32[awaited + lane];
      if (index >= targets.length) this.reports.branchIndex(lane, index, targets.length);
      groups.set(targets[index], (groups.get(targets[index]) ?? 0) | (1 << lane));
    }
    this.policy.part(warp, waysTo(groups, depth), pc + 1, meeting);
  }

  private call(warp: Warp, split: Split, pc: number, lanes: number): void {
    const site = this.table.sites.get(pc) as CallSite;
    const groups = site.pointer === undefined ? new Map([[site.callees[0], lanes]]) : this.byAddress(warp, site, lanes);
    const ways: Way[] = [];
    for (const [callee, mask] of groups) {
      this.enter(warp, pc, site, callee, mask);
      ways.push({ pc: this.table.callees[callee].start, mask, depth: split.depth + 1 });
    }
    this.policy.part(warp, ways, pc + 1, { pc: pc + 1, onlyReturns: false });
  }

  private byAddress(warp: Warp, { pointer, callees }: CallSite, lanes: number): Map<number, number> {
    const groups = new Map<number, number>();
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((lanes & (1 << lane)) === 0) continue;
      const at = (pointer as number) + 2 * lane;
      const address = u32[at + 1] * 4294967296 + u32[at];
      const found = this.table.byAddress.get(address);
      const callee = found?.callee;
      if (callee === undefined || !callees.includes(callee)) return this.reports.noFunction(lane, address, found?.name);
      groups.set(callee, (groups.get(callee) ?? 0) | (1 << lane));
    }
    return groups;
  }

  private enter(warp: Warp, pc: number, site: CallSite, index: number, lanes: number): void {
    const callee = this.table.callees[index];
    const { reentrant } = callee;
    const { values } = this;
    if (reentrant !== undefined) {
      warp.entries++;
      this.checkStack(warp, callee, lanes);
    }
    let shared: Frame | undefined;
    const { frames, tops } = warp.stacks();
    for (let lane = 0; lane < 32; lane++) {
      if ((lanes & (1 << lane)) === 0) continue;
      for (let i = 0, at = 0; i < site.arguments.length; i++) {
        read(warp, lane, site.arguments[i], values, at);
        at += wordsOf(callee.parameters[i]);
      }
      const outer = frames[lane];
      const top = tops[lane];
      if (reentrant !== undefined) {
        const saved = putAside(warp, lane, reentrant);
        const savedBytes = (outer?.savedBytes ?? 0) + bytesAside(reentrant);
        frames[lane] = { site: pc, callee: index, outer, top, saved, savedBytes };
        tops[lane] = openFrame(warp, lane, reentrant);
      } else {
        if (shared === undefined || shared.outer !== outer || shared.top !== top) {
          shared = { site: pc, callee: index, outer, top, saved: undefined, savedBytes: outer?.savedBytes ?? 0 };
        }
        frames[lane] = shared;
      }
      for (let i = 0, at = 0; i < callee.parameters.length; i++) {
        write(warp, lane, callee.parameters[i], values, at);
        at += wordsOf(callee.parameters[i]);
      }
    }
  }

  private checkStack(warp: Warp, callee: Callee, lanes: number): void {
    const { plan } = callee.reentrant as Reentrant;
    let over = 0;
    let needed = 0;
    for (let lane = 0; lane < 32; lane++) {
      if ((lanes & (1 << lane)) === 0) continue;
      const saved = (warp.frames[lane]?.savedBytes ?? 0) + bytesAside(callee.reentrant as Reentrant);
      const bytes = saved + aligned(warp.tops[lane], plan.alignment) + plan.bytes - this.localBytes;
      if (bytes <= this.stackBytes) continue;
      over |= 1 << lane;
      needed = Math.max(needed, bytes);
    }
    if (over === 0) return;
    const depth = depthOf(warp.frames[lowestLane(over)]);
    this.reports.stackOverflow(over, callee.name, depth, needed, this.stackBytes);
  }

  private return(warp: Warp, split: Split, pc: number, lanes: number): void {
    const { values, table } = this;
    const { frames, tops } = warp.stacks();
    const groups = new Map<number, number>();
    for (let lane = 0; lane < 32; lane++) {
      if ((lanes & (1 << lane)) === 0) continue;
      const frame = frames[lane] as Frame;
      const callee = table.callees[frame.callee];
      const { results } = table.sites.get(frame.site) as CallSite;
      for (let i = 0, at = 0; i < callee.results.length; i++) {
        read(warp, lane, callee.results[i], values, at);
        at += wordsOf(callee.results[i]);
      }
      if (callee.reentrant !== undefined) {
        warp.entries++;
        putBack(warp, lane, callee.reentrant, frame.saved as Uint32Array);
      }
      tops[lane] = frame.top;
      frames[lane] = frame.outer;
      for (let i = 0, at = 0; i < results.length; i++) {
        const place = results[i];
        if (place !== undefined) write(warp, lane, place, values, at);
        at += wordsOf(callee.results[i]);
      }
      groups.set(frame.site + 1, (groups.get(frame.site + 1) ?? 0) | (1 << lane));
    }
    // Those of the split that do not return go on.
    split.pc = pc + 1;
    this.policy.comeBack(warp, waysTo(groups, split.depth - 1));
  }
}

/** How many calls deep a lane is. */
function depthOf(frame: Frame | undefined): number {
  let depth = 0;
  for (let each = frame; each !== undefined; each = each.outer) depth++;
  return depth;
}

type Reentrant = NonNullable<Callee["reentrant"]>;

function waysTo(groups: ReadonlyMap<number, number>, depth: number): Way[] {
  return [...groups].map(([pc, mask]) => ({ pc, mask, depth }));
}

function words(places: Callee["parameters"]): number {
  return places.reduce((sum, place) => sum + wordsOf(place), 0);
}

function aligned(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}

function wordsAside({ registers, frame }: Reentrant): number {
  const places = registers.reduce((sum, { type }) => sum + registerWords(type.bytes), 0);
  return frame.addresses.reduce((sum, { wide }) => sum + (wide ? 2 : 1), places + 1);
}

// A predicate takes a word, as any register: nobody counts the bytes of a stack so closely.
function bytesAside(reentrant: Reentrant): number {
  return addressBytes + 4 * wordsAside(reentrant);
}

function putAside(warp: Warp, lane: number, reentrant: Reentrant): Uint32Array {
  const { registers, frame } = reentrant;
  const { u32, predicates } = warp.registers;
  const saved = new Uint32Array(wordsAside(reentrant));
  let at = 0;
  saved[at++] = u32[frame.slot + lane];
  for (const { slot, wide } of frame.addresses) {
    if (wide) {
      saved[at++] = u32[slot + 2 * lane];
      saved[at++] = u32[slot + 2 * lane + 1];
    } else saved[at++] = u32[slot + lane];
  }
  for (const { offset, type } of registers) {
    if (type.kind === "predicate") saved[at++] = (predicates[offset] >>> lane) & 1;
    else {
      const count = registerWords(type.bytes);
      for (let from = offset + count * lane, i = 0; i < count; i++) saved[at++] = u32[from + i];
    }
  }
  return saved;
}

function putBack(warp: Warp, lane: number, { registers, frame }: Reentrant, saved: Uint32Array): void {
  const { u32, predicates } = warp.registers;
  let at = 0;
  u32[frame.slot + lane] = saved[at++];
  for (const { slot, wide } of frame.addresses) {
    if (wide) {
      u32[slot + 2 * lane] = saved[at++];
      u32[slot + 2 * lane + 1] = saved[at++];
    } else u32[slot + lane] = saved[at++];
  }
  for (const { offset, type } of registers) {
    if (type.kind === "predicate") {
      predicates[offset] = (predicates[offset] & ~(1 << lane)) | (saved[at++] << lane);
    } else {
      const count = registerWords(type.bytes);
      for (let to = offset + count * lane, i = 0; i < count; i++) u32[to + i] = saved[at++];
    }
  }
}

/** Gives a lane the function's local variables, fills in their addresses, and tells where they end. */
function openFrame(warp: Warp, lane: number, { frame, plan }: Reentrant): number {
  const { u32 } = warp.registers;
  const base = aligned(warp.tops[lane], plan.alignment);
  warp.growLocal(base + plan.bytes);
  u32[frame.slot + lane] = base;
  for (const { slot, wide, offset } of frame.addresses) {
    if (wide) {
      u32[slot + 2 * lane] = base + offset;
      u32[slot + 2 * lane + 1] = 0;
    } else u32[slot + lane] = base + offset;
  }
  return base + plan.bytes;
}
