// Puts millions of moments in order, much faster than comparing them two by two. Knows nothing of what happened then.

/** The order of moments in whole numbers, in which equals stay as they came; undefined where they already stand so. */
export function timeOrder(moments: Float64Array): Int32Array | undefined {
  const runs = runsOf(moments);
  if (runs.length <= 2) return undefined;
  return runs.length <= fewRuns ? mergedRuns(moments, runs) : sortedByDigits(moments);
}

/** Up to so many, merging them takes less than sorting by digits: what lies in tables has one a table, what threads wrote in turn has many. */
const fewRuns = 64;

/** Where the stretches begin that are in order already, and where the last one ends; no more are told than there are few. */
function runsOf(moments: Float64Array): number[] {
  const runs = [0];
  for (let index = 1; index < moments.length && runs.length <= fewRuns; index++) {
    if (moments[index] < moments[index - 1]) runs.push(index);
  }
  runs.push(moments.length);
  return runs;
}

/** Merges neighbours two by two until one is left. */
function mergedRuns(moments: Float64Array, runs: readonly number[]): Int32Array {
  let order: Int32Array = numbersTo(moments.length);
  let other: Int32Array = new Int32Array(moments.length);
  for (let bounds = runs; bounds.length > 2; ) {
    const left: number[] = [0];
    for (let run = 0; run + 1 < bounds.length; run += 2) {
      const end = bounds[Math.min(run + 2, bounds.length - 1)];
      merge(moments, order, other, bounds[run], bounds[run + 1], end);
      left.push(end);
    }
    bounds = left;
    [order, other] = [other, order];
  }
  return order;
}

/** Of two neighbouring stretches of `order` makes one of `result`. */
function merge(
  moments: Float64Array,
  order: Int32Array,
  result: Int32Array,
  from: number,
  middle: number,
  end: number,
): void {
  let [one, two, at] = [from, middle, from];
  while (one < middle && two < end) {
    result[at++] = moments[order[one]] <= moments[order[two]] ? order[one++] : order[two++];
  }
  while (one < middle) result[at++] = order[one++];
  while (two < end) result[at++] = order[two++];
}

/** By digits, the lowest first (LSD radix sort): each pass keeps the order of the one before among equals. */
function sortedByDigits(moments: Float64Array): Int32Array {
  const { length } = moments;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < length; index++) {
    const moment = moments[index];
    if (moment > most) most = moment;
    if (moment < least) least = moment;
  }
  let order: Int32Array = numbersTo(length);
  let other: Int32Array = new Int32Array(length);
  // Whole numbers of 32 bits have digits without a division: of a longer one first the lower half, then the upper.
  const half = new Uint32Array(length);
  for (let scale = 1, greatest = most - least; greatest >= 1; scale *= 2 ** 32, greatest /= 2 ** 32) {
    for (let index = 0; index < length; index++) half[index] = Math.floor((moments[index] - least) / scale);
    for (let shift = 0; shift < 32 && greatest >= 2 ** shift; shift += digitBits) {
      sortByDigit(half, shift, order, other);
      [order, other] = [other, order];
    }
  }
  return order;
}

const digitBits = 11;
const digits = 1 << digitBits;

function sortByDigit(values: Uint32Array, shift: number, order: Int32Array, result: Int32Array): void {
  const next = new Int32Array(digits + 1);
  for (let index = 0; index < values.length; index++) next[((values[index] >>> shift) & (digits - 1)) + 1]++;
  for (let digit = 0; digit < digits; digit++) next[digit + 1] += next[digit];
  for (let place = 0; place < order.length; place++) {
    const index = order[place];
    result[next[(values[index] >>> shift) & (digits - 1)]++] = index;
  }
}

function numbersTo(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let index = 0; index < length; index++) numbers[index] = index;
  return numbers;
}
