// The text of a kernel function: what a person is shown and what is compiled, which agree in every line and column.
// Knows nothing of the language; whoever has the text as it was typed provides it.
import { InputError } from "../../core/errors.js";
import type { KernelSource, Standing } from "../ptx/debug-info.js";

/** The text of a function as its author typed it. */
export interface TypedFunction {
  /** As typed, types and all; lines after the first are dedented alike. */
  readonly text: string;
  /** The same characters with every type annotation replaced by spaces: JavaScript, same lines and columns. */
  readonly code: string;
  /** `cell 3`. */
  readonly origin: string;
  /** The line of the origin at which the text begins, from 1. */
  readonly firstLine: number;
  /** How the text stands in the origin; without it columns are those of the text. */
  readonly standing?: Standing;
}

/** Finds the text of the function that was passed with this name, given what `toString` says of it; undefined if unknown. */
export type FunctionSourceProvider = (name: string, transpiled: string) => TypedFunction | undefined;

/** A kernel function's source: shown, and compiled. */
export interface FunctionSource {
  readonly shown: KernelSource;
  /** JavaScript, with the lines and columns of `shown.text`. */
  readonly code: string;
}

let provider: FunctionSourceProvider | undefined;

/** Sets where the typed text of functions comes from; `undefined` means that only `toString` is known. */
export function setFunctionSourceProvider(next: FunctionSourceProvider | undefined): void {
  provider = next;
}

export function functionSource(name: string, body: unknown): FunctionSource {
  if (typeof body !== "function") {
    throw new InputError(`the body of ${name} must be a function, got ${body === null ? "null" : typeof body}`, {
      fix: `Write kernel("${name}", { ... }, ({ n, x }, { threadIdx }) => { ... }).`,
    });
  }
  const transpiled = Function.prototype.toString.call(body);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(transpiled)) {
    throw new InputError(`the body of ${name} has no source: it is a built-in or bound function`, {
      fix: "Pass the function itself, written where the kernel is defined.",
    });
  }
  const typed = provider?.(name, transpiled);
  if (typed !== undefined) {
    const { text, origin, firstLine, standing } = typed;
    const placed = { text, origin, firstLine, ...(standing === undefined ? {} : { standing }) };
    return { shown: { ...placed, language: "typescript" }, code: typed.code };
  }
  const text = dedent(transpiled);
  return { shown: { text, origin: `${name} (transpiled)`, firstLine: 1, language: "javascript" }, code: text };
}

/** Takes from every line but the first the indentation that all of them have. */
function dedent(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => /^[ \t]*/.exec(line)![0].length);
  const common = Math.min(...indents);
  return indents.length === 0 ? text : [lines[0], ...lines.slice(1).map((line) => line.slice(common))].join("\n");
}
