// What a text calls processes and tracks, so that two of one name stay two. Knows nothing of where it stands.
import type { TimelineProcess, TimelineTrack } from "../timeline/index.js";

/** `python 4711`, or only what it is called where that says the number already. */
export function processName({ name, pid }: TimelineProcess): string {
  return withNumber(name, pid);
}

/** `main 4712`, `stream 7`. */
export function trackName({ name, tid, kind }: TimelineTrack): string {
  return kind === "thread" ? withNumber(name, tid) : name;
}

function withNumber(name: string, number: number | string): string {
  const words = (text: string): string => ` ${text.split(/[^\p{L}\p{N}]+/u).join(" ")} `;
  return words(name).includes(words(String(number))) ? name : `${name} ${number}`;
}
