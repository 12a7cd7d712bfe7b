// When two figures of a run are the same but for rounding. Knows nothing of what they are figures of.

/** Rounding of sums over millions of requests. */
const tolerance = 1e-6;
/** Of a moment: what lasts from one to another is known to the rounding of both, however short it is. */
const resolution = 2 ** -51;

/** Whether they agree, where rounding of the clock shows in them by as much as `clock`. */
export function agree(a: number, b: number, clock: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)) + clock;
}

/** Seconds by which the sum of so many durations may be off in a run that ends at `end`. */
export function clockRounding(durations: number, end: number): number {
  return durations * end * resolution;
}
