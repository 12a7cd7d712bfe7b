// Calls of which only sizes and times are known, and the host's own time: on the same timeline, in the same logs and traces as others.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32 } from "../../../src/core/dtype.js";
import { InputError } from "../../../src/core/errors.js";
import { LaunchFault, VirtualGPU } from "../../../src/gpu/host/index.js";
import { saxpy } from "../kernels.js";

// A clock of 1 Hz makes a second a cycle; a copy of n bytes takes 100 + n / 10.
const figures = { clock: 1, latency: { host: 100, global: 20 }, bandwidth: { host: 10, global: 10 } } as const;
const one = { kernel: "gemm", grid: 4, block: 128 } as const;

describe("a launch that is modelled", () => {
  it("takes the device its seconds, with a pause before the next, while the host goes on", () => {
    const gpu = new VirtualGPU("h100", figures);
    const first = gpu.modelled.launch({ ...one, timing: { seconds: 10, pause: 2 } });
    const second = gpu.modelled.launch({ ...one, timing: { seconds: 5, pause: 2 } });
    expect([first, second].map(({ start, end }) => [start, end])).toEqual([
      [0, 10],
      [12, 17],
    ]);
    expect(gpu.seconds).toBe(0);
    gpu.synchronize();
    expect(gpu.seconds).toBe(19);
    expect(gpu.log.launches.map(({ kernel, grid, cycles }) => ({ kernel, grid, cycles }))).toEqual([
      { kernel: "gemm", grid: [4, 1, 1], cycles: 10 },
      { kernel: "gemm", grid: [4, 1, 1], cycles: 5 },
    ]);
  });

  it("stands in a trace with what it is for", () => {
    const gpu = new VirtualGPU("h100", figures);
    const trace = gpu.recordTrace();
    const args = { op: "layers.3.linear", layer: 3, flop: 512, dram_bytes: 64 };
    gpu.modelled.launch({ ...one, timing: { seconds: 10, args } });
    expect(trace.calls).toEqual([
      {
        ts: 0,
        pid: 1,
        tid: 1,
        ph: "X",
        id: 4,
        name: "cuLaunchKernel",
        cat: "kernel",
        dur: 0,
        corr: 4,
        stream: 0,
        args: {
          kernel: "gemm",
          grid: [4, 1, 1],
          block: [128, 1, 1],
          shared: 0,
          status: "ok",
          ...args,
          gpu_start_ns: 0,
          gpu_end_ns: 10e9,
          device: 0,
        },
      },
    ]);
  });
});

describe("a launch that is computed", () => {
  it("lasts as long as it is told, and computes the same", () => {
    const gpu = new VirtualGPU("h100", figures);
    const [x, y] = [gpu.array(f32, [1, 2, 3]), gpu.array(f32, [10, 20, 30])];
    const launch = gpu.launch(saxpy, { grid: 1, block: 32, timing: { seconds: 7 } }, { n: 3, a: 2, x, y });
    expect(launch.seconds).toBe(7);
    expect([...y.toArray()]).toEqual([12, 24, 36]);
  });
});

describe("memory that is reserved", () => {
  it("counts as in use until it is given back, once", () => {
    const gpu = new VirtualGPU("h100", { ...figures, memory: 1000 });
    const cache = gpu.modelled.reserve(600, "cache");
    expect(gpu.memory.stats).toMatchObject({ used: 600, peak: 600, allocations: 1 });
    expect(() => gpu.modelled.reserve(500, "more")).toThrow(
      "500 bytes do not fit: H100 SXM has 1,000, of which 600 are in use",
    );
    cache.free();
    expect(gpu.memory.stats).toMatchObject({ used: 0, peak: 600, allocations: 0, freed: 1 });
    expect(() => cache.free()).toThrow('"cache" has been freed already');
  });

  it("holds nothing that a kernel could read", () => {
    const gpu = new VirtualGPU("h100", figures);
    const y = gpu.zeros(f32, 4);
    const cache = gpu.modelled.reserve(16, "cache");
    const beyond = y.add((cache.address - y.address) / 4);
    expect(() => gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x: beyond, y })).toThrow(LaunchFault);
  });

  it("is copied in time alone, no more of it than there is", () => {
    const gpu = new VirtualGPU("h100", figures);
    const ids = gpu.modelled.reserve(50, "ids");
    gpu.modelled.copy("host to device", ids);
    expect(gpu.seconds).toBe(105);
    gpu.modelled.copy("device to host", ids, 20);
    expect(gpu.seconds).toBe(207);
    expect(gpu.log.transfers.map(({ call, bytes }) => [call, bytes])).toEqual([
      ["cuMemcpyHtoD_v2", 50],
      ["cuMemcpyDtoH_v2", 20],
    ]);
    expect(() => gpu.modelled.copy("device to host", ids, 51)).toThrow(InputError);
    expect(() => gpu.modelled.reserve(1.5, "half")).toThrow("half: a whole number of bytes is reserved, got 1.5");
  });

  it("lies beside arrays, never in them", () => {
    const gpu = new VirtualGPU("h100", figures);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5000 })), { maxLength: 8 }), (sizes) => {
        const places = sizes.map(([isReal, bytes]) => {
          const { address } = isReal ? gpu.malloc(bytes) : gpu.modelled.reserve(bytes, "reserved");
          return { address, end: address + bytes };
        });
        for (const [index, { address }] of places.entries()) {
          if (index > 0) expect(address).toBeGreaterThan(places[index - 1].end);
        }
      }),
    );
  });
});

describe("the host's time", () => {
  it("is spent before the device begins, by the call's name, and work runs beside it", () => {
    const times: Readonly<Record<string, number>> = { cuLaunchKernel: 3, cuMemAlloc_v2: 1, cuStreamSynchronize: 2 };
    const gpu = new VirtualGPU("h100", { ...figures, hostTime: (name) => times[name] ?? 0 });
    const trace = gpu.recordTrace();
    gpu.modelled.reserve(8, "x");
    gpu.modelled.work(10);
    const first = gpu.modelled.launch({ ...one, timing: { seconds: 1 } });
    const second = gpu.modelled.launch({ ...one, timing: { seconds: 100 } });
    gpu.defaultStream.synchronize();
    expect([first.start, second.start, gpu.seconds]).toEqual([14, 17, 119]);
    expect(trace.calls.map(({ name, ts, dur }) => [name, ts / 1e9, (dur as number) / 1e9])).toEqual([
      ["cuMemAlloc_v2", 0, 1],
      ["cuLaunchKernel", 11, 3],
      ["cuLaunchKernel", 14, 3],
      ["cuStreamSynchronize", 17, 102],
    ]);
  });

  it("and other times that are given are numbers from 0 on", () => {
    const gpu = new VirtualGPU("h100", {
      ...figures,
      hostTime: (name) => (name === "cuLaunchKernel" ? Number.NaN : 0),
    });
    expect(() => gpu.modelled.launch({ ...one, timing: { seconds: 1 } })).toThrow(
      "hostTime of cuLaunchKernel: must be a number of seconds from 0 on, got NaN",
    );
    const other = new VirtualGPU("h100", figures);
    expect(() => other.modelled.launch({ ...one, timing: { seconds: -1 } })).toThrow("timing.seconds: must be");
    expect(() => other.modelled.launch({ ...one, timing: { seconds: 1, pause: -1 } })).toThrow("timing.pause: must be");
    expect(() => other.modelled.work(Number.POSITIVE_INFINITY)).toThrow("work: must be");
  });

  it("costs nothing unless it is asked for", () => {
    const gpu = new VirtualGPU("h100", figures);
    gpu.modelled.load();
    gpu.modelled.reserve(8, "x").free();
    gpu.defaultStream.synchronize();
    expect(gpu.seconds).toBe(0);
  });
});

describe("a range that a program marks", () => {
  it("is an event from its beginning to its end, no call, with a number from its beginning", () => {
    const gpu = new VirtualGPU("h100", { ...figures, hostTime: () => 1 });
    const trace = gpu.recordTrace();
    const since = gpu.seconds;
    const end = gpu.beginRange("layer", "cuLayer");
    gpu.modelled.work(4);
    gpu.modelled.load();
    end();
    expect(trace.calls.map(({ id, name }) => [id, name])).toEqual([
      [5, "cuModuleLoadData"],
      [4, "cuLayer"],
    ]);
    expect(trace.calls[1]).toEqual({
      ts: since * 1e9,
      pid: 1,
      tid: 1,
      ph: "X",
      id: 4,
      name: "cuLayer",
      cat: "other",
      dur: 5e9,
      args: { range: "layer", device: 0 },
    });
  });
});
