import { describe, expect, it } from "vitest";
import { SeededOrder, SeededRandom } from "../../src/core/random.js";

describe("random numbers from a seed", () => {
  // The published generator, in big integers.
  it("are those of xoshiro128**", () => {
    const random = new SeededRandom(2026);
    const word = (value: bigint): bigint => BigInt.asUintN(32, value);
    const rotate = (value: bigint, bits: bigint): bigint => word((value << bits) | (word(value) >> (32n - bits)));
    let [a, b, c, d] = random.state.map((value) => word(BigInt(value)));
    for (let i = 0; i < 1000; i++) {
      const expected = word(rotate(word(b * 5n), 7n) * 9n);
      const shifted = word(b << 9n);
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotate(d, 11n);
      expect(random.next()).toBe(Number(expected));
    }
  });

  it("are the same for a seed, others for another, whichever of its 53 bits differs", () => {
    const first = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 8 }, () => random.next());
    };
    expect(first(7)).toEqual(first(7));
    const seeds = [0, ...Array.from({ length: 53 }, (_, bit) => 2 ** bit)];
    expect(new Set(seeds.map((seed) => first(seed).join())).size).toBe(seeds.length);
  });

  it("can be put back to where they were", () => {
    const random = new SeededRandom(1);
    random.next();
    const { state } = random;
    const ahead = [random.next(), random.next()];
    random.state = state;
    expect([random.next(), random.next()]).toEqual(ahead);
  });

  it("fall evenly below a bound", () => {
    const random = new SeededRandom(3);
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]++;
    // Six standard deviations of a binomial with p = 1/7.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(6 * Math.sqrt((70_000 * 6) / 49));
  });
});

describe("an order from a seed", () => {
  it.each([1, 2, 3, 16, 17, 1000, 4097])("has each of %i numbers once, and knows its place", (count) => {
    const order = new SeededOrder(count, 5);
    const numbers = Array.from({ length: count }, (_, place) => order.at(place));
    expect([...numbers].sort((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, i) => i));
    numbers.forEach((number, place) => {
      expect(order.placeOf(number)).toBe(place);
    });
  });

  it("holds for as many blocks as a grid can have", () => {
    const order = new SeededOrder(2 ** 47, 9);
    for (const place of [0, 1, 2 ** 31, 2 ** 47 - 1]) expect(order.placeOf(order.at(place))).toBe(place);
  });

  it("is another for another seed", () => {
    const first = (seed: number): string =>
      Array.from({ length: 9 }, (_, i) => new SeededOrder(100, seed).at(i)).join();
    expect(first(1)).toBe(first(1));
    expect(first(1)).not.toBe(first(2));
  });
});
