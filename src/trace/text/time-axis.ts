// A time axis in characters: where its marks stand and what they say. Knows nothing of what is drawn along it.
import { formatNanoseconds } from "../timeline/index.js";

/** Characters from one mark to the next at least, so that what they say does not touch. */
const leastApart = 10;

/** Two lines of `width` characters for a span in nanoseconds: what the marks say, and the marks. */
export function timeAxis(from: number, to: number, width: number): readonly [labels: string, marks: string] {
  const span = to - from;
  const labels = new Array<string>(width).fill(" ");
  const marks = new Array<string>(width).fill("-");
  const step = roundStep((span * leastApart) / width);
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    const cell = Math.floor(((at - from) / span) * width);
    marks[cell] = "|";
    const text = at === 0 ? "0" : formatNanoseconds(at);
    if (cell + text.length <= width) labels.splice(cell, text.length, ...text);
  }
  return [labels.join("").trimEnd(), marks.join("")];
}

/** The least of 1, 2, 5, 10, 20 ... nanoseconds that is no less. */
export function roundStep(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, least))));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}
