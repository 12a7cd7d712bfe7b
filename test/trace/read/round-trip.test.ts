// What is read, written as a Chrome trace and read again is what it was, to the nanosecond.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timelineToChrome } from "../../../src/trace/chrome/index.js";
import { ChromeReader, DriverCallReader, type TraceReader } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { drawnTimelines } from "../chrome/drawn-timelines.js";
import { madeDriverCalls, madePytorchTrace } from "../made-traces.js";
import { eventsOf, factsOf } from "./facts-of.js";

function read(reader: TraceReader, pieces: Iterable<string>): Timeline {
  const encoder = new TextEncoder();
  for (const piece of pieces) reader.push(encoder.encode(piece));
  return reader.finish();
}

const again = (timeline: Timeline) => read(new ChromeReader("copy.json"), timelineToChrome(timeline));

describe("a trace that was written and read again", () => {
  it("is the same in all that it says, of PyTorch", () => {
    const timeline = read(new ChromeReader("made.json"), madePytorchTrace({ launches: 100 }).pieces);
    expect(factsOf(again(timeline))).toEqual(factsOf(timeline));
  });

  it("is the same of driver calls, with the columns beside the arguments and their arrows drawn", () => {
    const timeline = read(new DriverCallReader("made.jsonl"), [
      ...madeDriverCalls({ launches: 100 }).pieces,
      '{"ph":"X","ts":5,"dur":9,"pid":4242,"tid":4242,"id":900,"name":"load weights","cat":"other","args":{"range":"stage"}}\n',
    ]);
    const copy = again(timeline);
    const { events, flows, ...facts } = factsOf(copy);
    const { events: before, flows: none, ...same } = factsOf(timeline);
    expect(facts).toEqual(same);
    expect(none).toEqual([]);
    expect(flows).toHaveLength(100);
    expect(events.map(({ args: _a, argumentText: _t, ...event }) => event)).toEqual(
      before.map(({ args: _a, argumentText: _t, ...event }) => event),
    );
    for (const [at, { args }] of before.entries()) expect(events[at].args).toMatchObject(args);
    // The second copy has nothing to add.
    expect(factsOf(again(copy)).events).toEqual(events);
  });

  it("has the same events at the same times on the same tracks, whatever is in it", () => {
    const keys = (timeline: Timeline) =>
      eventsOf(timeline)
        .map(({ name, category, form, track, process, start, duration, args }) => {
          const at = String(timeline.origin + BigInt(start));
          const { correlation: _c, stream: _s, bytes: _b, ...own } = args;
          // How long something lasted whose end is not known is not known either.
          const lasted = form === "unfinished" ? undefined : duration;
          return JSON.stringify([process.pid, track.tid, track.kind, name, category, form, at, lasted, own]);
        })
        .sort();
    fc.assert(
      fc.property(drawnTimelines({ flows: "none" }), (timeline) => {
        if (timeline.events.length === 0) return;
        expect(keys(again(timeline))).toEqual(keys(timeline));
      }),
      { seed: 20261121, numRuns: 200 },
    );
  });
});
