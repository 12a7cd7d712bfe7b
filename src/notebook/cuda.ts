// Compiles CUDA with nvcc or clang where one of them is on the PATH. A mistake is told at its place in the cell or the file in
// which the source was written. What is written for the compiler is removed whatever happens.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { InputError } from "../core/errors.js";
import type { CudaOptions, CudaSource } from "../gpu/host/cuda-source.js";
import { kernelBridge } from "./bridge.js";

/** The PTX of CUDA source. Rejects with InputError for mistakes in it, and where there is no compiler. */
export async function compileWithInstalled(
  source: CudaSource,
  { arch, options }: Required<CudaOptions>,
): Promise<string> {
  const text = readSource(source);
  const folder = mkdtempSync(join(tmpdir(), "warplab-cuda-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await compileIn(folder, text, arch, options);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

interface SourceText {
  readonly code: string;
  /** `cell 3`, `kernel.cu`. */
  readonly origin: string;
  /** What stands before the source in its origin: lines, and characters in the source's first line. */
  readonly before: { readonly lines: number; readonly characters: number };
  /** The lines of the origin, for quoting. */
  readonly lines: readonly string[];
  /** Where `#include "..."` looks first. */
  readonly folder: string;
}

function readSource(source: CudaSource): SourceText {
  if (typeof source !== "string") {
    const path = resolve(source.file);
    if (!existsSync(path)) {
      throw new InputError("there is no such file", {
        where: source.file,
        fix: "Name a file beside the notebook, or give its whole path.",
      });
    }
    const code = readFileSync(path, "utf8");
    const before = { lines: 0, characters: 0 };
    return { code, origin: basename(path), before, lines: code.split("\n"), folder: resolve(path, "..") };
  }
  const found = kernelBridge()?.findText?.(source);
  const folder = process.cwd();
  if (found === undefined) {
    const before = { lines: 0, characters: 0 };
    return { code: source, origin: "CUDA source", before, lines: source.split("\n"), folder };
  }
  const above = found.source.slice(0, found.at).split("\n");
  const before = { lines: above.length - 1, characters: above[above.length - 1].length };
  return { code: source, origin: found.label, before, lines: found.source.split("\n"), folder };
}

interface Outcome {
  readonly status: number | string;
  readonly said: string;
}

async function compileIn(folder: string, text: SourceText, arch: string, options: readonly string[]): Promise<string> {
  const [input, output] = [join(folder, "source.cu"), join(folder, "source.ptx")];
  writeFileSync(input, text.code);
  const given = ["-I", text.folder, ...options];
  let by = "nvcc";
  let outcome = await run("nvcc", ["-ptx", `-arch=${arch}`, ...given, "-o", output, input]);
  if (outcome.status === "ENOENT") {
    by = "clang";
    const prelude = join(folder, "prelude.h");
    writeFileSync(prelude, clangPrelude);
    // Without CUDA's own headers, and for an architecture that older ones know: PTX runs on what is newer.
    const known = `sm_${Math.min(Number(/\d+/.exec(arch)), 80)}`;
    const target = ["-x", "cuda", "--cuda-device-only", `--cuda-gpu-arch=${known}`, "-nocudainc", "-nocudalib"];
    const flags = ["-O2", "-S", "-Wno-unknown-cuda-version", "-include", prelude];
    outcome = await run("clang", [...target, ...flags, ...given, "-o", output, input]);
  }
  if (outcome.status === "ENOENT") {
    throw new InputError("there is no CUDA compiler: neither nvcc nor clang is on the PATH", {
      fix: `Compile the source where there is one, nvcc -ptx -arch=${arch} kernel.cu, and load what comes of it: gpu.load(readFileSync("kernel.ptx", "utf8")).`,
    });
  }
  if (outcome.status !== 0) throw mistake(outcome, by, input, text, arch);
  if (!existsSync(output)) {
    throw new InputError(`${by} ended well and left no PTX`, {
      where: text.origin,
      fix: firstLines(outcome.said, folder),
    });
  }
  const said = outcome.said.trim();
  if (said !== "") console.warn(said.replaceAll(input, text.origin));
  return readFileSync(output, "utf8");
}

function run(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((done) => {
    execFile(program, args, { maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : ((error.code as number | string | undefined) ?? error.signal ?? 1);
      done({ status, said: `${stdout}${stderr}` });
    });
  });
}

/** The first error that the compiler tells, where its author wrote it. */
function mistake({ said, status }: Outcome, by: string, input: string, text: SourceText, arch: string): InputError {
  const lines = said.split("\n");
  const errors = lines.flatMap((line, index) => {
    const found = line.startsWith(input)
      ? /^(?:\((\d+)\)|:(\d+):(\d+)): (?:fatal |catastrophic )?error:? ?(.*)$/.exec(line.slice(input.length))
      : null;
    return found === null
      ? []
      : [{ index, line: Number(found[1] ?? found[2]), column: Number(found[3] ?? 0), what: found[4] }];
  });
  const [first] = errors;
  if (first === undefined) {
    const unknown = /unsupported gpu architecture|not defined for option 'gpu-architecture'/i.test(said);
    return new InputError(unknown ? `${by} does not compile for ${arch}` : `${by} failed (${status})`, {
      where: text.origin,
      fix: unknown ? 'Give one that it knows: gpu.cuda(source, { arch: "sm_80" }).' : firstLines(said, input),
    });
  }
  const code = text.code.split("\n")[first.line - 1] ?? "";
  const column = first.column > 0 ? first.column : caretColumn(lines.slice(first.index + 1, first.index + 4), code);
  const margin = first.line === 1 ? text.before.characters : 0;
  const at = first.line + text.before.lines;
  const quote = text.lines[at - 1]?.replaceAll("\t", " ");
  const others = errors.length - 1;
  return new InputError(first.what, {
    where: { file: text.origin, line: at, ...(column === undefined ? {} : { column: column + margin }) },
    ...(quote === undefined || quote.length > 500 ? {} : { quote }),
    fix:
      others === 0
        ? "Correct the CUDA source there."
        : `Correct the CUDA source there; ${others} more follow${others === 1 ? "s" : ""}.`,
  });
}

/** nvcc quotes the line, set in, and points at the place below it. */
function caretColumn(below: readonly string[], code: string): number | undefined {
  const quoted = below.findIndex((line) => line.trim() !== "" && line.trim() === code.trim());
  const caret = quoted < 0 ? -1 : (below[quoted + 1]?.indexOf("^") ?? -1);
  if (caret < 0) return undefined;
  const inset = below[quoted].length - below[quoted].trimStart().length;
  const indent = code.length - code.trimStart().length;
  return caret - inset + indent + 1;
}

function firstLines(said: string, input: string): string {
  const lines = said
    .replaceAll(input, "source.cu")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.length === 0 ? "It said nothing." : `It said: ${lines.slice(0, 3).join(" ")}`;
}

/** What CUDA's headers say of its words, as far as clang's own builtins carry them. */
const clangPrelude = `#define __host__ __attribute__((host))
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __forceinline__ __inline__ __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; __host__ __device__ dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {} };
#include <__clang_cuda_builtin_vars.h>
`;
