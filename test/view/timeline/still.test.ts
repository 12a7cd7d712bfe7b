// A timeline as SVG and in words: what is drawn is what is there, however much it is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NewEvent, placeEvents, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { firstStart, offsetsOf } from "../../../src/view/timeline/align.js";
import { describeTimeline } from "../../../src/view/timeline/sentence.js";
import { stillWords, timelineSvg } from "../../../src/view/timeline/still.js";
import { rowHeight, stillTracks } from "../../../src/view/timeline/still-rows.js";
import { inference, large } from "./examples.js";

/** The bars of a path: their left and right edges and their rows. */
function barsOf(path: string): { left: number; right: number; row: number }[] {
  return [...path.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v/g)].map(([, x, y, width]) => ({
    ...{ left: Number(x), right: Number(x) + Number(width), row: Math.round(Number(y) / rowHeight) },
  }));
}

describe("a still picture", () => {
  const timeline = inference();
  const still = { timeline, title: "mlp", sentence: describeTimeline(timeline) };

  it("names processes, tracks, long events, counters and what colours mean, and says its sentence to who cannot see it", () => {
    const svg = timelineSvg([still]);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const word of [
      "python",
      "main thread",
      "GPU 0: H100",
      "stream 7",
      "bytes allocated",
      "load weights",
      "sgemm",
      "kernels",
      "copies",
    ]) {
      expect(texts).toContain(word);
    }
    expect(svg).toContain(`<title>${stillWords([still])}</title>`);
    expect(svg).toContain('role="img"');
  });

  it("escapes what others wrote", () => {
    const builder = new TimelineBuilder();
    const process = builder.process(1, { name: "<b>&" });
    builder.event({ track: builder.track(process, 1), start: 0, duration: 9, name: '<script>alert("x")</script>' });
    const svg = timelineSvg([{ timeline: builder.build({ name: "x", format: "chrome" }), title: "", sentence: "<i>" }]);
    expect(svg).not.toMatch(/<(script|b|i)>/);
  });

  it("draws only a part of time where that is asked for", () => {
    const svg = timelineSvg([still], { span: { start: 0, end: 100_000 } });
    expect(svg).toContain(">cuMemcpyHtoD_v2<");
    expect(svg).not.toContain("sgemm");
    expect(svg).toContain(">Shown: 100 \u00b5s of 230 \u00b5s.<");
    expect(timelineSvg([still], { span: { start: 0, end: 100_000, name: "load weights" } })).toContain(
      ">Shown: load weights, 100 \u00b5s of 230 \u00b5s.<",
    );
    expect(timelineSvg([still])).not.toContain("Shown: ");
  });

  it("draws a counter in a part of time from the value that it then has, and however close its steps, to where they lead", () => {
    const builder = new TimelineBuilder();
    const process = builder.process(1);
    builder.event({ track: builder.track(process, 1), start: 0, duration: 1_000_000, name: "a" });
    for (const [at, value] of [
      [0, 0],
      [100, 10],
      [500_000, 20],
      [500_001, 40],
      [500_002, 30],
      [900_000, 0],
    ]) {
      builder.counter(process, "bytes", at, value);
    }
    const counted = { timeline: builder.build({ name: "x", format: "chrome" }), title: "", sentence: "" };
    const heights = (span?: { start: number; end: number }): number[] => {
      const [, path] = /<path transform[^>]* d="([^"]*)"/.exec(timelineSvg([counted], { span }))!;
      // 28 pixels are the most, 40.
      return [...path.matchAll(/(?:M[\d.]+ |V)([\d.]+)/g)].map(([, y]) => Math.round((1 - Number(y) / 28) * 40));
    };
    expect(heights()).toEqual([0, 10, 40, 20, 30, 0]);
    expect(heights({ start: 200, end: 800_000 })).toEqual([10, 40, 20, 30]);
    expect(heights({ start: 600_000, end: 800_000 })).toEqual([30]);
  });

  it("draws the tracks that are asked for, and says how many are too many", () => {
    expect(timelineSvg([{ ...still, tracks: [1] }])).not.toContain("main thread");
    expect(timelineSvg([still], { mostTracks: 1 })).toContain("1 more track is not drawn here.");
    expect(timelineSvg([{ ...still, counters: [] }])).not.toContain("bytes allocated");
  });

  it("shows two traces below each other on one axis", () => {
    const slow = inference({ slower: 2 });
    const svg = timelineSvg([still, { timeline: slow, title: "slow", sentence: "Slower." }]);
    expect(svg).toContain("slow: Slower.");
    expect(svg.match(/>main thread</g)).toHaveLength(2);
    // The axis reaches to the end of the longer.
    expect(svg.match(/>250 \u00b5s</g)).toHaveLength(2);
  });

  it("stays small for many events", () => {
    const many = large(40_000);
    expect(timelineSvg([{ timeline: many, title: "", sentence: "" }]).length).toBeLessThan(60_000);
  });

  it("is drawn of a trace without events, too", () => {
    const empty = new TimelineBuilder().build({ name: "empty.json", format: "chrome" });
    expect(timelineSvg([{ timeline: empty, title: "", sentence: describeTimeline(empty) }])).toContain(
      "empty.json (Chrome trace): no events.",
    );
  });

  it("covers every event within its rows, and nothing that none covers", () => {
    const event: fc.Arbitrary<NewEvent> = fc.record({
      track: fc.constant(0),
      start: fc.nat(1000),
      duration: fc.integer({ min: 1, max: 300 }),
      name: fc.constant("e"),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
        const builder = new TimelineBuilder();
        builder.track(builder.process(1), 1);
        for (const each of events) builder.event(each);
        const made = builder.build({ name: "made", format: "chrome" });
        const places = placeEvents(made);
        const width = 500;
        const scale = { from: 0, to: made.end, left: 0, width };
        const [track] = stillTracks(made, places, scale);
        const bars = [...track.paths.values()].flatMap(barsOf);
        const firsts = places.rows[0].map((_, lane) => places.rows[0].slice(0, lane).reduce((a, b) => a + b, 0));
        const spans = Array.from({ length: made.events.length }, (_, i) => ({
          row: firsts[places.lane[i]] + places.depth[i],
          left: (made.events.start[i] / made.end) * width,
          right: ((made.events.start[i] + made.events.duration[i]) / made.end) * width,
        })).filter(({ row }) => row < 8);
        for (const { row, left, right } of spans) {
          const middle = (left + right) / 2;
          expect(bars.some((bar) => bar.row === row && bar.left <= middle + 0.1 && middle - 0.6 <= bar.right)).toBe(
            true,
          );
        }
        for (const bar of bars) {
          const middle = (bar.left + bar.right) / 2;
          const isOver = (span: (typeof spans)[number]) =>
            span.row === bar.row && span.left - 1.1 <= middle && middle <= span.right + 1.1;
          expect(spans.some(isOver)).toBe(true);
        }
      }),
    );
  });
});

describe("what is said of a trace", () => {
  it("is what it is, how long, how busy, and why it was idle", () => {
    expect(describeTimeline(inference())).toBe(
      "mlp.jsonl (driver calls as JSON lines, simulated, H100): 17 events in 230 \u00b5s. The device is busy for 52.2 % of the time, " +
        "40.9 % of its idle time before the first work and after the last; 84.6 % of the rest comes of the host waiting for the device " +
        "before it launches more.",
    );
  });

  it("is not guessed where no device was recorded", () => {
    const builder = new TimelineBuilder();
    builder.event({
      track: builder.track(builder.process(1), 1),
      start: 0,
      duration: 1000,
      name: "cuInit",
      role: "call",
    });
    const words = describeTimeline(builder.build({ name: "a.json", format: "chrome" }));
    expect(words).toBe(
      "a.json (Chrome trace): 1 event in 1 \u00b5s. It does not say when the device worked. " +
        "The host's calls take 1 \u00b5s, most of it in cuInit (100 %).",
    );
  });

  it("ends with what was not read", () => {
    const timeline = inference();
    expect(stillWords([{ timeline, sentence: "Said." }]).split("\n")).toEqual([
      "Said.",
      "1 \u00d7 a line that is no JSON (first: line 17)",
    ]);
  });
});

describe("two traces on one axis", () => {
  const slow = inference({ slower: 2 });

  it("both begin at 0, unless they are aligned by a name", () => {
    expect(offsetsOf([inference(), slow], "start")).toEqual([0, 0]);
    // Iteration 1 begins at 165 in one and at 195 in the other.
    expect(offsetsOf([inference(), slow], { first: "iteration 1" })).toEqual([30_000, 0]);
    expect(firstStart(slow, "iteration 1")).toBe(195_000);
  });

  it("stay where they are where one has no such event", () => {
    expect(firstStart(slow, "nothing")).toBeUndefined();
    expect(offsetsOf([inference()], { first: "iteration 1" })).toEqual([0]);
  });
});
