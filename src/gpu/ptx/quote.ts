// A line of PTX as a message quotes it: generated text has lines of any length. Knows nothing of PTX.

/** The part of a line around a (1-based) column, and the column of the same character in it. */
export function quoteAround(line: string, column: number): { readonly quote: string; readonly caret: number } {
  const at = Math.max(0, Math.min(column - 1, line.length));
  if (line.length <= longest) return { quote: line.replaceAll("\t", " "), caret: at + 1 };
  const start = Math.max(0, Math.min(at - longest / 2, line.length - longest));
  const [before, after] = [start > 0 ? "…" : "", start + longest < line.length ? "…" : ""];
  const part = line.slice(start, start + longest).replaceAll("\t", " ");
  return { quote: before + part + after, caret: at - start + before.length + 1 };
}

/** What a message says, with what it repeats of the text cut to a length that can be read. */
export function cutWords(message: string): string {
  return message.replace(/\S{100,}/g, (word) => `${word.slice(0, 60)}…${word.slice(-20)}`);
}

/** Characters of a line that a message quotes. */
const longest = 160;
