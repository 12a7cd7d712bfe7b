// Random numbers from a seed, the same on every machine: 32-bit integer arithmetic alone. Knows nothing of what is drawn with
// them.

/** Four 32-bit words: where a generator is. */
export type RandomState = readonly [number, number, number, number];

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators"), its state filled from the seed by
 * splitmix32. A seed is a whole number from 0 to 2^53 - 1; all of its bits count.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    let word = seed | 0;
    const next = (): number => {
      word = (word + 0x9e3779b9) | 0;
      return mix(word);
    };
    [this.a, this.b] = [next(), next()];
    // Two seeds never give one state: the lower half of a seed's bits decides the first word, the upper half the third.
    word ^= Math.floor(seed / 2 ** 32);
    [this.c, this.d] = [next(), next()];
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** A whole number from 0 to `count` - 1, each as likely as the others; `count` is 1 to 2^32. */
  below(count: number): number {
    // What does not divide evenly is drawn again (Lemire's and everyone's remedy for the bias of the remainder).
    const even = 2 ** 32 - (2 ** 32 % count);
    for (;;) {
      const drawn = this.next();
      if (drawn < even) return drawn % count;
    }
  }

  get state(): RandomState {
    return [this.a, this.b, this.c, this.d];
  }

  set state([a, b, c, d]: RandomState) {
    [this.a, this.b, this.c, this.d] = [a, b, c, d];
  }
}

/**
 * The numbers 0 to `count` - 1 in an order that the seed gives, each once, without a list of them: a Feistel network over the
 * next even number of bits, walked until it falls inside.
 */
export class SeededOrder {
  private readonly half: number;
  private readonly keys: readonly number[];

  constructor(
    private readonly count: number,
    seed: number,
  ) {
    let half = 1;
    while (4 ** half < count) half++;
    this.half = half;
    const random = new SeededRandom(seed);
    this.keys = Array.from({ length: 4 }, () => random.next());
  }

  /** The number at a place. */
  at(place: number): number {
    let number = place;
    do number = this.permute(number, false);
    while (number >= this.count);
    return number;
  }

  /** The place of a number. */
  placeOf(number: number): number {
    let place = number;
    do place = this.permute(place, true);
    while (place >= this.count);
    return place;
  }

  private permute(value: number, backwards: boolean): number {
    const size = 2 ** this.half;
    let [left, right] = [Math.floor(value / size), value % size];
    const rounds = backwards ? [3, 2, 1, 0] : [0, 1, 2, 3];
    for (const round of rounds) {
      const key = this.keys[round];
      if (backwards) [left, right] = [(right ^ (mix(left ^ key) & (size - 1))) >>> 0, left];
      else [left, right] = [right, (left ^ (mix(right ^ key) & (size - 1))) >>> 0];
    }
    return left * size + right;
  }
}

// The finaliser of splitmix32.
function mix(word: number): number {
  let z = word;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
