// A trace that is made up as those of inference look: threads with operators around operators around calls, streams with the kernels and
// copies that they launched, spans that overlap, counters. The same for the same number of events.
import { SeededRandom } from "../../src/core/random.js";
import { type Timeline, TimelineBuilder } from "../../src/trace/timeline/index.js";

const kernels = [
  "void cutlass::Kernel2<cutlass_80_tensorop_f16_s16816gemm_relu_f16_128x128_32x4_nn_align8>",
  "void at::native::vectorized_elementwise_kernel<4, at::native::GeluCUDAKernelImpl>",
  "void (anonymous namespace)::softmax_warp_forward<float, float, float, 10, false, false>",
  "flash_fwd_kernel",
  "layer_norm_kernel",
];
const threads = 6;

/** So many events, but for a few that the last iteration takes beyond. */
export function madeTimeline(events: number): Timeline {
  const random = new SeededRandom(1);
  const builder = new TimelineBuilder();
  const host = builder.process(4711, { name: "python serve.py", order: 1 });
  const device = builder.process("gpu0", { name: "GPU 0: NVIDIA H100", order: 0, device: 0 });
  const lanes = Array.from({ length: threads }, (_, index) => ({
    thread: builder.track(host, 100 + index, { name: `thread ${100 + index}` }),
    stream: builder.track(device, 7 + index, { name: `stream ${7 + index}`, kind: "stream" }),
    now: index * 3000,
    done: 0,
  }));
  const spans = builder.track(host, "requests", { name: "requests", kind: "async" });
  let correlation = 0;
  let memory = 0;
  for (let iteration = 0; builder.length < events; iteration++) {
    const lane = lanes[iteration % threads];
    const begin = lane.now;
    for (let layer = 0; layer < 8; layer++) {
      const operator = lane.now;
      lane.now += 500;
      for (const step of ["aten::linear", "aten::scaled_dot_product_attention", "aten::layer_norm"]) {
        const inner = lane.now;
        lane.now += 200 + random.below(800);
        const takes = 3000 + random.below(4000);
        correlation++;
        builder.event({
          track: lane.thread,
          start: lane.now,
          duration: takes,
          name: "cudaLaunchKernel",
          category: "cuda_runtime",
          role: "call",
          correlation,
        });
        const starts = Math.max(lane.done, lane.now + takes + 1500);
        const kernel = random.below(kernels.length);
        const runs = 2000 + random.below(kernel === 0 ? 60_000 : 9000);
        builder.event({
          track: lane.stream,
          start: starts,
          duration: runs,
          name: kernels[kernel],
          category: "kernel",
          role: "kernel",
          correlation,
        });
        lane.done = starts + runs;
        lane.now += takes + 300;
        builder.event({
          track: lane.thread,
          start: inner,
          duration: lane.now - inner,
          name: step,
          category: "cpu_op",
          role: "operator",
        });
      }
      lane.now += 400;
      builder.event({
        track: lane.thread,
        start: operator,
        duration: lane.now - operator,
        name: `layers.${layer}`,
        category: "user_annotation",
        role: "range",
      });
    }
    correlation++;
    const direction = iteration % 2 === 0 ? "host to device" : "device to host";
    builder.event({
      track: lane.thread,
      start: lane.now,
      duration: 4000,
      name: "cudaMemcpyAsync",
      category: "cuda_runtime",
      role: "call",
      correlation,
    });
    builder.event({
      track: lane.stream,
      start: Math.max(lane.done, lane.now + 5000),
      duration: 12_000,
      name: `Memcpy ${direction}`,
      category: "gpu_memcpy",
      role: "copy",
      direction,
      correlation,
    });
    lane.done = Math.max(lane.done, lane.now + 5000) + 12_000;
    lane.now += 5000;
    builder.event({
      track: lane.thread,
      start: lane.now,
      duration: Math.max(1000, lane.done - lane.now),
      name: "cudaStreamSynchronize",
      category: "cuda_runtime",
      role: "call",
    });
    lane.now = Math.max(lane.now + 1000, lane.done) + random.below(20_000);
    builder.event({ track: lane.thread, start: lane.now, form: "instant", name: "token", category: "marker" });
    memory = Math.max(0, memory + (random.below(2) === 0 ? 1 : -0.9) * random.below(1 << 24));
    builder.counter(host, "bytes allocated", begin, memory);
    if (iteration % 8 === 0) {
      builder.event({
        track: spans,
        start: begin,
        duration: lane.now - begin + random.below(90_000),
        name: `request ${iteration / 8}`,
        category: "request",
        role: "range",
      });
    }
  }
  for (const lane of lanes) {
    builder.event({
      track: lane.thread,
      start: lane.now,
      duration: 20_000,
      form: "unfinished",
      name: "cudaDeviceSynchronize",
      category: "cuda_runtime",
      role: "call",
    });
  }
  return builder.build({ name: "made.json", format: "pytorch" });
}
