// How much of one stream of one cell is shown: its head, a note that counts what is left out, and its tail, so that a cell which
// prints without end harms neither the kernel nor a page nor a saved notebook. Knows nothing of messages or of clocks.

export interface OutputLimit {
  /** How many characters of a stream are shown as they come. */
  readonly head: number;
  /** How many lines of it. */
  readonly headLines: number;
  /** How many of its last characters are shown when the cell ends. */
  readonly tail: number;
  readonly tailLines: number;
}

/** Room for five thousand lines of a hundred characters; tried in JupyterLab 4, which is slow to show more. */
const defaultHead = 500_000;

/** The limit that WARPLAB_OUTPUT_LIMIT sets, in characters; `none` for no limit. Throws a RangeError for anything else. */
export function outputLimit(setting: string | undefined): OutputLimit {
  const word = setting?.trim() ?? "";
  const none = word.toLowerCase() === "none";
  const head = none ? Number.POSITIVE_INFINITY : word === "" ? defaultHead : Number(word);
  if (!none && !(Number.isSafeInteger(head) && head >= 1000)) {
    throw new RangeError(
      `WARPLAB_OUTPUT_LIMIT is "${setting}": it is the number of characters that a cell may print before the rest is left out, 1000 or more, or "none".`,
    );
  }
  // Lines weigh on a page as well: those of fifty characters, a little less than text has.
  return { head, headLines: head / 50, tail: Math.min(32_768, head / 4), tailLines: 200 };
}

/** What a note says. */
export interface Omission {
  readonly lines: number;
  readonly characters: number;
  /** The last lines so far, in a note that is not the last word. */
  readonly latest?: string;
  /** How many lines follow the note. */
  readonly following?: number;
}

/** Lines of the tail in a note while the cell goes on. */
const latestLines = 8;
const latestCharacters = 1000;

export class BoundedText {
  private readonly tail: string[] = [];
  private tailLength = 0;
  private shown = 0;
  private shownLines = 0;
  private over = 0;
  private overLines = 0;
  private left = false;

  constructor(private readonly limit: OutputLimit) {}

  /** Whether something has been kept back. */
  get isOver(): boolean {
    return this.left;
  }

  /** Takes what is written and returns what of it is to be shown now. */
  take(text: string): string {
    if (!this.left) {
      const end = this.endOfHead(text);
      this.shown += end;
      this.shownLines += countLines(text, end);
      if (end === text.length) return text;
      this.left = true;
      this.keepBack(text.slice(end));
      return text.slice(0, end);
    }
    this.keepBack(text);
    return "";
  }

  /** What a note says now, while more may come. */
  omission(): Omission {
    const latest = lastLines(this.tailText(), latestCharacters, latestLines);
    return { lines: this.overLines, characters: this.over, latest };
  }

  /** The last word: what is left out for good, and the text that follows it. What comes later is kept back anew. */
  finish(): { readonly omission: Omission; readonly tail: string } {
    const tail = lastLines(this.tailText(), this.limit.tail, this.limit.tailLines);
    const following = countLines(tail);
    const omission = {
      lines: this.overLines - following,
      characters: this.over - tail.length,
      following: following + (tail === "" || tail.endsWith("\n") ? 0 : 1),
    };
    this.tail.length = 0;
    this.tailLength = 0;
    this.over = 0;
    this.overLines = 0;
    return { omission, tail };
  }

  private endOfHead(text: string): number {
    const { head, headLines } = this.limit;
    let end = text.length;
    if (this.shown + end > head) {
      const room = head - this.shown;
      // Where there is no room at all lastIndexOf would still look at the first character.
      const line = room === 0 ? 0 : text.lastIndexOf("\n", room - 1) + 1;
      // A line is cut only where it alone is more than there is room for.
      end = line > 0 || room < head / 2 ? line : wholeCharacters(text, room);
    }
    if (this.shownLines + countLines(text, end) > headLines) {
      let at = 0;
      for (let lines = this.shownLines; lines < headLines; lines++) at = text.indexOf("\n", at) + 1;
      end = at;
    }
    return end;
  }

  private keepBack(text: string): void {
    if (text === "") return;
    this.over += text.length;
    this.overLines += countLines(text);
    // One more than is shown: whether the tail begins a line is seen by what is before it.
    const enough = Math.ceil(this.limit.tail) + 1;
    const kept = text.length > enough ? detached(text.slice(-enough)) : text;
    this.tail.push(kept);
    this.tailLength += kept.length;
    if (this.tailLength > 4 * this.limit.tail) {
      const all = detached(this.tail.join("").slice(-enough));
      this.tail.splice(0, this.tail.length, all);
      this.tailLength = all.length;
    }
  }

  private tailText(): string {
    const all = this.tail.join("");
    this.tail.splice(0, this.tail.length, all);
    return all;
  }
}

/** How many line ends there are before `end`. */
function countLines(text: string, end: number = text.length): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** The end of a text, from the start of a line where it has one. */
function lastLines(text: string, characters: number, lines: number): string {
  let start = Math.max(0, Math.ceil(text.length - characters));
  if (start > 0) {
    const line = text.indexOf("\n", start - 1) + 1;
    start = line > 0 && line < text.length ? line : start + (isLowSurrogate(text, start) ? 1 : 0);
  }
  let at = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let n = 0; n < lines; n++) {
    if (at <= start) return text.slice(start);
    at = text.lastIndexOf("\n", at - 1);
  }
  return text.slice(Math.max(start, at + 1));
}

function wholeCharacters(text: string, end: number): number {
  return isLowSurrogate(text, end) ? end - 1 : end;
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** A copy: V8 would keep the whole of a text alive for a part of it. */
function detached(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
