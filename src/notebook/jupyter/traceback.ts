// An error as Jupyter shows it: name, message, and a traceback that names cells and lines as typed and leaves out this
// kernel. Knows nothing of messages.
import { inspect } from "node:util";
import { type CellMistake, CellMistakes } from "./cell-compiler.js";
import { Interrupted } from "./cell-session.js";
import { isOwnFrame } from "./stack-places.js";

/** The content of an `error` message. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The text of a cell by its label, to quote the line that failed. */
export type SourceOf = (label: string) => string | undefined;

export function reportError(error: unknown, sourceOf: SourceOf): ErrorReport {
  if (error instanceof CellMistakes) return reportMistakes(error);
  if (error instanceof Interrupted) {
    return { ename: error.name, evalue: error.message, traceback: [`${error.name}: ${error.message}`] };
  }
  if (!isError(error)) {
    const evalue = inspect(error);
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`, "A cell threw a value that is not an Error."] };
  }
  const ename = String(error.name || "Error");
  const evalue = String(error.message);
  // A refusal that names a cell itself has quoted the line that matters.
  const place = /^cell \d+/.test(evalue) ? [] : whereInCell(error, sourceOf);
  return { ename, evalue, traceback: [...place, ...tellError(error, sourceOf)] };
}

/** An error outside any cell's run, as text for stderr. */
export function errorText(what: string, error: unknown, sourceOf: SourceOf): string {
  return `${what}:\n${reportError(error, sourceOf).traceback.join("\n")}\n`;
}

function reportMistakes(error: CellMistakes): ErrorReport {
  const tell = ({ place, message, code, line }: CellMistake): string =>
    [
      `${error.label}, line ${place.line}, column ${place.column}: ${message} (${code})`,
      `    ${line}`,
      `    ${line.slice(0, place.column - 1).replace(/[^\t]/g, " ")}^`,
    ].join("\n");
  return { ename: error.name, evalue: error.message, traceback: error.mistakes.map(tell) };
}

const cellFrame = /(cell \d+(?: \(silent\))?):(\d+):(\d+)/;

function tellError(error: Error, sourceOf: SourceOf): string[] {
  const lines = [`${error.name || "Error"}: ${error.message}`];
  // What the library refuses on purpose is told by its message; where in the library it did so is nobody's concern.
  const isRefusal = error.name === "InputError" || error.name === "WarplabError";
  const frames = usefulFrames(error);
  const first = frames.findIndex((frame) => cellFrame.test(frame));
  lines.push(...(isRefusal ? (first < 0 ? [] : frames.slice(first)) : frames));
  if (error.cause !== undefined) {
    const cause = reportError(error.cause, sourceOf).traceback;
    lines.push("caused by", ...cause);
  }
  if (error instanceof AggregateError)
    for (const inner of error.errors) lines.push(...reportError(inner, sourceOf).traceback);
  return lines;
}

/** The frames down to the lowest one in a cell, without Node's and this kernel's own. */
function usefulFrames(error: Error): string[] {
  const frames = stackLines(error).filter(
    (line) => !line.includes("(node:") && !/at (async )?node:/.test(line) && !isOwnFrame(line),
  );
  const lowest = frames.findLastIndex((frame) => /cell \d+/.test(frame));
  return lowest < 0 ? frames : frames.slice(0, lowest + 1);
}

function stackLines(error: Error): string[] {
  const stack = typeof error.stack === "string" ? error.stack : "";
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/** `cell 3, line 4` with the line quoted, from the highest frame in a cell. */
function whereInCell(error: Error, sourceOf: SourceOf): string[] {
  for (const frame of stackLines(error)) {
    const found = cellFrame.exec(frame);
    if (found === null) continue;
    const [, label, line, column] = found;
    const text = sourceOf(label)?.split(/\r\n|[\n\r]/)[Number(line) - 1];
    if (text === undefined) continue;
    const mark = text.slice(0, Number(column) - 1).replace(/[^\t]/g, " ");
    return [`${label}, line ${line}, column ${column}:`, `    ${text}`, `    ${mark}^`];
  }
  return [];
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
