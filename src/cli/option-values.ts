// What one option says of several values: words with commas between them, ranges of whole numbers, and values by the name of what
// varies. Knows no command.
import { InputError } from "../core/errors.js";

/** `fp16, bf16` as words. */
export function listOf(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

/** Values of one range at most: beyond it the list of them would not fit into memory. */
export const mostValues = 20_000_000;

/**
 * The numbers of `256..8192*2` (each twice the one before), `256..1024+256` or a single whole number; undefined for what is none of
 * these, and for a range that never ends.
 */
export function rangeOf(text: string): number[] | undefined {
  if (/^\d{1,15}$/.test(text)) return [Number(text)];
  const range = /^(\d{1,15})\.\.(\d{1,15})([*+])(\d{1,15})$/.exec(text);
  if (range === null) return undefined;
  const [from, to, step] = [range[1], range[2], range[4]].map(Number);
  const isTimes = range[3] === "*";
  if (to < from || (isTimes ? step < 2 || from === 0 : step < 1)) return undefined;
  const values: number[] = [];
  for (let value = from; value <= to && values.length <= mostValues; value = isTimes ? value * step : value + step)
    values.push(value);
  return values;
}

/** `block=32,64` as `["block", [32, 64]]`: after the name values with commas between them, each JSON, a range or a word. */
export function variedOf(
  text: string,
  option: string,
  example = "block=32,64,128, block=32..1024*2, grid=[8,1,1],[4,2,1] or policy=stack,independent",
): readonly [string, readonly unknown[]] {
  const [, name, list] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
  const pieces = list === undefined ? [] : betweenCommas(list);
  if (name === undefined || pieces.includes("")) {
    throw new InputError(`"${text}" says of no field what values it takes`, {
      where: option,
      fix: `Write ${example}.`,
    });
  }
  return [name, pieces.flatMap((piece) => valuesOf(piece, text, option))];
}

/** What `--workers` says. */
export function threadsOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InputError(`"${text}" is no number of threads`, {
    where: "--workers",
    fix: "Write a whole number of at least 1.",
  });
}

/** A whole number, as `--seed` takes it: from 0 to 2^53 - 1 unless a range is given. */
export function wholeOf(
  text: string,
  option: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly to?: number } = {},
): number {
  const value = Number(text);
  const isInRange = Number.isSafeInteger(value) && value >= from && value <= to;
  if (isInRange && /^\d+$/.test(text)) return value;
  const most = to === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : to.toLocaleString("en-US");
  throw new InputError(`"${text}" is no whole number from ${from} to ${most} in digits`, {
    where: option,
    // 1e9 is one.
    fix: `Write ${isInRange ? value : `digits alone, as in ${option} ${Math.max(from, 1)}`}.`,
  });
}

function valuesOf(piece: string, text: string, option: string): readonly unknown[] {
  const range = rangeOf(piece);
  if (range !== undefined) return range;
  if (/^\d+\.\./.test(piece)) {
    throw new InputError(`"${piece}" in "${text}" is no range`, {
      where: option,
      fix: "Write 256..8192*2 or 256..1024+256.",
    });
  }
  try {
    return [JSON.parse(piece)];
  } catch {
    if (!/["[\]{}]/.test(piece)) return [piece];
    throw new InputError(`${piece} in "${text}" is no JSON`, { where: option, fix: "Write [32,1,1] for a list." });
  }
}

/** The pieces between commas that stand outside of brackets and quotes. */
function betweenCommas(text: string): string[] {
  const pieces = text.match(/(?:"(?:\\.|[^"\\])*"|\[[^\]]*\]|\{[^}]*\}|[^,])+|(?<=^|,)(?=,|$)/g) ?? [""];
  return pieces.map((piece) => piece.trim());
}

/** `1.5ms` in nanoseconds, as `--from` takes it; a number without a unit is of nanoseconds. */
export function nanosecondsOf(text: string, option: string): number {
  const [, figure, unit = "ns"] = /^(\d+(?:\.\d+)?)\s*(ns|us|\u00b5s|ms|s)?$/.exec(text.trim()) ?? [];
  if (figure === undefined) {
    throw new InputError(`"${text}" is no time`, { where: option, fix: "Write 250us, 1.5ms or 2s." });
  }
  return Number(figure) * nanosecondsIn[unit];
}

const nanosecondsIn: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "\u00b5s": 1e3, ms: 1e6, s: 1e9 };
