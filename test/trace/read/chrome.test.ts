// Chrome traces and PyTorch's profiles, read onto a timeline.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { ChromeReader } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { madePytorchTrace } from "../made-traces.js";
import { eventsOf, factsOf } from "./facts-of.js";

function read(trace: unknown, block?: number): Timeline {
  const text = typeof trace === "string" ? trace : JSON.stringify(trace);
  const reader = new ChromeReader("trace.json", block);
  reader.push(new TextEncoder().encode(text));
  return reader.finish();
}

describe("a Chrome trace", () => {
  it("of whole events keeps names, times, tracks and arguments", () => {
    const timeline = read({
      traceEvents: [
        { ph: "M", pid: 1, name: "process_name", args: { name: "python" } },
        { ph: "M", pid: 1, name: "process_sort_index", args: { sort_index: 3 } },
        { ph: "M", pid: 1, tid: 2, name: "thread_name", args: { name: "main" } },
        { ph: "M", pid: 1, tid: 2, name: "thread_sort_index", args: { sort_index: -1 } },
        { ph: "M", pid: 1, name: "num_cpus", args: { number: 16 } },
        { ph: "X", pid: 1, tid: 2, ts: 10.5, dur: 2.25, name: "step", cat: "work", args: { n: 1 } },
      ],
      displayTimeUnit: "ns",
    });
    expect(timeline.source).toMatchObject({ name: "trace.json", format: "chrome" });
    expect(timeline.origin).toBe(10_500n);
    expect(eventsOf(timeline)).toMatchObject([
      {
        name: "step",
        category: "work",
        start: 0,
        duration: 2250,
        args: { n: 1 },
        process: { pid: 1, name: "python", order: 3 },
        track: { tid: 2, name: "main", kind: "thread", order: -1 },
      },
    ]);
    expect(timeline.about).toEqual({ displayTimeUnit: "ns", num_cpus: { number: 16 } });
    expect(timeline.notes).toEqual([]);
  });

  it("keeps the arguments as they are written, and beside them what has no place elsewhere", () => {
    const timeline = read(
      '[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":1,"name":"a","args":{"big": 12345678901234567890, "x":1.50}},' +
        '{"ph":"X","pid":1,"tid":1,"ts":2,"dur":1,"name":"b","tts":7,"cname":"good","id":"0x1","args":{"n":1}},' +
        '{"ph":"i","pid":1,"tid":1,"ts":3,"name":"c","s":"g"},{"ph":"i","pid":1,"tid":1,"ts":4,"name":"d","s":"t"},' +
        '{"ph":"X","pid":1,"tid":1,"ts":5,"dur":1,"name":"e","args":[1,2]}]',
    );
    expect([0, 1, 2, 3, 4].map((at) => timeline.argumentTextOf(at))).toEqual([
      '{"big": 12345678901234567890, "x":1.50}',
      '{"n":1,"tts":7,"cname":"good","id":"0x1"}',
      '{"s":"g"}',
      "",
      '{"args":[1,2]}',
    ]);
  });

  it("of begins and ends pairs them per thread, nested, interleaved and out of order", () => {
    const at = (ph: string, tid: number, ts: number, name?: string) => ({ ph, pid: 1, tid, ts, name });
    const timeline = read([
      at("B", 1, 0, "outer"),
      at("B", 2, 1, "other"),
      at("E", 1, 9),
      at("B", 1, 2, "inner"),
      { ...at("E", 1, 3), args: { result: 7 } },
      at("E", 2, 5, "other"),
      at("E", 2, 6),
      at("B", 1, 20, "open"),
    ]);
    expect(eventsOf(timeline).map(({ name, start, duration, form }) => [name, start, duration, form])).toEqual([
      ["outer", 0, 9000, "slice"],
      ["other", 1000, 4000, "slice"],
      ["inner", 2000, 1000, "slice"],
      ["open", 20000, 0, "unfinished"],
    ]);
    expect(timeline.argumentsOf(2)).toEqual({ result: 7 });
    expect(timeline.notes).toEqual([
      { what: "an end without a beginning", count: 1, first: "without a name" },
      { what: "an event whose end was not recorded", count: 1, first: "open" },
    ]);
  });

  it("lets spans of one thread overlap in part where their ends say which they end", () => {
    const timeline = read([
      { ph: "B", pid: 1, tid: 1, ts: 0, name: "a" },
      { ph: "B", pid: 1, tid: 1, ts: 1, name: "b" },
      { ph: "E", pid: 1, tid: 1, ts: 2, name: "a" },
      { ph: "E", pid: 1, tid: 1, ts: 3, name: "b" },
    ]);
    expect(eventsOf(timeline).map(({ name, duration }) => [name, duration])).toEqual([
      ["a", 2000],
      ["b", 2000],
    ]);
  });

  it("has counters by process and name, each value a curve", () => {
    const timeline = read([
      { ph: "C", pid: 1, ts: 1, name: "memory", args: { used: 1, free: 2 } },
      { ph: "C", pid: 1, ts: 0, name: "queue", args: { value: 5 } },
      { ph: "C", pid: 1, ts: 2, name: "memory", args: { used: 3, free: "4" } },
      { ph: "C", pid: 1, ts: 2, name: "memory", args: { used: null } },
    ]);
    expect(factsOf(timeline).counters).toEqual([
      { process: 0, name: "memory used", at: [1000, 2000], value: [1, 3] },
      { process: 0, name: "memory free", at: [1000, 2000], value: [2, 4] },
      { process: 0, name: "queue", at: [0], value: [5] },
    ]);
    expect(timeline.notes).toEqual([
      { what: "a value of a counter that is no finite number", count: 1, first: "event 4: used: null" },
    ]);
  });

  it("asks for a thread only where the format does: not of spans, counters and names of processes", () => {
    const timeline = read([
      { ph: "M", pid: 1, name: "process_name", args: { name: "requests" } },
      { ph: "C", pid: 1, ts: 0, name: "queue", args: { value: 5 } },
      { ph: "b", pid: 1, cat: "request", id: 1, ts: 0, name: "request" },
      { ph: "n", pid: 1, cat: "request", id: 1, ts: 1, name: "first token" },
      { ph: "e", pid: 1, cat: "request", id: 1, ts: 2, name: "request" },
    ]);
    expect(timeline.notes).toEqual([]);
    const what = "an event that names no process or no thread, for which 0 stands";
    for (const event of [
      { ph: "X", pid: 1, ts: 0, dur: 1, name: "a" },
      { ph: "X", tid: 1, ts: 0, dur: 1, name: "a" },
      { ph: "n", cat: "request", id: 1, ts: 0, name: "a" },
    ]) {
      expect(read([event]).notes).toEqual([{ what, count: 1, first: "event 1" }]);
    }
  });

  it("joins arrows whatever their order, through steps, and ids that come again by time", () => {
    const arrow = (ph: string, ts: number, id: number | string, tid = 1) => ({
      ph,
      pid: 1,
      tid,
      ts,
      id,
      cat: "c",
      name: "n",
    });
    const timeline = read([
      { ph: "i", pid: 1, tid: 1, ts: 0, name: "x" },
      arrow("f", 5, 1, 2),
      arrow("s", 1, 1),
      // The device's clock is a little early.
      arrow("f", 2, "two", 2),
      arrow("s", 3, "two"),
      arrow("s", 10, 3),
      arrow("t", 11, 3, 2),
      arrow("f", 12, 3, 3),
      arrow("s", 20, 3),
      arrow("f", 21, 3, 2),
      arrow("s", 30, 4),
      arrow("f", 31, 5),
    ]);
    expect(factsOf(timeline).flows.map(([, , from, fromAt, to, toAt]) => [from, fromAt, to, toAt])).toEqual([
      [0, 10_000, 1, 11_000],
      [1, 11_000, 2, 12_000],
      [0, 20_000, 1, 21_000],
      [0, 3000, 1, 2000],
      [0, 1000, 1, 5000],
    ]);
    expect(timeline.notes.map(({ what, count }) => [what, count])).toEqual([
      ["an arrow without a beginning", 1],
      ["an arrow without an end", 1],
    ]);
  });

  it("puts spans that may overlap on a row of their name, with what is within them", () => {
    const span = (ph: string, ts: number, id: string, name: string) => ({
      ph,
      pid: 1,
      tid: 9,
      ts,
      id,
      cat: "request",
      name,
    });
    const timeline = read([
      span("b", 0, "0x1", "request"),
      span("b", 1, "0x2", "request"),
      span("b", 2, "0x1", "queue"),
      span("n", 3, "0x1", "admitted"),
      span("e", 4, "0x1", "queue"),
      span("e", 6, "0x1", "request"),
      span("e", 9, "0x2", "request"),
    ]);
    expect(
      eventsOf(timeline).map(({ name, start, duration, track, args }) => [name, start, duration, track.name, args]),
    ).toEqual([
      ["request", 0, 6000, "request", { id: "0x1" }],
      ["request", 1000, 8000, "request", { id: "0x2" }],
      ["queue", 2000, 2000, "request", { id: "0x1" }],
      ["admitted", 3000, 0, "request", { id: "0x1" }],
    ]);
    expect(timeline.event(0).track.kind).toBe("async");
  });

  it("tells ids of one process from those of another where they are local", () => {
    const span = (ph: string, ts: number, pid: number) => ({
      ph,
      pid,
      tid: 1,
      ts,
      id2: { local: "0x1" },
      cat: "c",
      name: "n",
    });
    const timeline = read([span("b", 0, 1), span("b", 1, 2), span("e", 5, 1), span("e", 9, 2)]);
    expect(eventsOf(timeline).map(({ duration, process }) => [process.pid, duration])).toEqual([
      [1, 5000],
      [2, 8000],
    ]);
  });

  it("counts by its kind what has no place on a timeline", () => {
    const timeline = read([
      { ph: "X", pid: 1, tid: 1, ts: 0, dur: 1, name: "a" },
      { ph: "P", pid: 1, tid: 1, ts: 0, name: "sample" },
      { ph: "P", pid: 1, tid: 1, ts: 1, name: "sample" },
      { ph: "N", pid: 1, tid: 1, ts: 0, id: 1, name: "o" },
      { ph: "?", pid: 1, tid: 1, ts: 0 },
      { pid: 1, tid: 1, ts: 0 },
      { ph: "X", pid: 1, tid: 1, dur: 1, name: "no time" },
      { ph: "X", pid: 1, tid: 1, ts: "later", dur: 1, name: "no time" },
    ]);
    expect(timeline.events.length).toBe(1);
    expect(timeline.notes).toEqual([
      { what: "an event that has no place on a timeline: a sample", count: 2, first: "event 2" },
      { what: "an event that has no place on a timeline: an object that was made", count: 1, first: "event 4" },
      { what: 'an event of an unknown kind, "?"', count: 1, first: "event 5" },
      { what: "an event whose kind is not said", count: 1, first: "event 6" },
      { what: "an event without a time", count: 1, first: "event 7" },
      { what: "an event whose time is no number", count: 1, first: 'event 8: "later"' },
    ]);
  });

  it("keeps an event whose duration cannot be, with what was recorded", () => {
    const timeline = read(
      '[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":-5,"name":"a"},{"ph":"X","pid":1,"tid":1,"ts":1,"name":"b"},' +
        '{"ph":"X","pid":1,"tid":1,"ts":2,"dur":NaN,"name":"c","args":{"loss":NaN}}]',
    );
    expect(eventsOf(timeline)).toMatchObject([
      { name: "a", form: "unfinished", duration: 0, args: { dur: -5 } },
      { name: "b", form: "unfinished", duration: 0 },
      { name: "c", form: "unfinished", duration: 0, args: { dur: "NaN", loss: "NaN" } },
    ]);
    expect(timeline.notes.map(({ what }) => what)).toEqual([
      "an event whose duration is negative",
      "an event without a duration",
      "an event whose duration is no number",
    ]);
  });

  it("says of events without a process, a thread or a name that they have none", () => {
    const timeline = read([{ ph: "X", ts: 0, dur: 1 }]);
    expect(eventsOf(timeline)).toMatchObject([{ name: "", process: { pid: 0 }, track: { tid: 0 } }]);
    expect(timeline.notes.map(({ what }) => what)).toEqual([
      "an event without a name",
      "an event that names no process or no thread, for which 0 stands",
    ]);
  });

  it("is exact to the nanosecond, at an epoch too", () => {
    const nanoseconds = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(nanoseconds, fc.constantFrom(0n, 1_700_000_000_000_000_000n), (offsets, epoch) => {
        const us = (ns: bigint): string => `${ns / 1000n}.${String(ns % 1000n).padStart(3, "0")}`;
        const timeline = read(
          `[${offsets.map((offset) => `{"ph":"X","pid":1,"tid":1,"ts":${us(epoch + offset)},"dur":${us(offset)},"name":"${offset}"}`)}]`,
        );
        for (const { name, start, duration } of eventsOf(timeline)) {
          expect(timeline.origin + BigInt(start)).toBe(epoch + BigInt(name));
          expect(BigInt(duration)).toBe(BigInt(name));
        }
      }),
      { seed: 20261121 },
    );
  });

  it("lets a few events at time 0 not spoil the times of the others", () => {
    const zero = { ph: "i", pid: 1, tid: 1, ts: 0, name: "zero" };
    const late = '{"ph":"X","pid":1,"tid":1,"ts":1700000000000000.001,"dur":0.001,"name":"late"}';
    for (const text of [`[${JSON.stringify(zero)},${late}]`, `[${late},${JSON.stringify(zero)}]`]) {
      const timeline = read(text);
      expect(timeline.origin).toBe(1_700_000_000_000_000_001n);
      expect(eventsOf(timeline).map(({ start, duration }) => [start, duration])).toContainEqual([0, 1]);
      expect(timeline.notes).toHaveLength(1);
    }
  });

  it("reads names with escapes and letters beyond ASCII, and processes and threads that are words", () => {
    const timeline = read(
      '[{"ph":"X","pid":"Spans","tid":"PyTorch \\u0050rofiler","ts":0,"dur":1,"name":"\\ud83d\\ude00 \\"\\u00b5\\" \u00e9"}]',
    );
    expect(eventsOf(timeline)).toMatchObject([
      { name: '\u{1f600} "\u00b5" \u00e9', process: { pid: "Spans" }, track: { tid: "PyTorch Profiler" } },
    ]);
  });

  it.each([
    [
      "with a mark in front and Windows' line ends",
      '\ufeff{"traceEvents":[\r\n{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"}\r\n]}\r\n',
      [],
    ],
    ["as the bare array without its end", '[\n{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"},\n', []],
    [
      "that breaks off within an event",
      '{"traceEvents":[{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"},{"ph":"i","na',
      ["an event that is broken off", "the file ends before its JSON does"],
    ],
    [
      "that breaks off between events",
      '{"traceEvents":[{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"},',
      ["the file ends before its JSON does"],
    ],
    [
      "with something behind it",
      '[{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"}] {"x": 1}',
      ["something after the end of the trace"],
    ],
    [
      "with a broken event",
      '[{"ph":"i" "pid":1},{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"}]',
      ["an event that is no JSON object"],
    ],
    ["with a word in place of an event", '[null,{"ph":"i"},{"ph":"i","pid":1,"tid":1,"ts":0,"name":"a"}]', undefined],
  ])("is read %s", (_how, text, notes) => {
    const timeline = read(text);
    expect(eventsOf(timeline)).toMatchObject([{ name: "a" }]);
    if (notes !== undefined) expect(timeline.notes.map(({ what }) => what)).toEqual(notes);
  });

  it.each([
    ["hello", "this is no JSON"],
    ["[]", "there is no event in it"],
    ['{"x": 1}', "there is no event in it"],
    [
      '[{"ph": "X", "name": "a", "ts": "soon", "dur": 1, "pid": 1, "tid": 1}]',
      'there is no event in it: an event whose time is no number (event 1: "soon")',
    ],
    ['{"traceEvents": [{"ph": "X", ', "there is no event in it: an event that is broken off"],
  ])("that is none is refused: %s", (text, message) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(message);
  });

  it("is the same however its bytes come", () => {
    const text = [...madePytorchTrace({ launches: 12 }).pieces].join("");
    const whole = factsOf(read(text));
    for (const block of [1, 2, 3, 7, 64, 1000, 4096]) expect(factsOf(read(text, block))).toEqual(whole);
    const cut = text.slice(0, 9000);
    const broken = cut.replaceAll('"dur"', '"dur');
    for (const odd of [cut, broken, `${text}x`]) {
      const expected = factsOf(read(odd));
      for (const block of [1, 5, 100]) expect(factsOf(read(odd, block))).toEqual(expected);
    }
  });
});

describe("a profile of PyTorch", () => {
  it("has the devices' work on streams, calls and operators on threads, joined by their correlation", () => {
    const made = madePytorchTrace({ launches: 200 });
    const timeline = read([...made.pieces].join(""));
    expect(timeline.source).toMatchObject({ format: "pytorch", device: "NVIDIA A100-SXM4-80GB", simulated: false });
    expect(timeline.notes).toEqual([]);
    const events = eventsOf(timeline);
    const of = (role: string) => events.filter((event) => event.role === role);
    expect(of("call")).toHaveLength(made.counts.calls);
    expect(of("kernel")).toHaveLength(made.counts.kernels);
    expect(of("copy")).toHaveLength(made.counts.copies);
    expect(of("operator")).toHaveLength(made.counts.operators);
    expect(timeline.flows.length).toBe(made.counts.calls);
    expect(of("copy")[0]).toMatchObject({
      direction: "host to device",
      process: { name: "python (GPU 0)", device: 0 },
      track: { kind: "stream" },
    });
    expect(of("copy")[0].bytes).toBe(of("copy")[0].args["bytes"]);
    const calls = new Map(of("call").map((call) => [call.correlation, call]));
    for (const kernel of of("kernel")) {
      expect(kernel.stream).toBe(kernel.args["stream"]);
      expect(calls.get(kernel.correlation)?.start).toBeLessThan(kernel.start);
    }
  });

  it("counts from its own base of time, to the nanosecond", () => {
    const timeline = read(
      '{"baseTimeNanoseconds": 1727712000123456789, "traceEvents": [{"ph":"X","cat":"cpu_op","pid":1,"tid":1,"ts":5.001,"dur":1,"name":"a"}]}',
    );
    expect(timeline.origin).toBe(1_727_712_000_123_461_790n);
    expect(timeline.source.clock).toBe("epoch");
    expect(timeline.about["baseTimeNanoseconds"]).toBe("1727712000123456789");
  });

  it("tells each of its kinds of event", () => {
    const kinds = [
      ["kernel", "k", "kernel"],
      ["gpu_memcpy", "Memcpy DtoH (Device -> Pinned)", "copy"],
      ["gpu_memset", "Memset (Device)", "memset"],
      ["cuda_runtime", "cudaLaunchKernel", "call"],
      ["cuda_driver", "cuLaunchKernel", "call"],
      ["cpu_op", "aten::mm", "operator"],
      ["user_annotation", "forward", "range"],
      ["gpu_user_annotation", "forward", "range"],
      ["python_function", "nn.Module: Linear_0", "function"],
      ["cuda_sync", "Stream Sync", "wait"],
      ["overhead", "Buffer Flush", "overhead"],
      ["Trace", "PyTorch Profiler (0)", "other"],
    ];
    const timeline = read([
      ...kinds.map(([cat, name], ts) => ({ ph: "X", cat, name, ts, dur: 1, pid: 0, tid: 7 })),
      { ph: "i", cat: "cpu_instant_event", s: "t", name: "[memory]", ts: 100, pid: 1, tid: 1, args: { Bytes: -512 } },
    ]);
    expect(eventsOf(timeline).map(({ role }) => role)).toEqual([...kinds.map(([, , role]) => role), "allocation"]);
    expect(timeline.event(12)).toMatchObject({ form: "instant", bytes: -512 });
  });
});
