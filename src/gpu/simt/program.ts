// A verified kernel made ready to run: every instruction with the function that executes it, and where variables lie.
import { type ReconvergencePoint, reconvergencePoints } from "../ptx/control-flow.js";
import type { Operand, Variable } from "../ptx/syntax.js";
import type { VerifiedEntry, VerifiedInstruction } from "../ptx/verify.js";
import { executableRows, executor, nothing } from "./execute/index.js";
import type { MemorySystem } from "./execute/memory.js";
import { type Execute, OperandPlaces, predicateType, u32Type } from "./execute/operands.js";
import { RegisterLayout } from "./registers.js";

/** What the machine itself does with an instruction; everything else is `ordinary` and has a function. */
export enum Step {
  ordinary,
  branch,
  exit,
  barrier,
  warpBarrier,
  /** Executes when the lanes of its mask have come: shfl.sync, vote.sync. */
  together,
}

export interface Operation {
  readonly step: Step;
  readonly execute: Execute;
  /** The mask index of the guard's predicate, or -1. */
  readonly guard: number;
  /** -1 where the guard is negated: the predicate is turned around by xor. */
  readonly flip: number;
  readonly target: number;
  /** Where lanes that diverge at this branch meet again. */
  readonly meeting: ReconvergencePoint;
  /** The register of the mask of lanes that it waits for, or -1. */
  readonly awaited: number;
  /** Lanes wait at it, each split for others: a barrier of a block or of a warp. */
  readonly waits: boolean;
  /** Of a block's barrier. */
  readonly barrier: BarrierRole | undefined;
  readonly verified: VerifiedInstruction;
}

/** What an instruction does at a block's barrier. */
export interface BarrierRole {
  /** The register of the barrier's number. */
  readonly id: number;
  /** The register of how many threads it is for, or -1 for all. */
  readonly threads: number;
  /** False for bar.arrive. */
  readonly waits: boolean;
  /** What bar.red makes of a predicate of each thread, and where the result goes: a register, or a predicate for and and or. */
  readonly reduction:
    | {
        readonly operation: "popc" | "and" | "or";
        readonly destination: number;
        readonly predicate: number;
        readonly flip: number;
      }
    | undefined;
}

export interface VariablePlace {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Where a kernel's shared and local variables lie. */
export interface VariablePlan {
  readonly shared: readonly VariablePlace[];
  readonly sharedBytes: number;
  /** Bytes of local memory of a thread, a multiple of 8. */
  readonly localBytes: number;
  readonly offsets: ReadonlyMap<string, number>;
}

/** `symbols` are the addresses of the variables in global and constant memory, which are not the launch's to place. */
export function planVariables(
  verified: VerifiedEntry,
  dynamicSharedBytes: number,
  symbols: Readonly<Record<string, number>> = {},
): VariablePlan {
  const offsets = new Map<string, number>();
  const shared: VariablePlace[] = [];
  const ends = { shared: 0, local: 0 };
  const place = (variable: Variable, bytes: number): void => {
    // What calls hand over is each thread's own, as its local memory is.
    const space = variable.space === "shared" ? "shared" : "local";
    const offset = Math.ceil(ends[space] / variable.alignment) * variable.alignment;
    offsets.set(variable.name, offset);
    ends[space] = offset + bytes;
    if (space === "shared") shared.push({ name: variable.name, offset, bytes });
  };
  const variables: Variable[] = [];
  for (const variable of verified.variables.values()) {
    if (variable.space !== "global" && variable.space !== "const") variables.push(variable);
    else if (symbols[variable.symbol] !== undefined) offsets.set(variable.name, symbols[variable.symbol]);
  }
  for (const variable of variables) if (!variable.external) place(variable, variable.bytes);
  // All `extern .shared` arrays are the same dynamic part, behind the static one.
  const external = variables.filter((variable) => variable.external);
  const start = ends.shared;
  let end = start;
  for (const variable of external) {
    ends.shared = start;
    place(variable, dynamicSharedBytes);
    end = Math.max(end, ends.shared);
  }
  const sharedBytes = external.length > 0 ? end : start + dynamicSharedBytes;
  return { shared, sharedBytes, localBytes: Math.ceil(ends.local / 8) * 8, offsets };
}

export interface Program {
  readonly operations: readonly Operation[];
  readonly layout: RegisterLayout;
}

export function decode(verified: VerifiedEntry, plan: VariablePlan, system: MemorySystem): Program {
  const layout = new RegisterLayout(verified.entry);
  const places = new OperandPlaces(verified, layout, plan.offsets);
  const meetings = reconvergencePoints(verified.code);
  const operations = verified.code.map((instruction, pc): Operation => {
    const { guard } = instruction.instruction;
    const step = stepOf(instruction);
    return {
      step,
      execute: step === Step.ordinary || step === Step.together ? executor(instruction, places, system) : nothing,
      guard: guard === undefined ? -1 : (layout.slots.get(guard.register)?.offset as number),
      flip: guard?.negated === true ? -1 : 0,
      target: instruction.target ?? -1,
      meeting: meetings[pc],
      awaited: awaitedLanes(instruction, step, places),
      waits: step === Step.warpBarrier || (step === Step.barrier && instruction.modifiers["arrive"] === undefined),
      barrier: step === Step.barrier ? barrierRole(instruction, places) : undefined,
      verified: instruction,
    };
  });
  return { operations, layout };
}

// The mask stands last; the instructions on matrices are the whole warp's.
function awaitedLanes({ row, instruction }: VerifiedInstruction, step: Step, places: OperandPlaces): number {
  if (step !== Step.together && step !== Step.warpBarrier) return -1;
  if (row.category === "matrix") return places.layout.constant(0xffff_ffffn, 4);
  return places.value(instruction.operands[instruction.operands.length - 1], u32Type);
}

function barrierRole({ row, instruction, modifiers }: VerifiedInstruction, places: OperandPlaces): BarrierRole {
  const operand = (name: string): Operand | undefined =>
    instruction.operands[row.operands.findIndex((rule) => rule.name === name)];
  const threads = operand("threads");
  const role = {
    id: places.value(operand("a") as Operand, u32Type),
    threads: threads === undefined ? -1 : places.value(threads, u32Type),
    waits: modifiers["arrive"] === undefined,
  };
  if (modifiers["red"] === undefined) return { ...role, reduction: undefined };
  const operation = modifiers["op"] as "popc" | "and" | "or";
  const predicate = operand("c") as Operand;
  return {
    ...role,
    reduction: {
      operation,
      destination: places.value(operand("d") as Operand, operation === "popc" ? u32Type : predicateType),
      predicate: places.value(predicate, predicateType),
      flip: predicate.kind === "register" && predicate.negated ? -1 : 0,
    },
  };
}

function stepOf({ row, modifiers }: VerifiedInstruction): Step {
  switch (row.opcode) {
    case "bra":
      return Step.branch;
    case "ret":
    case "exit":
      return Step.exit;
    case "bar":
      return modifiers["warp"] === undefined ? Step.barrier : Step.warpBarrier;
    case "barrier":
      return Step.barrier;
    case "shfl":
    case "vote":
    case "match":
    case "redux":
    case "elect":
    case "mma":
    case "wmma":
    case "ldmatrix":
    case "stmatrix":
    case "movmatrix":
      return Step.together;
    default:
      return Step.ordinary;
  }
}

/** The opcodes that can be executed; a test holds them against the instruction table. */
export const executableOpcodes: ReadonlySet<string> = new Set([
  ...executableRows,
  "bra",
  "ret",
  "exit",
  "bar",
  "barrier",
]);
