// What can go wrong, as classes with data. One message shape everywhere: what is wrong, where, why, and what to do.

/** A place in a text that a person wrote: 1-based line and column, with the text's name when it has one. */
export interface SourcePlace {
  readonly file?: string;
  readonly line: number;
  readonly column?: number;
}

/** `cell 3, line 2, column 7`, or as much of it as is known. */
export function formatPlace(place: SourcePlace): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(place.file);
  parts.push(`line ${place.line}`);
  if (place.column !== undefined) parts.push(`column ${place.column}`);
  return parts.join(", ");
}

export interface ErrorDetails {
  /** Where it is: a place in a text, a field's path (`benchmarks[2].shape`), a file. */
  readonly where?: SourcePlace | string;
  /** The line of text that is wrong, quoted under the message. */
  readonly quote?: string;
  /** The (1-based) column of the quoted line that is meant; unless given, that of `where`. */
  readonly caret?: number;
  /** What to do about it, as a sentence. */
  readonly fix?: string;
}

/** Every error that warplab raises on purpose. The command line prints its message and nothing else. */
export class WarplabError extends Error {
  override readonly name: string = "WarplabError";
  readonly where: SourcePlace | string | undefined;
  readonly quote: string | undefined;
  readonly fix: string | undefined;

  constructor(what: string, details: ErrorDetails = {}) {
    super(compose(what, details));
    this.where = details.where;
    this.quote = details.quote;
    this.fix = details.fix;
  }
}

/** Somebody's input is not usable as it is: exit status 2 on the command line, 4xx over HTTP. */
export class InputError extends WarplabError {
  override readonly name: string = "InputError";
}

function compose(what: string, { where, quote, caret, fix }: ErrorDetails): string {
  const place = where === undefined ? "" : `${typeof where === "string" ? where : formatPlace(where)}: `;
  const lines = [`${place}${what}`];
  if (quote !== undefined) {
    lines.push(`    ${quote.trimEnd()}`);
    const column = caret ?? (typeof where === "object" ? where.column : undefined);
    if (column !== undefined) lines.push(`    ${" ".repeat(column - 1)}^`);
  }
  if (fix !== undefined) lines.push(fix);
  return lines.join("\n");
}

/** `"h100", "h200" or "gb10"`: choices in a message, in the order given. */
export function listChoices(choices: readonly string[], quoted = true): string {
  const words = choices.map((choice) => (quoted ? `"${choice}"` : choice));
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/**
 * The candidate nearest to what was typed, when it is near enough to be a slip of the finger: `slips` letters of a short word, a
 * third of a long one.
 */
export function nearest(typed: string, candidates: Iterable<string>, slips = 2): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(slips, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    // A word that is so much longer or shorter cannot be near, which costs nothing to see.
    if (Math.abs(typed.length - candidate.length) >= bestDistance) continue;
    const distance = editDistance(typed.toLowerCase(), candidate.toLowerCase());
    // A word of which no letter would stay is no slip.
    if (distance < bestDistance && distance < candidate.length) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Letters to add, take away, exchange for others or swap with their neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
