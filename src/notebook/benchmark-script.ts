// The benchmark as one Python file for a machine with a GPU: the script of hardware/benchmark/ with a plan and the kernels that it
// needs written into it. Knows nothing of what is done with the times.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchmarkPlanOptions, benchmarkPlan } from "../model/index.js";
import { installation } from "./installation.js";

export interface BenchmarkScriptOptions extends BenchmarkPlanOptions {
  /** How kernels are launched unless the script's `--launch` says otherwise: from a CUDA graph, or one by one. */
  readonly launch?: "graph" | "eager";
  /** Whether L2 is overwritten before each launch unless the script's `--cache` says otherwise. */
  readonly cache?: "warm" | "cold";
}

/**
 * The text of a Python script that measures on a GPU, with PyTorch or with nothing but the driver, and prints the JSON that
 * `validate` reads: `exportBenchmark({ device: "h100" })`. Throws InputError as `benchmarkPlan` does.
 */
export function exportBenchmark(options: BenchmarkScriptOptions): string {
  const { launch = "graph", cache = "warm" } = options;
  const { root, version } = installation();
  const plan = { ...benchmarkPlan(options), launch, cache, warplab: version };
  const folder = join(root, "hardware", "benchmark");
  const script = readFileSync(join(folder, "benchmark.py"), "utf8");
  const names = new Set(plan.cases.map(({ kernel_type, precision }) => kernelName(kernel_type, precision)));
  const modules = readdirSync(join(folder, "kernels"))
    .filter((file) => file.endsWith(".ptx") && names.has(file.slice(0, -".ptx".length)))
    .sort()
    .map((file) => moduleText(file.slice(0, -".ptx".length), readFileSync(join(folder, "kernels", file), "utf8")));
  const fill = (text: string, placeholder: string, value: string): string => {
    if (!text.includes(placeholder)) throw new Error(`benchmark.py has no ${placeholder}`);
    // As a function, since a replacement's dollar signs mean something else.
    return text.replace(placeholder, () => value);
  };
  const planned = fill(
    script,
    'PLAN = {"hardware_key": "", "cases": [], "warplab": ""}',
    `PLAN = json.loads(r"""\n${planText(plan)}\n""")`,
  );
  return fill(planned, "MODULES = {}", `MODULES = {${modules.map((text) => `\n${text}`).join("")}\n}`);
}

/** The kernel that does a case on the driver's path, as its file is called. */
function kernelName(kernelType: string, precision: string): string {
  if (kernelType === "copy") return "copy_bytes";
  // A vector is multiplied outside the Tensor Cores, where TF32 is FP32.
  const format = kernelType === "gemv" && precision === "TF32" ? "fp32" : precision.toLowerCase();
  return `${kernelType}_${format}`;
}

/** JSON with a case a line. */
function planText({ cases, ...rest }: { readonly cases: readonly unknown[] }): string {
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head}, "cases": [\n${cases.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]}`;
}

// The target of PTX is the least device that runs it: sm_80 is compute capability 8.0.
function moduleText(name: string, ptx: string): string {
  const target = /^\.target sm_(\d+)(\d)$/m.exec(ptx);
  if (target === null) throw new Error(`${name}.ptx has no target`);
  return `    "${name}": {"compute_capability": ${target[1]}.${target[2]}, "ptx": r"""${ptx}"""},`;
}
