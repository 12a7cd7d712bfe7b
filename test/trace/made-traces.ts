// Makes traces as large as one likes, much as real tools write them, the same bytes for the same seed: a PyTorch profile whose kernels
// overlap on several streams, and driver calls as JSON lines. In pieces, so that a gigabyte never is one string.
import { SeededRandom } from "../../src/core/random.js";
import type { DriverTraceHeader } from "../../src/trace/index.js";

export interface MadeTraceOptions {
  /** Launches, of which each makes some lines. */
  readonly launches: number;
  readonly seed?: number;
  readonly streams?: number;
}

/** What is in a trace by its making. */
export interface MadeTrace {
  readonly pieces: Iterable<string>;
  /** Of each role. */
  readonly counts: {
    readonly calls: number;
    readonly kernels: number;
    readonly copies: number;
    readonly operators: number;
  };
}

const kernels = [
  "void at::native::vectorized_elementwise_kernel<4, at::native::AddFunctor<float>, at::detail::Array<char*, 3> >(int, at::native::AddFunctor<float>, at::detail::Array<char*, 3>)",
  "ampere_fp16_s16816gemm_fp16_128x64_ldg8_f2f_stages_64x4_tn",
  "void cutlass::Kernel2<cutlass_80_tensorop_f16_s16816gemm_relu_f16_256x128_32x3_nn_align8>(cutlass_80_tensorop_f16_s16816gemm_relu_f16_256x128_32x3_nn_align8::Params)",
  "void (anonymous namespace)::softmax_warp_forward<float, float, float, 10, false, false>(float*, float const*, int, int, int)",
  "void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<float, float>(int, float, float const*, float const*, float const*, float*, float*, float*)",
  "fmha_cutlassF_f16_aligned_64x64_rf_sm80(PyTorchMemEffAttention::AttentionKernel::Params)",
];
const operators = [
  "aten::add_",
  "aten::linear",
  "aten::matmul",
  "aten::softmax",
  "aten::layer_norm",
  "aten::scaled_dot_product_attention",
];

/** A profile as torch.profiler exports it (Kineto's form, schema version 1): about 1.45 kB a launch. Every tenth launch is a copy. */
export function madePytorchTrace({ launches, seed = 1, streams = 4 }: MadeTraceOptions): MadeTrace {
  const copies = Math.ceil(launches / 10);
  return {
    counts: { calls: launches, kernels: launches - copies, copies, operators: launches },
    pieces: pytorchPieces(launches, seed, streams),
  };
}

function* pytorchPieces(launches: number, seed: number, streams: number): Generator<string> {
  const random = new SeededRandom(seed);
  const host = 4242;
  // Epoch microseconds with the nanoseconds behind the point, as Kineto writes without a base of time.
  let now = 1_700_000_000_000_000_000n;
  const us = (ns: bigint): string => `${ns / 1000n}.${String(ns % 1000n).padStart(3, "0")}`;
  const free = Array.from({ length: streams }, () => now);
  yield `{
  "schemaVersion": 1,
  "deviceProperties": [
    {
      "id": 0, "name": "NVIDIA A100-SXM4-80GB", "totalGlobalMem": 85051572224, "computeMajor": 8, "computeMinor": 0, "numSms": 108
    }
  ],
  "with_stack": 0,
  "displayTimeUnit": "ms",
  "traceEvents": [
  {
    "name": "process_name", "ph": "M", "ts": ${us(now)}, "pid": ${host}, "tid": 0,
    "args": {
      "name": "python"
    }
  },
  {
    "name": "process_labels", "ph": "M", "ts": ${us(now)}, "pid": 0, "tid": 0,
    "args": {
      "labels": "GPU 0"
    }
  },
  {
    "name": "process_name", "ph": "M", "ts": ${us(now)}, "pid": 0, "tid": 0,
    "args": {
      "name": "python"
    }
  }`;
  for (let launch = 0; launch < launches; launch++) {
    const isCopy = launch % 10 === 0;
    const kind = random.below(kernels.length);
    const stream = random.below(streams);
    const correlation = launch + 1;
    const tid = host + random.below(2);
    now += BigInt(500 + random.below(20_000));
    const callStart = now + 1500n;
    const callTime = BigInt(2000 + random.below(4000));
    const start = callStart + callTime + 800n > free[stream] ? callStart + callTime + 800n : free[stream];
    const time = BigInt(1000 + random.below(30_000));
    free[stream] = start + time + 500n;
    const operator = `,
  {
    "ph": "X", "cat": "cpu_op", "name": "${operators[kind]}", "pid": ${host}, "tid": ${tid},
    "ts": ${us(now)}, "dur": ${us(callTime + 3000n)},
    "args": {
      "External id": ${launch},"Record function id": 0, "Concrete Inputs": ["", "", "1"], "Input type": ["float", "float", "Scalar"], "Input Strides": [[1024, 1], [1024, 1], []], "Input Dims": [[64, 1024], [64, 1024], []], "Ev Idx": ${launch}
    }
  }`;
    const call = `,
  {
    "ph": "X", "cat": "cuda_runtime", "name": "${isCopy ? "cudaMemcpyAsync" : "cudaLaunchKernel"}", "pid": ${host}, "tid": ${tid},
    "ts": ${us(callStart)}, "dur": ${us(callTime)},
    "args": {
      "External id": ${launch}, "cbid": ${isCopy ? 41 : 211}, "correlation": ${correlation}
    }
  },
  {
    "ph": "s", "id": ${correlation}, "pid": ${host}, "tid": ${tid}, "ts": ${us(callStart)},
    "cat": "ac2g", "name": "ac2g"
  }`;
    const work = isCopy
      ? `,
  {
    "ph": "X", "cat": "gpu_memcpy", "name": "Memcpy HtoD (Pageable -> Device)", "pid": 0, "tid": ${7 + stream},
    "ts": ${us(start)}, "dur": ${us(time)},
    "args": {
      "External id": ${launch}, "device": 0, "context": 1, "stream": ${7 + stream}, "correlation": ${correlation}, "bytes": ${1024 * (1 + random.below(4096))}, "memory bandwidth (GB/s)": 12.5
    }
  }`
      : `,
  {
    "ph": "X", "cat": "kernel", "name": "${kernels[kind]}", "pid": 0, "tid": ${7 + stream},
    "ts": ${us(start)}, "dur": ${us(time)},
    "args": {
      "External id": ${launch}, "queued": 0, "device": 0, "context": 1, "stream": ${7 + stream}, "correlation": ${correlation}, "registers per thread": 32, "shared memory": 0, "blocks per SM": 1.185185, "warps per SM": 4.740741, "grid": [${1 + random.below(4096)}, 1, 1], "block": [128, 1, 1], "est. achieved occupancy %": 7
    }
  }`;
    yield `${operator}${call}${work},
  {
    "ph": "f", "id": ${correlation}, "pid": 0, "tid": ${7 + stream}, "ts": ${us(start)},
    "cat": "ac2g", "name": "ac2g", "bp": "e"
  }`;
    now = callStart + callTime + 1500n;
  }
  yield `
  ],
  "traceName": "made.json"
}
`;
}

/** Driver calls as JSON lines, about 370 bytes a launch: launches, every tenth a copy, every hundredth waited for. */
export function madeDriverCalls({ launches, seed = 1, streams = 4 }: MadeTraceOptions): MadeTrace {
  const copies = Math.ceil(launches / 10);
  const waits = Math.ceil(launches / 100);
  return {
    counts: { calls: launches + waits, kernels: launches - copies, copies, operators: 0 },
    pieces: driverCallPieces(launches, seed, streams),
  };
}

function* driverCallPieces(launches: number, seed: number, streams: number): Generator<string> {
  const random = new SeededRandom(seed);
  const header: DriverTraceHeader = {
    format: "warplab-trace",
    version: 1,
    clock: "simulated",
    device: "H100 SXM",
    host: "here",
    source: "simulated",
  };
  yield `${JSON.stringify(header)}\n`;
  let now = 1000;
  let id = 0;
  const free = Array.from({ length: streams }, () => now);
  for (let launch = 0; launch < launches; launch++) {
    const isCopy = launch % 10 === 0;
    const stream = random.below(streams);
    const dur = 2000 + random.below(4000);
    const start = Math.max(now + dur + 800, free[stream]);
    const end = start + 1000 + random.below(30_000);
    free[stream] = end + 500;
    const common = { ts: now, pid: 4242, tid: 4242 + random.below(2), ph: "X", id: ++id };
    const device = { gpu_start_ns: start, gpu_end_ns: end, status: "ok" };
    const layer = launch % 12;
    const line = isCopy
      ? {
          ...common,
          name: "cuMemcpyHtoDAsync_v2",
          cat: "transfer",
          dur,
          corr: launch + 1,
          stream,
          args: {
            bytes: 1024 * (1 + random.below(4096)),
            ptr: "0x700000000000",
            direction: "host to device",
            ...device,
          },
        }
      : {
          ...common,
          name: "cuLaunchKernel",
          cat: "kernel",
          dur,
          corr: launch + 1,
          stream,
          args: {
            kernel: `gemm_${random.below(8)}`,
            grid: [1 + random.below(4096), 1, 1],
            block: [128, 1, 1],
            shared: 0,
            op: `layers.${layer}.attention.query_key_value`,
            layer,
            ...device,
          },
        };
    let piece = `${JSON.stringify(line)}\n`;
    now += dur + 500;
    if (launch % 100 === 0) {
      const wait = {
        ts: now,
        pid: 4242,
        tid: 4242,
        ph: "X",
        id: ++id,
        name: "cuStreamSynchronize",
        cat: "sync",
        dur: 1000,
        stream,
      };
      piece += `${JSON.stringify(wait)}\n`;
      now += 1500;
    }
    yield piece;
  }
}
