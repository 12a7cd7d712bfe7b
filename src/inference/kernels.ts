// The kernels that compute an MLP: linear layers by tensor cores or by plain threads, and ReLU. Knows no model's sizes.
import { bf16, type DType, f16, f32, i32, type PointerType } from "../core/dtype.js";
import type { Precision } from "../core/precision.js";
import { fn, type Helper, type Kernel, kernel } from "../gpu/language/index.js";
import type { DeviceSpec } from "../hardware/index.js";

/** What the values of an MLP are stored in. */
export type ValueName = "f16" | "bf16" | "f32";

/** A kernel with the shape of its launch for so many rows and columns of the result. */
export interface ShapedKernel<K> {
  readonly kernel: K;
  launch(rows: number, columns: number): { readonly grid: readonly [number, number, number]; readonly block: number };
}

/** Of y = x w^T + b: extents, and what lies in memory. */
export type LinearSignature = {
  readonly m: DType<"i32">;
  readonly n: DType<"i32">;
  readonly k: DType<"i32">;
  readonly x: PointerType<ValueName>;
  readonly w: PointerType<ValueName>;
  readonly b: PointerType<ValueName>;
  readonly y: PointerType<ValueName>;
};

export type ReluSignature = {
  readonly count: DType<"i32">;
  readonly x: PointerType<ValueName>;
  readonly y: PointerType<ValueName>;
};

/** Both kernels of an MLP. */
export interface MlpKernels {
  readonly value: DType<ValueName>;
  readonly linear: ShapedKernel<Kernel<LinearSignature>>;
  readonly relu: ShapedKernel<Kernel<ReluSignature>>;
  /** Rows beyond which computing takes a person too long here. */
  readonly mostRows: number;
}

/** The kernels for values of a precision on a device; undefined where there are none: narrower and wider formats. */
export function mlpKernels(precision: Precision, device: DeviceSpec, rows: number): MlpKernels | undefined {
  const value = values[precision];
  if (value === undefined) return undefined;
  const byTensorCores = value.name !== "f32" && rows >= tile && hasMatrixUnits(device, value.name);
  return {
    value,
    linear: byTensorCores
      ? {
          kernel: linearByTensorCores(value),
          launch: (m, n) => ({ grid: [n / tile, Math.ceil(m / tile), 1], block: 32 }),
        }
      : {
          kernel: linearByThreads(value),
          launch: (m, n) => ({ grid: [Math.ceil(n / threads), Math.ceil(m / rowsOfThread), 1], block: threads }),
        },
    relu: {
      kernel: reluOf(value),
      launch: (m, n) => ({ grid: [Math.ceil((m * n) / threads), 1, 1], block: threads }),
    },
    mostRows: byTensorCores ? 256 : 64,
  };
}

const values: Readonly<Partial<Record<Precision, DType<ValueName>>>> = { FP16: f16, BF16: bf16, FP32: f32 };
const tile = 16;
const threads = 128;
const rowsOfThread = 4;

// CUDA C++ Programming Guide, warp matrix functions: f16 from compute capability 7.0 on, bf16 from 8.0 on.
function hasMatrixUnits({ computeCapability = "0" }: DeviceSpec, value: ValueName): boolean {
  return Number(computeCapability) >= (value === "f16" ? 7 : 8);
}

const linearSignature = (value: DType<ValueName>): LinearSignature => ({
  m: i32,
  n: i32,
  k: i32,
  x: value.ptr,
  w: value.ptr,
  b: value.ptr,
  y: value.ptr,
});

/**
 * y[m, n] = x[m, k] w[n, k]^T + b[n], sums in f32. A warp makes 16 by 16 of y; where 16 does not divide the rows, the last tile begins
 * so much earlier, and what two warps make is the same.
 */
function linearByTensorCores(value: DType<ValueName>): Kernel<LinearSignature> {
  return kernel(
    `linear_tensor_${value.name}`,
    linearSignature(value),
    (
      { m, n, k, x, w, b, y },
      { blockIdx, laneId, f32, shared, syncwarp, fillMatrix, loadMatrixA, loadMatrixB, mma, storeMatrix, stored },
    ) => {
      const row = Math.min(blockIdx.y * 16, m - 16);
      const column = blockIdx.x * 16;
      const sums = shared(f32, 256);
      const sum = fillMatrix(0);
      for (let at = 0; at < k; at += 16) {
        const rows = loadMatrixA(x.add(row * k + at), k);
        const columns = loadMatrixB(w.add(column * k + at), k, "col");
        mma(sum, rows, columns);
      }
      storeMatrix(sums, 16, sum);
      syncwarp();
      for (let i = laneId; i < 256; i += 32) {
        const c = column + (i & 15);
        y[(row + (i >> 4)) * n + c] = stored(sums[i] + f32(b[c]));
      }
    },
    { use: { stored: storing(value) } },
  );
}

/** The same by threads that make four rows of a column each; rows beyond the last are the last again. */
function linearByThreads(value: DType<ValueName>): Kernel<LinearSignature> {
  return kernel(
    `linear_${value.name}`,
    linearSignature(value),
    ({ m, n, k, x, w, b, y }, { blockIdx, blockDim, threadIdx, f32, fma, stored }) => {
      const column = blockIdx.x * blockDim.x + threadIdx.x;
      if (column < n) {
        const row0 = blockIdx.y * 4;
        const row1 = Math.min(row0 + 1, m - 1);
        const row2 = Math.min(row0 + 2, m - 1);
        const row3 = Math.min(row0 + 3, m - 1);
        const bias = f32(b[column]);
        let sum0 = bias;
        let sum1 = bias;
        let sum2 = bias;
        let sum3 = bias;
        for (let at = 0; at < k; at++) {
          const weight = f32(w[column * k + at]);
          sum0 = fma(f32(x[row0 * k + at]), weight, sum0);
          sum1 = fma(f32(x[row1 * k + at]), weight, sum1);
          sum2 = fma(f32(x[row2 * k + at]), weight, sum2);
          sum3 = fma(f32(x[row3 * k + at]), weight, sum3);
        }
        y[row0 * n + column] = stored(sum0);
        y[row1 * n + column] = stored(sum1);
        y[row2 * n + column] = stored(sum2);
        y[row3 * n + column] = stored(sum3);
      }
    },
    { use: { stored: storing(value) } },
  );
}

/** y = max(x, 0). */
function reluOf(value: DType<ValueName>): Kernel<ReluSignature> {
  return kernel(
    `relu_${value.name}`,
    { count: i32, x: value.ptr, y: value.ptr },
    ({ count, x, y }, { blockIdx, blockDim, threadIdx, f32, stored }) => {
      const i = blockIdx.x * blockDim.x + threadIdx.x;
      if (i < count) y[i] = stored(Math.max(f32(x[i]), 0));
    },
    { use: { stored: storing(value) } },
  );
}

/** An f32 as it is stored. */
function storing(value: DType<ValueName>): Helper {
  if (value.name === "f16") return fn("stored", { v: f32 }, f16, ({ v }, { f16 }) => f16(v));
  if (value.name === "bf16") return fn("stored", { v: f32 }, bf16, ({ v }, { bf16 }) => bf16(v));
  return fn("stored", { v: f32 }, f32, ({ v }) => v);
}
