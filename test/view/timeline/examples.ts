// Timelines for tests of pictures and views: a small inference that one can check by hand, and a large one of any size.
import { type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";

/**
 * Two iterations of a small network, in microseconds of 1,000 ns. Host thread: load weights (0..100) with cuMemAlloc_v2 (10..20) and
 * cuMemcpyHtoD_v2 (30..90); iterations at 100 and 200 with two launches each of 5, and cuStreamSynchronize to their ends. On stream 7:
 * the copy (40..80, 4 MB); per iteration sgemm (115..145) and relu (150..160). `slower` makes sgemm so many times slower.
 */
export function inference({
  name = "mlp.jsonl",
  slower = 1,
}: {
  readonly name?: string;
  readonly slower?: number;
} = {}): Timeline {
  const builder = new TimelineBuilder();
  const host = builder.process(4711, { name: "python", order: 0 });
  const device = builder.process("gpu0", { name: "GPU 0: H100", device: 0, order: 1 });
  const main = builder.track(host, 4711, { name: "main thread" });
  const stream = builder.track(device, 7, { name: "stream 7", kind: "stream" });
  const us = (time: number): number => time * 1000;
  const range = (name: string, start: number, end: number, kind: string): void => {
    builder.event({
      ...{ track: main, start: us(start), duration: us(end - start), role: "range", name, category: "other" },
      args: { range: kind },
    });
  };
  const call = (name: string, category: string, start: number, end: number, more: object = {}): void => {
    builder.event({ track: main, start: us(start), duration: us(end - start), role: "call", name, category, ...more });
  };
  range("load weights", 0, 100, "stage");
  call("cuMemAlloc_v2", "memory", 10, 20, { bytes: 4_000_000, args: { bytes: 4_000_000, ptr: "0x7f0000000000" } });
  call("cuMemcpyHtoD_v2", "transfer", 30, 90, { correlation: 1, bytes: 4_000_000, args: { bytes: 4_000_000 } });
  builder.event({
    ...{
      track: stream,
      start: us(40),
      duration: us(40),
      role: "copy",
      name: "copy host to device",
      category: "transfer",
    },
    ...{ correlation: 1, bytes: 4_000_000, direction: "host to device", stream: 7 },
  });
  builder.counter(device, "bytes allocated", us(20), 4_000_000);
  let at = 100;
  for (const iteration of [0, 1]) {
    const gemm = 30 * slower;
    const end = at + 15 + gemm + 5 + 10 + 5;
    range(`iteration ${iteration}`, at, end, "iteration");
    call("cuLaunchKernel", "kernel", at + 5, at + 10, {
      correlation: 10 + 2 * iteration,
      args: { kernel: "sgemm", op: "linear" },
    });
    call("cuLaunchKernel", "kernel", at + 12, at + 17, {
      correlation: 11 + 2 * iteration,
      args: { kernel: "relu", op: "relu" },
    });
    call("cuStreamSynchronize", "sync", at + 18, end);
    const kernel = (name: string, start: number, duration: number, correlation: number): void => {
      builder.event({
        ...{ track: stream, start: us(start), duration: us(duration), role: "kernel", name, category: "kernel" },
        ...{ correlation, stream: 7, args: { grid: [8, 8, 1], block: [256, 1, 1], flop: 2 ** 30 } },
      });
    };
    kernel("sgemm", at + 15, gemm, 10 + 2 * iteration);
    kernel("relu", at + 15 + gemm + 5, 10, 11 + 2 * iteration);
    at = end;
  }
  builder.event({ track: main, start: us(at), role: "other", form: "instant", name: "done", category: "other" });
  builder.counter(device, "bytes allocated", us(at), 0);
  builder.note("a line that is no JSON", "line 17");
  return builder.build({ name, format: "driver-calls", device: "H100", clock: "simulated", simulated: true });
}

/**
 * A program that takes 270 ms to start for an inference of 300 us, in microseconds: initialise (0..270,000) with cuCtxCreate_v2, load
 * weights (270,000..270,100) with a copy, inference (270,100..270,400) with three launches, clean up (270,400..270,420). Between two
 * events at 270,000 a cuMemAlloc_v2 takes no time. `isTimed` says whether there are times of the device.
 */
export function program({ isTimed = true }: { readonly isTimed?: boolean } = {}): Timeline {
  const builder = new TimelineBuilder();
  const host = builder.process(1, { name: "warplab", order: 0 });
  const device = builder.process("gpu0", { name: "H100 SXM", device: 0, order: 1 });
  const main = builder.track(host, 1, { name: "thread 1" });
  const stream = isTimed ? builder.track(device, 0, { name: "default stream", kind: "stream" }) : -1;
  const us = (time: number): number => time * 1000;
  const on = (track: number, role: "call" | "kernel" | "range", name: string, from: number, to: number) => ({
    ...{ track, role, name, category: role === "range" ? "other" : role, start: us(from), duration: us(to - from) },
  });
  const stage = (name: string, from: number, to: number): void => {
    builder.event({ ...on(main, "range", name, from, to), args: { range: "stage" } });
  };
  stage("initialise", 0, 270_000);
  builder.event(on(main, "call", "cuCtxCreate_v2", 0, 270_000));
  stage("load weights", 270_000, 270_100);
  builder.event(on(main, "call", "cuMemAlloc_v2", 270_000, 270_000));
  builder.event(on(main, "call", "cuMemcpyHtoD_v2", 270_000, 270_100));
  stage("inference", 270_100, 270_400);
  for (const [i, at] of [270_110, 270_200, 270_300].entries()) {
    builder.event({ ...on(main, "call", "cuLaunchKernel", at, at + 5), correlation: i });
    if (isTimed) builder.event({ ...on(stream, "kernel", "sgemm", at + 6, at + 40), correlation: i });
  }
  stage("clean up", 270_400, 270_420);
  builder.event(on(main, "call", "cuMemFree_v2", 270_400, 270_420));
  return builder.build({ name: "program.jsonl", format: "driver-calls", device: "H100 SXM", simulated: true });
}

/** So many kernels on four streams with their launches on two threads, a million with a name of forty. */
export function large(events: number): Timeline {
  const builder = new TimelineBuilder();
  const host = builder.process(1, { name: "server" });
  const device = builder.process("gpu", { name: "GPU 0", device: 0 });
  const threads = [0, 1].map((i) => builder.track(host, 100 + i, { name: `worker ${i}` }));
  const streams = [0, 1, 2, 3].map((i) => builder.track(device, i, { name: `stream ${i}`, kind: "stream" }));
  let state = 12345;
  const random = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % most;
  };
  let now = 0;
  for (let i = 0; i < events / 2; i++) {
    now += 2_000 + random(4_000);
    const name = `kernel_${random(40)}`;
    builder.event({
      ...{
        track: threads[i % 2],
        start: now,
        duration: 1_500,
        role: "call",
        name: "cuLaunchKernel",
        category: "kernel",
      },
      ...{ correlation: i, args: { kernel: name, grid: [random(64) + 1, 1, 1] } },
    });
    builder.event({
      ...{
        track: streams[i % 4],
        start: now + 4_000,
        duration: 3_000 + random(9_000),
        role: "kernel",
        name,
        category: "kernel",
      },
      ...{ correlation: i, stream: i % 4 },
    });
  }
  return builder.build({ name: "large.json", format: "chrome" });
}
