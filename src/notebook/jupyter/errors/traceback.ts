// An error as Jupyter shows it: name, message, and a traceback that names cells and lines as typed and leaves out this
// kernel. Knows nothing of messages.
import { inspect } from "node:util";
import { Interrupted } from "./interrupted.js";
import { type CellMistake, CellMistakes } from "./mistakes.js";
import { quotedLine } from "./quoted-line.js";
import { isOwnFrame } from "./stack-places.js";
import { isError, Thrown } from "./thrown.js";

/** The content of an `error` message. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The text of a cell by its label, to quote the line that failed. */
export type SourceOf = (label: string) => string | undefined;

export function reportError(error: unknown, sourceOf: SourceOf): ErrorReport {
  return report(error, sourceOf, new Set());
}

/** How much of a message is told, in characters: the page that shows it stays alive. */
const longestMessage = 10_000;

/** `told` are the errors whose causes this one is among. */
function report(error: unknown, sourceOf: SourceOf, told: ReadonlySet<unknown>): ErrorReport {
  if (error instanceof CellMistakes) return reportMistakes(error);
  if (error instanceof Interrupted) {
    return { ename: error.name, evalue: error.message, traceback: [`${error.name}: ${error.message}`] };
  }
  if (error instanceof Thrown) {
    const place = error.frame === undefined ? [] : whereInCell([error.frame], sourceOf);
    const { ename, evalue, traceback } = report(error.value, sourceOf, told);
    return { ename, evalue, traceback: [...(place.length === 0 ? [`${error.label}:`] : place), ...traceback] };
  }
  try {
    if (isError(error)) return reportThrown(error, sourceOf, told);
    const evalue = cut(inspect(error));
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`, "A cell threw a value that is not an Error."] };
  } catch {
    const evalue = "a value that cannot be read: reading it throws";
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`] };
  }
}

function reportThrown(error: Error, sourceOf: SourceOf, told: ReadonlySet<unknown>): ErrorReport {
  const ename = String(error.name || "Error");
  const evalue = cut(String(error.message));
  // A refusal that names a cell itself has quoted the line that matters.
  const place = /^cell \d+/.test(evalue) ? [] : whereInCell(stackLines(error), sourceOf);
  return { ename, evalue, traceback: [...place, ...tellError(error, sourceOf, told)] };
}

function cut(text: string): string {
  const rest = text.length - longestMessage;
  return rest <= 0 ? text : `${text.slice(0, longestMessage)}… ${rest} more characters`;
}

/** An error outside any cell's run, as text for stderr. */
export function errorText(what: string, error: unknown, sourceOf: SourceOf): string {
  return `${what}:\n${reportError(error, sourceOf).traceback.join("\n")}\n`;
}

function reportMistakes(error: CellMistakes): ErrorReport {
  const tell = ({ place, message, code, line }: CellMistake): string =>
    [
      `${error.label}, line ${place.line}, column ${place.column}: ${message} (${code})`,
      ...quotedLine(line, place.column),
    ].join("\n");
  return { ename: error.name, evalue: error.message, traceback: error.mistakes.map(tell) };
}

const cellFrame = /(cell \d+(?: \(silent\))?):(\d+):(\d+)/;

function tellError(error: Error, sourceOf: SourceOf, outer: ReadonlySet<unknown>): string[] {
  const told = new Set([...outer, error]);
  const lines = [`${error.name || "Error"}: ${cut(String(error.message))}`];
  // What the library refuses on purpose is told by its message; where in the library it did so is nobody's concern.
  const isRefusal = error.name === "InputError" || error.name === "WarplabError";
  const frames = usefulFrames(error);
  const first = frames.findIndex((frame) => cellFrame.test(frame));
  lines.push(...withoutRepeats(isRefusal ? (first < 0 ? [] : frames.slice(first)) : frames));
  if (told.has(error.cause)) lines.push(`caused by the ${String((error.cause as Error).name)} above`);
  else if (error.cause !== undefined) lines.push("caused by", ...report(error.cause, sourceOf, told).traceback);
  if (error instanceof AggregateError) {
    error.errors.slice(0, mostInner).forEach((inner, i) => {
      if (!told.has(inner))
        lines.push(`its error ${i + 1} of ${error.errors.length}`, ...report(inner, sourceOf, told).traceback);
    });
  }
  return lines;
}

/** How many errors of an AggregateError are told. */
const mostInner = 10;

/** A recursion's frames once, and how often they come. */
function withoutRepeats(frames: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < frames.length; ) {
    let next = i + 1;
    while (frames[next] === frames[i]) next++;
    lines.push(frames[i]);
    if (next - i > 2) lines.push(`    … ${next - i - 1} more of the same`);
    else if (next - i === 2) lines.push(frames[i]);
    i = next;
  }
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
function whereInCell(frames: readonly string[], sourceOf: SourceOf): string[] {
  for (const frame of frames) {
    const found = cellFrame.exec(frame);
    if (found === null) continue;
    const [, label, line, column] = found;
    const text = sourceOf(label)?.split(/\r\n|[\n\r]/)[Number(line) - 1];
    if (text === undefined) continue;
    return [`${label}, line ${line}, column ${column}:`, ...quotedLine(text, Number(column))];
  }
  return [];
}
