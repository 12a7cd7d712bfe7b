// A verified kernel and its functions made ready to run, one behind the other: every instruction with the function that executes
// it, where variables lie, and what calls hand over.
import { noReconvergence, type ReconvergencePoint, reconvergencePoints } from "../ptx/control-flow.js";
import type { Operand, Variable } from "../ptx/syntax.js";
import { type PtxType, ptxType } from "../ptx/types.js";
import type { VerifiedEntry, VerifiedFunction, VerifiedInstruction } from "../ptx/verify.js";
import type { VerifiedCall } from "../ptx/verify-calls.js";
import { type Callee, type CallSite, type CallTable, placeOf } from "./call-table.js";
import { runtimeCall } from "./device-runtime.js";
import { executableRows, executor, nothing } from "./execute/index.js";
import type { MemorySystem } from "./execute/memory.js";
import {
  type Execute,
  type FrameRegisters,
  OperandPlaces,
  predicateType,
  u32Type,
  type VariablePlaces,
} from "./execute/operands.js";
import { RegisterLayout } from "./registers.js";

const u64Type = ptxType("u64");

/** What the machine itself does with an instruction; everything else is `ordinary` and has a function. */
export enum Step {
  ordinary,
  branch,
  /** A branch to one of a list of places. */
  indexed,
  call,
  /** In a function; in the kernel itself it is an exit. */
  return,
  exit,
  barrier,
  warpBarrier,
  /** Executes when the lanes of its mask have come: shfl.sync, vote.sync. */
  together,
  /** May make the lanes give way to others when it has executed: nanosleep, a wait at an mbarrier. */
  pause,
}

export interface Operation {
  readonly step: Step;
  readonly execute: Execute;
  /** The mask index of the guard's predicate, or -1. */
  readonly guard: number;
  /** -1 where the guard is negated: the predicate is turned around by xor. */
  readonly flip: number;
  readonly target: number;
  /** Of a branch by number: its targets. */
  readonly targets: readonly number[];
  /** Where lanes that diverge at this branch meet again. */
  readonly meeting: ReconvergencePoint;
  /** The register of the mask of lanes that it waits for, or of a branch's number; or -1. */
  readonly awaited: number;
  /** Lanes wait at it, each split for others: a barrier of a block or of a warp. */
  readonly waits: boolean;
  /** Of a block's barrier. */
  readonly barrier: BarrierRole | undefined;
  readonly verified: VerifiedInstruction;
  /** The function that it belongs to: its index in the program. */
  readonly function: number;
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

/** Where the variables of a kernel and of its functions lie. */
export interface VariablePlan {
  readonly shared: readonly VariablePlace[];
  readonly sharedBytes: number;
  /** Bytes of local memory of a thread, a multiple of 8, without the frames of functions that may be entered again. */
  readonly localBytes: number;
  /** By the variables' symbols. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Of the functions that may be entered again, by name: what each entry of theirs has of its own. */
  readonly frames: ReadonlyMap<string, FramePlan>;
}

export interface FramePlan {
  readonly bytes: number;
  readonly alignment: number;
  /** From the beginning of the frame, by the variables' symbols. */
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
  const [{ name: kernel }] = verified.functions;
  const place = ({ symbol, space: declared, alignment }: Variable, bytes: number): void => {
    // What calls hand over is each thread's own, as its local memory is.
    const space = declared === "shared" ? "shared" : "local";
    const offset = Math.ceil(ends[space] / alignment) * alignment;
    offsets.set(symbol, offset);
    ends[space] = offset + bytes;
    const name = symbol.startsWith(`${kernel}.`) ? symbol.slice(kernel.length + 1) : symbol;
    if (space === "shared") shared.push({ name, offset, bytes });
  };
  const variables = new Map<string, Variable>();
  const frames = new Map<string, FramePlan>();
  for (const { name, reentrant, variables: own } of verified.functions) {
    const framed: Variable[] = [];
    for (const variable of own.values()) {
      const { space, symbol } = variable;
      if (space === "global" || space === "const") {
        if (symbols[symbol] !== undefined) offsets.set(symbol, symbols[symbol]);
      } else if (reentrant && space !== "shared") framed.push(variable);
      else variables.set(symbol, variable);
    }
    if (reentrant) frames.set(name, planFrame(framed));
  }
  for (const variable of variables.values()) if (!variable.external) place(inWords(variable), inWords(variable).bytes);
  // All `extern .shared` arrays are the same dynamic part, behind the static one.
  const external = [...variables.values()].filter((variable) => variable.external);
  const start = ends.shared;
  let end = start;
  for (const variable of external) {
    ends.shared = start;
    place(variable, dynamicSharedBytes);
    end = Math.max(end, ends.shared);
  }
  const sharedBytes = external.length > 0 ? end : start + dynamicSharedBytes;
  return { shared, sharedBytes, localBytes: Math.ceil(ends.local / 8) * 8, offsets, frames };
}

function planFrame(variables: readonly Variable[]): FramePlan {
  const offsets = new Map<string, number>();
  let end = 0;
  let alignment = 8;
  for (const variable of variables.map(inWords)) {
    const offset = Math.ceil(end / variable.alignment) * variable.alignment;
    offsets.set(variable.symbol, offset);
    end = offset + variable.bytes;
    alignment = Math.max(alignment, variable.alignment);
  }
  return { bytes: Math.ceil(end / 8) * 8, alignment, offsets };
}

/** What calls hand over is copied in words. */
function inWords(variable: Variable): Variable {
  if (variable.space !== "param") return variable;
  return { ...variable, bytes: Math.ceil(variable.bytes / 4) * 4, alignment: Math.max(4, variable.alignment) };
}

/** A function in the program, or the kernel itself, which is the first. */
export interface ProgramFunction {
  readonly name: string;
  /** The pcs of its first instruction and of the one behind its last. */
  readonly start: number;
  readonly end: number;
}

export interface Program {
  readonly functions: readonly ProgramFunction[];
  readonly operations: readonly Operation[];
  readonly layout: RegisterLayout;
  readonly calls: CallTable;
}

export function decode(verified: VerifiedEntry, plan: VariablePlan, system: MemorySystem): Program {
  const layout = new RegisterLayout(verified.functions);
  let end = 0;
  const functions = verified.functions.map(({ name, code }): ProgramFunction => {
    const start = end;
    end += code.length;
    return { name, start, end };
  });
  const places = verified.functions.map((each, index) => {
    const variables = variablePlaces(each, plan, verified.addresses, layout);
    const parameters = index === 0 ? verified.entry.parameters : [];
    return { variables, operands: new OperandPlaces(each.name, parameters, layout, variables) };
  });
  const callees = verified.functions.map((each, index): Callee => {
    const { name, signature, variables, body, reentrant } = each;
    const { operands, variables: own } = places[index];
    const formal = (each: { readonly name: string }) =>
      placeOf({ kind: "symbol", name: each.name, offset: 0 }, { operands, body, variables });
    return {
      name,
      start: functions[index].start,
      parameters: signature.parameters.map(formal),
      results: signature.results.map(formal),
      reentrant: reentrant
        ? {
            registers: [...(layout.slots.get(name)?.values() ?? [])],
            frame: own.frame as FrameRegisters,
            plan: plan.frames.get(name) as FramePlan,
          }
        : undefined,
    };
  });
  const indexOf = new Map(functions.map(({ name }, index) => [name, index]));
  const sites = new Map<number, CallSite>();
  const operations = verified.functions.flatMap((each, index) => {
    const { start } = functions[index];
    const { operands } = places[index];
    each.code.forEach(({ instruction, call }, pc) => {
      if (call === undefined || call.runtime !== undefined) return;
      const handed = (operand: Operand, type: PtxType) => placeOf(operand, { operands, ...each }, type);
      sites.set(start + pc, {
        callees: call.callees.map((name) => indexOf.get(name) as number),
        pointer: call.pointer === undefined ? undefined : operands.value(call.pointer, u64Type),
        arguments: instruction.operands.map((operand, i) => handed(operand, call.signature.parameters[i].type)),
        results: call.results.map((operand, i) => handed(operand, call.signature.results[i].type)),
      });
    });
    const runtime = (called: VerifiedInstruction): Execute => {
      const { runtime: name = "", results, signature } = called.call as VerifiedCall;
      const handed = (operand: Operand, i: number) =>
        placeOf(operand, { operands, ...each }, signature.parameters[i].type);
      const [result] = results.map((operand) => placeOf(operand, { operands, ...each }, signature.results[0].type));
      return runtimeCall(name, called.instruction.operands.map(handed), result, system);
    };
    return decodeFunction(each, index, start, operands, system, runtime);
  });
  const byAddress = new Map(
    [...verified.addresses].map(([name, address]) => [address, { name, callee: indexOf.get(name) }]),
  );
  return { functions, operations, layout, calls: { callees, sites, byAddress } };
}

function variablePlaces(
  { name, variables, reentrant }: VerifiedFunction,
  plan: VariablePlan,
  addresses: ReadonlyMap<string, number>,
  layout: RegisterLayout,
): VariablePlaces {
  const frame = plan.frames.get(name);
  const offsets = new Map(addresses);
  const framed = new Set<string>();
  for (const [called, { symbol }] of variables) {
    const inFrame = frame?.offsets.get(symbol);
    const offset = inFrame ?? plan.offsets.get(symbol);
    if (inFrame !== undefined) framed.add(called);
    if (offset === undefined) offsets.delete(called);
    else offsets.set(called, offset);
  }
  if (!reentrant) return { offsets, framed };
  const slot = layout.hidden(4);
  return { offsets, framed, frame: { slot, addresses: [] } };
}

function decodeFunction(
  { code }: VerifiedFunction,
  index: number,
  start: number,
  places: OperandPlaces,
  system: MemorySystem,
  runtime: (called: VerifiedInstruction) => Execute,
): Operation[] {
  const meetings = reconvergencePoints(code);
  return code.map((instruction, pc): Operation => {
    const { guard } = instruction.instruction;
    const step = stepOf(instruction, index > 0);
    const { pc: meeting, onlyReturns } = meetings[pc];
    return {
      step,
      execute:
        instruction.call?.runtime !== undefined
          ? runtime(instruction)
          : step === Step.ordinary || step === Step.together || step === Step.pause
            ? executor(instruction, places, system)
            : nothing,
      guard: guard === undefined ? -1 : places.predicate(guard.register),
      flip: guard?.negated === true ? -1 : 0,
      target: instruction.target === undefined ? -1 : start + instruction.target,
      targets: (instruction.targets ?? []).map((target) => start + target),
      meeting: { pc: meeting === noReconvergence ? noReconvergence : start + meeting, onlyReturns },
      awaited: awaitedLanes(instruction, step, places),
      waits: step === Step.warpBarrier || (step === Step.barrier && instruction.modifiers["arrive"] === undefined),
      barrier: step === Step.barrier ? barrierRole(instruction, places) : undefined,
      verified: instruction,
      function: index,
    };
  });
}

// The mask stands last; the instructions on matrices are the whole warp's.
function awaitedLanes({ row, instruction }: VerifiedInstruction, step: Step, places: OperandPlaces): number {
  if (step === Step.indexed) return places.value(instruction.operands[0], u32Type);
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

function stepOf({ row, modifiers, call }: VerifiedInstruction, isFunction: boolean): Step {
  switch (row.opcode) {
    case "bra":
      return Step.branch;
    case "brx":
      return Step.indexed;
    case "call":
      return call?.runtime === undefined ? Step.call : Step.ordinary;
    case "ret":
      return isFunction ? Step.return : Step.exit;
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
    case "nanosleep":
      return Step.pause;
    case "mbarrier":
      return modifiers["test_wait"] === undefined && modifiers["try_wait"] === undefined ? Step.ordinary : Step.pause;
    default:
      return Step.ordinary;
  }
}

/** The opcodes that can be executed; a test holds them against the instruction table. */
export const executableOpcodes: ReadonlySet<string> = new Set([
  ...executableRows,
  "bra",
  "brx",
  "call",
  "ret",
  "exit",
  "bar",
  "barrier",
]);
