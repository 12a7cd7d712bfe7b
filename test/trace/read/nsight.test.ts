// Exports of Nsight Systems: what of each table is on the timeline, in the schemas of new and old versions, and the message for each file
// that is none.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openNsight } from "../../../src/notebook/nsight.js";
import { openTrace } from "../../../src/notebook/open-trace.js";
import { analyse, traceMetrics } from "../../../src/trace/analysis/index.js";
import type { Timeline, TimelineEvent } from "../../../src/trace/timeline/index.js";
import { globalId, id, modern, nsightFile, old, type Rows, stringIds } from "./nsight-files.js";

const all = (timeline: Timeline): TimelineEvent[] =>
  Array.from(timeline.events.start, (_, index) => timeline.event(index));
const named = (timeline: Timeline, name: string): TimelineEvent[] =>
  all(timeline).filter((event) => event.name === name);
const read = (rows: Rows): Promise<Timeline> => openNsight(nsightFile(rows));

describe("an export of Nsight Systems", () => {
  it("has its kernels: names are numbers of texts in StringIds, and each is on its stream with the call that asked for it", async () => {
    const timeline = await read(modern);
    const kernels = all(timeline).filter(({ role }) => role === "kernel");
    expect(
      kernels.map(({ name, track, process, duration, correlation }) => [
        name,
        track.name,
        process.name,
        duration,
        correlation,
      ]),
    ).toEqual([
      ["void gemm<float, 128>(float*, int)", "stream 7", "NVIDIA A100-SXM4-80GB (device 0)", 4000, 11],
      ["gemm", "stream 7", "NVIDIA A100-SXM4-80GB (device 0)", 3000, 12],
      ["graph 3", "stream 7", "NVIDIA A100-SXM4-80GB (device 0)", 6000, 20],
    ]);
    expect(kernels[0]).toMatchObject({
      form: "slice",
      category: "kernel",
      stream: 7,
      process: { device: 0 },
      args: {
        grid: [8, 2, 1],
        block: [128, 1, 1],
        shortName: "gemm",
        mangledName: "_Z4gemmIfLi128EEvPfi",
        correlation: 11,
        stream: 7,
        device: 0,
        context: 1,
        "registers per thread": 32,
        staticSharedMemory: 1024,
      },
    });
    expect(kernels[0].args).not.toHaveProperty("graphNodeId");
    expect(timeline.argumentTextOf(kernels[1].index)).toContain('"graphNodeId":9007199254740993');
    const [call] = named(timeline, "cudaLaunchKernel_v7000");
    expect(call).toMatchObject({
      role: "call",
      category: "cuda_runtime",
      correlation: 11,
      track: { tid: 4242, name: "pt_main_thread" },
    });
    expect(call.process).toMatchObject({ pid: 4242, name: "/usr/bin/python3.11" });
    expect(named(timeline, "cuMemAlloc_v2")[0]).toMatchObject({
      category: "cuda_driver",
      track: { tid: 4250 },
      args: { returnValue: 2 },
    });
  });

  it.each([
    [1, "Memcpy HtoD", "host to device"],
    [2, "Memcpy DtoH", "device to host"],
    [3, "Memcpy HtoA", "host to device"],
    [8, "Memcpy DtoD", "device to device"],
    [9, "Memcpy HtoH", "host to host"],
    [10, "Memcpy PtoP", "peer to peer"],
    [11, "Memcpy HtoD (unified memory)", "host to device"],
    [99, "Memcpy", ""],
  ])("has copies whose kind %i is %s", async (copyKind, name, direction) => {
    const [copy] = modern["CUPTI_ACTIVITY_KIND_MEMCPY"];
    const timeline = await read({ StringIds: stringIds, CUPTI_ACTIVITY_KIND_MEMCPY: [{ ...copy, copyKind }] });
    expect(all(timeline)).toMatchObject([{ role: "copy", name, direction, bytes: 4096, stream: 13, duration: 500 }]);
    const unknown =
      copyKind === 99
        ? [{ what: "a copy of an unknown kind", count: 1, first: "CUPTI_ACTIVITY_KIND_MEMCPY, copyKind 99" }]
        : [];
    expect(timeline.notes).toEqual(unknown);
  });

  it("has what else devices did, in the words of the file", async () => {
    const timeline = await read(modern);
    expect(named(timeline, "Memcpy HtoD")[0].args).toMatchObject({ srcKind: "Pinned", dstKind: "Device", bytes: 4096 });
    expect(named(timeline, "Memset")[0]).toMatchObject({ role: "memset", bytes: 256, correlation: undefined });
    expect(named(timeline, "stream synchronisation")[0]).toMatchObject({ role: "wait", stream: 7, duration: 5800 });
    expect(named(timeline, "context synchronisation")[0]).toMatchObject({ role: "wait", stream: undefined });
    const memory = all(timeline).filter(({ role }) => role === "allocation");
    expect(memory.map(({ name, bytes, form, args }) => [name, bytes, form, args["address"]])).toEqual([
      ["allocation", 1000, "instant", `0x${(140_000_000_000_000).toString(16)}`],
      ["free", -1000, "instant", `0x${(140_000_000_000_000).toString(16)}`],
    ]);
    expect(all(timeline).find(({ bytes }) => bytes === 64)).toMatchObject({
      role: "other",
      process: { pid: 4242 },
      args: { memKind: "Pinned" },
    });
  });

  it("has the ranges that the program marked, by domain, those that overlap on a track of their own, and one that never ended", async () => {
    const timeline = await read(modern);
    const ranges = all(timeline).filter(({ role }) => role === "range");
    expect(
      ranges.map(({ name, category, form, track, start }) => [name, category, form, track.name, start + 50]),
    ).toEqual([
      ["iteration 0", "nvtx", "slice", "pt_main_thread", 900],
      ["forward", "nvtx Layers", "slice", "pt_main_thread", 950],
      ["epoch", "nvtx", "slice", "NVTX ranges", 1000],
      ["save", "nvtx", "slice", "NVTX ranges", 5000],
      ["loss", "nvtx", "instant", "pt_main_thread", 7000],
      ["open", "nvtx", "unfinished", "pt_main_thread", 16_000],
    ]);
    expect(ranges[1].args).toEqual({ range: "nvtx", domainId: 1, uint64Value: 5 });
    expect(ranges[2].track.kind).toBe("async");
    expect(ranges[4].args).toMatchObject({ jsonText: '{"value":1.5}' });
  });

  it("has what threads did besides, also from tables that are not known by name, and counts the rows of what it does not read", async () => {
    const timeline = await read(modern);
    expect(named(timeline, "cublasSgemm_v2")[0]).toMatchObject({
      role: "function",
      category: "cublas_events",
      track: { tid: 4242 },
    });
    expect(named(timeline, "poll").map(({ role, category }) => [role, category])).toEqual([
      ["overhead", "profiler_overhead"],
      ["function", "osrt_api"],
    ]);
    expect(timeline.notes).toEqual([
      { what: "an event whose end was not recorded", count: 1, first: "NVTX_EVENTS" },
      { what: "a row of the table SCHED_EVENTS, which is not read", count: 2, first: "SCHED_EVENTS" },
    ]);
  });

  it("has the metrics that were sampled as counters of the device that CUDA numbers otherwise", async () => {
    const { counters, processes } = await read(modern);
    expect(
      counters.map(({ process, name, at, value }) => [
        processes[process].device,
        name,
        Array.from(at, (t) => t + 50),
        [...value],
      ]),
    ).toEqual([
      [0, "SMs Active [Throughput %]", [1000, 2000], [40, 97]],
      [0, "metric 9", [1000], [1]],
    ]);
  });

  it("counts from the epoch to the nanosecond, and keeps what it says of machine and recording", async () => {
    const timeline = await read(modern);
    // The earliest event is at 50 ns.
    expect(timeline.origin).toBe(1_700_000_000_123_456_839n);
    expect(timeline.source).toMatchObject({
      format: "nsight",
      clock: "epoch",
      device: "NVIDIA A100-SXM4-80GB",
      host: "node7",
      simulated: false,
    });
    expect(timeline.about).toMatchObject({
      META_DATA_EXPORT: [{ name: "EXPORT_SCHEMA_VERSION", value: "3.19.1" }],
      TARGET_INFO_GPU: [{ id: 5, name: "NVIDIA A100-SXM4-80GB" }],
      TARGET_INFO_SESSION_START_TIME: [{ utcEpochNs: "1700000000123456789" }],
    });
  });

  it("has figures that add up: two kernels and a graph, and a copy under a kernel", async () => {
    const { kernel_count, kernel_time_ms, memcpy_count, memcpy_time_ms, overlap_estimate } = traceMetrics(
      await read(modern),
    );
    expect({ kernel_count, kernel_time_ms, memcpy_count, memcpy_time_ms, overlap_estimate }).toEqual({
      kernel_count: 3,
      kernel_time_ms: 0.013,
      memcpy_count: 1,
      memcpy_time_ms: 0.0005,
      overlap_estimate: 1,
    });
  });

  it("is read in the schema of old versions too, where what is absent is 0, -1 or an empty text", async () => {
    const timeline = await read(old);
    expect(
      all(timeline).map(({ name, role, form, start, duration, track }) => [
        name,
        role,
        form,
        start + 900,
        duration,
        track.name,
      ]),
    ).toEqual([
      ["iteration 0", "range", "slice", 900, 8600, "thread 4242"],
      ["loss", "range", "instant", 950, 0, "thread 4242"],
      ["cudaLaunchKernel_v7000", "call", "slice", 1000, 400, "thread 4242"],
      ["gemm", "kernel", "slice", 2000, 4000, "stream 7"],
      ["Memcpy DtoH", "copy", "slice", 3000, 500, "stream 7"],
      ["open", "range", "unfinished", 9600, 0, "thread 4242"],
    ]);
    expect(timeline.source).toMatchObject({ clock: "session", device: undefined });
  });

  it("joins work that does not say its process with the calls of the only one", async () => {
    expect(analyse(await read(old)).launches.latency).toMatchObject({ count: 1, total_ns: 1000 });
    const [call] = old["CUPTI_ACTIVITY_KIND_RUNTIME"];
    const two = await read({
      ...old,
      CUPTI_ACTIVITY_KIND_RUNTIME: [call, { ...call, globalTid: globalId(5000, 5000) }],
    });
    expect(analyse(two).launches.latency).toBeUndefined();
    expect(two.notes).toContainEqual({
      what: "a correlation that any of several processes may mean",
      count: 2,
      first: "correlation 11",
    });
  });

  it("keeps two processes apart that count their calls and streams from the same number", async () => {
    const [call] = modern["CUPTI_ACTIVITY_KIND_RUNTIME"];
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const timeline = await read({
      StringIds: stringIds,
      CUPTI_ACTIVITY_KIND_RUNTIME: [call, { ...call, globalTid: globalId(5000, 5000) }],
      CUPTI_ACTIVITY_KIND_KERNEL: [kernel, { ...kernel, globalPid: globalId(5000) }],
    });
    const of = (role: string) => all(timeline).filter((event) => event.role === role);
    expect(new Set(of("call").map(({ correlation }) => correlation)).size).toBe(2);
    expect(of("kernel").map(({ correlation }) => correlation)).toEqual(
      of("call").map(({ correlation }) => correlation),
    );
    expect(of("kernel").map(({ track }) => track.name)).toEqual(["stream 7", "stream 7 of process 5000, context 1"]);
  });

  it("loses no nanosecond where its times are beyond what a double holds", async () => {
    const epoch = 1_700_000_000_000_000_001n;
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const at = (start: bigint, end: bigint) => ({ ...kernel, start, end });
    const timeline = await read({
      StringIds: stringIds,
      CUPTI_ACTIVITY_KIND_KERNEL: [at(epoch, epoch + 3n), at(epoch + 7n, epoch + 8n)],
    });
    expect(timeline.origin).toBe(epoch);
    expect([...timeline.events.start]).toEqual([0, 7]);
    expect([...timeline.events.duration]).toEqual([3, 1]);
  });

  it("notes a name that is not in StringIds, and gives the event its number", async () => {
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const timeline = await read({
      StringIds: stringIds,
      CUPTI_ACTIVITY_KIND_KERNEL: [{ ...kernel, demangledName: 77 }],
    });
    expect(timeline.nameOf(0)).toBe("name 77");
    expect(timeline.notes).toMatchObject([{ what: "a name that is not in StringIds" }]);
  });

  it("takes no time, device, stream, size or correlation from what is none, and drops nothing of it in silence", async () => {
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const [copy] = modern["CUPTI_ACTIVITY_KIND_MEMCPY"];
    const [memory] = modern["CUDA_GPU_MEMORY_USAGE_EVENTS"];
    const timeline = await read({
      StringIds: stringIds,
      CUPTI_ACTIVITY_KIND_KERNEL: [
        kernel,
        { ...kernel, start: 1.5 },
        { ...kernel, start: Number.POSITIVE_INFINITY },
        { ...kernel, start: "soon" },
        { ...kernel, end: 1e300 },
        { ...kernel, deviceId: "first", streamId: 7.5, correlationId: 2 ** 40 },
      ],
      CUPTI_ACTIVITY_KIND_MEMCPY: [{ ...copy, bytes: "" }],
      CUDA_GPU_MEMORY_USAGE_EVENTS: [{ ...memory, address: "somewhere", bytes: "much" }],
    });
    expect(timeline.notes.map(({ what, count }) => [what, count])).toEqual([
      ["a time that is no whole number, or 52 days from the others", 4],
      ["a correlation that is no number of 32 bits", 1],
    ]);
    const kernels = all(timeline).filter(({ role }) => role === "kernel");
    expect(kernels.map(({ process, stream, correlation }) => [process.device, stream, correlation])).toEqual([
      [0, 7, 11],
      [0, undefined, undefined],
      [0, 7, 11],
    ]);
    expect(kernels[1].args).toMatchObject({ device: "first", stream: 7.5, correlation: 2 ** 40 });
    expect(all(timeline).find(({ role }) => role === "copy")).toMatchObject({ bytes: undefined, args: { bytes: "" } });
    const [allocation] = named(timeline, "allocation");
    expect(allocation).toMatchObject({ bytes: undefined, args: { address: "somewhere", bytes: "much" } });
  });

  it("has no time that is so far from the others that nanoseconds are lost between them", async () => {
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const [call] = modern["CUPTI_ACTIVITY_KIND_RUNTIME"];
    const [copy] = modern["CUPTI_ACTIVITY_KIND_MEMCPY"];
    const timeline = await read({
      StringIds: stringIds,
      // As a bit that fell over makes it.
      CUPTI_ACTIVITY_KIND_RUNTIME: [{ ...call, start: 2n ** 60n }, call],
      CUPTI_ACTIVITY_KIND_KERNEL: [{ ...kernel, end: 2n ** 61n }, kernel],
      CUPTI_ACTIVITY_KIND_MEMCPY: [copy],
    });
    expect(timeline.notes).toEqual([
      {
        what: "a time that is no whole number, or 52 days from the others",
        count: 2,
        first: "CUPTI_ACTIVITY_KIND_RUNTIME",
      },
    ]);
    expect(all(timeline).map(({ role, form, duration }) => [role, form, duration])).toEqual([
      ["call", "slice", 400],
      ["kernel", "slice", 4000],
      ["kernel", "unfinished", 0],
      ["copy", "slice", 500],
    ]);
  });

  it("tells an end of an old version that was not recorded from one before its beginning, also of large times", async () => {
    const epoch = 1_700_000_000_000_000_001n;
    const [kernel] = modern["CUPTI_ACTIVITY_KIND_KERNEL"];
    const timeline = await read({
      StringIds: stringIds,
      CUPTI_ACTIVITY_KIND_KERNEL: [0n, -1n, 1n].map((end) => ({ ...kernel, start: epoch, end })),
    });
    expect(timeline.notes.map(({ what, count }) => [what, count])).toEqual([
      ["an event whose end was not recorded", 2],
      ["a time that is no whole number, or 52 days from the others", 1],
    ]);
  });

  it("has an argument of each column, whatever it is called", async () => {
    const call = { start: 1, end: 2, globalTid: globalId(1, 2), nameId: id("poll") };
    const own = { constructor: 3, toString: 4, ["__proto__"]: 5, "of all": 6, deviceId: 7, device: 8 };
    const timeline = await read({ StringIds: stringIds, OSRT_API: [{ ...call, ...own }] });
    expect(timeline.argumentTextOf(0)).toBe(
      '{"constructor":3,"toString":4,"__proto__":5,"of all":6,"deviceId":7,"device":8}',
    );
  });

  it("has the domain of a range that says no process", async () => {
    const event = { start: 1, end: 2, globalTid: null, domainId: 4 };
    const timeline = await read({
      StringIds: stringIds,
      NVTX_EVENTS: [
        { ...event, eventType: 75, text: "layers" },
        { ...event, eventType: 59, text: "forward" },
      ],
    });
    expect(timeline.categoryOf(0)).toBe("nvtx layers");
  });

  it("has sizes in each direction by themselves where one is missing", async () => {
    const { gridZ: _, ...kernel } = modern["CUPTI_ACTIVITY_KIND_KERNEL"][0];
    const timeline = await read({ StringIds: stringIds, CUPTI_ACTIVITY_KIND_KERNEL: [kernel] });
    expect(timeline.event(0).args).toMatchObject({ gridX: 8, gridY: 2, block: [128, 1, 1] });
  });

  it("is known by its first bytes among traces of any format, and a report by its name", async () => {
    const path = nsightFile(old);
    expect(String(await openTrace(path))).toBe(String(await openNsight(path)));
    const report = join(dirname(path), "report.nsys-rep");
    writeFileSync(report, "{}".repeat(100));
    await expect(openTrace(report)).rejects.toThrow("report.nsys-rep: this is a report of Nsight Systems");
  });

  it.each([
    ["with a column that has a default", { last: "more INTEGER DEFAULT 7" }, { more: 7 }],
    ["with a column that is worked out", { last: "more INTEGER AS (40 + 2)" }, { more: 42 }],
    ["with numbered rows", { last: "more INTEGER PRIMARY KEY" }, { more: expect.any(Number) }],
    ["with a key of its own index", { last: "more TEXT PRIMARY KEY" }, {}],
    ["in pages of 512 bytes", { before: "PRAGMA page_size = 512" }, {}],
    ["in pages of 64 KiB", { before: "PRAGMA page_size = 65536" }, {}],
    ["with pages that say where others lie", { before: "PRAGMA auto_vacuum = FULL; PRAGMA page_size = 512" }, {}],
  ])("is the same however SQLite stores it: %s", async (_, choice, more) => {
    for (const rows of [modern, old]) {
      // Tables of words and names are none of events, and have a column `id` of their own.
      const plain = await openNsight(nsightFile(rows));
      const stored = await openNsight(nsightFile(rows, choice));
      const withMore = all(plain).map((event) => ({ ...event, args: { ...event.args, ...more } }));
      expect(all(stored)).toEqual(withMore);
      expect(stored.counters).toEqual(plain.counters);
      expect(stored.notes).toEqual(plain.notes);
    }
  });

  it("has the arguments that are asked for also after it was deleted or another took its name", async () => {
    const path = nsightFile(modern);
    const timeline = await openNsight(path);
    const before = all(timeline);
    renameSync(nsightFile(old), path);
    expect(all(timeline)).toEqual(before);
    unlinkSync(path);
    expect(all(timeline)).toEqual(before);
  });

  it("says some arguments of an event without the others, and none of an event that has not the first", async () => {
    const timeline = await openNsight(nsightFile(modern));
    const kinds = timeline.argumentReader("srcKind", "dstKind", "no such");
    const copies = all(timeline).filter(({ role }) => role === "copy");
    expect(copies.length).toBeGreaterThan(0);
    for (const { index, args } of copies) {
      expect(kinds(index)).toEqual({ srcKind: args["srcKind"], dstKind: args["dstKind"] });
    }
    for (const { index } of named(timeline, "gemm")) expect(kinds(index)).toBeUndefined();
  });

  it("is not written to, nor is anything put beside it", async () => {
    const path = nsightFile(modern);
    const before = readFileSync(path);
    await openNsight(path);
    expect(readdirSync(dirname(path))).toEqual(["trace.sqlite"]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("a file that is no export of Nsight Systems is refused:", () => {
  const refusal = async (path: string): Promise<string> => {
    const error: unknown = await openNsight(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect((error as Error).name).toBe("InputError");
    return (error as Error).message;
  };
  const beside = (path: string, name: string): string => join(dirname(path), name);

  it("a report that was not exported", async () => {
    const path = beside(nsightFile(old), "report1.nsys-rep");
    writeFileSync(path, "anything else, as long as it has a hundred bytes: ".repeat(4));
    expect(await refusal(path)).toBe(
      "report1.nsys-rep: this is a report of Nsight Systems, which only its own program reads\n" +
        "Export it where that is installed: nsys export --type sqlite --output trace.sqlite report1.nsys-rep",
    );
  });

  it("an empty file, and one of something else", async () => {
    const path = beside(nsightFile(old), "other.sqlite");
    writeFileSync(path, "");
    expect(await refusal(path)).toMatch(/^other\.sqlite: the file is empty, as which/);
    writeFileSync(path, "no database ".repeat(20));
    expect(await refusal(path)).toMatch(/^other\.sqlite: this is no file of SQLite, as which/);
    expect(await refusal(beside(path, "absent.sqlite"))).toBe("absent.sqlite: cannot be read: ENOENT");
  });

  it("a folder, and a pipe, without waiting for what may come of it", async () => {
    const folder = beside(nsightFile(old), "folder.nsys-rep");
    mkdirSync(folder);
    expect(await refusal(folder)).toMatch(/^folder\.nsys-rep: this is no file\n/);
    const pipe = beside(folder, "pipe.nsys-rep");
    execFileSync("mkfifo", [pipe]);
    expect(await refusal(pipe)).toMatch(/^pipe\.nsys-rep: this is no file\n/);
  });

  it("another database", async () => {
    const other = nsightFile({ users: [{ id: 1 }], orders: [{ id: 1 }] });
    expect(await refusal(other)).toMatch(
      /this SQLite file is no export of Nsight Systems: its tables are users, orders\nWrite one with `nsys/,
    );
    expect(await refusal(nsightFile({ StringTable: [{ _id_: 1, value: "a" }] }))).toContain(
      "It is one of nvprof, which is not read.",
    );
    expect(await refusal(nsightFile({ StringIds: stringIds, SCHED_EVENTS: modern["SCHED_EVENTS"] }))).toBe(
      "trace.sqlite: there is no event in it: a row of the table SCHED_EVENTS, which is not read (2 times)\n" +
        "Record with `nsys profile --trace=cuda,nvtx,osrt COMMAND`, and export again.",
    );
  });

  it("one that is cut off", async () => {
    const path = nsightFile(modern);
    const { size } = statSync(path);
    truncateSync(path, size - 5000);
    const say = (bytes: number): string => bytes.toLocaleString("en-US");
    expect(await refusal(path)).toBe(
      `trace.sqlite: the file is cut off: it has ${say(size - 5000)} of ${say(size)} bytes\n` +
        "Copy it again, or export it again with `nsys export --type sqlite`.",
    );
  });

  it("one that is damaged", async () => {
    const path = nsightFile(modern);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    expect(await refusal(path)).toMatch(/^trace\.sqlite: the database cannot be read: .*\nIt may be damaged/);
  });

  it("one that is being written, or was not closed", async () => {
    const path = nsightFile(old);
    for (const ending of ["-wal", "-journal"]) {
      const copy = beside(path, `copy${ending}.sqlite`);
      copyFileSync(path, copy);
      writeFileSync(`${copy}${ending}`, "x");
      expect(await refusal(copy)).toContain(
        `the database is being written, or was not closed: beside it lies copy${ending}.sqlite${ending}`,
      );
    }
    mkdirSync(`${path}.lock`);
    expect(await refusal(path)).toMatch(
      /beside it lies trace\.sqlite\.lock\nClose what has it open; if nothing has, remove the folder trace\.sqlite\.lock\.$/,
    );
    expect(existsSync(`${path}.lock`)).toBe(true);
  });

  it("one whose texts are of UTF-16", async () => {
    const path = nsightFile(old);
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(2, 56);
    writeFileSync(path, bytes);
    expect(await refusal(path)).toBe(
      "trace.sqlite: its texts are of UTF-16, which is not read\nExport it again: Nsight Systems writes UTF-8.",
    );
  });

  it("one in write-ahead mode", async () => {
    const path = nsightFile(old);
    const bytes = readFileSync(path);
    bytes[18] = 2;
    bytes[19] = 2;
    writeFileSync(path, bytes);
    expect(await refusal(path)).toMatch(
      /the database is in write-ahead mode, in which it is not read\nClose what has it open/,
    );
  });
});

it("has its waiting filed under synchronisation, by the name of the call and with the version that the recorder put behind it", async () => {
  const { by_category } = analyse(await read(modern)).calls;
  expect(Object.fromEntries(by_category.map(({ category, count }) => [category, count]))).toMatchObject({
    kernel: 2,
    transfer: 1,
    sync: 1,
    memory: 1,
  });
});

it("is where another tool found 0 kernels: a kernel's name is a number, and 8 is a copy within the device", async () => {
  const [copy] = modern["CUPTI_ACTIVITY_KIND_MEMCPY"];
  const timeline = await read({
    ...modern,
    CUPTI_ACTIVITY_KIND_MEMCPY: [1, 2, 8].map((copyKind) => ({ ...copy, copyKind })),
  });
  expect(traceMetrics(timeline)).toMatchObject({ kernel_count: 3, memcpy_count: 3 });
  expect(
    all(timeline)
      .filter(({ role }) => role === "copy")
      .map(({ direction }) => direction),
  ).toEqual(["host to device", "device to host", "device to device"]);
  expect(timeline.nameOf(named(timeline, "gemm")[0].index)).toBe(stringIds[id("gemm") - 1].value);
});
