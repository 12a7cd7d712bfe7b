// The sums of an area and the comparison of two traces: by hand, and against sums that are made nanosecond by nanosecond.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNanoseconds, type NewEvent, type Timeline, TimelineBuilder } from "../../src/trace/timeline/index.js";
import { compareNames, comparisonInWords } from "../../widgets/timeline/name-comparison.js";
import { Shown } from "../../widgets/timeline/opened.js";
import { areaSums } from "../../widgets/timeline/sums.js";
import { inference } from "../view/timeline/examples.js";

function shownOf(timelines: readonly Timeline[], offsets: readonly number[] = timelines.map(() => 0)): Shown {
  const opened = timelines.map((timeline) => ({
    title: timeline.source.name,
    sentence: "",
    leftOut: "",
    timeline,
    size: 0,
  }));
  return new Shown(opened, offsets);
}
const all = (): boolean => true;
const us = (time: number): number => time * 1000;

describe("the sums of an area", () => {
  // Iteration 0: 100 to 165; sgemm 115 to 145, relu 150 to 160.
  const shown = shownOf([inference()]);
  const sums = areaSums(shown, { start: us(120), end: us(155) }, all);

  it("take of each event what lies within", () => {
    const times = sums.names.map(({ name, count, total }) => [name, count, total / 1000]);
    expect(times).toEqual([
      ["iteration 0", 1, 35],
      ["cuStreamSynchronize", 1, 35],
      ["sgemm", 1, 25],
      ["relu", 1, 5],
    ]);
    expect(sums.count).toBe(4);
  });

  it("say how busy each track was, each moment once", () => {
    expect(sums.tracks.map(({ track, busy, count }) => [track, busy / 1000, count])).toEqual([
      [0, 35, 2],
      [1, 30, 2],
    ]);
  });

  it("know the least and the most of a name", () => {
    const whole = areaSums(shown, { start: 0, end: us(235) }, all);
    const gemm = whole.names.find(({ name }) => name === "sgemm");
    expect(gemm).toMatchObject({ count: 2, total: us(60), least: us(30), most: us(30) });
    // The instant at the end takes no time, and is there.
    expect(whole.names.find(({ name }) => name === "done")).toMatchObject({ count: 1, total: 0 });
  });

  it("leave out the tracks that are not asked for", () => {
    const device = areaSums(shown, { start: us(120), end: us(155) }, (_, track) => track === 1);
    expect(device.names.map(({ name }) => name)).toEqual(["sgemm", "relu"]);
  });

  it("go by the common axis where a trace is moved", () => {
    const moved = shownOf([inference(), inference()], [0, us(1000)]);
    const { names } = areaSums(moved, { start: us(1120), end: us(1155) }, all);
    expect(names.map(({ trace, name, total }) => [trace, name, total / 1000])).toContainEqual([1, "sgemm", 25]);
    expect(names.every(({ trace }) => trace === 1)).toBe(true);
  });

  it("are those of a count of every nanosecond", () => {
    const event: fc.Arbitrary<NewEvent> = fc.record({
      track: fc.nat(1),
      start: fc.nat(30),
      duration: fc.nat(12),
      name: fc.constantFrom("a", "b"),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 12, minLength: 1 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 15 }),
        (events, start, length) => {
          const timeline = built(events);
          const end = start + length;
          const { tracks, names } = areaSums(shownOf([timeline]), { start, end }, all);
          for (const track of [0, 1]) {
            let busy = 0;
            let total = 0;
            for (let now = start; now < end; now++) {
              const open = Array.from({ length: timeline.events.length }, (_, i) => timeline.event(i)).filter(
                (each) => each.track.index === track && each.start <= now && now < each.start + each.duration,
              );
              if (open.length > 0) busy++;
              total += open.length;
            }
            const own = tracks.find((each) => each.track === track);
            expect(own?.busy ?? 0).toBe(busy);
            const sum = names.filter((each) => each.track === track).reduce((all, each) => all + each.total, 0);
            expect(sum).toBe(total);
          }
        },
      ),
    );
  });
});

function built(events: readonly NewEvent[]): Timeline {
  const builder = new TimelineBuilder();
  const process = builder.process(1);
  builder.track(process, 1);
  builder.track(process, 2);
  // What begins first is at 0 then: an event at 0 keeps the others where they are.
  builder.event({ track: 0, start: 0, name: "a" });
  for (const event of events) builder.event(event);
  return builder.build({ name: "made", format: "chrome" });
}

describe("two traces by name", () => {
  const shown = shownOf([inference(), inference({ name: "slow.jsonl", slower: 2 })]);

  it("begin with what differs most, and count every name of both", () => {
    const rows = compareNames(shown);
    expect(rows.slice(0, 2).map(({ name, counts, totals }) => [name, counts, totals])).toEqual([
      ["sgemm", [2, 2], [us(60), us(120)]],
      ["cuStreamSynchronize", [2, 2], [us(94), us(154)]],
    ]);
    expect(comparisonInWords(shown, rows, formatNanoseconds)).toBe(
      "B, slow.jsonl, takes 290 \u00b5s: 60 \u00b5s more than A, mlp.jsonl. What differs most is sgemm: 60 \u00b5s more in B.",
    );
  });

  it("are the other way round where they are", () => {
    const swapped = shownOf([...shown.traces].reverse().map(({ timeline }) => timeline));
    expect(compareNames(swapped)[0]).toMatchObject({ name: "sgemm", totals: [us(120), us(60)] });
    expect(comparisonInWords(swapped, compareNames(swapped), formatNanoseconds)).toContain("60 \u00b5s less than A");
  });

  it("do not differ from themselves", () => {
    const same = shownOf([inference(), inference()]);
    expect(compareNames(same).every(({ totals }) => totals[0] === totals[1])).toBe(true);
    expect(comparisonInWords(same, compareNames(same), formatNanoseconds)).toBe("Both take 230 \u00b5s.");
  });

  it("are compared within a part of the axis, too", () => {
    // Only iteration 1 of A begins after 160, and in B it begins at 195.
    const rows = compareNames(shown, { start: us(160), end: us(1000) });
    expect(rows.find(({ name }) => name === "sgemm")?.counts).toEqual([1, 1]);
    expect(rows.find(({ name }) => name === "iteration 0")).toBeUndefined();
  });

  it("keep a kernel and a call of one name apart", () => {
    const [one, other] = ["kernel", "call"].map((role) => {
      const builder = new TimelineBuilder();
      builder.event({
        track: builder.track(builder.process(1), 1),
        start: 0,
        duration: 5,
        name: "x",
        role: role as "call",
      });
      return builder.build({ name: role, format: "chrome" });
    });
    expect(compareNames(shownOf([one, other])).map(({ role, counts }) => [role, counts])).toEqual([
      ["kernel", [1, 0]],
      ["call", [0, 1]],
    ]);
  });
});
