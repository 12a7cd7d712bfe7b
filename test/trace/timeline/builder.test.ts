import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeEvents, TimelineBuilder } from "../../../src/trace/timeline/index.js";

function built(...spans: readonly (readonly [name: string, start: number, end: number])[]) {
  const builder = new TimelineBuilder();
  const track = builder.track(builder.process(7, { name: "python" }), 8, { name: "main" });
  for (const [name, start, end] of spans) {
    builder.event({ track, name, start, duration: end - start, args: { name } });
  }
  return builder.build({ name: "made.json", format: "chrome" }, { origin: 1_700_000_000_000_000_000n });
}

describe("a timeline", () => {
  it("puts events in order, the enclosing before the enclosed, from the earliest on, and loses no nanosecond", () => {
    const timeline = built(["late", 20, 30], ["inner", 5, 10], ["outer", 5, 15], ["early", -3, -1]);
    expect([0, 1, 2, 3].map((index) => timeline.nameOf(index))).toEqual(["early", "outer", "inner", "late"]);
    expect([...timeline.events.start]).toEqual([0, 8, 8, 23]);
    expect(timeline.origin).toBe(1_699_999_999_999_999_997n);
    expect(timeline.end).toBe(33);
    expect(timeline.event(2)).toMatchObject({ name: "inner", args: { name: "inner" }, process: { pid: 7 } });
    expect(String(timeline)).toBe("made.json (Chrome trace): 4 events on 1 track, 33 ns");
  });

  it("is called by its file, and by what that is a copy of", () => {
    const builder = new TimelineBuilder();
    builder.event({ track: builder.track(builder.process(7), 8), name: "cuInit", start: 0, duration: 5 });
    const timeline = builder.build({ name: "gpt2.jsonl", format: "driver-calls", file: "out.json" });
    expect(String(timeline)).toBe(
      "out.json (Chrome trace of gpt2.jsonl, driver calls as JSON lines): 1 event on 1 track, 5 ns",
    );
  });

  it("counts what is noted and keeps where it was first", () => {
    const builder = new TimelineBuilder();
    builder.note("an end without a beginning", "line 3");
    builder.note("an end without a beginning", "line 9");
    const { notes } = builder.build({ name: "x", format: "chrome" });
    expect(notes).toEqual([{ what: "an end without a beginning", count: 2, first: "line 3" }]);
  });

  it("keeps of each event what belongs together, in whatever order they came, with room made for them or not", () => {
    const span = fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 40 }), fc.nat({ max: 5000 }), (all, room) => {
        const builder = new TimelineBuilder();
        if (room > 0) builder.reserve(room);
        const tracks = [0, 1, 2].map((tid) => builder.track(builder.process(1), tid));
        const facts = all.map(([start, duration], number) => ({
          name: `event ${number}`,
          category: `category ${number % 7}`,
          role: number % 2 === 0 ? ("call" as const) : ("copy" as const),
          form: number % 3 === 0 ? ("unfinished" as const) : ("slice" as const),
          start,
          duration,
          correlation: number,
          bytes: 3 * number,
          direction: number % 2 === 0 ? ("host to device" as const) : ("device to host" as const),
          stream: number % 4,
          args: { number },
        }));
        for (const [number, event] of facts.entries()) builder.event({ ...event, track: tracks[number % 3] });
        const timeline = builder.build({ name: "x", format: "chrome" });
        const earliest = Math.min(...all.map(([start]) => start));
        const inOrder = facts
          .map((event, number) => ({ ...event, start: event.start - earliest, track: { index: tracks[number % 3] } }))
          .sort((a, b) => a.start - b.start || b.duration - a.duration || a.correlation - b.correlation);
        expect(all.map((_, index) => timeline.event(index))).toMatchObject(inOrder);
      }),
    );
  });

  it("keeps texts of any length and reads them back", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1);
    const long = "\u00b5".repeat(3_000_000);
    for (const text of ["a", long, "b", long, "\u{1f600}"])
      builder.event({ track, name: "x", start: 0, args: { text } });
    const timeline = builder.build({ name: "x", format: "chrome" });
    expect([0, 1, 2, 3, 4].map((index) => timeline.argumentsOf(index)["text"])).toEqual([
      "a",
      long,
      "b",
      long,
      "\u{1f600}",
    ]);
  });
});

describe("places", () => {
  it("nest what is enclosed and give another lane to what overlaps in part", () => {
    const places = placeEvents(built(["a", 0, 10], ["b", 2, 5], ["c", 4, 12], ["d", 10, 11], ["e", 13, 14]));
    expect([...places.lane]).toEqual([0, 0, 1, 0, 0]);
    expect([...places.depth]).toEqual([0, 1, 0, 0, 0]);
    expect([...places.parent]).toEqual([-1, 0, -1, -1, -1]);
    expect(places.rows).toEqual([[2, 1]]);
  });

  it("are those of a walk over all lanes, whatever overlaps", () => {
    const span = fc.tuple(fc.nat(12), fc.nat(8)).map(([start, length]) => ["s", start, start + length] as const);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 40 }), (spans) => {
        const timeline = built(...spans);
        expect([...placeEvents(timeline).lane]).toEqual(lanesByWalking(timeline));
      }),
      { numRuns: 300 },
    );
  });

  it("have a lane of its own for each of 70,000 that overlap, more than 16 bits count", () => {
    const count = 70_000;
    const { lane } = placeEvents(
      built(...Array.from({ length: count }, (_, index) => ["s", index, count + index] as const)),
    );
    expect(lane.every((own, index) => own === index)).toBe(true);
  });
});

/** By the definition: the first lane on which all that is not over by the start encloses the span. */
function lanesByWalking({ events }: ReturnType<typeof built>): number[] {
  const lanes: { readonly end: number }[][] = [];
  return Array.from({ length: events.length }, (_, index) => {
    const start = events.start[index];
    const end = start + events.duration[index];
    const found = lanes.findIndex((lane) => lane.every((other) => other.end <= start || other.end >= end));
    if (found < 0) return lanes.push([{ end }]) - 1;
    lanes[found].push({ end });
    return found;
  });
}
