// The numbers of processes and threads as every reader takes them: positive, and a thread's number one thread of the whole machine,
// where a recording has words, negative numbers and the number of one stream on every device. Knows nothing of events.
import type { Timeline } from "../timeline/index.js";

export interface TrackNumbers {
  /** Per process of the timeline. */
  readonly pids: readonly number[];
  /** Per track and lane. */
  readonly tids: readonly (readonly number[])[];
}

/** Keeps each recorded number that is free, and gives another where it is not. `lanes`: how many each track has. */
export function numberTracks(
  { processes, tracks }: Pick<Timeline, "processes" | "tracks">,
  lanes: readonly number[],
): TrackNumbers {
  const kept = new Set<number>();
  const keep = (number: number | string, isFree: (number: number) => boolean): number | undefined => {
    // 0 is the machine's own idle process and thread to readers.
    if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > largest) return undefined;
    if (kept.has(number) || !isFree(number)) return undefined;
    kept.add(number);
    return number;
  };
  const keptPids = processes.map(({ pid }) => keep(pid, () => true));
  const pidsAlone = new Set(kept);
  // A process's main thread has its number.
  const mainOf = new Map(processes.map(({ index }) => [keptPids[index], index]));
  const mainsTaken = new Set<number>();
  const keptTids = tracks.map(({ tid, process }) => {
    if (typeof tid === "number" && pidsAlone.has(tid)) {
      if (mainOf.get(tid) !== process || mainsTaken.has(tid)) return undefined;
      mainsTaken.add(tid);
      return tid;
    }
    return keep(tid, () => true);
  });
  let next = 1;
  const fresh = (): number => {
    while (kept.has(next)) next++;
    return next++;
  };
  const pids = keptPids.map((pid) => pid ?? fresh());
  const tids = tracks.map(({ index }) =>
    Array.from({ length: Math.max(1, lanes[index]) }, (_, lane) =>
      lane === 0 ? (keptTids[index] ?? fresh()) : fresh(),
    ),
  );
  return { pids, tids };
}

/** Readers have 32 bits for them. */
const largest = 2 ** 31 - 1;
