// What a text calls processes and tracks, so that two of one name stay two. Knows nothing of where it stands.
import type { TimelineProcess, TimelineTrack } from "../timeline/index.js";

/** `python 4711`, or only what it is called where that says the number already; `process 4711` where it has no name. */
export function processName({ name, pid }: TimelineProcess): string {
  return withNumber(name, pid, "process");
}

/** `main 4712`, `stream 7`. */
export function trackName({ name, tid, kind }: TimelineTrack): string {
  if (kind === "stream" && name === String(tid)) return `stream ${tid}`;
  return kind === "thread" ? withNumber(name, tid, "thread") : name;
}

function withNumber(name: string, number: number | string, what: string): string {
  // Without a name of its own it is called by its number.
  if (name === String(number)) return typeof number === "number" ? `${what} ${number}` : name;
  const words = (text: string): string => ` ${text.split(/[^\p{L}\p{N}]+/u).join(" ")} `;
  return words(name).includes(words(String(number))) ? name : `${name} ${number}`;
}
