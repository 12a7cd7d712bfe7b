import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchMeans, meanInterval } from "../../../src/serving/theory/index.js";

function batchMeans(values: readonly number[]): BatchMeans {
  const batches = new BatchMeans();
  for (const value of values) batches.add(value);
  return batches;
}

describe("batch means", () => {
  it("are the values themselves while there are few", () => {
    const values = Array.from({ length: 12 }, (_, i) => (i * 7) % 5);
    expect(batchMeans(values).interval()).toEqual(meanInterval(values));
    expect(batchMeans(values)).toMatchObject({ count: 12, length: 1 });
  });

  it("have no interval of fewer than ten values", () => {
    expect(batchMeans([1, 2, 3, 4, 5, 6, 7, 8, 9]).interval()).toBeUndefined();
  });

  it("are of 10 to 19 batches of a power of two of values, without those of a batch that is not full", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 20_000 }), fc.nat(), (count, seed) => {
        // Whole numbers, so that sums are exact in any order.
        const values = Array.from({ length: count }, (_, i) => (i * 7919 + seed) % 1009);
        const batches = batchMeans(values);
        const full = Math.floor(count / batches.length);
        expect(Math.log2(batches.length) % 1).toBe(0);
        expect(full).toBeGreaterThanOrEqual(10);
        expect(full).toBeLessThan(20);
        const means = Array.from(
          { length: full },
          (_, batch) =>
            values.slice(batch * batches.length, (batch + 1) * batches.length).reduce((sum, value) => sum + value, 0) /
            batches.length,
        );
        expect(batches.interval(0.9)).toEqual(meanInterval(means, 0.9));
        expect(batches.count).toBe(count);
      }),
      { numRuns: 50 },
    );
  });
});
