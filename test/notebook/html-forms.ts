// Every HTML form that the library gives a value, by name: what tests of their looks go through. A new form belongs here.
import { table } from "arquero";
import { f32, i32 } from "../../src/core/dtype.js";
import { type ProgressState, type ProgressStatus, silent } from "../../src/core/progress.js";
import { GPUCluster, VirtualGPU } from "../../src/gpu/host/index.js";
import { kernel } from "../../src/gpu/language/index.js";
import { device, devices } from "../../src/hardware/index.js";
import { infer } from "../../src/inference/index.js";
import { measured, predict, validate } from "../../src/model/index.js";
import { checkbox, hbox, slider, tabs } from "../../src/notebook/controls/index.js";
import { bundleOf } from "../../src/notebook/mime.js";
import type { TraceRecorder } from "../../src/trace/index.js";
import { progressHtml } from "../../src/view/progress.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

export function htmlForms(): Readonly<Record<string, string>> {
  const gpu = new VirtualGPU("a100");
  const [n, stride] = [64, 8];
  const scatter = kernel(
    "scatter",
    { n: i32, stride: i32, x: f32.ptr, y: f32.ptr },
    ({ n, stride, x, y }, { threadIdx }) => {
      const i = threadIdx.x;
      if (i < n) y[i * stride] = 2 * x[i];
    },
  );
  const x = gpu.array(
    f32,
    Array.from({ length: n }, (_, i) => i / 7),
    { label: "x" },
  );
  const y = gpu.zeros(f32, n * stride, { label: "y" });
  const launch = gpu.launch(scatter, { grid: 1, block: n, progress: silent }, { n: 50, stride, x, y });
  const values = {
    launch,
    kernel: scatter,
    array: x,
    gpu,
    memory: gpu.memory,
    log: gpu.log,
    transfers: gpu.log.transfers,
    cluster: new GPUCluster(["h100", "a100"]),
    trace: recorded(),
    device: device("h100"),
    devices: devices(),
    prediction: predict({ kernel: "gemm", shape: [4096, 4096, 4096], precision: "FP16", device: "h100" }),
    table: table({ device: ["a", "b"], time: [1.5, 2] }),
    validation: validate(measured("gb10")),
    inference: infer("gpt2", { device: "h100", tokens: 2, progress: silent }),
  };
  const forms = Object.entries(values).map(([name, value]) => [name, String(bundleOf(value)["text/html"])]);
  return Object.fromEntries([...forms, ...bars(), ["controls", stillControls()]]);
}

function recorded(): TraceRecorder {
  const gpu = new VirtualGPU("h100");
  const trace = gpu.recordTrace();
  gpu.array(f32, [1, 2]).free();
  return trace;
}

function bars(): string[][] {
  const state = (status: ProgressStatus): ProgressState => ({
    label: `sweep that is ${status}`,
    done: status === "done" ? 30 : 12,
    total: 30,
    unit: "shapes",
    status,
    seconds: 4,
    detail: undefined,
  });
  const all = (["running", "done", "stopped", "interrupted", "failed"] as const).map(state);
  return [
    ["progress", progressHtml(all)],
    ["progress of nobody knows how much", progressHtml([{ ...state("running"), total: undefined }])],
  ];
}

function stillControls(): string {
  const leave = asKernel(new RecordingBridge());
  try {
    const row = hbox([slider({ description: "threads", value: 3, max: 32 }), checkbox({ description: "fast" })]);
    return String(bundleOf(tabs({ Launch: row }))["text/html"]);
  } finally {
    leave();
  }
}
