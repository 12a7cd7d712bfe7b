// `warplab export-benchmark`, and the script that it writes: run with a stand-in for the driver, for want of a GPU.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { warplab } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-benchmark-"));
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const python = has("python3");
const standIn = python && has("gcc");
const torch = python && spawnSync("python3", ["-c", "import torch"]).status === 0;

const libcuda = join(folder, "libcuda.so");
if (standIn) {
  const source = fileURLToPath(new URL("../hardware/benchmark/libcuda.c", import.meta.url));
  execFileSync("gcc", ["-shared", "-fPIC", "-O2", source, "-o", libcuda, "-lm"]);
}

async function exported(...words: string[]): Promise<string> {
  const path = join(mkdtempSync(join(folder, "script-")), "benchmark.py");
  const { status, stderr } = await warplab(["export-benchmark", "--device", "h100", ...words, "--out", path]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(`Wrote ${path}`) });
  return path;
}

function run(script: string, mode: string, ...words: string[]) {
  const env = { ...process.env, WARPLAB_LIBCUDA: libcuda, STAND_IN: mode };
  const quick = ["--backend", "driver", "--warm-up-s", "0", "--repeats", "3", ...words];
  return spawnSync("python3", [script, ...quick], { env, encoding: "utf8" });
}

const cases = (script: string) =>
  (
    JSON.parse(/r"""\n(.*?)\n"""/s.exec(readFileSync(script, "utf8"))?.[1] ?? "") as {
      cases: { kernel_type: string; shape: number[]; precision: string }[];
    }
  ).cases;

describe("the script", () => {
  it("measures, with no options, GEMV and GEMM of 4096 and 8192 in five precisions", async () => {
    const measured = cases(await exported());
    const shapes = [...new Set(measured.map(({ kernel_type, shape }) => `${kernel_type} ${shape.join("x")}`))];
    expect(shapes).toEqual(["gemv 4096x4096", "gemv 8192x8192", "gemm 4096x4096x4096", "gemm 8192x8192x8192"]);
    expect(measured.length).toBe(shapes.length * 5);
    expect([...new Set(measured.map(({ precision }) => precision))]).toEqual([
      "FP16",
      "BF16",
      "TF32",
      "FP8_E4M3",
      "INT8",
    ]);
  });

  it("goes to standard output unless a file is named", async () => {
    const { stdout, status } = await warplab(["export-benchmark", "--device", "b10"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^#!\/usr\/bin\/env python3\n/);
    expect(stdout).toContain('"hardware_key":"gb10"');
  });

  it("has only the kernels that it needs", async () => {
    const text = readFileSync(await exported("--kernels", "gemm", "--precisions", "fp16"), "utf8");
    expect(text.match(/\.visible \.entry \w+/g)).toEqual([".visible .entry gemm_fp16"]);
  });

  it.skipIf(!python)("is Python, and says what its options are", async () => {
    const { status, stdout } = spawnSync("python3", [await exported(), "--help"], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toContain("--backend {auto,torch,driver}");
  });

  it.skipIf(!python)("says in one line that there is no driver", async () => {
    const { status, stdout, stderr } = spawnSync("python3", [await exported(), "--backend", "driver"], {
      env: { ...process.env, WARPLAB_LIBCUDA: join(folder, "nowhere.so") },
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: the NVIDIA driver's library .*nowhere\.so cannot be loaded: .*\n$/);
  });
});

describe.skipIf(!standIn)("run through the driver (a stand-in)", () => {
  const vector = ["--shapes", "40x512", "--kernels", "gemv"];
  const matrix = ["--shapes", "48x24x64", "--kernels", "gemm"];

  it("verifies, measures and prints what validate reads: export, run, validate, interpret", async () => {
    const script = await exported("--shapes", "40x512,48x24x64");
    const { status, stdout, stderr } = run(script, "");
    expect(stderr.match(/^\[\d+\/10\] gem[vm] \S+ \S+: [\d.]+ us$/gm)?.length).toBe(10);
    expect(status).toBe(0);
    const measured = join(folder, "measured.json");
    writeFileSync(measured, stdout);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      hardware_key: "h100-sxm",
      protocol: { launch: "graph", cache: "warm", repeats: 3, verified: true },
      provenance: { backend: "driver", device: "Stand-in GPU", compute_capability: 8.9, cuda_driver_api: "12.4" },
    });
    const [first] = document.benchmarks;
    expect(first).toMatchObject({ kernel_type: "gemv", shape: [40, 512], precision: "FP16", protocol: "graph" });
    // Operations and bytes of a GEMV of 40 x 512 in FP16.
    expect(first.measured_tflops * first.measured_time_us * 1e6).toBeCloseTo(2 * 40 * 512, 3);
    expect(first.measured_bandwidth_gb_s * first.measured_time_us * 1e3).toBeCloseTo(2 * (40 * 512 + 512 + 40), 3);
    expect(first.spread_us[0]).toBeLessThanOrEqual(first.spread_us[1]);
    // A CPU is no H100: the verdict is red, and every row is there.
    const report = await warplab(["validate", measured, "--json"]);
    expect(report.status).toBe(1);
    const { results, skipped, summary } = JSON.parse(report.stdout);
    expect({ rows: results.length, skipped, accepted: summary.accepted }).toEqual({
      rows: 10,
      skipped: [],
      accepted: false,
    });
    // Nothing that the script writes is said to be unread.
    expect(report.stderr).toBe("");
  });

  it("measures with a cold cache and launches one by one, when told", async () => {
    const { status, stdout } = run(
      await exported(...matrix, "--precisions", "tf32"),
      "",
      "--launch",
      "eager",
      "--cache",
      "cold",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      protocol: { launch: "eager", cache: "cold" },
      benchmarks: [{ protocol: "eager" }],
    });
  });

  it("skips by name what the device cannot do, and measures the rest", async () => {
    const { status, stdout, stderr } = run(await exported(...vector, "--precisions", "fp16,fp8"), "old");
    expect(status).toBe(0);
    expect(stderr).toContain(
      "SKIP FP8_E4M3: needs compute capability 8.9, this device has 7.5 (gemv 40x512 FP8_E4M3)\n",
    );
    expect(JSON.parse(stdout).benchmarks.map(({ precision }: { precision: string }) => precision)).toEqual(["FP16"]);
  });

  it("skips what does not fit the device's memory", async () => {
    const { status, stdout, stderr } = run(
      await exported("--shapes", "16x64,4096x64", "--kernels", "gemv", "--precisions", "fp16"),
      "small",
    );
    expect(status).toBe(0);
    expect(stderr).toContain("SKIP FP16: the device's memory does not hold it (gemv 4096x64 FP16)\n");
    expect(JSON.parse(stdout).benchmarks.length).toBe(1);
  });

  it("does not time what is wrong", async () => {
    const { status, stdout, stderr } = run(await exported(...vector, "--precisions", "int8"), "wrong");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/gemv 40x512 INT8: WRONG, not timed: C\[0, 0\] is -?\d+, the reference -?[\d.]+\n/);
  });
});

/** What a script calls of PyTorch, as Python reads it: every name that begins with `torch.` or `self.torch.`. */
const namesOfTorch = `
import ast, json, sys
found = set()
for node in ast.walk(ast.parse(open(sys.argv[1]).read())):
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or not names: continue
    path = ([] if node.id == "self" else [node.id]) + names
    if path[0] == "torch" and len(path) > 1: found.add(".".join(path))
print(json.dumps(sorted(found)))
`;

describe.skipIf(!python)("what the script calls of PyTorch", () => {
  it("is there to be checked: the products, the graph, the events", async () => {
    const names = JSON.parse(execFileSync("python3", ["-c", namesOfTorch, await exported()], { encoding: "utf8" }));
    expect(names).toEqual(
      expect.arrayContaining([
        ...["torch.matmul", "torch.mv", "torch._int_mm", "torch._scaled_mm", "torch.cuda.CUDAGraph"],
        ...["torch.cuda.Event", "torch.nn.functional.scaled_dot_product_attention"],
      ]),
    );
    if (!torch) console.warn(`SKIP PyTorch is not installed, so that nobody checks that it has ${names.join(", ")}`);
  });

  it.skipIf(!torch)("is all in the PyTorch that is installed", async () => {
    const names = execFileSync("python3", ["-c", namesOfTorch, await exported()], { encoding: "utf8" });
    const program = `import json, torch\nfor name in json.loads(${JSON.stringify(names)}): eval(name)`;
    expect(spawnSync("python3", ["-c", program], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("bad input", () => {
  it.each([
    [["--device", "h1000"], 'unknown device "h1000"'],
    [
      ["--device", "h100", "--kernels", "gemmm"],
      'kernels: a benchmark of "gemmm" cannot be exported\nDid you mean "gemm"?',
    ],
    [["--device", "h100", "--precisions", "fp17"], 'precisions: unknown precision "fp17"'],
    [
      ["--device", "h100", "--shapes", "4096"],
      "shapes: no kernel has the shape 4096\nGive as many extents as one of the kernels has: gemv has 2, gemm has 3.",
    ],
    [["--device", "h100", "--shapes", "12x"], '--shapes: "12x" is no shape'],
    [["--device", "h100", "--shapes", "0x16"], "shapes: N must be a whole number of at least 1, got 0"],
    [["--device", "h100", "--launch", "slow"], "Allowed choices are graph, eager."],
    [["--device", "h100", "--out", "/dev/null/x.py"], "script: this is a file, or lies below one"],
  ])("%j is one message", async (words, says) => {
    const { status, stdout, stderr } = await warplab(["export-benchmark", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
