// What is to be seen at one place of a recorded launch: the shown warp's instruction, lanes, values and memory access.
// Read from the recording once for each place; drawing and wording it is left to others.

import type { MemoryAccess, Replay, ReplayCall, StepRecord } from "../../src/gpu/analysis/replay.js";
import type { KernelVariable } from "../../src/gpu/ptx/debug-info.js";
import { isBranch, reachesMemory } from "./mnemonic.js";
import { isDTypeName, type RegisterValue } from "./numbers.js";
import { countBelow, type Session, type WarpId } from "./session.js";

/**
 * What a lane is doing. "on" executed the shown instruction; "skip" was there, but its predicate said no; "off" is on
 * another path; "ready" has not begun; "absent" does not exist, because the block is smaller than its last warp.
 */
export type LaneState = "on" | "skip" | "off" | "barrier" | "done" | "ready" | "absent";

/** One variable or register over the lanes of the warp. */
export interface ValueRow {
  readonly name: string;
  readonly register: string;
  readonly type: string;
  /** Undefined while the warp has no registers: its block has not begun, or has ended. */
  readonly values: readonly RegisterValue[] | undefined;
  /** The lanes whose value the shown step changed. */
  readonly changed: number;
}

export interface ShownAccess {
  readonly access: MemoryAccess;
  readonly step: number;
  /** How many steps of this warp ago it was; 0 when the shown step made it. */
  readonly age: number;
}

export interface Scene {
  readonly position: number;
  readonly warp: WarpId;
  /** The shown warp's last step; undefined before its first. */
  readonly record: StepRecord | undefined;
  /** Whether the shown step is the launch's last so far. */
  readonly current: boolean;
  /** The instruction on show: the record's, or the first to come. */
  readonly pc: number;
  /** The function that it stands in, or the kernel. */
  readonly function: string;
  /** The calls that the chosen lane is in, the innermost first. */
  readonly calls: readonly ReplayCall[];
  /** What the launch has printed so far. */
  readonly printed: string;
  /** Whether it is a branch: "on" then means that a lane takes it, "skip" that it goes on. */
  readonly branch: boolean;
  readonly lane: number;
  readonly lanes: readonly LaneState[];
  readonly status: "not started" | "ready" | "barrier" | "done";
  readonly variables: readonly ValueRow[];
  /** Empty unless asked for. */
  readonly registers: readonly ValueRow[];
  /** The warp's last access to global, shared or local memory. */
  readonly access: ShownAccess | undefined;
  /** The message of the fault that the shown step ended with. */
  readonly fault: string | undefined;
  /** The lanes whose access made the shown step fault. */
  readonly atFault: number;
}

/**
 * Leaves the replay at the session's position. It goes through the step before, so that what the shown step changed can be
 * told; going one step forward, the replay is there already. `variablesOf` gives the variables of a function's source.
 */
export function sceneAt(
  replay: Replay,
  session: Session,
  variablesOf: (owner: string) => readonly KernelVariable[],
  options: { readonly registers: boolean },
): Scene {
  const { position, warp, lane } = session;
  const steps = replay.stepsOfWarp(warp.block, warp.warp);
  const index = countBelow(steps, position) - 1;
  const record = index < 0 ? undefined : replay.recordAt(steps[index]);
  const current = record !== undefined && record.step === position - 1;
  const pc = record?.pc ?? (steps.length === 0 ? 0 : replay.recordAt(steps[0]).pc);
  const owner = replay.entry.instructions[pc].function;
  // Variables and registers are those of the function that runs.
  const variables = variablesOf(owner);
  const wanted = [
    ...variables,
    ...(options.registers
      ? replay.registers
          .filter((each) => each.function === owner)
          .map(({ name, type }) => ({ name, register: name, type }))
      : []),
  ];
  const read = (): (readonly RegisterValue[] | undefined)[] =>
    wanted.map((each) => replay.readRegister(each.register, warp.block, warp.warp, readAs(each.type), owner));
  let before: ReturnType<typeof read> = [];
  if (current) {
    replay.seek(position - 1);
    before = read();
  }
  replay.seek(position);
  const after = read();
  const rows = wanted.map(({ name, register, type }, row): ValueRow => {
    // A block that has just ended has no registers any more: its last values still belong to the step on show.
    const values = after[row] ?? before[row];
    return { name, register, type, values, changed: (differences(before[row], values) & (record?.mask ?? 0)) >>> 0 };
  });
  const state = replay.warpState(warp.block, warp.warp);
  const access = lastAccess(replay, steps, index);
  const fault = current && position === replay.length ? replay.fault : undefined;
  return {
    position,
    warp,
    record,
    current,
    pc,
    function: owner,
    calls: replay.callStack(warp.block, warp.warp, lane),
    printed: replay.printed,
    branch: isBranch(replay.entry.instructions[pc].text),
    lane,
    lanes: laneStates(record, current, state),
    status: state.status,
    variables: rows.slice(0, variables.length),
    registers: rows.slice(variables.length),
    access,
    fault: fault?.message,
    atFault: fault === undefined || access?.age !== 0 ? 0 : lanesAtFault(replay, warp, access.access),
  };
}

/** What each lane is doing, given the warp's last step and its state after it. */
export function laneStates(
  record: Pick<StepRecord, "mask" | "active"> | undefined,
  current: boolean,
  state: { readonly exists: number; readonly exited: number; readonly atBarrier: number },
): LaneState[] {
  const has = (mask: number, lane: number): boolean => ((mask >>> lane) & 1) === 1;
  return Array.from({ length: 32 }, (_, lane): LaneState => {
    if (!has(state.exists, lane)) return "absent";
    if (record === undefined) return "ready";
    // While another warp runs, what matters of this one is where it waits.
    if (!current && has(state.exited, lane)) return "done";
    if (!current && has(state.atBarrier, lane)) return "barrier";
    if (has(record.mask, lane)) return "on";
    if (has(state.exited, lane)) return "done";
    if (has(state.atBarrier, lane)) return "barrier";
    return has(record.active, lane) ? "skip" : "off";
  });
}

/** The lanes, as a mask, in which two readings of a register differ. NaN equals NaN; 0 and −0 differ. */
export function differences(
  before: readonly RegisterValue[] | undefined,
  after: readonly RegisterValue[] | undefined,
): number {
  let mask = 0;
  if (before === undefined || after === undefined) return mask;
  for (let lane = 0; lane < 32; lane++) if (!Object.is(before[lane], after[lane])) mask |= 1 << lane;
  return mask >>> 0;
}

/** The lane that the launch's fault names. */
export function faultLane({ fault, image }: Pick<Replay, "fault" | "image">): number | undefined {
  if (fault === undefined) return undefined;
  const [x, y, z] = fault.finding.thread;
  return (x + image.block.x * (y + image.block.y * z)) % 32;
}

/** The lane that the fault names, and every other whose access is not within memory either. */
function lanesAtFault(
  replay: Replay,
  { block }: WarpId,
  { space, mask, addresses, bytesPerLane }: MemoryAccess,
): number {
  const named = faultLane(replay);
  if (named === undefined || replay.fault?.finding.address == null) return 0;
  const memory =
    space === "global"
      ? replay.globalMemory().map(({ address, bytes }) => [address, address + bytes.length] as const)
      : space === "shared"
        ? [[0, replay.sharedMemory(block).length] as const]
        : [[0, Number.POSITIVE_INFINITY] as const];
  let lanes = 1 << named;
  for (let lane = 0; lane < 32; lane++) {
    const from = addresses[lane];
    const within = memory.some(([start, end]) => from >= start && from + bytesPerLane <= end);
    if ((mask >>> lane) & 1 && !within) lanes |= 1 << lane;
  }
  return (lanes & mask) >>> 0;
}

function lastAccess(replay: Replay, steps: Uint32Array, from: number): ShownAccess | undefined {
  for (let index = from; index >= 0; index--) {
    const { pc } = replay.recordAt(steps[index]);
    if (!reachesMemory(replay.entry.instructions[pc].text)) continue;
    const access = replay.accessAt(steps[index]);
    if (access === undefined || access.mask === 0) continue;
    return { access, step: steps[index], age: from - index };
  }
  return undefined;
}

/** How a register that holds a variable of this type is to be read. */
function readAs(type: string): string | undefined {
  if (type.endsWith(".ptr")) return "u64";
  return isDTypeName(type) ? type : undefined;
}
