// Chrome traces: their text, to the character, and what Perfetto's own trace processor reads in them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AsyncEvent,
  formatChromeTrace,
  type SliceEvent,
  type TraceEvent,
  TraceLanes,
} from "../../../src/trace/chrome/index.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace-processor.js";

function textOf(events: Iterable<TraceEvent>, options?: Parameters<typeof formatChromeTrace>[1]): string {
  return [...formatChromeTrace(events, options)].join("");
}

function linesOf(...events: readonly TraceEvent[]): unknown[] {
  return (JSON.parse(textOf(events)) as { traceEvents: unknown[] }).traceEvents;
}

const slice: SliceEvent = { kind: "slice", pid: 1, tid: 2, name: "h2d", start: 1500, end: 4000 };

/** One of each kind. */
const everything: readonly TraceEvent[] = [
  { kind: "process", pid: 1, name: "gpu", order: 3 },
  { kind: "thread", pid: 1, tid: 2, name: 'slot "0"', order: 0 },
  { ...slice, category: "transfer", args: { request: 7 } },
  { ...slice, pid: 3, tid: 4, name: "kernel", start: 4000, end: 4001 },
  { kind: "instant", pid: 1, tid: 2, name: "rejected", at: 2000, args: { request: 8 } },
  { kind: "counter", pid: 1, name: "waiting", at: 2000, values: { requests: 2.5 } },
  {
    kind: "flow",
    name: "request",
    category: "request",
    id: 1,
    from: { pid: 1, tid: 2, at: 1500 },
    to: { pid: 3, tid: 4, at: 4000 },
  },
  {
    kind: "async",
    pid: 5,
    name: "request",
    category: "request",
    id: 7,
    start: 0,
    end: 5000,
    parts: [
      { name: "wait", start: 0, end: 1500 },
      { name: "work", start: 1500, end: 5000, args: { batch: 1 } },
    ],
  },
];

describe("the text of", () => {
  it("a whole trace", () => {
    expect(textOf([slice], { about: { source: "a test" } })).toBe(
      '{"displayTimeUnit":"ns","otherData":{"source":"a test"},"traceEvents":[\n' +
        '{"ph":"X","pid":1,"tid":2,"ts":1.500,"dur":2.500,"name":"h2d"}\n]}\n',
    );
  });

  it("nothing", () => {
    expect(JSON.parse(textOf([]))).toEqual({ displayTimeUnit: "ns", otherData: {}, traceEvents: [] });
  });

  it("each kind of event", () => {
    expect(linesOf(...everything)).toEqual([
      { ph: "M", pid: 1, name: "process_name", args: { name: "gpu" } },
      { ph: "M", pid: 1, name: "process_sort_index", args: { sort_index: 3 } },
      { ph: "M", pid: 1, tid: 2, name: "thread_name", args: { name: 'slot "0"' } },
      { ph: "M", pid: 1, tid: 2, name: "thread_sort_index", args: { sort_index: 0 } },
      { ph: "X", pid: 1, tid: 2, ts: 1.5, dur: 2.5, name: "h2d", cat: "transfer", args: { request: 7 } },
      { ph: "X", pid: 3, tid: 4, ts: 4, dur: 0.001, name: "kernel" },
      { ph: "i", s: "t", pid: 1, tid: 2, ts: 2, name: "rejected", args: { request: 8 } },
      { ph: "C", pid: 1, ts: 2, name: "waiting", args: { requests: 2.5 } },
      { ph: "s", pid: 1, tid: 2, ts: 1.5, name: "request", cat: "request", id: 1 },
      { ph: "f", bp: "e", pid: 3, tid: 4, ts: 4, name: "request", cat: "request", id: 1 },
      { ph: "b", pid: 5, cat: "request", id: 7, ts: 0, name: "request" },
      { ph: "b", pid: 5, cat: "request", id: 7, ts: 0, name: "wait" },
      { ph: "e", pid: 5, cat: "request", id: 7, ts: 1.5, name: "wait" },
      { ph: "b", pid: 5, cat: "request", id: 7, ts: 1.5, name: "work", args: { batch: 1 } },
      { ph: "e", pid: 5, cat: "request", id: 7, ts: 5, name: "work" },
      { ph: "e", pid: 5, cat: "request", id: 7, ts: 5, name: "request" },
    ]);
  });

  it("an argument that JSON has no number for", () => {
    const args = { none: Number.NaN, much: Number.POSITIVE_INFINITY, address: 2n ** 63n, list: [1, -Infinity] };
    expect(linesOf({ ...slice, args })[0]).toMatchObject({
      args: { none: "NaN", much: "Infinity", address: "9223372036854775808", list: [1, "-Infinity"] },
    });
  });

  it("moments since an epoch, from the trace's own beginning on, to the nanosecond", () => {
    const epoch = 1_700_000_000_000_000_000n;
    const text = textOf([{ ...slice, start: epoch + 1n, end: epoch + 86_400_000_000_007n }], { origin: epoch });
    expect(text).toContain('"ts":0.001,"dur":86400000000.006');
  });

  it("many events comes in pieces, which are the same text", () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ ...slice, start: 10 * i, end: 10 * i + 7 }));
    const pieces = [...formatChromeTrace(many)];
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
    expect((JSON.parse(pieces.join("")) as { traceEvents: unknown[] }).traceEvents).toHaveLength(5000);
  });
});

it.each([
  ["starts before the origin", { ...slice, start: -1 }, "-1 is no moment in whole nanoseconds at or after 0"],
  ["has a start that is no number", { ...slice, start: Number.NaN }, "NaN is no moment"],
  ["has a start between two nanoseconds", { ...slice, start: 0.5 }, "0.5 is no moment"],
  ["ends before it starts", { ...slice, end: 1499 }, "h2d ends at 1499, before it starts at 1500"],
  ["is on a track below 0", { ...slice, tid: -1 }, "-1 is no number of a process, a thread or an arrow"],
  [
    "counts what is no number",
    { kind: "counter", pid: 1, name: "waiting", at: 0, values: { requests: Number.NaN } },
    "the counter waiting has NaN for requests",
  ],
  [
    "has a part outside",
    { ...everything[7], parts: [{ name: "wait", start: 10, end: 5001 }] } as AsyncEvent,
    "wait is not within request",
  ],
] satisfies [string, TraceEvent, string][])("an event that %s is refused", (_name, event, message) => {
  expect(() => textOf([event])).toThrow(RangeError);
  expect(() => textOf([event])).toThrow(message);
});

describe.skipIf(!hasTraceProcessor)("Perfetto", () => {
  it("takes each kind of event", async () => {
    const trace = await judge(textOf(everything));
    expect(await trace.query(traceFaults)).toEqual([]);
    const slices =
      "select slice.name, ts, dur, depth, thread.name as thread from slice left join thread_track on track_id = thread_track.id left join thread using (utid) order by ts, depth, slice.name";
    expect(await trace.query(slices)).toEqual([
      { name: "request", ts: 0n, dur: 5000n, depth: 0n, thread: null },
      { name: "wait", ts: 0n, dur: 1500n, depth: 1n, thread: null },
      { name: "h2d", ts: 1500n, dur: 2500n, depth: 0n, thread: 'slot "0"' },
      { name: "work", ts: 1500n, dur: 3500n, depth: 1n, thread: null },
      { name: "rejected", ts: 2000n, dur: 0n, depth: 1n, thread: 'slot "0"' },
      { name: "kernel", ts: 4000n, dur: 1n, depth: 0n, thread: null },
    ]);
    const arrows =
      "select a.name as source, b.name as target from flow join slice a on slice_out = a.id join slice b on slice_in = b.id";
    expect(await trace.query(arrows)).toEqual([{ source: "h2d", target: "kernel" }]);
    expect(await trace.query("select ts, value from counter")).toEqual([{ ts: 2000n, value: 2.5 }]);
    expect(await trace.query("select pid, name from process where name is not null")).toEqual([
      { pid: 1n, name: "gpu" },
    ]);
  });

  it("reads every nanosecond of the first days as it is written", async () => {
    const day = 86_400_000_000_000;
    const starts = Array.from({ length: 1000 }, (_, i) => 7 * day + i * 1_000_001);
    const trace = await judge(textOf(starts.map((start) => ({ ...slice, start, end: start + 1001 }))));
    const read = await trace.query("select ts, dur from slice order by ts");
    expect(read.map(({ ts }) => Number(ts))).toEqual(starts);
    expect(new Set(read.map(({ dur }) => dur))).toEqual(new Set([1001n]));
  });

  it("drops a slice that reaches out of another on its track: what lanes are for", async () => {
    const crossing = [slice, { ...slice, start: 2000, end: 5000 }];
    const faults = await (await judge(textOf(crossing))).query(traceFaults);
    expect(faults).toEqual([{ name: "slice_drop_overlapping_complete_event", value: 1n }]);
  });

  it("takes any spans whole once they are on lanes", async () => {
    const span = fc.tuple(fc.nat(5000), fc.nat(900)).map(([start, length]) => [start, start + length] as const);
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 200 }), async (drawn) => {
        const lanes = new TraceLanes();
        const spans = [...drawn].sort((a, b) => a[0] - b[0] || b[1] - a[1]);
        const slices = spans.map(([start, end]) => ({ ...slice, tid: 1 + lanes.laneOf(start, end), start, end }));
        const trace = await judge(textOf(slices));
        expect(await trace.query(traceFaults)).toEqual([]);
        const total = spans.reduce((sum, [start, end]) => sum + end - start, 0);
        expect(await trace.query("select count(*) as slices, sum(dur) as total from slice")).toEqual([
          { slices: BigInt(spans.length), total: BigInt(total) },
        ]);
      }),
      { numRuns: 25 },
    );
  });
});
