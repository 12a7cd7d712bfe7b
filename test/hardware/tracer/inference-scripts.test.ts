// The two inference scripts for a GPU machine: what they say without PyTorch, the ranges that they mark and the times that they print.
// Where PyTorch is installed the MLP also runs, on the CPU.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasPython, tracerFolder } from "./stand-in.js";

function python(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync("python3", ["-B", ...words], {
    cwd: tracerFolder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

const folder = mkdtempSync(join(tmpdir(), "warplab-inference-"));
const torch = hasPython && python(["-c", "import torch"]).status === 0;

describe.skipIf(!hasPython)("the inference scripts", () => {
  it("say what would run: 512·1024 + 1024 + 1024·512 + 512 + 512·256 + 256 parameters of the MLP", () => {
    expect(python(["infer_mlp.py", "--dry-run"])).toEqual({
      status: 0,
      stdout: "MLP 512-1024-512-256, 1,181,440 parameters, batch 32\n10 iterations on cuda would run\n",
      stderr: "",
    });
  });

  it("say the size of GPT-2: 124,439,808 parameters of two bytes, 0.23 GiB", () => {
    expect(python(["infer_gpt2.py", "--dry-run"])).toEqual({
      status: 0,
      stdout: "GPT-2, 124,439,808 parameters, 0.23 GiB in float16\n20 tokens on cuda would be generated\n",
      stderr: "",
    });
  });

  it.each([
    ["infer_mlp.py", "torch"],
    ["infer_gpt2.py", "torch"],
  ])("%s names the package that is missing", (script, name) => {
    // Without the folders of installed packages.
    expect(python(["-S", "-I", "-c", run(script)])).toEqual({
      status: 2,
      stdout: expect.any(String),
      stderr: `${name} is not installed, which this script needs: python3 -m pip install ${name}\n`,
    });
  });

  it.each([
    ["infer_mlp.py", "--batch", "--batch and --iterations are at least 1"],
    ["infer_gpt2.py", "--tokens", "--tokens is at least 1"],
  ])("%s refuses %s 0", (script, option, message) => {
    const { status, stderr } = python([script, option, "0"]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });

  it("print times per stage, per iteration, on average, with and without the first", () => {
    const program = `
from timings import Timings
timings = Timings()
timings.stages = {"load weights": 0.002, "inference": 0.010}
timings.iterations = [0.006, 0.001, 0.003]
timings.report("iteration", "samples", 96)
`;
    expect(python(["-c", program]).stdout.split("\n")).toEqual([
      "stage               ms",
      "load weights     2.000",
      "inference       10.000",
      "total           12.000",
      "iteration 1: 6.000 ms",
      "iteration 2: 1.000 ms",
      "iteration 3: 3.000 ms",
      "average iteration: 3.333 ms",
      "average without the first: 2.000 ms",
      "samples per second: 9600.0",
      "",
    ]);
  });

  it("mark ranges where a tracer asks for them, by process and thread, and nowhere otherwise", () => {
    const program = `
from ranges import Ranges
ranges = Ranges()
with ranges("stage", "load\\t100%"):
    with ranges("layer", "layers.0"):
        pass
`;
    expect(python(["-c", program], { WARPLAB_RANGES: "" }).status).toBe(0);
    const path = join(folder, "ranges");
    expect(python(["-c", program], { WARPLAB_RANGES: path })).toEqual({ status: 0, stdout: "", stderr: "" });
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const [head] = lines.map((line) => /^[0-9a-f]{16} 00000001 ([0-9a-f]{8}) [0-9a-f]+ /.exec(line)?.[1]);
    expect(lines.map((line) => line.replace(/^[0-9a-f]{16} /, ""))).toEqual([
      expect.stringMatching(new RegExp(`^00000001 ${head} [0-9a-f]+ { stage "load%09100%25$`)),
      expect.stringMatching(new RegExp(`^00000002 ${head} [0-9a-f]+ { layer "layers\\.0$`)),
      expect.stringMatching(new RegExp(`^00000003 ${head} [0-9a-f]+ }$`)),
      expect.stringMatching(new RegExp(`^00000004 ${head} [0-9a-f]+ }$`)),
    ]);
    expect([...lines].sort()).toEqual(lines);
  });

  it.skipIf(!torch)("run the MLP on the CPU where PyTorch is", () => {
    const { status, stdout } = python(["infer_mlp.py", "--device", "cpu", "--iterations", "3"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^output 32x256, its mean -?\d/m);
    expect(stdout.match(/^iteration \d: [\d.]+ ms$/gm)?.length).toBe(3);
    expect(stdout).toMatch(/^samples per second: [\d.]+$/m);
  });
});

const run = (script: string): string =>
  `import runpy, sys; sys.path.insert(0, "."); sys.argv = ["${script}"]; runpy.run_path("${script}", run_name="__main__")`;
