// A timeline that is written as a Chrome trace and read again is the same timeline.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openNsight } from "../../../src/notebook/nsight.js";
import { timelineToChrome } from "../../../src/trace/chrome/index.js";
import { readTrace } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { madeDriverCalls, madePytorchTrace } from "../made-traces.js";
import { modern, nsightFile, old } from "../read/nsight-files.js";
import { drawnTimelines } from "./drawn-timelines.js";

const encoder = new TextEncoder();

async function readAgain(timeline: Timeline): Promise<Timeline> {
  const pieces = Array.from(timelineToChrome(timeline), (piece) => encoder.encode(piece));
  return await readTrace({ pieces }, { name: timeline.source.name });
}

/** All that a timeline says, in an order of its own. */
function contentsOf(timeline: Timeline): Record<string, unknown> {
  const { source, origin, processes, tracks, events, counters, flows, texts, about, notes } = timeline;
  // In nanoseconds of the clock: an arrow that is left out may have been the earliest.
  const moment = (since: number): string => String(origin + BigInt(since));
  const trackOf = (index: number): string => {
    const { process, tid, name, kind, order } = tracks[index];
    const { pid, name: called, device } = processes[process];
    return JSON.stringify([pid, called, device, tid, name, kind, order]);
  };
  const sorted = (lines: readonly string[]): string[] => [...lines].sort();
  return {
    // The copy's own name is not what was recorded.
    source: JSON.parse(JSON.stringify({ ...source, file: undefined })),
    about: JSON.parse(JSON.stringify(about)),
    notes: [...notes],
    events: sorted(
      Array.from(events.start, (start, index) => {
        const { name, category, role, correlation, stream, form, duration, args } = timeline.event(index);
        return JSON.stringify([
          moment(start),
          duration,
          form,
          name,
          category,
          role,
          correlation,
          stream,
          trackOf(events.track[index]),
          args,
        ]);
      }),
    ),
    counters: sorted(
      counters.map(({ process, name, at, value }) =>
        JSON.stringify([processes[process].pid, name, Array.from(at, moment), [...value]]),
      ),
    ),
    flows: sorted(
      Array.from(flows.fromAt, (fromAt, index) =>
        JSON.stringify([
          texts[flows.name[index]],
          texts[flows.category[index]],
          trackOf(flows.fromTrack[index]),
          moment(fromAt),
          trackOf(flows.toTrack[index]),
          moment(flows.toAt[index]),
        ]),
      ),
    ),
  };
}

/** The arrows that the writer leaves out, as it says. */
function leftOut(timeline: Timeline): number {
  const [head] = timelineToChrome(timeline);
  const { otherData } = JSON.parse(`${head.slice(0, head.indexOf(',"traceEvents"'))}}`) as {
    otherData: { left_out?: Record<string, number> };
  };
  return Object.values(otherData.left_out ?? {}).reduce((sum, count) => sum + count, 0);
}

describe("a timeline that is written and read again", () => {
  it("is the same, whatever is on it", async () => {
    await fc.assert(
      fc.asyncProperty(drawnTimelines({ flows: "recorded" }), async (timeline) => {
        const again = await readAgain(timeline);
        const { flows, ...rest } = contentsOf(timeline);
        const { flows: flowsAgain, ...restAgain } = contentsOf(again);
        expect(restAgain).toEqual(rest);
        if (timeline.flows.length === 0) return;
        expect(again.flows.length).toBe(timeline.flows.length - leftOut(timeline));
        expect(flows).toEqual(expect.arrayContaining(flowsAgain as string[]));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("has the roles, correlations and bytes that it had, whatever its format was", async () => {
    const bytesOf = (pieces: Iterable<string>): Uint8Array[] => Array.from(pieces, (piece) => encoder.encode(piece));
    const timelines = [
      await readTrace({ pieces: bytesOf(madePytorchTrace({ launches: 300 }).pieces) }, { name: "pytorch.json" }),
      await readTrace({ pieces: bytesOf(madeDriverCalls({ launches: 300 }).pieces) }, { name: "calls.jsonl" }),
      await openNsight(nsightFile(modern)),
      await openNsight(nsightFile(old)),
    ];
    const columns = (timeline: Timeline): string[] =>
      Array.from(timeline.events.start, (start, index) => {
        const { name, role, correlation, bytes, direction, stream } = timeline.event(index);
        return JSON.stringify([start, name, role, correlation, bytes, direction, stream]);
      }).sort();
    for (const timeline of timelines) {
      const again = await readAgain(timeline);
      expect(columns(again)).toEqual(columns(timeline));
      const { flows: _flows, ...rest } = contentsOf(timeline);
      expect(contentsOf(again)).toMatchObject(rest);
    }
  });

  it("counts what has no end as often as the recording did, however often it is written", async () => {
    const lines = [
      { ts: 0, ph: "B", pid: 1, tid: 1, id: 1, name: "cuCtxSynchronize" },
      { ts: 5, ph: "X", pid: 1, tid: 1, id: 2, name: "cuInit", dur: 1 },
    ];
    const events = [
      { ph: "B", pid: 1, tid: 1, ts: 0, name: "open" },
      { ph: "b", pid: 1, cat: "request", id: 1, ts: 1, name: "request" },
      { ph: "X", pid: 1, tid: 2, ts: 2, name: "without a duration" },
    ];
    for (const text of [
      lines.map((line) => JSON.stringify(line)).join("\n"),
      JSON.stringify({ traceEvents: events }),
    ]) {
      const recorded = await readTrace({ pieces: [encoder.encode(text)] }, { name: "run" });
      expect(recorded.notes.length).toBeGreaterThan(0);
      const once = await readAgain(recorded);
      expect(once.notes).toEqual(recorded.notes);
      expect((await readAgain(once)).notes).toEqual(recorded.notes);
    }
  });

  it("still notes an end that the copy itself has lost", async () => {
    const [open, whole] = ["open", "whole"].map((name) => ({ ph: "b", pid: 1, cat: "c", id: name, ts: 0, name }));
    const recorded = { traceEvents: [open, whole, { ...whole, ph: "e", ts: 9 }] };
    const timeline = await readTrace({ pieces: [encoder.encode(JSON.stringify(recorded))] }, { name: "run" });
    const text = [...timelineToChrome(timeline)].join("").replace(/,\n\{"ph":"e".*?\}(?=\n|,)/, "");
    const { notes } = await readTrace({ pieces: [encoder.encode(text)] }, { name: "cut" });
    expect(notes).toEqual([{ what: "an event whose end was not recorded", count: 2, first: "open" }]);
  });

  it("knows its own file and the recording's, and only the recording's is written", async () => {
    const recorded = await readTrace(
      { pieces: Array.from(madeDriverCalls({ launches: 3 }).pieces, (piece) => encoder.encode(piece)) },
      { name: "gpt2.jsonl" },
    );
    const pieces = (timeline: Timeline) => Array.from(timelineToChrome(timeline), (piece) => encoder.encode(piece));
    const once = await readTrace({ pieces: pieces(recorded) }, { name: "out.json" });
    expect(once.source).toMatchObject({ name: "gpt2.jsonl", format: "driver-calls", file: "out.json" });
    const twice = await readTrace({ pieces: pieces(once) }, { name: "again.json" });
    expect(twice.source).toEqual({ ...once.source, file: "again.json" });
  });

  it("is the same text when it is written once more", async () => {
    const first = await readAgain(await openNsight(nsightFile(modern)));
    const second = await readAgain(first);
    const textOf = (timeline: Timeline): string => [...timelineToChrome(timeline)].join("");
    expect(textOf(second)).toBe(textOf(first));
  });
});
