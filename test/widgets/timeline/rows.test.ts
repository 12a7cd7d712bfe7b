// Every event lies in one row, where the others of that row keep apart from it.
import fc from "fast-check";
import { expect, it } from "vitest";
import { stepFrom } from "../../../widgets/timeline/steps.js";
import { anyTimeline, rowsOf, timelineOf } from "./traces.js";

it("are rows of events that do not overlap, in order, each event in one of them", () => {
  fc.assert(
    fc.property(anyTimeline, (timeline) => {
      const { rows, rowOf, placeOf } = rowsOf(timeline);
      const { start, duration, length } = timeline.events;
      const seen = new Set<number>();
      for (const [index, { events }] of rows.entries()) {
        for (let place = 0; place < events.length; place++) {
          seen.add(events[place]);
          expect([rowOf[events[place]], placeOf[events[place]]]).toEqual([index, place]);
          if (place === 0) continue;
          const before = events[place - 1];
          expect(start[events[place]]).toBeGreaterThanOrEqual(start[before] + duration[before]);
        }
      }
      expect(seen.size).toBe(length);
    }),
  );
});

it("have a summary in which what touches keeps its own colour, and what overlaps has that of the longest", () => {
  const event = (start: number, duration: number, name: string) => ({
    track: 0,
    start,
    duration,
    name,
    role: "kernel" as const,
  });
  const timeline = timelineOf([event(0, 10, "a"), event(10, 10, "bb"), event(30, 5, "a"), event(32, 20, "ccc")]);
  const rows = rowsOf(timeline);
  const { levels, events } = rows.trackSummary(0);
  const [{ from, to, colour, busy }] = levels;
  expect([[...from], [...to], [...busy]]).toEqual([
    [0, 10, 30],
    [10, 20, 52],
    [10, 10, 22],
  ]);
  expect([...colour]).toEqual([rows.colours[0], rows.colours[1], rows.colours[3]]);
  expect([...events]).toEqual([0, 1, 2, 3]);
  expect(rows.processSummary(0).levels[0].from).toEqual(from);
});

// 0 encloses 1 and 3, 1 encloses 2; 4 is of the same name as 1.
const nested = timelineOf([
  { track: 0, start: 0, duration: 100, name: "outer" },
  { track: 0, start: 10, duration: 40, name: "inner" },
  { track: 0, start: 20, duration: 10, name: "innermost" },
  { track: 0, start: 60, duration: 10, name: "second" },
  { track: 1, start: 70, duration: 10, name: "inner" },
]);

it.each([
  ["next", 1, 3],
  ["next", 3, undefined],
  ["previous", 3, 1],
  ["previous", 1, undefined],
  ["parent", 2, 1],
  ["parent", 0, undefined],
  ["child", 0, 1],
  ["child", 1, 2],
  ["child", 2, undefined],
  ["same name", 1, 4],
  ["same name", 4, undefined],
  ["same name before", 4, 1],
] as const)("the step to the %s from event %i leads to %s", (step, from, to) => {
  expect(stepFrom(rowsOf(nested), from, step)).toBe(to);
});
