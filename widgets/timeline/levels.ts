// Levels of detail: the same row with its events merged into ever longer runs, so that a frame reads a few entries for each pixel however many
// events there are. Knows no pixels and no colours but their numbers.

/** Entries in the order of time, none overlapping the next: single events, or runs of events that lie close to each other. */
export interface Level {
  /** No run is longer than this, in nanoseconds; 0 where each entry is an event, or events that overlap. */
  readonly cell: number;
  readonly length: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Nanoseconds of an entry in which something was going on. */
  readonly busy: Float32Array;
  /** The colour that takes most of its time, as far as a majority vote tells. */
  readonly colour: Uint8Array;
  /** The first of an entry's events among the row's; one more than entries. */
  readonly first: Int32Array;
}

/** A row's events and its levels, the finest first. */
export interface Row {
  /** Indices of events, by their start. */
  readonly events: Int32Array;
  readonly levels: readonly Level[];
}

/** A level is kept when it has at most half of the entries of the one before: all of them take no more than twice the first. */
const worth = 0.5;
/** A row of so few entries is read whole. */
const few = 256;

/** The level itself, and coarser ones. */
export function levelsOver(base: Level): Level[] {
  const levels = [base];
  let last = base;
  if (base.length <= few) return levels;
  const span = base.to[base.length - 1] - base.from[0];
  for (let cell = 2 ** Math.floor(Math.log2(Math.max(1, span / base.length))); cell < span; cell *= 2) {
    if (last.length <= few) break;
    const count = countRuns(last, cell);
    if (count > worth * last.length) continue;
    last = merged(last, cell, count);
    levels.push(last);
  }
  return levels;
}

/** The coarsest level whose runs are no longer than this. */
export function levelFor({ levels }: Row, longest: number): Level {
  let index = levels.length - 1;
  while (index > 0 && levels[index].cell > longest) index--;
  return levels[index];
}

/** The first entry that ends at this moment or after it; the number of entries where there is none. */
export function firstEndingFrom({ to, length }: Level, time: number): number {
  return firstAtLeast(to, length, time);
}

/** The first entry that begins at this moment or after it. */
export function firstStartingFrom({ from, length }: Level, time: number): number {
  return firstAtLeast(from, length, time);
}

function firstAtLeast(times: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countRuns({ from, to, length }: Level, cell: number): number {
  let count = 0;
  let start = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < length; index++) {
    if (to[index] - start <= cell) continue;
    start = from[index];
    count++;
  }
  return count;
}

function merged(finer: Level, cell: number, count: number): Level {
  const from = new Float64Array(count);
  const to = new Float64Array(count);
  const busy = new Float32Array(count);
  const colour = new Uint8Array(count);
  const first = new Int32Array(count + 1);
  let run = -1;
  let start = Number.NEGATIVE_INFINITY;
  let votes = 0;
  for (let index = 0; index < finer.length; index++) {
    // What takes no time has a voice too.
    const weight = finer.busy[index] + 1;
    if (finer.to[index] - start > cell) {
      run++;
      start = finer.from[index];
      from[run] = start;
      first[run] = finer.first[index];
      colour[run] = finer.colour[index];
      votes = 0;
    }
    to[run] = finer.to[index];
    busy[run] += finer.busy[index];
    // Boyer and Moore's majority vote, weighted: one pass, no counters.
    if (colour[run] === finer.colour[index]) votes += weight;
    else if (votes >= weight) votes -= weight;
    else {
      colour[run] = finer.colour[index];
      votes = weight - votes;
    }
  }
  first[count] = finer.first[finer.length];
  return { cell, length: count, from, to, busy, colour, first };
}
