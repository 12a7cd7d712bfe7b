// Driver calls as JSON lines, read onto a timeline.
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import type { DriverCall, DriverTraceHeader } from "../../../src/trace/index.js";
import { DriverCallReader, timelineOfCalls } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { madeDriverCalls } from "../made-traces.js";
import { eventsOf, factsOf } from "./facts-of.js";

const header: DriverTraceHeader = {
  format: "warplab-trace",
  version: 1,
  clock: "simulated",
  device: "h100",
  host: "here",
  source: "simulated",
};

function read(...lines: readonly (object | string)[]): Timeline {
  return readText(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
}

function readText(text: string, block?: number): Timeline {
  const reader = new DriverCallReader("calls.jsonl", block);
  reader.push(new TextEncoder().encode(text));
  return reader.finish();
}

function call(ts: number, dur: number, name: string, more: Partial<DriverCall> = {}): DriverCall {
  return { ts, dur, name, pid: 1, tid: 2, ph: "X", id: ts, cat: "other", ...more };
}

describe("driver calls", () => {
  it("stand on their thread, and what the device did for them on its stream", () => {
    const timeline = read(
      header,
      call(100, 5, "cuLaunchKernel", {
        cat: "kernel",
        corr: 9,
        stream: 3,
        args: { kernel: "saxpy", grid: [1, 1, 1], gpu_start_ns: 110, gpu_end_ns: 150 },
      }),
    );
    expect(timeline.source).toEqual({
      name: "calls.jsonl",
      format: "driver-calls",
      device: "h100",
      host: "here",
      clock: "simulated",
      simulated: true,
    });
    expect(eventsOf(timeline)).toMatchObject([
      { name: "cuLaunchKernel", role: "call", start: 0, duration: 5, correlation: 9, stream: 3, process: { pid: 1 } },
      {
        name: "saxpy",
        role: "kernel",
        start: 10,
        duration: 40,
        correlation: 9,
        stream: 3,
        track: { kind: "stream", tid: 3, name: "stream 3" },
        process: { pid: "device 0", name: "h100 (device 0)", device: 0 },
        args: { kernel: "saxpy", grid: [1, 1, 1] },
      },
    ]);
    expect(timeline.origin).toBe(100n);
    expect(timeline.notes).toEqual([]);
  });

  it("say which way a copy goes and how much it moves, by their words or their name", () => {
    const device = { gpu_start_ns: 0, gpu_end_ns: 2 };
    const timeline = read(
      header,
      call(0, 1, "cuMemcpyHtoD_v2", { cat: "transfer", args: { bytes: 4000, direction: "host to device", ...device } }),
      call(10, 1, "cuMemcpyDtoHAsync_v2", { cat: "transfer", args: { bytes: 8 } }),
      call(20, 1, "cuMemsetD8_v2", { cat: "transfer", args: { bytes: 16, ...device } }),
    );
    const facts = eventsOf(timeline).map(({ role, name, bytes, direction }) => [role, name, bytes, direction]);
    expect(facts).toContainEqual(["copy", "Memcpy HtoD", 4000, "host to device"]);
    expect(facts).toContainEqual(["call", "cuMemcpyHtoD_v2", 4000, "host to device"]);
    expect(facts).toContainEqual(["call", "cuMemcpyDtoHAsync_v2", 8, "device to host"]);
    expect(facts).toContainEqual(["memset", "Memset", 16, ""]);
  });

  it("have kernels and copies by their names, whatever category was recorded", () => {
    const device = { gpu_start_ns: 0, gpu_end_ns: 2 };
    const timeline = read(
      header,
      call(0, 1, "cuLaunchKernel", { cat: "other", args: { kernel: "k", ...device } }),
      call(10, 1, "cuMemcpyHtoD_v2", { cat: "other", args: device }),
      call(20, 1, "vendorLaunch", { cat: "kernel", args: { kernel: "v", ...device } }),
    );
    const work = eventsOf(timeline).filter(({ track }) => track.kind === "stream");
    expect(work.map(({ role, name }) => [role, name])).toEqual([
      ["kernel", "k"],
      ["copy", "Memcpy HtoD"],
      ["kernel", "v"],
    ]);
  });

  it("have no work of a device where the recorder does not know it", () => {
    const timeline = read(header, call(0, 1, "cuLaunchKernel", { cat: "kernel", args: { kernel: "k" } }));
    expect(eventsOf(timeline).map(({ role }) => role)).toEqual(["call"]);
  });

  it("are joined by their id from a beginning and an end, nested calls of one name too", () => {
    const line = (ph: "B" | "E", ts: number, id: number, args?: object) => ({
      ph,
      ts,
      id,
      pid: 1,
      tid: 2,
      name: "cuMemAlloc_v2",
      cat: "memory",
      args,
    });
    const timeline = read(
      header,
      line("B", 0, 1, { bytes: 64 }),
      line("B", 10, 2),
      line("E", 20, 2, { bytes: 32, ptr: "0x20" }),
      line("E", 50, 1, { ptr: "0x10", status: "ok" }),
      line("B", 60, 3),
    );
    expect(
      eventsOf(timeline).map(({ start, duration, form, bytes, args }) => [start, duration, form, bytes, args]),
    ).toEqual([
      [0, 50, "slice", 64, { bytes: 64, ptr: "0x10", status: "ok" }],
      [10, 10, "slice", 32, { bytes: 32, ptr: "0x20" }],
      [60, 0, "unfinished", undefined, {}],
    ]);
    expect(timeline.notes).toEqual([{ what: "a call whose end was not recorded", count: 1, first: "cuMemAlloc_v2" }]);
  });

  it("keep processes, threads, devices and the streams of different processes apart", () => {
    const work = (pid: number, tid: number, device: number, stream: number) =>
      call(pid * 100 + tid, 1, "cuLaunchKernel", {
        cat: "kernel",
        pid,
        tid,
        stream,
        args: { kernel: "k", device, gpu_start_ns: 1000, gpu_end_ns: 1001 },
      });
    const timeline = read(header, work(1, 1, 0, 0), work(1, 2, 0, 0), work(2, 1, 0, 0), work(2, 1, 1, 7));
    expect(timeline.tracks.map(({ process, tid, name }) => [timeline.processes[process].pid, tid, name])).toEqual([
      [1, 1, "thread 1"],
      ["device 0", 0, "default stream"],
      [1, 2, "thread 2"],
      [2, 1, "thread 1"],
      ["device 0", "0 of 2", "default stream of process 2"],
      ["device 1", 7, "stream 7"],
    ]);
  });

  it("tell what a program marked and what hooks in the system saw", () => {
    const timeline = read(
      header,
      call(0, 9, "load weights", { args: { range: "stage" } as object }),
      call(1, 1, "ioctl", { args: { hook: "syscall" } as object }),
      call(2, 1, "cuProfilerStart"),
    );
    expect(eventsOf(timeline).map(({ name, role }) => [name, role])).toEqual([
      ["load weights", "range"],
      ["ioctl", "hook"],
      ["cuProfilerStart", "call"],
    ]);
  });

  it("are read past lines that are none, which are counted with the first of them", () => {
    const timeline = read(
      header,
      "{broken",
      call(5, 1, "cuInit"),
      "",
      "  \r",
      '{"ts": 1}',
      "[1]",
      '{"ph":"X","name":"cuInit"}',
    );
    expect(timeline.events.length).toBe(1);
    expect(timeline.notes).toEqual([
      { what: "a line that is no JSON object", count: 2, first: "line 2: {broken" },
      { what: "a line without a name", count: 1, first: 'line 6: {"ts": 1}' },
      { what: "an event without a time", count: 1, first: "line 8" },
    ]);
  });

  it("that come without a header are read, and said to", () => {
    const timeline = read(call(5, 1, "cuInit", { cat: "init" }));
    expect(timeline.source).toEqual({ name: "calls.jsonl", format: "driver-calls" });
    expect(timeline.notes).toEqual([
      { what: "no header: the device and the clock are not known", count: 1, first: "line 1" },
    ]);
  });

  it("take their category from their name where none is recorded", () => {
    const { cat: _cat, ...bare } = call(0, 1, "cuStreamSynchronize");
    expect(read(header, bare).categoryOf(0)).toBe("sync");
  });

  it("keep what only the end of the recording knows", () => {
    const timeline = read(header, call(0, 1, "cuInit"), { format: "warplab-trace-end", lost: 3, probe_ns: 1200 });
    expect(timeline.about).toMatchObject({ device: "h100", lost: 3, probe_ns: 1200 });
  });

  it("are exact beyond what a double holds", () => {
    const timeline = readText(
      '{"ph":"X","ts":1700000000123456789,"dur":1,"pid":1,"tid":1,"id":1,"name":"cuInit","args":{"gpu_start_ns":1700000000123456790,"gpu_end_ns":1700000000123456793}}\n',
    );
    expect(timeline.origin).toBe(1_700_000_000_123_456_789n);
    expect(eventsOf(timeline).map(({ start, duration }) => [start, duration])).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it.each([
    ['{"format":"warplab-trace","version":2}', "calls.jsonl, line 1: version 2 of driver calls is not known"],
    [JSON.stringify(header), "calls.jsonl: there is no driver call in it"],
    ["{broken\n", "there is no driver call in it: a line that is no JSON object (line 1: {broken)"],
  ])("that are none are refused: %s", (text, message) => {
    expect(() => readText(text)).toThrow(InputError);
    expect(() => readText(text)).toThrow(message);
  });

  it("are the same however their bytes come, and from memory", () => {
    const lines = [...madeDriverCalls({ launches: 120 }).pieces].join("");
    const whole = factsOf(readText(lines));
    for (const block of [1, 2, 3, 64, 1000]) expect(factsOf(readText(lines, block))).toEqual(whole);
    const [first, ...calls] = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(factsOf(timelineOfCalls(first, calls, "calls.jsonl"))).toEqual(whole);
    expect(whole.notes).toEqual([]);
  });
});
