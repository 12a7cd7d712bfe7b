// A small run of one process and one device, by which the texts are told: 100 ns of it.
import { type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";

/**
 * ```
 * main      | load: cuMemcpyHtoD 0..20 | 20..30 nothing | step: cuLaunchKernel 30..40, cuCtxSynchronize 50..90 | 90..100 nothing
 * stream 0  | copy 10..20              |                | gemm 60..90
 * ```
 */
export function smallRun(): Timeline {
  const builder = new TimelineBuilder();
  const host = builder.process(4711, { name: "python" });
  const main = builder.track(host, 4712, { name: "main" });
  const device = builder.process("device 0", { name: "device 0", device: 0 });
  const stream = builder.track(device, 0, { name: "stream 0", kind: "stream" });
  builder.event({ track: main, name: "load; weights", role: "range", start: 0, duration: 30 });
  builder.event({ track: main, name: "cuMemcpyHtoD_v2", role: "call", start: 0, duration: 20, correlation: 1 });
  builder.event({
    track: stream,
    name: "copy",
    role: "copy",
    direction: "host to device",
    start: 10,
    duration: 10,
    correlation: 1,
  });
  builder.event({ track: main, name: "step", role: "range", start: 30, duration: 70 });
  builder.event({ track: main, name: "cuLaunchKernel", role: "call", start: 30, duration: 10, correlation: 2 });
  builder.event({ track: main, name: "cuCtxSynchronize", role: "call", start: 50, duration: 40 });
  builder.event({ track: stream, name: "gemm", role: "kernel", start: 60, duration: 30, correlation: 2 });
  return builder.build({ name: "small.jsonl", format: "driver-calls" });
}
