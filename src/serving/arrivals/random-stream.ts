// Random numbers by purpose: what is drawn for one purpose does not depend on whether, or how often, something is drawn for another. So
// two scenarios of one seed share their arrivals and the k-th draw of every stage (common random numbers), whatever else differs.
// Knows nothing of what is drawn with them.
import { exp, log } from "../../core/elementary.js";
import { type RandomState, SeededRandom } from "../../core/random.js";
import { exponentialLayers, tailStart } from "./ziggurat.js";

/** The stream of `seed` (a whole number from 0 to 2^53 - 1) for `purpose`: `"arrivals"`, `"service compute"`. */
export function randomStream(seed: number, purpose: string): RandomStream {
  return new RandomStream(seed, purpose);
}

export class RandomStream extends SeededRandom {
  /** The second normal number of a pair that has not been asked for; NaN when there is none. */
  private spare: number = Number.NaN;

  constructor(seed: number, purpose: string) {
    super(seed);
    this.state = stateOf(seed, purpose);
  }

  /** Greater than 0 and less than 1: a whole multiple of 2^-53. */
  uniform(): number {
    for (;;) {
      const drawn = (this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6);
      if (drawn !== 0) return drawn * 2 ** -53;
    }
  }

  /** A whole number from `least` to `most`, which are 2^32 - 1 apart at most, each as likely as the others. */
  integer(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** Exponentially distributed: of one stream the k-th draws for two means are in their ratio. */
  exponential(mean: number): number {
    const { edges } = exponentialLayers;
    for (let beyond = 0; ; ) {
      const high = this.next();
      const low = this.next();
      // 53 bits for the place, and of those that are left 8 for the layer: they are independent.
      const layer = ((high & 0xf) << 4) | (low & 0xf);
      const x = ((high >>> 5) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -53 * edges[layer];
      if (x < edges[layer + 1]) return (beyond + x) * mean;
      // What is beyond the lowest layer is distributed like the whole.
      if (layer === 0) beyond += tailStart;
      else if (this.isBelowCurve(x, layer)) return (beyond + x) * mean;
    }
  }

  /** Of mean 0 and variance 1, by the polar method (Marsaglia and Bray, 1964), which needs no sine. */
  normal(): number {
    const { spare } = this;
    if (!Number.isNaN(spare)) {
      this.spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      this.spare = y * factor;
      return x * factor;
    }
  }

  /**
   * Gamma distributed with this mean and coefficient of variation (`cv` 0 is the mean itself), by Marsaglia and Tsang, "A simple method
   * for generating gamma variables" (2000), whose section 6 is for shapes below 1.
   */
  gamma(mean: number, cv: number): number {
    if (cv === 0) return mean;
    const shape = 1 / (cv * cv);
    if (shape >= 1) return (this.standardGamma(shape) * mean) / shape;
    const drawn = this.standardGamma(shape + 1);
    return (drawn * exp(log(this.uniform()) / shape) * mean) / shape;
  }

  /** Lognormally distributed with this mean and coefficient of variation. */
  lognormal(mean: number, cv: number): number {
    const variance = log(1 + cv * cv);
    return mean * exp(Math.sqrt(variance) * this.normal() - variance / 2);
  }

  private isBelowCurve(x: number, layer: number): boolean {
    const { heights } = exponentialLayers;
    return heights[layer] + this.uniform() * (heights[layer + 1] - heights[layer]) < exp(-x);
  }

  private standardGamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = this.uniform();
      const square = x * x;
      if (u < 1 - 0.0331 * square * square || log(u) < 0.5 * square + d * (1 - v + log(v))) return d * v;
    }
  }
}

/** Four words, each of the whole seed and the whole purpose. */
function stateOf(seed: number, purpose: string): RandomState {
  const word = (lane: number): number => {
    let z = mix(mix(Math.imul(lane, 0x9e3779b9) ^ (seed | 0)) ^ Math.floor(seed / 2 ** 32));
    for (let i = 0; i < purpose.length; i++) z = mix((z + 0x9e3779b9) ^ purpose.charCodeAt(i));
    return mix(z + purpose.length);
  };
  const [a, b, c, d] = [word(1), word(2), word(3), word(4)];
  // xoshiro never leaves four zeros.
  return [(a | b | c | d) === 0 ? 1 : a, b, c, d];
}

// The finaliser of splitmix32.
function mix(word: number): number {
  let z = word;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
