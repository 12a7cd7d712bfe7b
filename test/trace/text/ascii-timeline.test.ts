import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiTimeline } from "../../../src/trace/text/index.js";
import { timeAxis } from "../../../src/trace/text/time-axis.js";
import { eventRoles, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { smallRun } from "./made-run.js";

describe("the ASCII timeline", () => {
  it("has a row a track, a letter a kind, the ranges as bars, an axis, a legend and the busy share", () => {
    // 12 characters of names, 7 of shares: 50 are left, 2 ns each.
    expect(asciiTimeline(smallRun(), { width: 69 }).split("\n")).toEqual([
      "            0         20 ns     40 ns     60 ns     80 ns",
      "            |---------|---------|---------|---------|---------",
      "python 4711",
      "            [load; weights][step                             ]",
      "  main 4712 tttttttttt.....lllll.....ssssssssssssssssssss.....   70 %",
      "device 0",
      "  stream 0       HHHHH                    KKKKKKKKKKKKKKK        40 %",
      "",
      "t transfer  l launch  s synchronise  . within a range  K kernel",
      "H copy host to device",
      "A character is 2 ns: what took most of it, ranges aside. % is the share of time with anything but ranges.",
    ]);
  });

  it("puts the tracks of a process into one row when asked, and counts what overlaps once", () => {
    const builder = new TimelineBuilder();
    const process = builder.process("device 0");
    for (const [tid, start, end] of [
      [1, 0, 60],
      [2, 40, 80],
    ]) {
      builder.event({
        track: builder.track(process, tid, { kind: "stream" }),
        name: "k",
        role: "kernel",
        start,
        duration: end - start,
      });
    }
    builder.event({
      track: builder.track(builder.process(9), 9),
      name: "cuInit",
      role: "call",
      start: 0,
      duration: 100,
    });
    const text = asciiTimeline(builder.build({ name: "x", format: "chrome" }), { by: "process", width: 57 });
    expect(text.split("\n").slice(2, 4)).toEqual([
      `device 0  ${"K".repeat(32)}${" ".repeat(8)}   80 %`,
      `process 9 ${"i".repeat(40)}  100 %`,
    ]);
  });

  it("draws a part, in which a call that has not returned goes on to the end of the trace", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1, { name: "t" });
    builder.event({ track, name: "cuInit", role: "call", start: 0, duration: 50 });
    builder.event({ track, name: "cuCtxSynchronize", role: "call", form: "unfinished", start: 75 });
    builder.event({ track: builder.track(builder.process(2), 2), name: "x", start: 0, duration: 100 });
    const text = asciiTimeline(builder.build({ name: "x", format: "chrome" }), {
      width: 54,
      from: 25,
      to: 100,
      rows: 1,
    });
    expect(text).toContain("1 more row is not shown, the least busy.");
    const both = asciiTimeline(builder.build({ name: "x", format: "chrome" }), { width: 63, from: 25, to: 100 });
    expect(both).toContain(`  t 1      ${"i".repeat(15)}${" ".repeat(15)}${"s".repeat(15)}`);
  });

  it("colours runs of one kind and keeps their width", () => {
    const painted = asciiTimeline(smallRun(), { width: 69, paint: ({ word }, text) => `<${word}:${text}>` });
    expect(painted).toContain("<transfer:tttttttttt><within a range:.....><launch:lllll>");
    expect(painted.replace(/<[^:>]*:([^>]*)>/g, "$1")).toBe(asciiTimeline(smallRun(), { width: 69 }));
  });

  it("says that there is nothing", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1);
    for (const start of [0, 90]) builder.event({ track, name: "cuInit", role: "call", start, duration: 10 });
    const apart = builder.build({ name: "x", format: "chrome" });
    expect(asciiTimeline(apart, { from: 20, to: 50 })).toBe("There is no event from 20 ns to 50 ns.");
    expect(() => asciiTimeline(apart, { from: 200 })).toThrow(
      "there is nothing from 200 ns to 100 ns\nThe trace ends at 100 ns.",
    );
    expect(asciiTimeline(new TimelineBuilder().build({ name: "x", format: "chrome" }))).toBe("There is no event.");
  });

  it("never has a line beyond its width, and shows each row's dominant kind, whatever the events", () => {
    const event = fc.record({
      thread: fc.integer({ min: 1, max: 3 }),
      role: fc.constantFrom(...eventRoles),
      start: fc.integer({ min: 0, max: 5000 }),
      duration: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), fc.integer({ min: 40, max: 200 }), (events, width) => {
        const builder = new TimelineBuilder();
        const process = builder.process(1, { name: "p" });
        for (const { thread, ...rest } of events) {
          builder.event({ track: builder.track(process, thread), name: "cuInit", ...rest });
        }
        const lines = asciiTimeline(builder.build({ name: "x", format: "chrome" }), { width }).split("\n");
        const drawn = lines.slice(0, lines.indexOf(""));
        expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(width);
        const rows = drawn.filter((line) => / \d+ %$/.test(line));
        expect(rows).toHaveLength(new Set(events.map(({ thread }) => thread)).size);
        for (const row of rows) expect(row).toMatch(/[a-zA-Z.]/);
      }),
    );
  });
});

describe("the time axis", () => {
  it("has marks at round times, far enough apart to be read", () => {
    fc.assert(
      fc.property(
        fc.nat(1e12),
        fc.integer({ min: 1, max: 1e12 }),
        fc.integer({ min: 24, max: 300 }),
        (from, span, width) => {
          const [labels, marks] = timeAxis(from, from + span, width);
          expect(marks).toHaveLength(width);
          expect(labels.length).toBeLessThanOrEqual(width);
          const places = [...marks].flatMap((mark, cell) => (mark === "|" ? [cell] : []));
          for (const [i, place] of places.entries()) if (i > 0) expect(place - places[i - 1]).toBeGreaterThanOrEqual(9);
        },
      ),
    );
  });
});
