// A text with edits that keep its lines, and the way back from a place in the result to the place in the original. Knows
// nothing of TypeScript.

/** Replaces [start, end) by `text`; an insertion when both are equal. Line breaks inside are kept. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** 1-based line and column. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Piece {
  readonly at: number;
  readonly original: number;
  readonly length: number;
  readonly verbatim: boolean;
}

export class EditedText {
  readonly text: string;
  private readonly pieces: Piece[] = [];
  private readonly lines: number[];
  private readonly originalLines: number[];

  /** Of edits that overlap the outer wins; of insertions at one place the earlier comes first. */
  constructor(original: string, edits: readonly Edit[]) {
    const ordered = edits
      .map((edit, order) => ({ ...edit, order }))
      .sort((a, b) => a.start - b.start || isInsertion(b) - isInsertion(a) || b.end - a.end || a.order - b.order);
    const output: string[] = [];
    let length = 0;
    let position = 0;
    const push = (text: string, originalAt: number, verbatim: boolean): void => {
      if (text === "") return;
      this.pieces.push({ at: length, original: originalAt, length: text.length, verbatim });
      output.push(text);
      length += text.length;
    };
    for (const edit of ordered) {
      if (edit.start < position) continue;
      push(original.slice(position, edit.start), position, true);
      push(edit.text, edit.start, false);
      position = edit.end;
    }
    push(original.slice(position), position, true);
    this.text = output.join("");
    this.lines = lineStarts(this.text);
    this.originalLines = lineStarts(original);
  }

  /** The place in the original; undefined when the result has no such place. */
  originalPlace({ line, column }: Place): Place | undefined {
    if (line < 1 || line > this.lines.length || column < 1) return undefined;
    const offset = this.lines[line - 1] + column - 1;
    if (offset > this.text.length) return undefined;
    const piece = this.pieces.findLast((candidate) => candidate.at <= offset);
    if (piece === undefined) return { line, column };
    return placeAt(this.originalLines, piece.original + (piece.verbatim ? offset - piece.at : 0));
  }
}

/** The same length in spaces, with line breaks kept. */
export function blanked(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, " ");
}

export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

export function placeAt(starts: readonly number[], offset: number): Place {
  let line = starts.length;
  while (line > 1 && starts[line - 1] > offset) line--;
  return { line, column: offset - starts[line - 1] + 1 };
}

function isInsertion(edit: Edit): number {
  return edit.start === edit.end ? 1 : 0;
}
