// The ranges that a program marked, as bars with their names: `[load weights    ][input]`. Knows nothing of the rows below them.
import { roleNumber, type Timeline } from "../timeline/index.js";

/** Ranges within ranges are drawn so deep. */
const deepest = 2;

/**
 * By row, a line for each depth at which it has ranges. `parent` is that of `placeEvents`, `rowOf` the row of each track. Where several
 * ranges fall on a cell the last is drawn, a range of less than two cells as `|`.
 */
export function rangeBars(
  { events, texts }: Timeline,
  parent: Int32Array,
  rowOf: Int32Array,
  rows: number,
  { from, to, cells }: { readonly from: number; readonly to: number; readonly cells: number },
): readonly (readonly string[])[] {
  const bars: string[][][] = Array.from({ length: rows }, () => []);
  /** How many ranges enclose what lies in the event. */
  const within = new Uint8Array(events.length);
  const cellOf = (time: number): number => Math.floor(((time - from) / (to - from)) * cells);
  for (let index = 0; index < events.length; index++) {
    const depth = parent[index] < 0 ? 0 : within[parent[index]];
    const isRange = events.role[index] === range;
    within[index] = Math.min(deepest, depth + (isRange ? 1 : 0));
    const row = rowOf[events.track[index]];
    const start = events.start[index];
    const end = start + events.duration[index];
    if (!isRange || row < 0 || depth >= deepest || start >= to || end < from) continue;
    const first = Math.max(0, cellOf(start));
    const last = Math.min(cells, Math.max(first + 1, cellOf(end)));
    while (bars[row].length <= depth) bars[row].push(new Array<string>(cells).fill(" "));
    bars[row][depth].splice(first, last - first, ...bar(texts[events.name[index]], last - first));
  }
  return bars.map((lines) => lines.map((characters) => characters.join("")));
}

const { range } = roleNumber;

function bar(name: string, width: number): readonly string[] {
  if (width === 1) return ["|"];
  const room = width - 2;
  const characters = [...name.replace(/\s/g, " ")];
  const shown = characters.length <= room ? characters : characters.slice(0, room);
  return ["[", ...shown, ...new Array<string>(room - shown.length).fill(" "), "]"];
}
