// Faults that an older tracer of CUDA's driver had, each of which is here: its files are read as far as anybody can, and what they do not
// say is counted and not guessed.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { driverCallCategory } from "../../src/trace/index.js";
import { OldDialectReader } from "../../src/trace/read/index.js";
import type { Timeline } from "../../src/trace/timeline/index.js";
import { eventsOf, factsOf } from "./read/facts-of.js";
import { readText } from "./read/read-text.js";

function read(lines: readonly string[], block?: number): Timeline {
  const reader = new OldDialectReader("trace.jsonl", block);
  reader.push(new TextEncoder().encode(lines.join("\n")));
  return reader.finish();
}

const spans = (timeline: Timeline) =>
  eventsOf(timeline).map(({ name, start, duration, form }) => [name, start, duration, form]);

/** What bpftrace's program wrote: its own words, milliseconds, the probe in front of the name, no process, a heartbeat. */
const byBpftrace = [
  "Attaching 42 probes...",
  "=== CUDA Full-Stack Tracer (eBPF) ===",
  '{"event_id":0,"ts":0.001000,"tid":77,"phase":"B","type":"userspace","name":"uprobe:/lib/x86_64-linux-gnu/libcuda.so.1:cuMemAlloc_v2","depth":1}',
  '{"event_id":1,"ts":0.004500,"tid":77,"phase":"E","type":"userspace","name":"uretprobe:/lib/x86_64-linux-gnu/libcuda.so.1:cuMemAlloc_v2","depth":1,"duration_us":3.500,"retval":0}',
  '{"event_id":2,"ts":0.004600,"tid":77,"type":"memory","op":"alloc","size":4096,"total_allocated":4096}',
  "# Heartbeat: 3 events captured",
  '{"event_id":3,"ts":1.000000,"tid":77,"phase":"B","type":"userspace","name":"uprobe:/lib/libcuda.so.1:cuLaunchKernel","depth":1}',
  '{"event_id":4,"ts":1.000100,"tid":77,"type":"kernel","op":"launch","grid":[8,1,1],"block":[128,1,1],"threads":1024}',
  '{"event_id":5,"ts":1.000200,"tid":77,"phase":"B","type":"kernel","name":kprobe:nvidia_ioctl,"ioctl_cmd":0xc0044601}',
  '{"event_id":6,"ts":1.000300,"tid":77,"type":"scheduler","op":"schedule_work"}',
  '{"event_id":7,"ts":1.000900,"tid":77,"phase":"E","type":"kernel","name":kprobe:nvidia_ioctl,"duration_us":0.700,"retval":0}',
  '{"event_id":8,"ts":1.001000,"tid":77,"phase":"E","type":"userspace","name":"uretprobe:/lib/libcuda.so.1:cuLaunchKernel","depth":1,"duration_us":1.0,"retval":0}',
];

/** What the library that is loaded first wrote: seconds, a number that joins begin and end. */
const byPreload = [
  '{"ts":12345.000000001,"op_id":0,"tid":77,"depth":0,"phase":"B","name":"cuCtxCreate_v2"}',
  '{"ts":12345.000000101,"op_id":1,"tid":77,"depth":1,"phase":"B","name":"cuDeviceGet"}',
  '{"ts":12345.000000201,"op_id":1,"tid":77,"depth":1,"phase":"E","name":"cuDeviceGet","result_code":0}',
  '{"ts":12345.000000301,"op_id":0,"tid":77,"depth":0,"phase":"E","name":"cuCtxCreate_v2","result_code":0}',
];

/** What BCC's program wrote: seconds from the start of one clock on another, numbers for kinds, no names. */
const byBcc = [
  '{"ts": -1700000000.000001, "event_id": 1, "pid": 7, "tid": 77, "type": 3, "depth": 0}',
  '{"ts": -1700000000.000000, "event_id": 2, "pid": 7, "tid": 77, "type": 1, "depth": 1}',
  '{"ts": -1699999999.999990, "event_id": 3, "pid": 7, "tid": 77, "type": 2, "depth": 1}',
  '{"ts": -1699999999.999980, "event_id": 4, "pid": 8, "tid": 88, "type": 1, "depth": 1}',
  '{"ts": -1699999999.999970, "event_id": 5, "pid": 8, "tid": 88, "type": 6, "depth": 0}',
  '{"ts": -1699999999.999960, "event_id": 6, "pid": 8, "tid": 88, "type": 7, "depth": 0}',
  '{"ts": -1699999999.999950, "event_id": 7, "pid": 8, "tid": 88, "type": 2, "depth": 1}',
];

describe("the older dialects of driver calls", () => {
  it("have their times in ms, s and s: each is read in its own unit, to the nanosecond", async () => {
    expect(spans(await readText(byBpftrace.join("\n")))).toEqual([
      ["cuMemAlloc_v2", 0, 3500, "slice"],
      ["cuLaunchKernel", 999_000, 1000, "slice"],
      ["nvidia_ioctl", 999_200, 700, "slice"],
      ["schedule_work", 999_300, 0, "instant"],
    ]);
    expect(spans(await readText(byPreload.join("\n")))).toEqual([
      ["cuCtxCreate_v2", 0, 300, "slice"],
      ["cuDeviceGet", 100, 100, "slice"],
    ]);
    expect(spans(await readText(byBcc.join("\n")))).toEqual([
      ["cuLaunchKernel", 0, 10_000, "slice"],
      ["a call without a name", 20_000, 30_000, "slice"],
      ["nvidia_ioctl", 30_000, 10_000, "slice"],
    ]);
  });

  it("write a hook's lines as no JSON: they are mended, and counted", () => {
    const timeline = read(byBpftrace);
    const hook = eventsOf(timeline).find(({ name }) => name === "nvidia_ioctl");
    expect(hook).toMatchObject({ role: "hook", duration: 700, args: { ioctl_cmd: 0xc0044601 } });
    expect(timeline.notes).toContainEqual({
      what: "a line that is no JSON and was mended",
      count: 2,
      first: `line 9: ${byBpftrace[8].slice(0, 80)}...`,
    });
  });

  it.each([
    ['{"ts":1.0,"tid":1,"phase":"B","type":"kernel","name":"nvidia_ioctl","cmd":}', { cmd: "" }],
    ['{"ts":1.0,"tid":1,"phase":"B","type":"kernel","name":"nvidia_ioctl","cmd":0x1f', { cmd: 31 }],
    ['{"ts":1.0 "tid":1,"phase":"B" "type":"kernel","name":"nvidia_ioctl","a":[1,2],}', { a: [1, 2] }],
  ])("may break a hook's line in other ways: %s", (line, args) => {
    const timeline = read([line]);
    expect(eventsOf(timeline)).toMatchObject([{ name: "nvidia_ioctl", role: "hook", args }]);
  });

  it("have no id that joins a begin and its end: they are joined by thread and order, nested calls too", () => {
    const line = (ts: string, tid: number, phase: string, name: string) =>
      `{"event_id":1,"ts":${ts},"tid":${tid},"phase":"${phase}","type":"userspace","name":"${name}"}`;
    const timeline = read([
      line("0.001", 1, "B", "cuMemcpyHtoD_v2"),
      line("0.002", 2, "B", "cuMemcpyHtoD_v2"),
      line("0.003", 1, "B", "cuMemcpyHtoD_v2"),
      line("0.004", 1, "E", "cuMemcpyHtoD_v2"),
      line("0.006", 2, "E", "cuMemcpyHtoD_v2"),
      line("0.009", 1, "E", "cuMemcpyHtoD_v2"),
      line("0.010", 1, "E", "cuInit"),
    ]);
    expect(eventsOf(timeline).map(({ track, start, duration }) => [track.tid, start, duration])).toEqual([
      [1, 0, 8000],
      [2, 1000, 4000],
      [1, 2000, 1000],
    ]);
    expect(timeline.notes).toContainEqual({ what: "an end without a beginning", count: 1, first: "cuInit" });
  });

  it("fold processes and threads into one: here each line keeps its own, and those that name none are counted", () => {
    expect(read(byBcc).tracks.map(({ process, tid }) => [process, tid])).toEqual([
      [0, 77],
      [1, 88],
    ]);
    const timeline = read(byBpftrace);
    expect(timeline.processes.map(({ name }) => name)).toEqual(["a process that was not recorded"]);
    expect(timeline.notes).toContainEqual({
      what: "a line that does not name its process",
      count: 9,
      first: "line 3",
    });
  });

  it("file synchronisation under streams: categories are by name, whatever the file says", () => {
    const timeline = read([
      '{"op_id":0,"ts":1.0,"tid":1,"phase":"B","name":"cuStreamSynchronize","category":"stream"}',
    ]);
    expect(timeline.categoryOf(0)).toBe("sync");
    expect(driverCallCategory("cuStreamSynchronize")).toBe("sync");
    expect(driverCallCategory("cuCtxSynchronize")).toBe("sync");
  });

  it("say more of a call on lines of their own: sizes, shapes and ways come to the call", () => {
    const calls = eventsOf(read(byBpftrace));
    expect(calls[0]).toMatchObject({
      name: "cuMemAlloc_v2",
      category: "memory",
      bytes: 4096,
      args: { retval: 0, op: "alloc" },
    });
    expect(calls[1]).toMatchObject({
      name: "cuLaunchKernel",
      category: "kernel",
      args: { grid: [8, 1, 1], block: [128, 1, 1] },
    });
    const [copy] = eventsOf(
      read([
        '{"event_id":0,"ts":0.1,"tid":1,"phase":"B","type":"userspace","name":"cuMemcpyDtoH_v2"}',
        '{"event_id":1,"ts":0.2,"tid":1,"type":"transfer","direction":"D2H","size":64,"duration_ms":0.1,"bandwidth_gbps":0.64}',
        '{"event_id":2,"ts":0.3,"tid":1,"phase":"E","type":"userspace","name":"cuMemcpyDtoH_v2"}',
      ]),
    );
    expect(copy).toMatchObject({ category: "transfer", bytes: 64, direction: "device to host", duration: 200_000 });
  });

  it("leave names out: such calls are counted, and none is invented", () => {
    const timeline = read(byBcc);
    expect(timeline.notes).toContainEqual(
      expect.objectContaining({ what: "a call whose name was not recorded", count: 1 }),
    );
    expect(eventsOf(timeline)[1]).toMatchObject({ name: "a call without a name", category: "other" });
  });

  it("begin only, where ends were not traced: unfinished, and said", () => {
    const timeline = read([
      '{"ts":0.5,"pid":9,"type":"cuda_api","func":"uprobe:/lib/libcuda.so:cuInit","phase":"entry"}',
    ]);
    expect(eventsOf(timeline)).toMatchObject([
      { name: "cuInit", form: "unfinished", category: "init", process: { pid: 9 } },
    ]);
    expect(timeline.notes).toContainEqual({ what: "an event whose end was not recorded", count: 1, first: "cuInit" });
  });

  it("are the same however their bytes come", () => {
    for (const lines of [byBpftrace, byPreload, byBcc]) {
      const whole = factsOf(read(lines));
      for (const block of [1, 7, 100]) expect(factsOf(read(lines, block))).toEqual(whole);
    }
  });

  it("that hold no call are refused", () => {
    expect(() => read(["=== words ===", '{"event_id": 1}'])).toThrow(InputError);
    expect(() => read(["{}"])).toThrow("trace.jsonl: there is no call in it: a line of an unknown kind (line 1: {})");
  });
});
