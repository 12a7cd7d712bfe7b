// Axes of a picture: values to pixels, and where their ticks stand. Knows nothing of what is drawn.

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** The pixel of a value. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** A log axis over positive values, from pixel `start` to pixel `end`, with a little air; ticks at powers of ten. */
export function logScale(values: readonly number[], start: number, end: number): Scale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0 && Number.isFinite(value))) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [1, 10];
  const [from, to] = [low / 1.6, high * 1.6];
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(from)); power <= Math.floor(Math.log10(to)); power++) ticks.push(10 ** power);
  const at = (value: number): number => start + ((end - start) * Math.log(value / from)) / Math.log(to / from);
  return { from, to, at, ticks };
}

/**
 * An axis over percentages with their sign, linear near zero and logarithmic beyond `linear`, so that an error of a factor of ten
 * does not flatten the others.
 */
export function signedScale(values: readonly number[], linear: number, start: number, end: number): Scale {
  const squeeze = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value) / linear);
  let most = 2 * linear;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  most *= 1.15;
  const edge = squeeze(most);
  const at = (value: number): number => start + ((end - start) * (squeeze(value) + edge)) / (2 * edge);
  const steps = [10, 25, 50, 100, 300, 1000, 10_000].filter((step) => step <= most);
  return { from: -most, to: most, at, ticks: [...steps.map((step) => -step).reverse(), 0, ...steps] };
}
