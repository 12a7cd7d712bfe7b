// Streams, events and simulated time: what waits for what, and what each call costs by the figures.

import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, u8 } from "../../../src/core/dtype.js";
import { configure, GPUCluster, VirtualGPU } from "../../../src/gpu/host/index.js";
import { blockSum, saxpy } from "../kernels.js";

// A clock of 1 Hz makes a second a cycle; a copy of n bytes takes 100 + n / 10.
const figures = { clock: 1, latency: { host: 100, global: 20 }, bandwidth: { host: 10, global: 10 } } as const;

describe("a copy", () => {
  it("takes its space's latency and its bytes over the bandwidth, and is logged", () => {
    const gpu = new VirtualGPU("h100", figures);
    const x = gpu.array(u8, new Uint8Array(50), { label: "x" });
    expect(gpu.cycle).toBe(105);
    x.toArray();
    gpu.memcpy(gpu.zeros(u8, 50), x);
    expect(gpu.cycle).toBe(105 + 105 + 25);
    expect(gpu.log.transfers).toEqual([
      {
        transfer: 0,
        call: "cuMemcpyHtoD_v2",
        direction: "host to device",
        label: "x",
        bytes: 50,
        cycles: 105,
        stream: "default stream",
        start: 0,
        end: 105,
      },
      {
        transfer: 1,
        call: "cuMemcpyDtoH_v2",
        direction: "device to host",
        label: "x",
        bytes: 50,
        cycles: 105,
        stream: "default stream",
        start: 105,
        end: 210,
      },
      {
        transfer: 2,
        call: "cuMemcpyDtoD_v2",
        direction: "device to device",
        label: "array1",
        bytes: 50,
        cycles: 25,
        stream: "default stream",
        start: 210,
        end: 235,
      },
    ]);
  });

  it("counts for single elements, fills and atomics too, and not for what is only shown", () => {
    const gpu = new VirtualGPU("h100");
    const x = gpu.zeros(f32, 4, { label: "x" });
    x.put(0, 1);
    x.get(0);
    x.fill(2);
    x.atomicAdd(1, 1);
    inspect(x);
    expect(gpu.log.transfers.map(({ call, bytes }) => `${call} ${bytes}`)).toEqual([
      "cuMemcpyHtoD_v2 4",
      "cuMemcpyDtoH_v2 4",
      "cuMemsetD32_v2 16",
      "atomic add 4",
    ]);
  });
});

describe("the figures", () => {
  it("are the stated ones, and the device's", () => {
    const { latency, bandwidth, cycles, clock } = new VirtualGPU("h100").figures;
    expect(latency).toEqual({
      register: 1,
      shared: 10,
      l1: 5,
      l2: 50,
      global: 200,
      constant: 5,
      host: 1000,
      peer: 1000,
    });
    expect(clock).toBe(1.83e9);
    expect(bandwidth.global).toBeCloseTo(3350e9 / 1.83e9, 6);
    expect(cycles).toMatchObject({ f32: 1, f64: 67 / 34 });
  });

  it.each<[object, string]>([
    [{ latency: { gobal: 1 } }, 'latency: there is no latency of "gobal"\nDid you mean "global"?'],
    [{ latency: { global: -1 } }, "latency.global: must be a number, from 0 on, got -1"],
    [{ bandwidth: { host: 0 } }, "bandwidth.host: must be a number, positive, got 0"],
    [{ bandwidth: { register: 1 } }, 'there is no bandwidth of "register"'],
    [{ clock: Number.NaN }, "clock: must be a number, positive, got NaN"],
    [{ sms: 0 }, "sms: must be a whole number from 1 on, got 0"],
    [{ memory: 1.5 }, "memory: must be a whole number from 1 on, got 1.5"],
  ])("are refused: %o", (options, message) => {
    expect(() => new VirtualGPU("h100", options)).toThrow(message);
  });
});

describe("streams", () => {
  const make = () => new VirtualGPU("h100", figures);
  const bytes = new Uint8Array(100);

  it("run beside each other, each in order; the host does not wait", () => {
    const gpu = make();
    const [a, b] = [gpu.stream(), gpu.stream({ label: "b" })];
    const [x, y] = [gpu.zeros(u8, 100), gpu.zeros(u8, 100)];
    gpu.memcpy(x, bytes, { stream: a });
    gpu.memcpy(new Uint8Array(100), y, { stream: b });
    gpu.memcpy(x, bytes, { stream: a });
    expect(gpu.cycle).toBe(0);
    expect(gpu.log.transfers.map(({ stream, start, end }) => [stream, start, end])).toEqual([
      ["stream 1", 0, 110],
      ["b", 0, 110],
      ["stream 1", 110, 220],
    ]);
    expect([a.done, b.done]).toEqual([false, false]);
    b.synchronize();
    expect([gpu.cycle, a.done, b.done]).toEqual([110, false, true]);
    gpu.synchronize();
    expect(gpu.cycle).toBe(220);
  });

  it("share the engine of a direction", () => {
    const gpu = make();
    const x = gpu.zeros(u8, 100);
    for (const stream of [gpu.stream(), gpu.stream()]) gpu.memcpy(x, bytes, { stream });
    expect(gpu.log.transfers.map(({ start }) => start)).toEqual([0, 110]);
  });

  it("wait for the default stream and it for them, but for non-blocking ones", () => {
    const gpu = make();
    const x = gpu.zeros(u8, 100);
    const [blocking, free] = [gpu.stream(), gpu.stream({ nonBlocking: true })];
    const out = new Uint8Array(100);
    gpu.memcpy(x, bytes, { stream: gpu.defaultStream });
    gpu.memcpy(out, x, { stream: blocking });
    gpu.memcpy(x, x, { stream: free });
    gpu.memset(x, 0, { stream: gpu.defaultStream });
    expect(gpu.log.transfers.map(({ start, end }) => [start, end])).toEqual([
      [0, 110],
      [110, 220],
      [0, 30],
      [220, 250],
    ]);
  });

  it("wait for events of other streams; events tell the time between them", () => {
    const gpu = make();
    const [a, b] = [gpu.stream(), gpu.stream()];
    const x = gpu.zeros(u8, 100);
    const start = a.record();
    gpu.memcpy(x, bytes, { stream: a });
    const loaded = gpu.event().record(a);
    b.wait(loaded);
    gpu.memset(x, 0, { stream: b });
    expect(loaded.elapsedSince(start)).toBe(110);
    expect(gpu.log.transfers[1].start).toBe(110);
    expect(loaded.done).toBe(false);
    loaded.synchronize();
    expect([loaded.done, gpu.cycle]).toEqual([true, 110]);
    expect(inspect(loaded)).toBe("event 2 at 110 s");
    expect(inspect(b)).toBe("stream 2: busy until 140 s");
  });

  it("refuse an event that was not recorded, a stream that is gone, and another GPU's", () => {
    const gpu = make();
    const [stream, event] = [gpu.stream(), gpu.event()];
    expect(() => stream.wait(event)).toThrow("event 1 has not been recorded: nothing can wait for it\nRecord it first");
    expect(() => event.synchronize()).toThrow("nothing can wait for it");
    expect(() => stream.record().elapsedSince(event)).toThrow("nothing can measure from it");
    stream.destroy();
    expect(() => stream.record()).toThrow("stream 1 has been destroyed\nMake a new one");
    expect(() => gpu.memset(gpu.zeros(u8, 1), 0, { stream })).toThrow("stream 1 has been destroyed");
    expect(() => gpu.defaultStream.destroy()).toThrow("the default stream cannot be destroyed");
    expect(() => gpu.memset(gpu.zeros(u8, 1), 0, { stream: make().stream() })).toThrow("a stream of another GPU");
  });

  it("never let work begin before what it has to wait for, nor two things be in one engine", () => {
    const work = fc.record({
      stream: fc.nat(3),
      kind: fc.constantFrom("in", "out", "set", "wait", "record"),
      size: fc.nat(99),
    });
    fc.assert(
      fc.property(fc.array(work, { maxLength: 40 }), (list) => {
        const gpu = make();
        const streams = [gpu.defaultStream, gpu.stream(), gpu.stream(), gpu.stream({ nonBlocking: true })];
        const x = gpu.zeros(u8, 100);
        let [event, least] = [gpu.event().record(), [0, 0, 0, 0]];
        for (const { stream: index, kind, size } of list) {
          const stream = streams[index];
          const part = x.subarray(0, size);
          if (kind === "wait") {
            stream.wait(event);
            least[index] = Math.max(least[index], event.time as number);
            continue;
          }
          if (kind === "record") {
            event = stream.record();
            continue;
          }
          if (kind === "in") gpu.memcpy(part, new Uint8Array(size), { stream });
          else if (kind === "out") gpu.memcpy(new Uint8Array(size), part, { stream });
          else gpu.memset(part, 0, { stream });
          const { start, end } = gpu.log.transfers[gpu.log.transfers.length - 1];
          expect(start).toBeGreaterThanOrEqual(least[index]);
          least = least.map((time, other) => (other === index ? end : time));
        }
        for (const direction of ["host to device", "device to host", "memset"]) {
          const spans = gpu.log.transfers.filter((each) => each.direction === direction);
          for (let i = 1; i < spans.length; i++) expect(spans[i].start).toBeGreaterThanOrEqual(spans[i - 1].end);
        }
      }),
    );
  });
});

describe("a launch", () => {
  it("goes into a stream, takes cycles, and is logged", () => {
    const gpu = new VirtualGPU("h100", { sms: 4 });
    const stream = gpu.stream({ label: "compute" });
    const n = 1024;
    const args = { n, a: 2, x: gpu.array(f32, new Float32Array(n).fill(1)), y: gpu.zeros(f32, n) };
    const begin = gpu.cycle;
    const launch = gpu.launch(saxpy, { grid: 8, block: 128, stream }, args);
    expect(gpu.cycle).toBe(begin);
    expect(launch.cycles).toBeGreaterThan(2 * gpu.figures.latency.global);
    expect(launch.seconds).toBeCloseTo(launch.cycles / gpu.figures.clock, 15);
    expect([launch.stream, launch.model]).toEqual(["compute", "latency"]);
    gpu.synchronize();
    expect(gpu.cycle).toBe(begin + launch.cycles);
    expect(gpu.log.launches).toEqual([
      {
        launch: 0,
        kernel: "saxpy",
        grid: [8, 1, 1],
        block: [128, 1, 1],
        shared_bytes: 0,
        stream: "compute",
        start: launch.start,
        end: launch.end,
        cycles: launch.cycles,
        steps: launch.counters.warp_instructions,
        divergent_branches: 0,
        status: "ok",
      },
    ]);
    expect(gpu.log.sms.map(({ sm, blocks, warps }) => [sm, blocks, warps])).toEqual(
      [0, 1, 2, 3].map((sm) => [sm, 2, 8]),
    );
    const total = gpu.log.sms.reduce((sum, { warp_instructions }) => sum + warp_instructions, 0);
    expect(total).toBe(launch.counters.warp_instructions);
  });

  it("records divergences and blocks when asked, and only then", () => {
    const gpu = new VirtualGPU("h100", { sms: 2 });
    const args = { n: 40, x: gpu.zeros(f32, 40), sums: gpu.zeros(f32, 3) };
    const quiet = gpu.launch(blockSum, { grid: 3, block: 256 }, args);
    expect([quiet.divergences, quiet.blocks, gpu.log.blocks]).toEqual([[], [], []]);
    const launch = gpu.launch(blockSum, { grid: 3, block: 256, log: true }, args);
    expect(launch.divergences).toHaveLength(launch.counters.divergent_branches);
    const [first] = launch.divergences;
    expect(first).toMatchObject({ launch: 1, kernel: "blockSum", block: 0 });
    const [before, taken, not] = [first.mask_before, first.mask_taken, first.mask_not_taken].map(Number);
    expect((taken | not) >>> 0).toBe(before);
    expect(taken & not).toBe(0);
    expect(launch.blocks.map(({ block, sm }) => [block, sm])).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
    expect(launch.blocks[0].first_step).toBe(0);
    expect(launch.blocks[2].end_step).toBe(launch.counters.warp_instructions);
    expect(launch.blocks[1].first_step).toBe(launch.blocks[0].end_step);
    expect(gpu.log.divergences).toEqual(launch.divergences);
    expect(inspect(gpu.log)).toMatch(/^log: 2 launches, 0 transfers, \d+ divergences, 3 blocks$/);
  });

  it("that ends with a fault is logged as one", () => {
    const gpu = new VirtualGPU("h100");
    const args = { n: 64, a: 1, x: gpu.zeros(f32, 64), y: gpu.zeros(f32, 8) };
    expect(() => gpu.launch(saxpy, { grid: 2, block: 32 }, args)).toThrow("out-of-bounds");
    expect(gpu.log.launches).toMatchObject([{ kernel: "saxpy", status: "out-of-bounds" }]);
  });

  it("names what was freed when a kernel touches it", () => {
    const gpu = new VirtualGPU("h100");
    const [x, y] = [gpu.zeros(f32, 32, { label: "x" }), gpu.zeros(f32, 32)];
    const pointer = y.add((x.address - y.address) / 4);
    x.free();
    expect(() => gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 32, a: 1, x: pointer, y })).toThrow(
      /it lies in "x" \(f32, 128 bytes\), which has been freed/,
    );
  });

  it("is a call of a function where the kernel is given its shape", () => {
    const gpu = new VirtualGPU("h100");
    const run = configure(saxpy, { grid: 2, block: 32 });
    const args = { n: 64, a: 3, x: gpu.array(f32, new Float32Array(64).fill(1)), y: gpu.zeros(f32, 64) };
    expect(run(gpu, args).grid).toEqual({ x: 2, y: 1, z: 1 });
    expect(args.y.get(63)).toBe(3);
    expect(run(gpu, args, { grid: 4 }).grid.x).toBe(4);
    const cluster = new GPUCluster(["h100", "a100"]);
    cluster.setCurrent(1);
    const [x, y] = [cluster.getCurrent().zeros(f32, 1), cluster.getCurrent().zeros(f32, 1)];
    expect(run(cluster, { n: 1, a: 1, x, y }).device).toBe(cluster.gpus[1].device.name);
  });
});
