// A kernel that went wrong while it ran: what, in which kernel, line, block and thread.
import { type Dim3, formatIndex } from "../../core/dim3.js";
import { formatPlace, WarplabError } from "../../core/errors.js";
import { type DebugInfo, placeInOrigin, quoteLine, sourceOfFile } from "../ptx/debug-info.js";
import type { Instruction } from "../ptx/syntax.js";

export type FaultKind =
  | "out-of-bounds"
  | "misaligned"
  | "livelock"
  | "deadlock"
  | "barrier"
  | "divergent exchange"
  | "mbarrier"
  | "stack overflow"
  | "invalid target"
  | "assert"
  | "invalid free"
  | "invalid texture"
  | "trap";

/** What the sanitizer finds, which does not end a launch (analysis/sanitizer). */
export type SanitizerKind = "uninitialised read" | "data race" | "barrier divergence";

export type FindingKind = FaultKind | SanitizerKind;

/** One finding, as `warplab launch` prints it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
  /** The line in the source, as its author counts it; null where the PTX has no line information. */
  readonly line: number | null;
  readonly ptx_line: number;
  readonly block: readonly [number, number, number];
  readonly thread: readonly [number, number, number];
  /** Hexadecimal; null where no address is at fault. */
  readonly address: string | null;
  /** The allocation that the address is in or nearest to. */
  readonly allocation: string | null;
}

export interface FaultPlace {
  readonly kernel: string;
  readonly instruction: Instruction;
  readonly debug: DebugInfo | undefined;
  readonly block: Dim3;
  readonly thread: Dim3;
  /** The extents in which block and thread lie. */
  readonly extents: { readonly grid: Dim3; readonly block: Dim3 };
}

/** Ends the launch. Memory stays as it stood. */
export class LaunchFault extends WarplabError {
  override readonly name: string = "LaunchFault";
  readonly finding: Finding;

  constructor(
    kind: FindingKind,
    what: string,
    place: FaultPlace,
    memory: { readonly address: number; readonly allocation: string | undefined } | undefined,
    fix: string,
  ) {
    const { kernel, instruction, debug, block, thread, extents } = place;
    const line = sourceLine(instruction, debug);
    const where = `kernel "${kernel}", ${describeLine(instruction, debug)}, block ${formatIndex(block, extents.grid)}, thread ${formatIndex(thread, extents.block)}`;
    super(what, { where, ...(fix === "" ? {} : { fix }), ...quoteOf(instruction, debug) });
    this.finding = {
      kind,
      message: this.message,
      line: line ?? null,
      ptx_line: instruction.ptxLine,
      block: [block.x, block.y, block.z],
      thread: [thread.x, thread.y, thread.z],
      address: memory === undefined ? null : formatAddress(memory.address),
      allocation: memory?.allocation ?? null,
    };
  }
}

export function formatAddress(address: number): string {
  return `0x${BigInt.asUintN(64, BigInt(address)).toString(16)}`;
}

/** `cell 3, line 7, column 5`, or `PTX line 21` where the PTX has no line information. */
export function describeLine({ location, ptxLine }: Instruction, debug: DebugInfo | undefined): string {
  if (location === undefined) return `PTX line ${ptxLine}`;
  if (debug === undefined) return `line ${location.line}`;
  return formatPlace(placeInOrigin(sourceOfFile(debug, location.file), location.line, location.column));
}

/** The line as the source's author counts it; undefined where the PTX has no line information. */
export function sourceLine({ location }: Instruction, debug: DebugInfo | undefined): number | undefined {
  if (location === undefined) return undefined;
  return location.line + (debug === undefined ? 0 : sourceOfFile(debug, location.file).firstLine - 1);
}

function quoteOf({ location }: Instruction, debug: DebugInfo | undefined): { quote?: string; caret?: number } {
  if (location === undefined || debug === undefined) return {};
  const source = sourceOfFile(debug, location.file);
  const { column } = placeInOrigin(source, location.line, location.column);
  return { quote: quoteLine(source, location.line), caret: column };
}
