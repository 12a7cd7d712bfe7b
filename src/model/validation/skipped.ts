// Benchmarks that were not compared, counted by why: a thousand rows of one unknown kernel are one thing to know.

/** A benchmark that could not be compared, and why. */
export interface Skipped {
  readonly index: number;
  readonly reason: string;
}

/** A reason, and the benchmarks that were not compared for it. */
export interface SkippedReason {
  readonly reason: string;
  readonly count: number;
  /** Their places in the file. */
  readonly indices: readonly number[];
}

/** The reasons of skipped benchmarks, the most frequent first, otherwise in the order of the file. */
export function skippedReasons(skipped: readonly Skipped[]): readonly SkippedReason[] {
  const places = new Map<string, number[]>();
  for (const { index, reason } of skipped) {
    const indices = places.get(reason);
    if (indices === undefined) places.set(reason, [index]);
    else indices.push(index);
  }
  return [...places]
    .map(([reason, indices]) => ({ reason, count: indices.length, indices }))
    .sort((a, b) => b.count - a.count);
}

/** Places that are listed by number; of more, how many there are is said. */
const listed = 10;

/** A reason in a sentence: `2 benchmarks (1, 5): kernel type "sort" is not predicted`. */
export function describeSkipped({ reason, count, indices }: SkippedReason): string {
  const more = count > listed ? ", ..." : "";
  const noun = count === 1 ? "benchmark" : "benchmarks";
  return `${count} ${noun} (${indices.slice(0, listed).join(", ")}${more}): ${reason}`;
}
