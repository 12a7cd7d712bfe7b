// A linear axis with round ticks, beside the log axis of validations. Knows nothing of what is drawn.
import { logScale, type Scale } from "../validation/scale.js";

export { logScale, type Scale };

/** From `from` to `to` in values, from pixel `start` to pixel `end`; about `count` ticks at 1, 2 or 5 times a power of ten. */
export function linearScale(from: number, to: number, start: number, end: number, count = 5): Scale {
  // Ends that differ by less than their ticks could be counted in are the same.
  const until = to - from > 1e-9 * Math.abs(from) ? to : from + (Math.abs(from) || 1);
  const step = niceStep((until - from) / count);
  const ticks: number[] = [];
  // Counted, so that no tick inherits the rounding of those before.
  for (let k = Math.ceil(from / step - 1e-9); k * step <= until + step * 1e-9; k++) ticks.push(tidy(k * step, step));
  return { from, to: until, at: (value) => start + ((end - start) * (value - from)) / (until - from), ticks };
}

/** A log axis from `from` to `to` with ticks at 1, 2 and 5 where few powers of ten are in sight. */
export function logScaleBetween(from: number, to: number, start: number, end: number): Scale {
  const [low, high] = from > 0 && to > from ? [from, to] : [1, 10];
  const factors = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push(value);
    }
  }
  const at = (value: number): number => start + ((end - start) * Math.log(value / low)) / Math.log(high / low);
  return { from: low, to: high, at, ticks };
}

/** The least of 1, 2 and 5 times a power of ten that is no less. */
export function niceStep(least: number): number {
  if (!(least > 0 && Number.isFinite(least))) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tidy(value: number, step: number): number {
  const digits = Math.max(0, Math.min(20, 1 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits));
}
