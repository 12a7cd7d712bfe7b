import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RandomStream, randomStream } from "../../../src/serving/arrivals/random-stream.js";

const count = 100_000;

function draws(seed: number, draw: (random: RandomStream) => number): number[] {
  const random = randomStream(seed, "test");
  return Array.from({ length: count }, () => draw(random));
}

/**
 * Kolmogorov and Smirnov's distance between what was drawn and a distribution function, in units in which 1.95 is passed once in a
 * thousand times, whatever the distribution; seeds are fixed, so that a test holds always or never.
 */
function distance(drawn: readonly number[], distribution: (x: number) => number): number {
  const sorted = [...drawn].sort((a, b) => a - b);
  const furthest = sorted.reduce((most, x, i) => {
    const expected = distribution(x);
    return Math.max(most, Math.abs(expected - i / count), Math.abs(expected - (i + 1) / count));
  }, 0);
  return furthest * Math.sqrt(count);
}

const limit = 1.95;

describe("a random stream", () => {
  it("is the same for a seed and a purpose, and another for another of either", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.string(),
        fc.maxSafeNat(),
        fc.string(),
        (seed, purpose, otherSeed, otherPurpose) => {
          const first = (...of: [number, string]): number[] => {
            const random = randomStream(...of);
            return Array.from({ length: 4 }, () => random.uniform());
          };
          expect(first(seed, purpose)).toEqual(first(seed, purpose));
          if (seed !== otherSeed) expect(first(seed, purpose)).not.toEqual(first(otherSeed, purpose));
          if (purpose !== otherPurpose) expect(first(seed, purpose)).not.toEqual(first(seed, otherPurpose));
        },
      ),
    );
  });

  // Golden: the bytes of every run with a seed hang on them.
  it("gives the numbers that it always gave", () => {
    const random = randomStream(7, "arrivals");
    expect([
      random.uniform(),
      random.exponential(1),
      random.normal(),
      random.gamma(1, 2),
      random.lognormal(1, 1),
    ]).toMatchInlineSnapshot(`
      [
        0.3946415313068964,
        1.0290432249172035,
        -0.05354941523771251,
        0.004700220592494349,
        0.5409095749784254,
      ]
    `);
  });

  it("is not correlated with that of the next seed or of another purpose", () => {
    const correlation = (a: RandomStream, b: RandomStream): number =>
      Array.from({ length: count }, () => (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12).reduce(
        (sum, x) => sum + x,
        0,
      ) / Math.sqrt(count);
    expect(Math.abs(correlation(randomStream(1, "a"), randomStream(2, "a")))).toBeLessThan(4);
    expect(Math.abs(correlation(randomStream(1, "a"), randomStream(1, "b")))).toBeLessThan(4);
  });

  it("is uniform between 0 and 1, neither of which it gives", () => {
    const drawn = draws(1, (random) => random.uniform());
    expect(distance(drawn, (x) => x)).toBeLessThan(limit);
    for (const x of drawn) expect(x > 0 && x < 1).toBe(true);
  });

  it("gives whole numbers from the least to the most, each as often", () => {
    const drawn = draws(2, (random) => random.integer(-3, 6));
    const counts = new Map<number, number>();
    for (const x of drawn) counts.set(x, (counts.get(x) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6]);
    // Six standard deviations of a binomial with p = 1/10.
    for (const times of counts.values()) expect(Math.abs(times - count / 10)).toBeLessThan(6 * Math.sqrt(count * 0.09));
    expect(randomStream(1, "").integer(4, 4)).toBe(4);
  });

  it("is exponential of its mean", () => {
    expect(
      distance(
        draws(3, (random) => random.exponential(2)),
        (x) => 1 - Math.exp(-x / 2),
      ),
    ).toBeLessThan(limit);
  });

  it("is exponential in its tail too, where the layers end, and at its beginning", () => {
    const random = randomStream(12, "tail");
    const draws = 2_000_000;
    const from = [1e-4, 1e-3, 5, 7, 7.69711747013105, 8, 9, 11];
    const above = new Array(from.length).fill(0);
    for (let i = 0; i < draws; i++) {
      const x = random.exponential(1);
      for (let k = 0; k < from.length; k++) if (x > from[k]) above[k]++;
    }
    from.forEach((x, k) => {
      const share = Math.exp(-x);
      // Five standard deviations of a binomial.
      expect(Math.abs(above[k] - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)));
    });
  });

  it("gives two means numbers in their ratio", () => {
    const [one, three] = [randomStream(5, "x"), randomStream(5, "x")];
    for (let i = 0; i < 1000; i++) expect(three.exponential(3)).toBe(3 * one.exponential(1));
  });

  it("is gamma of its mean and cv", () => {
    // cv 1 is exponential; cv 1 / sqrt 2 the sum of two, Erlang; cv sqrt 2 the square of a normal number.
    expect(
      distance(
        draws(4, (random) => random.gamma(2, 1)),
        (x) => 1 - Math.exp(-x / 2),
      ),
    ).toBeLessThan(limit);
    expect(
      distance(
        draws(5, (random) => random.gamma(2, Math.SQRT1_2)),
        (x) => 1 - (1 + x) * Math.exp(-x),
      ),
    ).toBeLessThan(limit);
    const squares = draws(6, (random) => random.normal() ** 2).sort((a, b) => a - b);
    const steps = (x: number): number => squares.findLastIndex((square) => square <= x);
    const gammas = draws(7, (random) => random.gamma(1, Math.SQRT2));
    for (const x of [0.01, 0.1, 0.5, 1, 2, 5]) {
      const below = gammas.filter((gamma) => gamma <= x).length;
      expect(Math.abs(below - steps(x))).toBeLessThan(5 * Math.sqrt(count / 2));
    }
    expect(randomStream(1, "").gamma(3, 0)).toBe(3);
  });

  it.each([0.1, 0.5, 1, 2, 5])("has the mean and the spread that it is asked for: cv %f", (cv) => {
    const moments = (drawn: readonly number[]): [number, number] => {
      const mean = drawn.reduce((sum, x) => sum + x, 0) / count;
      return [mean, Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count) / mean];
    };
    const [mean, spread] = moments(draws(8, (random) => random.gamma(3, cv)));
    expect(Math.abs(mean / 3 - 1)).toBeLessThan((5 * cv) / Math.sqrt(count));
    expect(Math.abs(spread / cv - 1)).toBeLessThan(0.05);
    // The logarithm is what a lognormal number is simple in.
    const logs = draws(9, (random) => Math.log(random.lognormal(3, cv)));
    const sigma = Math.sqrt(Math.log(1 + cv * cv));
    expect(
      distance(
        logs.map((x) => (x - Math.log(3) + sigma ** 2 / 2) / sigma),
        normalDistribution,
      ),
    ).toBeLessThan(limit);
  });

  it("is normal", () => {
    expect(
      distance(
        draws(10, (random) => random.normal()),
        normalDistribution,
      ),
    ).toBeLessThan(limit);
  });
});

/** By its series (Abramowitz and Stegun, 26.2.10 as a sum of x^(2n+1) / (1 3 5 ...)). */
function normalDistribution(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 3; n < 300; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
