// The kernels that the exported benchmark runs on a GPU, run here: the same PTX, launched in the same way.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { f32, i8, i32, u8, u16 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { assemble, ptxasRelease } from "../../gpu/language/ptxas.js";
import { bfloat, Chance, e4m3, half, type NarrowFormat } from "../../kernels/exact.js";

const folder = fileURLToPath(new URL("../../../hardware/benchmark/kernels/", import.meta.url));
const ptxOf = (name: string): string => readFileSync(`${folder}${name}.ptx`, "utf8");

/** Whole numbers so small that every sum is exact in every format. */
const wholes = (seed: number, count: number): number[] => new Chance(seed).wholes(count, -3, 3);

type Format = "fp32" | "tf32" | "fp16" | "bf16" | "int8" | "fp8_e4m3";
const coded: Readonly<Partial<Record<Format, NarrowFormat>>> = { fp16: half, bf16: bfloat, fp8_e4m3: e4m3 };

function upload(gpu: VirtualGPU, format: Format, values: readonly number[]) {
  if (format === "int8") return gpu.array(i8, [...values]);
  const narrow = coded[format];
  if (narrow === undefined) return gpu.array(f32, [...values]);
  const words = values.map((value) => narrow.encode(value));
  return format === "fp8_e4m3" ? gpu.array(u8, words) : gpu.array(u16, words);
}

/** Runs `launch` with memory for `count` results and gives them as numbers. */
function results(
  gpu: VirtualGPU,
  format: Format,
  count: number,
  launch: (memory: ReturnType<typeof upload>) => void,
): number[] {
  const as = format === "fp8_e4m3" ? "bf16" : format;
  const memory =
    as === "int8" ? gpu.zeros(i32, count) : coded[as] === undefined ? gpu.zeros(f32, count) : gpu.zeros(u16, count);
  launch(memory as ReturnType<typeof upload>);
  const decode = coded[as];
  return Array.from(memory.toArray(), (value) => (decode === undefined ? Number(value) : decode.values[Number(value)]));
}

describe("gemm", () => {
  // Rows and columns beyond whole tiles, K beyond whole slabs.
  it.each(["fp16", "bf16", "tf32", "int8", "fp8_e4m3"] as const)("in %s multiplies matrices", (format) => {
    const gpu = new VirtualGPU("h100");
    const [m, n, k] = [130, 70, 48];
    const [a, b] = [wholes(1, m * k), wholes(2, n * k)];
    const x = upload(gpu, format, a);
    const y = upload(gpu, format, b);
    const kernel = gpu.load(ptxOf(`gemm_${format}`)).kernel(`gemm_${format}`);
    const got = results(gpu, format, m * n, (c) => {
      const launch = gpu.launch(kernel, { grid: [1, 2], block: 256, sanitize: true }, [x, y, c, m, n, k]);
      expect(launch.findings).toEqual([]);
    });
    const rows = Array.from({ length: m }, (_, row) => a.slice(row * k, (row + 1) * k));
    const columns = Array.from({ length: n }, (_, column) => b.slice(column * k, (column + 1) * k));
    expect(got).toEqual(rows.flatMap((row) => columns.map((column) => dot(row, column))));
  });
});

describe("gemv", () => {
  it.each(["fp32", "fp16", "bf16", "int8", "fp8_e4m3"] as const)("in %s multiplies a matrix by a vector", (format) => {
    const gpu = new VirtualGPU("h100");
    const [n, k] = [5, 2064];
    const [w, x] = [wholes(3, n * k), wholes(4, k)];
    const kernel = gpu.load(ptxOf(`gemv_${format}`)).kernel(`gemv_${format}`);
    const weights = upload(gpu, format, w);
    const vector = upload(gpu, format, x);
    const got = results(gpu, format, n, (y) => {
      const launch = gpu.launch(kernel, { grid: n, block: 128, sanitize: true }, [weights, vector, y, k]);
      expect(launch.findings).toEqual([]);
    });
    expect(got).toEqual(Array.from({ length: n }, (_, row) => dot(w.slice(row * k, (row + 1) * k), x)));
  });
});

it("copy_bytes copies, whatever the grid", () => {
  const gpu = new VirtualGPU("t4");
  const values = Array.from({ length: 1000 }, (_, i) => i);
  const target = gpu.zeros(i32, 1000);
  gpu.launch(gpu.load(ptxOf("copy_bytes")).kernel("copy_bytes"), { grid: 3, block: 32 }, [
    gpu.array(i32, values),
    target,
    250n,
  ]);
  expect(Array.from(target.toArray())).toEqual(values);
});

const files = readdirSync(folder).filter((name) => name.endsWith(".ptx"));

it.skipIf(ptxasRelease < 13)("all are taken by ptxas, where there is one", () => {
  expect(files.length).toBe(11);
  for (const file of files) {
    const ptx = readFileSync(`${folder}${file}`, "utf8");
    expect(() => assemble(ptx, /^\.target (\w+)/m.exec(ptx)?.[1])).not.toThrow();
  }
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
