// A line of a cell with a caret under the place that is meant: tabs, wide characters and very long lines included. Knows nothing
// of errors.

/** How much of a long line is quoted, in UTF-16 units. */
const longest = 160;

/** The line, indented, and the caret below the (1-based) column. Of a long line the part around the column. */
export function quotedLine(line: string, column: number): [line: string, caret: string] {
  const at = Math.min(Math.max(column - 1, 0), line.length);
  const start = line.length <= longest ? 0 : wholeCharacter(line, Math.max(0, at - Math.floor(longest / 2)));
  const end = wholeCharacter(line, Math.min(line.length, start + longest));
  const before = start > 0 ? "…" : "";
  const quoted = `${before}${line.slice(start, end)}${end < line.length ? "…" : ""}`;
  const margin = (before + line.slice(start, at)).replace(/[^\t]/g, (character) =>
    wide.test(character) ? "\u3000" : " ",
  );
  return [`    ${quoted}`, `    ${margin}^`];
}

/** Characters of one unit that a monospaced font draws over two columns: Hangul, CJK, full-width forms. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Never the middle of a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const isSecondHalf =
    at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1]);
  return isSecondHalf ? at - 1 : at;
}
