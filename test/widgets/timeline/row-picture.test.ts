// What is drawn is what is there: a row's line of pixels is painted in every column that an event touches, and in no other, at any zoom.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fills } from "../../../widgets/timeline/colour.js";
import type { Row } from "../../../widgets/timeline/levels.js";
import { densities, type Line, RowPainter, type RowSearch, Wide } from "../../../widgets/timeline/row-picture.js";
import { SearchHits } from "../../../widgets/timeline/search-hits.js";
import { anyParts, anyTimeline, rowOf, rowsOf } from "./traces.js";

const count = fills.length * densities;
const numbered = (from: number): Uint32Array => Uint32Array.from({ length: count }, (_, index) => from + index);
/** Pixels that say what they are: plain ones from 1, dimmed ones from 10,001, hits from 20,001. */
const colours = { plain: numbered(1), dimmed: numbered(10_001), hit: numbered(20_001).slice(0, densities) };

function paint(row: Row, line: Line, search?: RowSearch, wide = new Wide()): Uint32Array {
  const out = new Uint32Array(line.width);
  new RowPainter(colours).paint(row, line, { out, at: 0, wide }, search);
  return out;
}

/** The columns that events touch, one by one; an event without a duration touches the one that it is in. */
function touched(events: readonly (readonly [start: number, end: number])[], line: Line): boolean[] {
  const columns = Array.from({ length: line.width }, () => false);
  for (const [start, end] of events) {
    const left = (start - line.start) / line.nanosecondsPerPixel;
    const right = (end - line.start) / line.nanosecondsPerPixel;
    const last = Math.max(Math.floor(left), Math.ceil(right) - 1);
    for (let column = Math.max(0, Math.floor(left)); column <= Math.min(line.width - 1, last); column++) {
      columns[column] = true;
    }
  }
  return columns;
}

const anyLine = fc.record({
  // Fractions that are exact in a double: a start of 5e-324 would be told from 0 by one side alone.
  start: fc.oneof(
    fc.integer({ min: -50, max: 20_000 }),
    fc.integer({ min: -50 * 1024, max: 2000 * 1024 }).map((parts) => parts / 1024),
  ),
  nanosecondsPerPixel: fc.constantFrom(0.01, 0.25, 1, 1.7, 4, 16, 100, 333.3, 4096, 50_000),
  width: fc.integer({ min: 1, max: 300 }),
});

describe("a line of pixels", () => {
  it("is painted where events are, and nowhere else", () => {
    fc.assert(
      fc.property(anyParts, anyLine, (parts, line) => {
        const { row, timeline } = rowOf(parts);
        const { start, duration } = timeline.events;
        const events = [...row.events].map((event) => [start[event], start[event] + duration[event]] as const);
        expect([...paint(row, line)].map((pixel) => pixel > 0)).toEqual(touched(events, line));
      }),
    );
  });

  it("is so for the summaries of tracks and processes, whose events overlap", () => {
    fc.assert(
      fc.property(anyTimeline, anyLine, (timeline, line) => {
        const rows = rowsOf(timeline);
        const { start, duration, track } = timeline.events;
        const within = (isWanted: (track: number) => boolean) =>
          [...start].flatMap((from, event) =>
            isWanted(track[event]) ? [[from, from + duration[event]] as const] : [],
          );
        for (const { index } of timeline.tracks) {
          const drawn = [...paint(rows.trackSummary(index), line)].map((pixel) => pixel > 0);
          expect(drawn).toEqual(
            touched(
              within((of) => of === index),
              line,
            ),
          );
        }
        for (const { index } of timeline.processes) {
          const drawn = [...paint(rows.processSummary(index), line)].map((pixel) => pixel > 0);
          expect(drawn).toEqual(
            touched(
              within((of) => timeline.tracks[of].process === index),
              line,
            ),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("shows every hit of a search, and dims what is more than a column away from any", () => {
    fc.assert(
      fc.property(anyParts, anyLine, fc.integer({ min: 1, max: 40 }), (parts, line, every) => {
        const { row, timeline } = rowOf(parts);
        const { start, duration } = timeline.events;
        const bits = new Uint8Array((timeline.events.length >> 3) + 1);
        for (let event = 0; event < timeline.events.length; event += every) bits[event >> 3] |= 1 << (event & 7);
        const hits = [...row.events].filter((event) => event % every === 0);
        const pixels = [...paint(row, line, new SearchHits(bits).of(row))];
        const times = hits.map((event) => [start[event], start[event] + duration[event]] as const);
        // A run of events may reach into two columns, one of them out of sight.
        const around = { ...line, start: line.start - line.nanosecondsPerPixel, width: line.width + 2 };
        const isHit = touched(times, line);
        const isHitAround = touched(times, around);
        for (const [column, pixel] of pixels.entries()) {
          const isDimmed = pixel > 10_000 && pixel <= 20_000;
          if (isHit[column]) expect({ column, isDimmed }).toEqual({ column, isDimmed: false });
          const isNear = isHitAround.slice(column, column + 3).includes(true);
          if (!isNear && pixel > 0) expect({ column, isDimmed }).toEqual({ column, isDimmed: true });
        }
      }),
    );
  });

  it("fills an event in its own colour, its last column paler", () => {
    const { row } = rowOf([
      [2, 6],
      [2, 8],
    ]);
    const pixels = paint(row, { start: 0, nanosecondsPerPixel: 1, width: 20 });
    const [first, second] = row.levels[0].colour;
    const full = (colour: number): number => 1 + colour * densities + densities - 1;
    // Events are rebased: the first begins at 0.
    expect([...pixels.slice(0, 5)]).toEqual([full(first), full(first), full(first), full(first), full(first)]);
    expect(pixels[5]).toBe(1 + first * densities + Math.floor(0.4 * densities));
    expect([...pixels.slice(6, 9)]).toEqual([0, 0, full(second)]);
  });

  it("is denser where more of a pixel is taken", () => {
    const sparse = rowOf(Array.from({ length: 1000 }, () => [9, 1] as const)).row;
    const dense = rowOf(Array.from({ length: 1000 }, () => [1, 9] as const)).row;
    const step = (row: Row): number =>
      (paint(row, { start: 0, nanosecondsPerPixel: 1000, width: 5 })[2] - 1) % densities;
    expect([step(sparse), step(dense)]).toEqual([0, Math.floor(0.9 * densities)]);
  });

  it("gives apart what is five pixels wide, and instants that stand alone", () => {
    const { row } = rowOf([
      [0, 50],
      [50, 0],
      [50, 4],
    ]);
    const wide = new Wide();
    paint(row, { start: 0, nanosecondsPerPixel: 1, width: 300 }, undefined, wide);
    const given = Array.from({ length: wide.length }, (_, at) => [wide.event[at], wide.left[at], wide.right[at]]);
    expect(given).toEqual([
      [0, 0, 50],
      [1, 100, 100],
    ]);
  });

  it("gives apart what takes no time between two that do, once for each few pixels", () => {
    const { row } = rowOf([
      [0, 50],
      [0, 0],
      [1, 0],
      [1, 50],
      [0, 0],
    ]);
    const wide = new Wide();
    paint(row, { start: 0, nanosecondsPerPixel: 1, width: 300 }, undefined, wide);
    expect([...wide.event.subarray(0, wide.length)]).toEqual([0, 1, 3, 4]);
  });
});
