// Timelines as Chrome traces: the text to the character, what stands in it for what readers do not take, and that Perfetto's own
// trace processor reads all of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openNsight } from "../../../src/notebook/nsight.js";
import { timelineToChrome } from "../../../src/trace/chrome/index.js";
import { readTrace } from "../../../src/trace/read/index.js";
import { type NewEvent, type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { madeDriverCalls, madePytorchTrace } from "../made-traces.js";
import { modern, nsightFile } from "../read/nsight-files.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace-processor.js";
import { drawnTimelines } from "./drawn-timelines.js";

interface Line {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what it is to be.
  readonly args?: any;
  readonly [field: string]: unknown;
}

const bytesOf = (pieces: Iterable<string>): Uint8Array[] =>
  Array.from(pieces, (piece) => new TextEncoder().encode(piece));
const textOf = (timeline: Timeline): string => [...timelineToChrome(timeline)].join("");
// biome-ignore lint/suspicious/noExplicitAny: the tests say what it is to be.
const traceOf = (timeline: Timeline): { traceEvents: Line[]; otherData: any } => JSON.parse(textOf(timeline));

/** Events on rows that are made as they are named: `"7/stream 3"` is the stream 3 of the process 7. */
function timelineOf(events: readonly (Omit<NewEvent, "track"> & { readonly on: string })[]): Timeline {
  const builder = new TimelineBuilder();
  for (const { on, ...event } of events) {
    const [pid, row] = on.split("/");
    const isStream = row.startsWith("stream ");
    const tid = Number(row.replace("stream ", ""));
    const process = builder.process(/^-?\d+$/.test(pid) ? Number(pid) : pid);
    const track = builder.track(process, tid, isStream ? { name: row, kind: "stream" } : {});
    builder.event({ ...event, track });
  }
  return builder.build({ name: "made.json", format: "chrome" });
}

describe("a timeline as a Chrome trace", () => {
  it("is this text, with the digits of arguments as they were recorded", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(7, { name: "python" }), 8, { name: "main" });
    const { columns } = builder;
    builder.event({ track, name: "x", category: "cpu_op", start: 1, duration: 1500 });
    columns.argumentsAt.set(0, builder.argumentTexts.addText('{"id":18446744073709551615,"half":1.50}'));
    builder.counter(0, "memory", 2, 0.1);
    const timeline = builder.build({ name: "a.json", format: "pytorch" }, { origin: 1_700_000_000_000_000_000n });
    expect(textOf(timeline)).toBe(
      '{"displayTimeUnit":"ns","otherData":{"source":"a.json","format":"PyTorch profiler","origin_ns":"1700000000000000001"},"traceEvents":[\n' +
        '{"ph":"M","pid":7,"name":"process_name","args":{"name":"python","origin":{"pid":7}}},\n' +
        '{"ph":"M","pid":7,"name":"process_sort_index","args":{"sort_index":0}},\n' +
        '{"ph":"M","pid":7,"tid":8,"name":"thread_name","args":{"name":"main","origin":{"tid":8,"kind":"thread"}}},\n' +
        '{"ph":"M","pid":7,"tid":8,"name":"thread_sort_index","args":{"sort_index":0}},\n' +
        '{"ph":"C","pid":7,"ts":0.001,"name":"memory","args":{"value":0.1}},\n' +
        '{"ph":"X","pid":7,"tid":8,"ts":0,"dur":1.500,"name":"x","cat":"cpu_op","args":{"id":18446744073709551615,"half":1.50},"role":"other"}\n]}\n',
    );
  });

  it("spreads kernels that overlap over lanes, named after their stream", () => {
    const { traceEvents } = traceOf(
      timelineOf([
        { on: "7/stream 3", name: "a", start: 0, duration: 10 },
        { on: "7/stream 3", name: "b", start: 5, duration: 10 },
        { on: "7/stream 3", name: "c", start: 10, duration: 1 },
      ]),
    );
    const threads = traceEvents.filter(({ name }) => name === "thread_name");
    expect(threads.map(({ tid, args }) => [tid, args])).toEqual([
      [3, { name: "stream 3", origin: { tid: 3, kind: "stream" } }],
      [expect.any(Number), { name: "stream 3 (2)", origin: { tid: 3, kind: "stream", name: "stream 3", lane: 1 } }],
    ]);
    const slices = traceEvents.filter(({ ph }) => ph === "X").map(({ name, tid }) => [name, tid]);
    expect(slices).toEqual([
      ["a", 3],
      ["b", threads[1].tid],
      ["c", 3],
    ]);
  });

  it("gives every thread a number of its own, whatever was recorded, and keeps that", () => {
    const on = ["python/7", "0/stream 7", "1/stream 7", "-4/0", "1/-1", "9/9", "5/9"];
    const { traceEvents } = traceOf(timelineOf(on.map((row) => ({ on: row, name: row, start: 0 }))));
    const slices = traceEvents.filter(({ ph }) => ph === "X");
    expect(new Set(slices.map(({ tid }) => tid)).size).toBe(on.length);
    for (const { pid, tid } of slices) {
      expect(pid).toBeGreaterThan(0);
      expect(tid).toBeGreaterThan(0);
    }
    const origins = (name: string) => traceEvents.filter((line) => line.name === name).map(({ args }) => args.origin);
    expect(origins("process_name").map(({ pid }) => pid)).toEqual(["python", 0, 1, -4, 9, 5]);
    expect(origins("thread_name").map(({ tid }) => tid)).toEqual([7, 7, 7, 0, -1, 9, 9]);
    // A process's own thread keeps their common number, and no other thread has it.
    expect(slices[5]).toMatchObject({ pid: 9, tid: 9 });
    expect(slices[6].tid).not.toBe(9);
  });

  it("leads from each call to its kernel where no arrow was recorded", () => {
    const call = { on: "7/1", role: "call", duration: 4 } as const;
    const kernel = { on: "0/stream 3", role: "kernel", duration: 5 } as const;
    const timeline = timelineOf([
      { ...call, name: "launch", start: 0, correlation: 1 },
      { ...call, name: "copy", start: 10, correlation: 2 },
      { ...kernel, name: "k", start: 8, correlation: 1 },
      // By its clock the device began a little before it was asked.
      { ...kernel, name: "c", role: "copy", start: 9, duration: 9, correlation: 2 },
      { ...kernel, name: "alone", start: 30, correlation: 3 },
    ]);
    const ends = traceOf(timeline).traceEvents.filter(({ ph }) => ph === "s" || ph === "f");
    expect(ends.map(({ ph, ts, id, name }) => [ph, ts, id, name])).toEqual([
      ["s", 0, 1, "correlation"],
      ["f", 0.008, 1, "correlation"],
      ["s", 0.01, 2, "correlation"],
      ["f", 0.01, 2, "correlation"],
    ]);
  });

  it("says what no reader takes", () => {
    const builder = new TimelineBuilder();
    const process = builder.process(1);
    const [a, b] = [builder.track(process, 1), builder.track(process, 2)];
    builder.event({ track: a, name: "a", start: 0, duration: 10 });
    builder.event({ track: b, name: "b", start: 5, duration: 10 });
    const arrow = { name: "f", category: "c" };
    builder.flow({ ...arrow, fromTrack: a, fromAt: 20, toTrack: b, toAt: 21 });
    builder.flow({ ...arrow, fromTrack: b, fromAt: 6, toTrack: a, toAt: 0 });
    builder.flow({ ...arrow, fromTrack: a, fromAt: 1, toTrack: b, toAt: 5 });
    builder.counter(process, "memory", 3, Number.POSITIVE_INFINITY);
    builder.note("a line that is no JSON", "line 3");
    const { otherData, traceEvents } = traceOf(
      builder.build({ name: "x", format: "driver-calls", clock: "CLOCK_MONOTONIC" }),
    );
    expect(otherData).toMatchObject({
      clock: "CLOCK_MONOTONIC",
      notes: [{ what: "a line that is no JSON", count: 1, first: "line 3" }],
      left_out: {
        "an arrow without an event at one of its ends": 1,
        "an arrow back in time": 1,
        "a value of a counter that is no finite number": 1,
      },
    });
    expect(traceEvents.filter(({ ph }) => ph === "s")).toHaveLength(1);
  });

  it("is the text of no half of a surrogate pair, at which Perfetto refuses a whole trace", () => {
    const { traceEvents } = traceOf(timelineOf([{ on: "1/2", name: "a\ud800\ud83d\ude00\udc00", start: 0 }]));
    expect(traceEvents.at(-1)?.name).toBe("a\ufffd\u{1f600}\ufffd");
  });

  it("comes in pieces that are never one string", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 2);
    for (let index = 0; index < 20_000; index++) builder.event({ track, name: "x", start: 10 * index, duration: 7 });
    let longest = 0;
    let pieces = 0;
    for (const piece of timelineToChrome(builder.build({ name: "x", format: "chrome" }))) {
      longest = Math.max(longest, piece.length);
      pieces++;
    }
    expect(longest).toBeLessThan(70_000);
    expect(pieces).toBeGreaterThan(10);
  });
});

describe.skipIf(!hasTraceProcessor)("Perfetto", () => {
  it.each(["recorded", "none"] as const)(
    "reads all of any timeline, with arrows %s, and finds no fault",
    async (flows) => {
      await fc.assert(
        fc.asyncProperty(drawnTimelines({ flows }), async (timeline) => {
          const text = textOf(timeline);
          const trace = await judge(text);

          expect(await trace.query(traceFaults)).toEqual([]);
          const [counted] = await trace.query(
            "select (select count(*) from slice where dur >= 0) as whole, (select count(*) from slice where dur < 0) as unfinished, " +
              "(select count(*) from counter) as counters, (select count(*) from flow) as flows, " +
              "(select sum(ts) from slice) as starts, (select sum(dur) from slice where dur >= 0) as durations",
          );
          const { events } = timeline;
          const isUnfinished = (index: number): boolean => timeline.event(index).form === "unfinished";
          const all = [...events.start.keys()];
          const whole = all.filter((index) => !isUnfinished(index));
          const sum = (values: readonly number[]): bigint => BigInt(values.reduce((a, b) => a + b, 0));
          const written = (JSON.parse(text) as { traceEvents: Line[] }).traceEvents;
          expect(counted).toEqual({
            whole: BigInt(whole.length),
            unfinished: BigInt(all.length - whole.length),
            counters: BigInt(timeline.counters.reduce((count, { at }) => count + at.length, 0)),
            flows: BigInt(written.filter(({ ph }) => ph === "s").length),
            starts: all.length === 0 ? null : sum([...events.start]),
            durations: whole.length === 0 ? null : sum(whole.map((index) => events.duration[index])),
          });
        }),
        { numRuns: 30 },
      );
    },
    60_000,
  );

  it.each([
    [
      "PyTorch's profiler, with kernels that overlap",
      () => readTrace({ pieces: bytesOf(madePytorchTrace({ launches: 400 }).pieces) }),
    ],
    ["driver calls", () => readTrace({ pieces: bytesOf(madeDriverCalls({ launches: 400 }).pieces) })],
    ["Nsight Systems", () => openNsight(nsightFile(modern))],
  ])("reads all that was imported of %s", async (_of, imported) => {
    const timeline = await imported();
    const trace = await judge(textOf(timeline));
    expect(await trace.query(traceFaults)).toEqual([]);
    const [counted] = await trace.query(
      "select (select count(*) from slice) as events, (select count(*) from counter) as counters, (select count(*) from flow) as flows, " +
        "(select sum(dur) from slice where dur > 0) as durations",
    );
    const calls = new Set<number>();
    const works: number[] = [];
    let durations = 0;
    for (let index = 0; index < timeline.events.length; index++) {
      const { role, correlation, form, duration } = timeline.event(index);
      if (form === "slice") durations += duration;
      if (correlation === undefined) continue;
      if (role === "call") calls.add(correlation);
      if (role === "kernel" || role === "copy" || role === "memset") works.push(correlation);
    }
    const arrows = timeline.flows.length > 0 ? timeline.flows.length : works.filter((work) => calls.has(work)).length;
    expect(arrows).toBeGreaterThan(0);
    expect(counted).toEqual({
      events: BigInt(timeline.events.length),
      counters: BigInt(timeline.counters.reduce((count, { at }) => count + at.length, 0)),
      flows: BigInt(arrows),
      durations: BigInt(durations),
    });
  });

  it("binds every arrow to the event that it was recorded at, also of those that begin together", async () => {
    const builder = new TimelineBuilder();
    const process = builder.process(1);
    const [host, stream] = [builder.track(process, 2), builder.track(process, 3, { kind: "stream" })];
    builder.event({ track: host, name: "operator", start: 0, duration: 10 });
    builder.event({ track: host, name: "launch", start: 0, duration: 3 });
    builder.event({ track: stream, name: "long", start: 0, duration: 20 });
    builder.event({ track: stream, name: "overlapping", start: 5, duration: 20 });
    builder.flow({ name: "ac2g", category: "ac2g", fromTrack: host, fromAt: 0, toTrack: stream, toAt: 5 });
    const trace = await judge(textOf(builder.build({ name: "x", format: "pytorch" })));
    const arrows =
      "select a.name as source, b.name as target from flow join slice a on slice_out = a.id join slice b on slice_in = b.id";
    expect(await trace.query(arrows)).toEqual([{ source: "launch", target: "overlapping" }]);
    expect(await trace.query(traceFaults)).toEqual([]);
  });
});
