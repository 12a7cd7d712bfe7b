// Timelines for the tests of their picture: any, as fast-check makes them, and a small one that is known.
import fc from "fast-check";
import { SeededRandom } from "../../../src/core/random.js";
import { type NewEvent, type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { colourNumbers } from "../../../widgets/timeline/colour.js";
import type { Row } from "../../../widgets/timeline/levels.js";
import { TraceRows } from "../../../widgets/timeline/rows.js";

/** Events on a few tracks of two processes, crowded enough to touch, to enclose each other, and to overlap in part. */
export const anyTimeline: fc.Arbitrary<Timeline> = fc
  .array(
    fc.record({
      track: fc.nat(3),
      start: fc.nat(400),
      duration: fc.oneof(fc.nat(3), fc.nat(60)),
      name: fc.constantFrom("gemm", "softmax", "cuMemAlloc_v2", "layers.0"),
      correlation: fc.option(fc.nat(5), { nil: undefined }),
      role: fc.constantFrom("kernel", "call", "range", "copy"),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(timelineOf);

export function timelineOf(events: readonly Omit<NewEvent, "form">[]): Timeline {
  const builder = new TimelineBuilder();
  const processes = [builder.process(1, { name: "host" }), builder.process(2, { name: "GPU 0", device: 0 })];
  const tracks = [0, 1, 2, 3].map((index) => builder.track(processes[index >> 1], index, { name: `track ${index}` }));
  for (const event of events) builder.event({ ...event, track: tracks[event.track] });
  return builder.build({ name: "made up", format: "chrome" });
}

export function rowsOf(timeline: Timeline): TraceRows {
  return new TraceRows(timeline, colourNumbers(timeline));
}

/** The first row of a timeline whose events keep apart: gaps and durations, one after another. */
export function rowOf(parts: readonly (readonly [gap: number, duration: number])[]): { row: Row; timeline: Timeline } {
  let now = 0;
  const events = parts.map(([gap, duration], index) => {
    const start = now + gap;
    now = start + duration;
    return { track: 0, start, duration, name: `event ${index % 7}`, role: "kernel" as const };
  });
  const timeline = timelineOf(events);
  return { row: rowsOf(timeline).rows[0], timeline };
}

/**
 * Gaps and durations of which many are far below and some far above the usual; none shares its moment with another without a duration.
 * Made from a seed, since hundreds of numbers would take an age to shrink.
 */
export const anyParts: fc.Arbitrary<(readonly [gap: number, duration: number])[]> = fc
  .record({ seed: fc.nat(), length: fc.integer({ min: 1, max: 700 }) })
  .map(({ seed, length }) => {
    const random = new SeededRandom(seed);
    const most = [[3, 40, 3000] as const, [1, 5, 40, 2000] as const];
    const draw = (limits: readonly number[]): number => random.below(limits[random.below(limits.length)]);
    return Array.from({ length }, () => [1 + draw(most[0]), draw(most[1])] as const);
  });
