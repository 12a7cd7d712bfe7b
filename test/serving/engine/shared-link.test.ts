// Processor sharing: who is through when, computed by hand and another way.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SharedLink } from "../../../src/serving/engine/index.js";

describe("a shared link", () => {
  it("gives each of n transfers an n-th of its bandwidth", () => {
    const link = new SharedLink(100);
    link.start(1, 100, 0);
    expect(link.nextEnd()).toBe(1);
    // From 0.5 s two share it: 50 bytes of each are there at 1.5 s, and then the other has 25 to go alone.
    link.start(2, 75, 0.5);
    expect(link.nextEnd()).toBe(1.5);
    expect(link.finish(1.5)).toBe(1);
    expect(link.nextEnd()).toBe(1.75);
    expect(link.finish(1.75)).toBe(2);
    expect(link.nextEnd()).toBe(Number.POSITIVE_INFINITY);
  });

  it("is through with all bytes no sooner and no later than its bandwidth allows while it is never idle", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const link = new SharedLink(1000);
        for (const [slot, bytes] of sizes.entries()) link.start(slot, bytes, 0);
        let now = 0;
        const order: number[] = [];
        while (link.transfers > 0) {
          now = link.nextEnd();
          order.push(link.finish(now));
        }
        expect(now).toBeCloseTo(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000, 9);
        // The smaller ends first; of equals the one that started first.
        expect(order).toEqual(sizes.map((_, slot) => slot).sort((a, b) => sizes[a] - sizes[b] || a - b));
      }),
    );
  });

  it("ends transfers that start at any time when what each has left, written down at every change, says so", () => {
    const starts = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(starts, (asked) => {
        const link = new SharedLink(2);
        const left = new Map<number, number>();
        let now = 0;
        const moveTo = (moment: number) => {
          for (const [slot, bytes] of left) left.set(slot, bytes - ((moment - now) * 2) / left.size);
          now = moment;
        };
        const endsBefore = (moment: number) => {
          for (let end = link.nextEnd(); end <= moment; end = link.nextEnd()) {
            moveTo(end);
            const least = Math.min(...left.values());
            expect(least).toBeCloseTo(0, 9);
            const slot = link.finish(end);
            expect(left.get(slot)).toBeCloseTo(least, 9);
            left.delete(slot);
          }
        };
        let start = 0;
        for (const [slot, { after, bytes }] of asked.entries()) {
          start += after;
          endsBefore(start);
          moveTo(start);
          link.start(slot, bytes, start);
          left.set(slot, bytes);
        }
        endsBefore(Number.MAX_VALUE);
        expect(left.size).toBe(0);
      }),
    );
  });

  it("forgets what it has moved when it is idle: the last of many transfers takes no other time than the first", () => {
    const link = new SharedLink(3);
    link.start(0, 2 ** 60, 0);
    const end = link.nextEnd();
    link.finish(end);
    link.start(1, 1, end);
    const { generation } = link;
    expect(link.nextEnd()).toBe(end + 1 / 3);
    link.start(2, 1e20, end);
    expect(link.generation).not.toBe(generation);
    expect(link.finish(link.nextEnd())).toBe(1);
  });
});
