// The driver calls of an inference: what is allocated is freed, ranges nest, device work keeps to its stream, and the file reads as a
// real run's would.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InferenceRun, infer } from "../../src/inference/index.js";
import { analyse } from "../../src/trace/analysis/index.js";
import { timelineToChrome } from "../../src/trace/chrome/index.js";
import type { DriverCall, DriverRange, DriverTraceHeader } from "../../src/trace/index.js";
import { timelineOfCalls } from "../../src/trace/read/index.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace/trace-processor.js";

const mlp = (options = {}): InferenceRun => infer("mlp", { device: "h100", values: "timed", ...options });
const gpt2 = (options = {}): InferenceRun => infer("gpt2", { device: "h100", ...options });

const end = ({ ts, dur }: DriverCall): number => ts + (dur as number);
const named = (run: InferenceRun, name: string): DriverCall[] => run.trace.calls.filter((call) => call.name === name);
const ranges = (run: InferenceRun, range: DriverRange): DriverCall[] =>
  run.trace.calls.filter(({ args }) => args?.range === range);
const callsOf = (run: InferenceRun): DriverCall[] => run.trace.calls.filter(({ args }) => args?.range === undefined);

describe("the calls", () => {
  it("of GPT-2 are those of a real run, by the hundred where it loads its weights", () => {
    const counts: Record<string, number> = {};
    for (const { name } of callsOf(gpt2())) counts[name] = (counts[name] ?? 0) + 1;
    expect(counts).toEqual({
      cuInit: 1,
      cuDeviceGet: 1,
      cuCtxCreate_v2: 1,
      cuModuleLoadData: 1,
      // 148 weights, the workspace, three inputs, activations, and the cache of the prompt and of 19 tokens.
      cuMemAlloc_v2: 148 + 1 + 3 + 1 + 20,
      cuMemcpyHtoD_v2: 148 + 3,
      // 306 of the prompt, and 24 more of each later token, which joins keys and values to the cache.
      cuLaunchKernel: 306 + 19 * 330,
      cuStreamSynchronize: 20,
      // Each token, and all of them in the end.
      cuMemcpyDtoH_v2: 21,
      cuMemFree_v2: 173,
    });
  });

  it("free every allocation once, and together are never more than the peak", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), (tokens, iterations) => {
        for (const run of [gpt2({ tokens, iterations }), mlp({ batch: tokens })]) {
          const live = new Map<string, number>();
          let [used, peak] = [0, 0];
          for (const { name, args } of callsOf(run)) {
            const [ptr, bytes] = [args?.ptr as string, args?.bytes as number];
            if (name === "cuMemAlloc_v2") {
              expect(live.has(ptr)).toBe(false);
              live.set(ptr, bytes);
              used += bytes;
              peak = Math.max(peak, used);
            } else if (name === "cuMemFree_v2") {
              expect(live.get(ptr)).toBe(bytes);
              live.delete(ptr);
              used -= bytes;
            }
          }
          expect({ used, live: live.size }).toEqual({ used: 0, live: 0 });
          expect(peak).toBe(run.memory.peak);
        }
      }),
      { numRuns: 5 },
    );
  });

  it("copy what was said of memory: all weights and inputs up, tokens down", () => {
    const run = gpt2({ tokens: 4, prompt: 3, batch: 2 });
    const bytes = (name: string): number =>
      named(run, name).reduce((sum, { args }) => sum + (args?.bytes as number), 0);
    expect(bytes("cuMemcpyHtoD_v2")).toBe(run.memory.weights + run.memory.inputs);
    // Of two sequences four tokens one by one, and then all seven.
    expect(bytes("cuMemcpyDtoH_v2")).toBe(2 * 8 * (4 + 7));
  });

  it("say of each launch which operator it is for, and operations and bytes that add up to the graph's", () => {
    const run = mlp({ iterations: 1 });
    expect(
      named(run, "cuLaunchKernel").map(({ args }) => [args?.op, args?.layer, args?.flop, args?.dram_bytes]),
    ).toEqual([
      ["layers.0.layer.linear", 0, 2 * 32 * 512 * 1024, 2 * (32 * 512 + 512 * 1024 + 1024 + 32 * 1024)],
      ["layers.0.layer.activation", 0, 32 * 1024, 2 * 2 * 32 * 1024],
      ["layers.1.layer.linear", 1, 2 * 32 * 1024 * 512, 2 * (32 * 1024 + 1024 * 512 + 512 + 32 * 512)],
      ["layers.1.layer.activation", 1, 32 * 512, 2 * 2 * 32 * 512],
      ["layers.2.layer.linear", 2, 2 * 32 * 512 * 256, 2 * (32 * 512 + 512 * 256 + 256 + 32 * 256)],
    ]);
  });

  it("are numbered without a repeat, and the device's work by its call", () => {
    const { calls } = gpt2({ tokens: 2 }).trace;
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
    for (const { id, corr, args } of calls) expect(corr).toBe(args?.gpu_start_ns === undefined ? undefined : id);
  });
});

describe("the ranges", () => {
  const run = gpt2({ tokens: 3, iterations: 2 });

  it("are the six stages, in which every call lies, then iterations, tokens and layers", () => {
    expect(ranges(run, "stage").map(({ name }) => name)).toEqual([
      "initialise",
      "load weights",
      "input",
      "inference",
      "output",
      "clean up",
    ]);
    expect(ranges(run, "iteration").map(({ name }) => name)).toEqual(["iteration 1", "iteration 2"]);
    expect(ranges(run, "token")).toHaveLength(6);
    const layers = ["embedding", ...Array.from({ length: 12 }, (_, layer) => `layers.${layer}`), "head"];
    expect(ranges(run, "layer").map(({ name }) => name)).toEqual(Array.from({ length: 6 }, () => layers).flat());
    for (const call of callsOf(run)) {
      expect(
        ranges(run, "stage").filter(({ ts, dur }) => ts <= call.ts && end(call) <= ts + (dur as number)),
      ).not.toEqual([]);
    }
  });

  it("nest: each lies within one of the kind around it", () => {
    for (const [inner, outer] of [
      ["iteration", "stage"],
      ["token", "iteration"],
      ["layer", "token"],
    ] as const) {
      const around = ranges(run, outer);
      for (const range of ranges(run, inner)) {
        expect(around.filter((each) => each.ts <= range.ts && end(range) <= end(each))).toHaveLength(1);
      }
    }
  });

  it("hold the launches of their own layer", () => {
    const launches = named(run, "cuLaunchKernel");
    for (const layer of ranges(run, "layer").filter(({ name }) => name.startsWith("layers."))) {
      const inside = launches.filter((call) => layer.ts <= call.ts && end(call) <= end(layer));
      expect(new Set(inside.map(({ args }) => `layers.${args?.layer}`))).toEqual(new Set([layer.name]));
    }
  });
});

describe("the device", () => {
  it("works one thing after the other in its stream, after the call, and the host waits for all of it", () => {
    for (const run of [mlp(), gpt2({ tokens: 3 })]) {
      let last = 0;
      for (const call of callsOf(run)) {
        const { gpu_start_ns: start, gpu_end_ns: done } = call.args ?? {};
        if (call.name === "cuStreamSynchronize") expect(end(call)).toBeGreaterThanOrEqual(last);
        if (start === undefined || done === undefined) continue;
        expect(start).toBeGreaterThanOrEqual(last);
        expect(done).toBeGreaterThanOrEqual(start);
        // A launch returns before the device is at it; a copy is waited for.
        if (call.name === "cuLaunchKernel") expect(start).toBeGreaterThanOrEqual(end(call));
        else expect(done).toBeLessThanOrEqual(end(call));
        last = done;
      }
    }
  });

  it("queues where its kernels take longer than the host", () => {
    const run = mlp({ batch: 65_536, iterations: 1 });
    const launches = named(run, "cuLaunchKernel");
    const waits = launches.map((call) => (call.args?.gpu_start_ns as number) - end(call));
    expect(waits[0]).toBe(0);
    expect(waits[4]).toBeGreaterThan(waits[1]);
    expect(waits[1]).toBeGreaterThan(0);
  });
});

describe("the file", () => {
  it("has its events in the order in which they began, a range before what lies within it", () => {
    const { calls } = gpt2({ tokens: 2 }).trace;
    for (const [index, call] of calls.entries()) {
      if (index > 0) expect(call.ts).toBeGreaterThanOrEqual(calls[index - 1].ts);
    }
    // The one iteration fills its stage.
    const at = (name: string): number => calls.findIndex((call) => call.name === name);
    expect(at("iteration 1")).toBe(at("inference") + 1);
    expect(calls[at("iteration 1")]).toMatchObject({ ts: calls[at("inference")].ts, dur: calls[at("inference")].dur });
    expect(at("token 1")).toBe(at("inference") + 2);
  });

  it("begins with its header and the first calls, and is the same each time", () => {
    const text = mlp().trace.toJsonl();
    expect(text.split("\n").slice(0, 7)).toEqual([
      '{"format":"warplab-trace","version":1,"clock":"simulated","device":"H100 SXM","host":"warplab","source":"simulated"}',
      '{"ts":0,"pid":1,"tid":1,"ph":"X","id":4,"name":"initialise","cat":"other","dur":220021000,"args":{"range":"stage","device":0}}',
      '{"ts":0,"pid":1,"tid":1,"ph":"X","id":1,"name":"cuInit","cat":"init","dur":20000000,"args":{"device":0,"status":"ok"}}',
      '{"ts":20000000,"pid":1,"tid":1,"ph":"X","id":2,"name":"cuDeviceGet","cat":"init","dur":1000,"args":{"device":0,"status":"ok"}}',
      '{"ts":20001000,"pid":1,"tid":1,"ph":"X","id":3,"name":"cuCtxCreate_v2","cat":"context","dur":150000000,"args":{"device":0,"status":"ok"}}',
      '{"ts":170001000,"pid":1,"tid":1,"ph":"X","id":5,"name":"cuModuleLoadData","cat":"module","dur":50000000,"args":{"device":0,"status":"ok"}}',
      '{"ts":220001000,"pid":1,"tid":1,"ph":"X","id":6,"name":"cuMemAlloc_v2","cat":"memory","dur":20000,"args":{"bytes":33554432,"ptr":"0x700000000000","label":"workspace","device":0,"status":"ok"}}',
    ]);
    expect(mlp().trace.toJsonl()).toBe(text);
    const generated = gpt2({ tokens: 2 }).trace.toJsonl();
    expect(gpt2({ tokens: 2 }).trace.toJsonl()).toBe(generated);
  });
});

describe("the timeline of it", () => {
  const { trace, memory, deviceTime } = gpt2({ tokens: 3, iterations: 2 });
  const timeline = timelineOfCalls(trace.header, trace.calls, "gpt2");
  const { ranges, metrics, memory: used, launches } = analyse(timeline);

  it("is read without a remark, its ranges in each other as the program marked them", () => {
    expect(timeline.notes).toEqual([]);
    const kinds = [...new Set(ranges.ranges.map(({ kind }) => kind))];
    expect(kinds).toEqual(["stage", "iteration", "token", "layer"]);
    const alone = analyse(timelineOfCalls(...callsOfOne())).ranges.ranges.map(({ kind, name }) => `${kind} ${name}`);
    expect(alone.indexOf("stage inference")).toBeLessThan(alone.indexOf("iteration iteration 1"));
  });

  it("has the kernels' time, the peak of memory and no leak", () => {
    // Each kernel's beginning and end are rounded to nanoseconds.
    expect(Math.abs(metrics.kernel_time_ms - deviceTime * 1e3)).toBeLessThan(metrics.kernel_count * 1e-6);
    const [space] = used.spaces;
    expect(space).toMatchObject({ peak_bytes: memory.peak, allocations: space.frees });
    expect(launches.kernels).toBe(2 * (306 + 2 * 330));
  });

  it.skipIf(!hasTraceProcessor)("is a Chrome trace that Perfetto takes whole", async () => {
    const read = await judge(timelineToChrome(timeline));
    expect(await read.query(traceFaults)).toEqual([]);
    // Every call and range, and what the device did for launches and copies.
    const onDevice = trace.calls.filter(({ corr }) => corr !== undefined).length;
    const [{ slices }] = await read.query("select count(*) as slices from slice");
    expect(Number(slices)).toBe(trace.calls.length + onDevice);
  });
});

function callsOfOne(): [DriverTraceHeader, DriverCall[], string] {
  const { header, calls } = gpt2({ tokens: 2 }).trace;
  return [header, calls, "one"];
}
