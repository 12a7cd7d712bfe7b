// What a debugger needs beside PTX: the text that `.loc` lines point into, where that stands in what its author
// wrote, and which register holds which variable.
import type { SourcePlace } from "../../core/errors.js";

/** The source that the `.loc` directives of a kernel, or of a function that it calls, refer to. */
export interface KernelSource {
  /** Shown verbatim; its first line is line 1. */
  readonly text: string;
  /** The text it is part of, for people: `cell 3`, `saxpy.cu`. */
  readonly origin: string;
  /** The line of `origin` at which line 1 of `text` stands. */
  readonly firstLine: number;
  readonly language: "typescript" | "javascript" | "cuda" | "ptx";
  /** How the text stands in `origin`; undefined where its lines are those of `origin`, or where that is not known. */
  readonly standing?: Standing;
}

/** How a text that was cut out of another and dedented stood there: one entry for each of its lines. */
export interface Standing {
  /** The lines of the whole, with what is left and right of the text. */
  readonly lines: readonly string[];
  /** How many characters of each are left of the text's line. */
  readonly margins: readonly number[];
}

/** Where a (1-based) place of the text is in its origin. */
export function placeInOrigin(source: KernelSource, line: number, column: number): Required<SourcePlace> {
  const margin = source.standing?.margins[line - 1] ?? 0;
  return { file: source.origin, line: source.firstLine + line - 1, column: column + margin };
}

/** The line of the origin, for a message; a tab takes one column, as in the places. */
export function quoteLine(source: KernelSource, line: number): string {
  const whole = source.standing?.lines[line - 1] ?? source.text.split("\n")[line - 1];
  return whole?.replaceAll("\t", " ") ?? "";
}

/** A variable or parameter of the source and the PTX register that holds it. */
export interface KernelVariable {
  /** As the person wrote it. */
  readonly name: string;
  /** The PTX register, `%zr`. */
  readonly register: string;
  /** `f32`, `i32`, `f32.ptr`, `bool`. */
  readonly type: string;
}

/** A function that the kernel calls: what was written for it. */
export interface FunctionDebugInfo {
  /** Its name in the PTX. */
  readonly name: string;
  readonly source: KernelSource;
  readonly variables: readonly KernelVariable[];
}

export interface DebugInfo {
  /** The text of `.loc 1`, the kernel's. */
  readonly source: KernelSource;
  readonly variables: readonly KernelVariable[];
  /** The called functions: the first has the text of `.loc 2`, and so on. */
  readonly functions?: readonly FunctionDebugInfo[];
}

/** The text of a `.loc` directive's file; the kernel's where there is no other. */
export function sourceOfFile({ source, functions = [] }: DebugInfo, file: number): KernelSource {
  return functions[file - 2]?.source ?? source;
}
