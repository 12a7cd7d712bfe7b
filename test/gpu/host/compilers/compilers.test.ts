// PTX as several compilers write it, run with checks that are computed here. program.cu was compiled
//   nvcc-13.0.ptx      by nvcc 13.0:       nvcc -ptx -arch=sm_90
//   nvcc-13.0-G.ptx                        the same with -G: not optimised, with debug sections
//   nvrtc-11.8.ptx     by NVRTC 11.8.89:   --gpu-architecture=compute_70 --generate-line-info
//   nvrtc-11.8-G.ptx                       --gpu-architecture=compute_80 --device-debug
//   clang-14.ptx       by clang 14.0.6:    -x cuda --cuda-gpu-arch=sm_70 --cuda-device-only -nocudainc -nocudalib -S -O2
//                                          -include clang-prelude.h
//   clang-14-g.ptx                         the same with -O0 -g
// with the folders taken out of .file lines. triton-style.ptx is written by hand in the style of Triton's output: Triton did not
// make it, ptxas 13.0 assembles it.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f16, f32, f64, i32, i64, u8, u64 } from "../../../../src/core/dtype.js";
import { moduleReport } from "../../../../src/gpu/analysis/module-report.js";
import { VirtualGPU } from "../../../../src/gpu/host/index.js";
import type { ReconvergencePolicy } from "../../../../src/gpu/simt/launch-image.js";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];
const compiled = [
  "nvcc-13.0.ptx",
  "nvcc-13.0-G.ptx",
  "nvrtc-11.8.ptx",
  "nvrtc-11.8-G.ptx",
  "clang-14.ptx",
  "clang-14-g.ptx",
];

describe.each(compiled)("%s", (name) => {
  const ptx = read(name);
  const gpu = new VirtualGPU("h100");
  const module = gpu.load(ptx);

  it("can run, all of it", () => {
    const { kernels } = moduleReport(module.parsed);
    expect(kernels.map(({ name: kernel }) => kernel).sort()).toEqual([
      "blockSum",
      "doubles",
      "saxpy",
      "structs",
      "switches",
      "wide",
    ]);
    expect(kernels.flatMap(({ unsupported }) => unsupported)).toEqual([]);
  });

  it("saxpy: within one rounding of what is exact, since compilers fuse", () => {
    const x = Float32Array.from({ length: 100 }, (_, i) => Math.fround(Math.sin(i)));
    const y = Float32Array.from({ length: 100 }, (_, i) => Math.fround(i / 7));
    const out = gpu.array(f32, y);
    gpu.launch(module.kernel("saxpy"), { grid: 4, block: 32 }, [90, 1.5, gpu.array(f32, x), out]);
    // 1.5 has two bits, so that the product is exact in double precision.
    const expected = Array.from(y, (old, i) => (i < 90 ? Math.fround(1.5 * x[i] + old) : old));
    out.toArray().forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(2 ** -22 * Math.max(1, Math.abs(expected[i])));
    });
    expect([...out.toArray()].slice(90)).toEqual([...y.slice(90)]);
  });

  it("structs: by value, in arrays and of a function", () => {
    const n = 40;
    const weights = new DataView(new ArrayBuffer(20));
    [0.5, -2, 4, 0.25].forEach((weight, i) => void weights.setFloat32(4 * i, weight, true));
    weights.setInt16(16, -3, true);
    const particles = new DataView(new ArrayBuffer(24 * n));
    const expected: number[] = [];
    for (let i = 0; i < n; i++) {
      // Small whole numbers and halves: exact whatever is fused.
      const [x, y, z, mass] = [i, 2 * i - 7, i / 2, 8 * i];
      [x, y, z].forEach((value, axis) => void particles.setFloat32(24 * i + 4 * axis, value, true));
      particles.setInt32(24 * i + 12, i, true);
      particles.setFloat64(24 * i + 16, mass, true);
      expected.push(-3 + x * 0.5 + y * -2 + z * 4 + mass * 0.25 + 2 ** (i % 8));
    }
    const out = gpu.zeros(f32, n);
    const bytes = gpu.array(u8, new Uint8Array(particles.buffer));
    gpu.launch(module.kernel("structs"), { grid: 2, block: 32 }, [new Uint8Array(weights.buffer), bytes, out, n]);
    expect([...out.toArray()]).toEqual(expected);
  });

  it.each(policies)("blockSum and switches under the policy %s", (policy) => {
    const values = Int32Array.from({ length: 128 }, (_, i) => (i * 29) % 97);
    const sums = gpu.zeros(i32, 2);
    gpu.launch(module.kernel("blockSum"), { grid: 2, block: 64, policy }, [gpu.array(i32, values), sums]);
    expect([...sums.toArray()]).toEqual(
      [0, 1].map((b) => values.slice(64 * b, 64 * b + 64).reduce((a, v) => a + v, 0)),
    );
    const n = 50;
    const inputs = Int32Array.from({ length: n }, (_, i) => i % 13);
    const out = gpu.zeros(i32, n);
    gpu.launch(module.kernel("switches"), { grid: 2, block: 32, policy }, [gpu.array(i32, inputs), out, n]);
    const collatz = (value: number): number => (value <= 1 ? 0 : 1 + collatz(value % 2 ? 3 * value + 1 : value / 2));
    expect([...out.toArray()]).toEqual(
      Array.from(inputs, (value, i) => [7, value * value + 3, -5, n, value << 4, i, ~i][value] ?? collatz(value)),
    );
  });

  it("wide: 64-bit divisions, remainders and products, and a pointer among the variables", () => {
    const a = BigInt64Array.of(0n, -1n, 7n, -(1n << 63n), (1n << 63n) - 1n, 123456789012345678n, -999n);
    const b = BigUint64Array.of(3n, 2n, 1n << 40n, 5n, 0xffff_ffff_ffff_fffen, 1000003n, 8n);
    const out = gpu.zeros(i64, 21);
    gpu.launch(module.kernel("wide"), { grid: 1, block: 32 }, [gpu.array(i64, a), gpu.array(u64, b), out, 7]);
    const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
    const expected = [...a].flatMap((value, i) => [
      signed(value / signed(b[i] | 1n)),
      signed(BigInt.asUintN(64, value) % (b[i] | 1n)),
      signed(value * signed(b[i]) + 20n),
    ]);
    expect([...out.toArray()]).toEqual(expected);
  });

  it("doubles: divisions rounded as IEEE 754 has it", () => {
    const a = Float64Array.from({ length: 32 }, (_, i) => (i - 15.5) * 1.37);
    const [narrow, out] = [gpu.zeros(f32, 32), gpu.zeros(f64, 32)];
    gpu.launch(module.kernel("doubles"), { grid: 1, block: 32 }, [gpu.array(f64, a), narrow, out]);
    // f32 division: the quotient in double precision, rounded again, is the rounded quotient.
    expect([...narrow.toArray()]).toEqual(Array.from(a, (x) => Math.fround(Math.fround(x) / 3)));
    out.toArray().forEach((value, i) => {
      const expected = a[i] * a[i] - 1 / a[i];
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(2 ** -51 * (a[i] * a[i] + Math.abs(1 / a[i])));
    });
  });
});

describe("in the style of Triton", () => {
  const gpu = new VirtualGPU("h100");
  const module = gpu.load(read("triton-style.ptx"));

  it("add_kernel: predicated vectors, a mask past the end", () => {
    const n = 700;
    const [x, y] = [1, 2].map((factor) => Float32Array.from({ length: 1024 }, (_, i) => factor * i + 0.5));
    const out = gpu.array(f32, new Float32Array(1024).fill(-1));
    gpu.launch(module.kernel("add_kernel"), { grid: 2, block: 128 }, [
      gpu.array(f32, x),
      gpu.array(f32, y),
      out,
      n,
      out,
    ]);
    expect([...out.toArray()]).toEqual(Array.from(x, (value, i) => (i < n ? value + y[i] : -1)));
  });

  it("sum_kernel: cp.async, butterflies and dynamic shared memory", () => {
    const x = Float32Array.from({ length: 1024 }, (_, i) => (i * 7) % 64);
    const out = gpu.zeros(f32, 2);
    const launch = gpu.launch(module.kernel("sum_kernel"), { grid: 2, block: 128, shared: 2048, sanitize: true }, [
      gpu.array(f32, x),
      out,
    ]);
    expect([...out.toArray()]).toEqual(
      [0, 512].map((at) => x.slice(at, at + 512).reduce((sum, value) => sum + value, 0)),
    );
    expect(launch.findings).toEqual([]);
  });

  it("dot_kernel: ldmatrix and mma", () => {
    const a = Float32Array.from({ length: 256 }, (_, i) => ((i * 5) % 11) - 5);
    const b = Float32Array.from({ length: 128 }, (_, i) => ((i * 3) % 7) - 3);
    const out = gpu.zeros(f32, 128);
    // 512 bytes behind those of b are read by no lane.
    gpu.launch(module.kernel("dot_kernel"), { grid: 1, block: 32, shared: 768 }, [
      gpu.array(f16, a),
      gpu.array(f16, b),
      out,
    ]);
    const expected = Array.from({ length: 128 }, (_, i) => {
      const [row, column] = [Math.floor(i / 8), i % 8];
      let sum = 0;
      for (let k = 0; k < 16; k++) sum += a[16 * row + k] * b[8 * k + column];
      return sum;
    });
    expect([...out.toArray()]).toEqual(expected);
  });
});
