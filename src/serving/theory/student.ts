// Student's t distribution: how wide an interval of a mean from a few values has to be. Knows nothing of queues.
import { exp, log } from "../../core/elementary.js";

/**
 * The number below which a t-distributed one lies with this probability (greater than 0 and less than 1), for a whole number of degrees
 * of freedom from 1 on: 2.228 of 0.975 and 10. To about 12 digits.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  const beyond = 1 - probability;
  let [low, high] = [0, 1];
  while (studentTail(high, degrees) > beyond) [low, high] = [high, 2 * high];
  // Halving until no double is in between.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (studentTail(middle, degrees) > beyond) low = middle;
    else high = middle;
  }
}

/** The probability of more than t, which is 0 or greater. */
export function studentTail(t: number, degrees: number): number {
  // Abramowitz and Stegun, 26.7.1 with 26.5.2: half of the incomplete beta function of degrees / (degrees + t^2).
  const square = t * t;
  const x = degrees / (degrees + square);
  const other = square / (degrees + square);
  const a = degrees / 2;
  // x^a (1 - x)^(1/2) / B(a, 1/2), where B(a, 1/2) = gamma(a) sqrt(pi) / gamma(a + 1/2).
  const front = (exp(a * log(x)) * Math.sqrt(other) * gammaRatio(degrees)) / Math.sqrt(Math.PI);
  // The fraction converges quickly on this side of the mean, and its mirror on the other.
  if (x < (a + 1) / (a + 2.5)) return (0.5 * front * betaFraction(x, a, 0.5)) / a;
  return 0.5 - front * betaFraction(other, 0.5, a);
}

/** gamma((n + 1) / 2) / gamma(n / 2), n whole. */
function gammaRatio(degrees: number): number {
  // By gamma(x + 1) = x gamma(x) up to where the first terms of the asymptotic series (Tricomi and Erdelyi, 1951) are enough.
  let factor = 1;
  let n = degrees;
  for (; n < 1000; n += 2) factor *= n / (n + 1);
  const r = 1 / n;
  return factor * Math.sqrt(n / 2) * (1 - r * (1 / 4 - r * (1 / 32 + r * (5 / 128 - r * (21 / 2048)))));
}

/** The continued fraction of the incomplete beta function, Abramowitz and Stegun, 26.5.8, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= d * c;
    if (Math.abs(d * c - 1) < 2 ** -52) break;
  }
  return value;
}
