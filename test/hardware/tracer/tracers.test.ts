// Both tracers on the stand-in libcuda, whose own account of each call is the truth: every call, the right nesting, times that lie
// where they can, and what is lost is said.
import { describe, expect, it, vi } from "vitest";
import { checkSchema } from "../../../src/core/schema.js";
import { infer } from "../../../src/inference/index.js";
import { type DriverCall, driverLineSchemas } from "../../../src/trace/index.js";
import { DriverCallReader } from "../../../src/trace/read/index.js";
import { byThread, missing, type PlannedCall, type Recording, StandIn } from "./stand-in.js";

// Where the machine does other work besides, kernels take long to place and remove probes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Holds a trace against the account: the same calls, nested alike, each beginning and ending where the account lets it. */
function expectTruth({ calls, accounts, header }: Recording): void {
  const traced = byThread(calls);
  for (const [thread, truth] of accounts) {
    const found = traced.get(thread) ?? [];
    // As texts, so that a difference is a line.
    expect(found.map(({ name, depth, ph }) => `${ph} ${name} ${depth}`)).toEqual(
      truth.map(({ name, depth, returned }) => `${returned ? "X" : "B"} ${name} ${depth}`),
    );
    const misplaced = truth.filter(({ before, start, end, after, returned }, index) => {
      const { ts, dur = 0 } = found[index];
      return returned && !(before <= ts && ts <= start && end <= ts + dur && ts + dur <= after);
    });
    expect(misplaced).toEqual([]);
    // 998: an argument came changed; 42 is what the stand-in leaves in errno.
    const returned = truth.filter((call) => call.returned);
    expect(returned.filter(({ result, error }) => result === 998 || result === 999 || error !== 42)).toEqual([]);
  }
  expect(header.lost).toBe(0);
}

/** Holds what every trace is: a header, one event a line in the order of their beginnings, each id once, read without a word. */
function expectWellFormed({ text, header, calls, ranges }: Recording): void {
  const events = [...calls, ...ranges].sort((a, b) => a.id - b.id);
  expect(header).toMatchObject({
    format: "warplab-trace",
    version: 1,
    clock: "CLOCK_MONOTONIC",
    events: events.length,
  });
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  checkSchema(header, driverLineSchemas.header);
  for (const event of events) checkSchema(event, driverLineSchemas.call);
  const starts = events.map(({ ts }) => ts);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  checkSchema(header, driverLineSchemas.header, "line 1");
  for (const [index, event] of events.entries()) checkSchema(event, driverLineSchemas.call, `line ${index + 2}`);
  const reader = new DriverCallReader("trace.jsonl");
  reader.push(new TextEncoder().encode(text));
  const { notes } = reader.finish();
  expect(notes.filter(({ what }) => what !== "a call whose end was not recorded")).toEqual([]);
}

const recorded = infer("mlp", { device: "h100", iterations: 3 }).trace.calls.filter(
  ({ args }) => args?.range === undefined,
);

/** A simulated call as one for the stand-in to make: the arguments of the entry points that the inference uses. */
function planned({ name, dur, args = {} }: DriverCall): PlannedCall {
  const ptr = Number(args.ptr ?? 0);
  const { bytes = 0, grid = [], block = [], shared = 0 } = args;
  const words: Readonly<Record<string, readonly (number | string)[]>> = {
    cuInit: [0],
    cuDeviceGet: ["@", 0],
    cuCtxCreate_v2: ["@", 0, 0],
    cuModuleLoadData: ["@", 4096],
    cuMemAlloc_v2: ["@", bytes],
    cuMemcpyHtoD_v2: [ptr, 4096, bytes],
    cuMemcpyDtoH_v2: [4096, ptr, bytes],
    cuMemFree_v2: [ptr],
    cuLaunchKernel: [functionOf(args.kernel), ...grid, ...block, shared, 0, 0, 0],
    cuStreamSynchronize: [0],
  };
  // The longest, cuInit and loading modules, by a hundredth.
  const duration = dur! > 1e6 ? Math.round(dur! / 100) : dur!;
  return { name, duration, words: words[name], ...(name === "cuMemAlloc_v2" ? { out: ptr } : {}) };
}

const kernels = [...new Set(recorded.flatMap(({ args }) => args?.kernel ?? []))];
const functionOf = (kernel: string | undefined): number => 0x5000 + kernels.indexOf(kernel ?? "");
const named: readonly PlannedCall[] = kernels.map((kernel) => ({
  name: "cuModuleGetFunction",
  out: functionOf(kernel),
  words: ["@", 1, `"${kernel}`],
}));

const saying = ({ name, cat, stream, args = {} }: DriverCall) => {
  const { bytes, ptr, direction, grid, block, shared, kernel, status } = args;
  return { name, cat, stream, bytes, ptr, direction, grid, block, shared, kernel, status };
};

const entryPoints = [
  ...new Set(recorded.map(({ name }) => name)),
  ...[
    "cuEventCreate",
    "cuEventRecord",
    "cuKernelGetFunction",
    "cuLaunchKernelEx",
    "cuLibraryGetKernel",
    "cuMemAllocAsync",
  ],
  ...[
    "cuMemcpy2D_v2",
    "cuMemcpy3D_v2",
    "cuMemcpyDtoD_v2",
    "cuMemcpyDtoDAsync_v2",
    "cuMemsetD32Async",
    "cuModuleGetFunction",
  ],
  ...["cuStreamCreate", "cuStreamDestroy_v2"],
];

describe.each(["preload", "bpftrace"] as const)("%s", (tracer) => {
  describe.skipIf(missing[tracer] !== undefined)(`(skipped where something is missing: ${missing[tracer]})`, () => {
    const standIn = missing[tracer] === undefined ? new StandIn(entryPoints) : (undefined as never);

    it("sees a replayed inference as it was recorded", () => {
      const recording = standIn.record(tracer, [...named, ...recorded.map(planned)]);
      expect(recording.status).toBe(0);
      expectTruth(recording);
      expectWellFormed(recording);
      const expected = recorded.map((call) => {
        const { bytes, ...rest } = saying(call);
        // Of a module and of what is freed only a pointer is passed.
        return { bytes: /Free|Module/.test(call.name) ? undefined : bytes, ...rest };
      });
      const seen = recording.calls.filter(({ name }) => name !== "cuModuleGetFunction").map(saying);
      expect(seen.map(({ stream: _, ...call }) => call)).toEqual(expected.map(({ stream: _, ...call }) => call));
      const launches = recording.calls.filter(({ cat }) => cat === "kernel");
      expect(launches.every(({ corr, id, stream }) => corr === id && stream === 0)).toBe(true);
    });

    it("measures durations within 5 % or what it says that a call costs, whichever is more", () => {
      const durations = [20_000, 100_000, 400_000];
      const calls = durations.flatMap((duration) =>
        Array.from({ length: 300 }, () => ({ name: "cuStreamSynchronize", duration, words: [0] })),
      );
      // Between the clock's last reading and the return lies the stand-in itself.
      const untraced = [...standIn.untraced(calls).values()][0];
      const aside = median(untraced.map(({ before, start, end, after }) => after - before - (end - start)));
      const recording = standIn.record(tracer, calls);
      expectTruth(recording);
      const cost = Number(recording.header.probe_call_ns);
      expect(recording.stderr).toContain(`a traced call costs ${cost} ns`);
      const truth = [...recording.accounts.values()][0];
      for (let first = 0; first < calls.length; first += 300) {
        const errors = truth
          .slice(first, first + 300)
          .map(({ start, end }, index) => recording.calls[first + index].dur! - (end - start));
        const whole = median(truth.slice(first, first + 300).map(({ start, end }) => end - start));
        expect(median(errors)).toBeLessThanOrEqual(Math.max(0.05 * whole, cost) + aside);
      }
    });

    it("keeps processes, threads and nested calls apart, and says what failed and what never returned", () => {
      const many = (process: number, thread: number): PlannedCall[] =>
        Array.from({ length: 200 }, (_, index) => [
          { process, thread, name: "cuMemcpyDtoD_v2", duration: 3000, words: [1000 + thread, 2000 + process, index] },
          { process, thread, depth: 1, name: "cuMemcpyDtoDAsync_v2", words: [1000, 2000, index, 0] },
          { process, thread, depth: 2, name: "cuEventRecord", words: [77, 0] },
          { process, thread, depth: 1, name: "cuStreamSynchronize", words: [0] },
        ]).flat();
      const recording = standIn.record(
        tracer,
        [
          ...[0, 1, 2].flatMap((process) => [0, 1, 2].flatMap((thread) => many(process, thread))),
          { name: "cuMemAlloc_v2", result: 2, words: ["@", 1 << 30] },
          { name: "cuMemAlloc_v2", result: 4242, words: ["@", 1 << 30] },
          { thread: 3, name: "cuStreamSynchronize", duration: "forever", words: [0] },
          { name: "!wait", duration: 300_000_000 },
          { name: "!_exit", result: 7 },
        ],
        { way: "linked" },
      );
      expect(recording.status).toBe(7);
      expect(recording.stderr).toContain("1 call never returned (B without E)");
      expectTruth(recording);
      expectWellFormed(recording);
      expect([...recording.accounts.keys()].length).toBe(9);
      expect(recording.accounts.size).toBe(new Set(recording.accounts.keys()).size);
      const failed = recording.calls.filter(({ name }) => name === "cuMemAlloc_v2");
      expect(failed.map(({ args }) => args)).toEqual([
        { bytes: 1 << 30, status: "CUDA_ERROR_OUT_OF_MEMORY" },
        { bytes: 1 << 30, status: "CUresult 4242" },
      ]);
      const open = recording.calls.filter(({ ph }) => ph === "B");
      expect(open.map(({ name, stream }) => ({ name, stream }))).toEqual([{ name: "cuStreamSynchronize", stream: 0 }]);
    });

    it("says what calls were about: streams, names, structures and what they gave back", () => {
      const launch = [40, 1, 2, 3, 32, 4, 1, 512, 9000, 0, 0];
      const calls: readonly PlannedCall[] = [
        { name: "cuStreamCreate", out: 9000, words: ["@", 1] },
        { name: "cuEventCreate", out: 600, words: ["@", 0] },
        { name: "cuLibraryGetKernel", out: 30, words: ["@", 5, '"na"me\\%09with%25all%c3%a4'] },
        { name: "cuKernelGetFunction", out: 40, words: ["@", 30] },
        { name: "cuLaunchKernel", words: launch },
        { name: "cuLaunchKernel_ptsz", words: [...launch.slice(0, 8), 0, 0, 0] },
        { name: "cuLaunchKernelEx", words: ["[0:5,4:6,8:7,12:64,16:2,20:1,24:128,32:9000w]", 41, 0, 0] },
        { name: "cuMemcpy2D_v2", words: ["[16:1,72:2,112:100w,120:30w]"] },
        { name: "cuMemcpy3D_v2", words: ["[32:2,120:1,176:10w,184:20w,192:3w]"] },
        { name: "cuMemsetD32Async", words: [4096, 7, 25, 9000] },
        { name: "cuMemAllocAsync", out: 8192, words: ["@", 100, 9000] },
        { name: "cuEventRecord", words: [600, 9000] },
        { name: "cuStreamDestroy_v2", words: [9000] },
        { name: "cuStreamCreate", out: 9000, words: ["@", 1] },
      ];
      const recording = standIn.record(tracer, calls);
      expectTruth(recording);
      expectWellFormed(recording);
      const kernel = 'na"me\\\twith%allä';
      const shape = { grid: [1, 2, 3], block: [32, 4, 1], shared: 512, status: "ok" };
      expect(recording.calls.map(({ stream, args }) => ({ stream, ...args }))).toEqual([
        { stream: 1, status: "ok" },
        { event: 1, status: "ok" },
        { function: "0x1e", module: "0x5", kernel, status: "ok" },
        { function: "0x28", kernel, status: "ok" },
        { stream: 1, kernel, ...shape },
        // The default stream of a thread is a stream of its own.
        { stream: 2, kernel, ...shape },
        { stream: 1, function: "0x29", grid: [5, 6, 7], block: [64, 2, 1], shared: 128, status: "ok" },
        { bytes: 3000, direction: "host to device", status: "ok" },
        { bytes: 600, direction: "device to host", status: "ok" },
        { stream: 1, bytes: 100, ptr: "0x1000", direction: "memset", status: "ok" },
        { stream: 1, bytes: 100, ptr: "0x2000", status: "ok" },
        { stream: 1, event: 1, status: "ok" },
        { stream: 1, status: "ok" },
        // The handle came again, for another stream.
        { stream: 3, status: "ok" },
      ]);
    });

    it("loses none of 120,000 calls", () => {
      const one = { name: "cuLaunchKernel", words: [40, 1, 1, 1, 32, 1, 1, 0, 0, 0, 0] };
      const calls = [0, 1].flatMap((process) =>
        [0, 1].flatMap((thread) => Array.from({ length: 30_000 }, () => ({ process, thread, ...one }))),
      );
      const recording = standIn.record(tracer, calls);
      expect(recording.status).toBe(0);
      expect(recording.header).toMatchObject({ calls: 120_000, lost: 0 });
      expectTruth(recording);
    });

    it("keeps the calls of a process that is killed in the midst of one", () => {
      const recording = standIn.record(tracer, [
        { name: "cuInit", words: [0] },
        { thread: 1, name: "cuMemFree_v2", words: [4096] },
        { thread: 1, name: "cuStreamSynchronize", duration: "forever", words: [0] },
        { name: "!wait", duration: 300_000_000 },
        { name: "!kill" },
      ]);
      expect(recording.status).toBe(128 + 9);
      expect(recording.calls.map(({ name, ph }) => `${ph} ${name}`).sort()).toEqual([
        "B cuStreamSynchronize",
        "X cuInit",
        "X cuMemFree_v2",
      ]);
      expect(recording.header).toMatchObject({ status: 137, lost: 0 });
    });
  });
});
