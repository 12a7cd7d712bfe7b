// CUDA in a cell: with nvcc and clang themselves where they are on the PATH, and with scripts in their place for what goes wrong.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { f32 } from "../../src/core/dtype.js";
import { InputError } from "../../src/core/errors.js";
import { setCudaCompiler, VirtualGPU } from "../../src/gpu/host/index.js";
import { installKernelBridge, type KernelBridge } from "../../src/notebook/bridge.js";
import { compileWithInstalled } from "../../src/notebook/cuda.js";

const twice = `__global__ void twice(float *x, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) x[i] *= 2;
}`;

function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let folder: string;
let temporary: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-test-"));
  temporary = join(folder, "tmp");
  mkdirSync(temporary);
  mkdirSync(join(folder, "bin"));
  vi.stubEnv("TMPDIR", temporary);
  setCudaCompiler(compileWithInstalled);
});

afterEach(() => {
  expect(readdirSync(temporary), "nothing is left behind").toEqual([]);
  vi.unstubAllEnvs();
  setCudaCompiler(undefined);
  installKernelBridge(undefined as never);
  rmSync(folder, { recursive: true });
});

/** Puts a script in a compiler's place; without any there is no compiler. */
function compilers(scripts: Readonly<Record<string, string>>): void {
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}/nowhere`);
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error("compiled");
}

async function doubles(gpu: VirtualGPU, options = {}): Promise<void> {
  const module = await gpu.cuda(twice, options);
  const x = gpu.array(f32, [1, 2, 3]);
  gpu.launch(module.kernel("twice"), { grid: 1, block: 32 }, [x, 3]);
  expect([...x.toArray()]).toEqual([2, 4, 6]);
}

describe.skipIf(!has("nvcc"))(`with nvcc${has("nvcc") ? "" : " (skipped: there is none on the PATH)"}`, () => {
  it("a kernel runs, for the device's architecture and for another", async () => {
    await doubles(new VirtualGPU("h100"));
    const gpu = new VirtualGPU("a100");
    expect((await gpu.cuda(twice)).parsed.target).toBe("sm_80");
    expect((await gpu.cuda(twice, { arch: "sm_90" })).parsed.target).toBe("sm_90");
    await doubles(gpu, { options: ["-DUNUSED=1"] });
  }, 60_000);

  it("a mistake is told at its place in the cell", async () => {
    const source = twice.replace("x[i] *= 2", "x[i] *= y");
    const cell = `const gpu = new VirtualGPU("a100");\nconst module = await gpu.cuda(\`${source}\`);`;
    const findText: KernelBridge["findText"] = (text) => ({ label: "cell 4", source: cell, at: cell.indexOf(text) });
    installKernelBridge({ findText } as KernelBridge);
    expect(await refusal(new VirtualGPU("a100").cuda(source))).toBe(
      [
        'cell 4, line 4, column 22: identifier "y" is undefined',
        "      if (i < n) x[i] *= y;",
        "                         ^",
        "Correct the CUDA source there.",
      ].join("\n"),
    );
  }, 60_000);

  it("a mistake in a file, and an architecture that it does not know", async () => {
    const file = join(folder, "kernel.cu");
    writeFileSync(file, `${twice}\nint z = ;\nint w = ;\n`);
    const gpu = new VirtualGPU("a100");
    const text = await refusal(gpu.cuda({ file }));
    expect(text).toMatch(/^kernel\.cu, line 5, column 9: expected an expression/);
    expect(text).toContain("1 more follows");
    expect(await refusal(gpu.cuda(twice, { arch: "sm_20" }))).toContain("nvcc does not compile for sm_20");
  }, 60_000);
});

describe.skipIf(!has("clang"))(`with clang alone${has("clang") ? "" : " (skipped: there is none on the PATH)"}`, () => {
  it("a kernel runs, and a mistake is told at its place", async () => {
    const clang = execFileSync("sh", ["-c", "command -v clang"], { encoding: "utf8" }).trim();
    compilers({ clang: `exec ${clang} "$@"` });
    await doubles(new VirtualGPU("h100"));
    const text = await refusal(new VirtualGPU("h100").cuda(twice.replace("*= 2", "*= y")));
    expect(text).toMatch(/^CUDA source, line 3, column 22: use of undeclared identifier 'y'/);
  }, 60_000);
});

describe("what can go wrong", () => {
  it("no compiler: a word, and what to do", async () => {
    compilers({});
    const text = await refusal(new VirtualGPU("h100").cuda(twice));
    expect(text).toContain("there is no CUDA compiler: neither nvcc nor clang is on the PATH");
    expect(text).toContain("nvcc -ptx -arch=sm_90 kernel.cu");
    expect(text).toContain("gpu.load(readFileSync");
  });

  it("a compiler that fails without a place, that leaves nothing, and that dies", async () => {
    compilers({ nvcc: "echo 'out of memory' >&2; exit 3" });
    const gpu = new VirtualGPU("h100");
    expect(await refusal(gpu.cuda(twice))).toMatch(/nvcc failed \(3\)\nIt said: out of memory/);
    compilers({ nvcc: "exit 0" });
    expect(await refusal(gpu.cuda(twice))).toContain("nvcc ended well and left no PTX");
    compilers({ nvcc: "kill -9 $$" });
    expect(await refusal(gpu.cuda(twice))).toContain("nvcc failed (SIGKILL)");
  });

  it("PTX that is none", async () => {
    compilers({ nvcc: 'while [ "$1" != -o ]; do shift; done; echo nonsense > "$2"' });
    expect(await refusal(new VirtualGPU("h100").cuda(twice))).toContain("nonsense");
  });

  it("a warning goes to the console, in the cell's name", async () => {
    compilers({
      nvcc: 'while [ "$1" != -o ]; do shift; done; echo ".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry k() { ret; }" > "$2"; echo "$3(1): warning: mind this" >&2',
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const module = await new VirtualGPU("h100").cuda(twice);
    expect(module.kernels).toEqual(["k"]);
    expect(warn).toHaveBeenCalledWith("CUDA source(1): warning: mind this");
    warn.mockRestore();
  });

  it("a file that is not there, no source, and no architecture", async () => {
    const gpu = new VirtualGPU("h100");
    expect(await refusal(gpu.cuda({ file: "none.cu" }))).toContain("none.cu: there is no such file");
    expect(await refusal(gpu.cuda(7 as never))).toContain("gpu.cuda takes CUDA as text, or { file } with it");
    expect(await refusal(gpu.cuda(twice, { arch: "hopper" }))).toContain('"hopper" is no architecture');
  });

  it("nobody who compiles, as in a page", async () => {
    setCudaCompiler(undefined);
    expect(await refusal(new VirtualGPU("h100").cuda(twice))).toContain("there is no CUDA compiler here");
  });
});
