// Every driver call as an event, and the JSON lines of a run.
import { describe, expect, it } from "vitest";
import { f32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import type { DriverCall } from "../../../src/trace/index.js";
import { saxpy } from "../kernels.js";

describe("the driver calls of a run", () => {
  it("are told to whoever listens, from the start", () => {
    const calls: DriverCall[] = [];
    const gpu = new VirtualGPU("h100", { trace: { call: (event) => calls.push(event) } });
    const x = gpu.array(f32, [1, 2], { label: "x" });
    const y = gpu.zeros(f32, 2);
    const stream = gpu.stream();
    const launch = gpu.launch(saxpy, { grid: 1, block: 32, stream }, { n: 2, a: 2, x, y });
    stream.record();
    stream.synchronize();
    y.toArray();
    gpu.free(x);
    gpu.synchronize();
    expect(calls.map(({ name, cat }) => `${cat} ${name}`)).toEqual([
      "init cuInit",
      "init cuDeviceGet",
      "context cuCtxCreate_v2",
      "memory cuMemAlloc_v2",
      "transfer cuMemcpyHtoD_v2",
      "memory cuMemAlloc_v2",
      "stream cuStreamCreate",
      "kernel cuLaunchKernel",
      "stream cuEventRecord",
      "sync cuStreamSynchronize",
      "transfer cuMemcpyDtoH_v2",
      "memory cuMemFree_v2",
      "sync cuCtxSynchronize",
    ]);
    const byName = new Map(calls.map((call) => [call.name, call]));
    expect(byName.get("cuLaunchKernel")).toMatchObject({
      ph: "X",
      dur: 0,
      stream: 1,
      args: { kernel: "saxpy", grid: [1, 1, 1], block: [32, 1, 1], shared: 0, status: "ok", device: 0 },
    });
    const { args } = byName.get("cuLaunchKernel") as DriverCall;
    expect((args?.gpu_end_ns as number) - (args?.gpu_start_ns as number)).toBeCloseTo(launch.seconds * 1e9, -1);
    // The host waits for the kernel, and the call lasts as long.
    const wait = byName.get("cuStreamSynchronize") as DriverCall;
    expect(wait.ts + (wait.dur as number)).toBe(args?.gpu_end_ns);
    expect(byName.get("cuMemcpyHtoD_v2")?.args).toMatchObject({
      bytes: 8,
      ptr: "0x700000000000",
      direction: "host to device",
    });
  });

  it("are recorded as JSON lines, the header first; ids differ, times never go back", () => {
    const gpu = new VirtualGPU("h100");
    const trace = gpu.recordTrace();
    const x = gpu.array(f32, [1, 2]);
    for (let i = 0; i < 3; i++) x.set([i, i]);
    x.free();
    const [header, ...lines] = trace
      .toJsonl()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(header).toEqual({
      format: "warplab-trace",
      version: 1,
      clock: "simulated",
      device: "H100 SXM",
      host: "warplab",
      source: "simulated",
    });
    expect(lines).toEqual(trace.calls);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    for (let i = 1; i < lines.length; i++) expect(lines[i].ts).toBeGreaterThanOrEqual(lines[i - 1].ts);
    expect(lines.every(({ ts, dur }) => Number.isInteger(ts) && Number.isInteger(dur))).toBe(true);
    expect(String(trace)).toBe("trace of H100 SXM: 6 driver calls");
    expect(trace.table[1]).toMatchObject({ name: "cuMemcpyHtoD_v2", bytes: 8 });
  });

  it("are the same in every run", () => {
    const run = () => {
      const gpu = new VirtualGPU("h100", { sms: 2 });
      const trace = gpu.recordTrace();
      gpu.launch(saxpy, { grid: 4, block: 64 }, { n: 200, a: 1, x: gpu.zeros(f32, 200), y: gpu.zeros(f32, 200) });
      gpu.synchronize();
      return trace.toJsonl();
    };
    expect(run()).toBe(run());
  });
});
