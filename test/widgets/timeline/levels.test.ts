// Coarser levels say the same of a row with fewer entries.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstEndingFrom, firstStartingFrom, levelFor } from "../../../widgets/timeline/levels.js";
import { anyParts, rowOf } from "./traces.js";

const manyParts = anyParts.filter((parts) => parts.length > 400);

describe("every level of a row", () => {
  it("has each event in one entry, in order, within that entry's time", () => {
    fc.assert(
      fc.property(manyParts, (parts) => {
        const { row, timeline } = rowOf(parts);
        const { start, duration } = timeline.events;
        for (const { length, first, from, to } of row.levels) {
          expect([first[0], first[length]]).toEqual([0, row.events.length]);
          for (let entry = 0; entry < length; entry++) {
            const events = [...row.events.subarray(first[entry], first[entry + 1])];
            expect(from[entry]).toBe(start[events[0]]);
            expect(to[entry]).toBe(Math.max(...events.map((event) => start[event] + duration[event])));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("takes as much time as its events do, and no run is longer than its cell", () => {
    fc.assert(
      fc.property(manyParts, (parts) => {
        const { row } = rowOf(parts);
        const total = parts.reduce((sum, [, duration]) => sum + duration, 0);
        for (const { cell, length, first, from, to, busy } of row.levels) {
          expect(busy.reduce((sum, value) => sum + value, 0)).toBe(total);
          for (let entry = 0; entry < length; entry++) {
            if (first[entry + 1] - first[entry] > 1) expect(to[entry] - from[entry]).toBeLessThanOrEqual(cell);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("has at most half as many entries as the one before", () => {
    fc.assert(
      fc.property(manyParts, (parts) => {
        const { levels } = rowOf(parts).row;
        for (let index = 1; index < levels.length; index++) {
          expect(levels[index].length).toBeLessThanOrEqual(levels[index - 1].length / 2);
          expect(levels[index].cell).toBeGreaterThan(levels[index - 1].cell);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("has the colour that takes most of a run, where one takes more than half", () => {
    // Nine of ten events are of one name, and longer.
    const parts = Array.from({ length: 4000 }, (_, index) => [1, index % 7 === 3 ? 200 : 1] as const);
    const { row } = rowOf(parts);
    expect(row.levels.length).toBeGreaterThan(2);
    const colour = row.levels[0].colour[3];
    for (const level of row.levels.slice(1)) {
      for (let entry = 0; entry < level.length; entry++) {
        const span = level.to[entry] - level.from[entry];
        if (level.busy[entry] > 0.9 * span && span > 200) expect(level.colour[entry]).toBe(colour);
      }
    }
  });
});

it("takes the coarsest level whose runs fit", () => {
  const { row } = rowOf(Array.from({ length: 5000 }, () => [3, 5] as const));
  for (const longest of [0.5, 20, 100, 1e4]) {
    const level = levelFor(row, longest);
    expect(level === row.levels[0] || level.cell <= longest).toBe(true);
    const coarser = row.levels[row.levels.indexOf(level) + 1];
    if (coarser !== undefined) expect(coarser.cell).toBeGreaterThan(longest);
  }
});

it("finds entries by time as looking at each of them does", () => {
  fc.assert(
    fc.property(anyParts, fc.integer({ min: -10, max: 50_000 }), (parts, time) => {
      const [base] = rowOf(parts).row.levels;
      const find = (isIt: (entry: number) => boolean): number => {
        let entry = 0;
        while (entry < base.length && !isIt(entry)) entry++;
        return entry;
      };
      expect(firstEndingFrom(base, time)).toBe(find((entry) => base.to[entry] >= time));
      expect(firstStartingFrom(base, time)).toBe(find((entry) => base.from[entry] >= time));
    }),
  );
});
