// Kernels of the kernel language that use what it has beyond arithmetic and loops: half precision, vectors, called functions, warps,
// dynamic shared memory, grids that meet.
import { f16, f32, i32, u32 } from "../../src/core/dtype.js";
import { fn, kernel } from "../../src/gpu/language/index.js";
import { Chance, half } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

/** Horner's scheme in half precision, each step rounded once. */
const polynomial = kernel(
  "polynomial",
  { n: i32, x: f16.ptr, y: f16.ptr },
  ({ n, x, y }, { blockIdx, blockDim, threadIdx, fma }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fma(fma(x[i], x[i], 0.5), x[i], 2);
  },
);

/** Four elements at a time, and what is left one by one. */
const scaleVectors = kernel(
  "scaleVectors",
  { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (4 * i + 3 < n) {
      const v = x.load4(4 * i);
      y.store4(4 * i, a * v.x, a * v.y, a * v.z, a * v.w);
    } else {
      for (let k = 4 * i; k < n; k++) y[k] = a * x[k];
    }
  },
);

const gcd = fn("gcd", { a: u32, b: u32 }, u32, ({ a, b }, { gcd }) => (b === 0 ? a : gcd(b, a % b)), { inline: false });
const divisors = kernel(
  "divisors",
  { a: u32.ptr, b: u32.ptr, out: u32.ptr },
  ({ a, b, out }, { threadIdx, gcd }) => {
    out[threadIdx.x] = gcd(a[threadIdx.x], b[threadIdx.x]);
  },
  { use: { gcd } },
);

/** Keys of a warp that are equal are counted by the lowest lane of each group. */
const groups = kernel(
  "groups",
  { keys: i32.ptr, counts: i32.ptr },
  ({ keys, counts }, { blockIdx, laneId, matchAny, popc, clz, brev, atomicAdd }) => {
    const key = keys[blockIdx.x * 32 + laneId];
    const peers = matchAny(key);
    if (clz(brev(peers)) === laneId) atomicAdd(counts, key, popc(peers));
  },
);

/** As many rows as the launch gives shared memory for: every block turns a strip of a matrix. */
const turnStrips = kernel(
  "turnStrips",
  { height: i32, x: f32.ptr, out: f32.ptr },
  ({ height, x, out }, { blockIdx, blockDim, threadIdx, dynamicShared, syncthreads, f32 }) => {
    const tile = dynamicShared(f32, 33);
    const width = blockDim.x;
    for (let row = 0; row < height; row++)
      tile[row][threadIdx.x] = x[(blockIdx.x * height + row) * width + threadIdx.x];
    syncthreads();
    for (let at = threadIdx.x; at < height * width; at += width) {
      out[blockIdx.x * height * width + at] = tile[at % height][(at / height) | 0];
    }
  },
);

/** Heat in a rod: after each step all blocks meet. */
const heat = kernel(
  "heat",
  { n: i32, steps: i32, a: f32.ptr, b: f32.ptr },
  ({ n, steps, a, b }, { blockIdx, blockDim, threadIdx, gridSync }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    for (let step = 0; step < steps; step++) {
      const from = step % 2 === 0 ? a : b;
      const to = step % 2 === 0 ? b : a;
      if (i > 0 && i < n - 1) to[i] = (from[i - 1] + 2 * from[i] + from[i + 1]) / 4;
      else if (i < n) to[i] = from[i];
      gridSync();
    }
  },
);

/** Marsaglia's xorshift, 32 bits, and how many of the bits are ones. */
const bitStream = kernel(
  "bitStream",
  { seeds: u32.ptr, out: u32.ptr },
  ({ seeds, out }, { threadIdx, popc, rotl, u32 }) => {
    let state = seeds[threadIdx.x];
    let ones = u32(0);
    for (let i = 0; i < 20; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      ones += u32(popc(state));
    }
    out[threadIdx.x] = rotl(state, 7) ^ ones;
  },
);

export const languageReach: readonly KernelCase[] = casesOf("language", {
  polynomial({ gpu, launchKernel }) {
    const x = list(50, (i) => half.values[half.encode((i - 25) / 7)]);
    const y = gpu.zeros(f16, 50);
    launchKernel(polynomial, { grid: 1, block: 64 }, { n: 50, x: gpu.array(f16, x), y });
    // Products of halves and sums with them are exact in double precision.
    const rounded = (value: number): number => half.values[half.encode(value)];
    return [{ what: "y", got: y.toArray(), expected: x.map((v) => rounded(rounded(v * v + 0.5) * v + 2)) }];
  },

  scaleVectors({ gpu, launchKernel }) {
    const x = new Chance(100).reals(103, -9, 9);
    const y = gpu.zeros(f32, 103);
    launchKernel(scaleVectors, { grid: 1, block: 32 }, { n: 103, a: 0.7, x: gpu.array(f32, x), y });
    return [{ what: "y", got: y.toArray(), expected: x.map((value) => Math.fround(0.7) * value) }];
  },

  divisors({ gpu, launchKernel }) {
    const chance = new Chance(101);
    const [a, b] = [chance.wholes(32, 1, 5000), chance.wholes(32, 1, 5000)];
    const out = gpu.zeros(u32, 32);
    launchKernel(divisors, { grid: 1, block: 32 }, { a: gpu.array(u32, a), b: gpu.array(u32, b), out });
    const largest = (x: number, y: number): number => {
      let d = Math.min(x, y);
      while (x % d !== 0 || y % d !== 0) d--;
      return d;
    };
    return [{ what: "out", got: out.toArray(), expected: a.map((value, i) => largest(value, b[i])) }];
  },

  groups({ gpu, launchKernel }) {
    const keys = new Chance(102).wholes(96, 0, 11);
    const counts = gpu.zeros(i32, 12);
    launchKernel(groups, { grid: 3, block: 32 }, { keys: gpu.array(i32, keys), counts });
    return [
      { what: "counts", got: counts.toArray(), expected: list(12, (k) => keys.filter((key) => key === k).length) },
    ];
  },

  turnStrips({ gpu, launchKernel }) {
    const height = 10;
    const x = new Chance(103).reals(2 * height * 32, -1, 1);
    const out = gpu.zeros(f32, x.length);
    launchKernel(turnStrips, { grid: 2, block: 32, shared: height * 33 * 4 }, { height, x: gpu.array(f32, x), out });
    const expected = list(x.length, (at) => {
      const [strip, place] = [Math.floor(at / (32 * height)), at % (32 * height)];
      return x[(strip * height + (place % height)) * 32 + Math.floor(place / height)];
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  heat({ gpu, launchKernel }) {
    const [n, steps] = [200, 7];
    const start = new Chance(104).wholes(n, 0, 255);
    const [a, b] = [gpu.array(f32, start), gpu.zeros(f32, n)];
    launchKernel(heat, { grid: 4, block: 64, cooperative: true }, { n, steps, a, b });
    // Quarters of whole numbers stay exact for as many steps.
    let rod = start;
    for (let step = 0; step < steps; step++) {
      rod = rod.map((value, i) => (i === 0 || i === n - 1 ? value : (rod[i - 1] + 2 * value + rod[i + 1]) / 4));
    }
    return [{ what: "rod", got: b.toArray(), expected: rod }];
  },

  bitStream({ gpu, launchKernel }) {
    const seeds = new Chance(105).words(32);
    const out = gpu.zeros(u32, 32);
    launchKernel(bitStream, { grid: 1, block: 32 }, { seeds: gpu.array(u32, seeds), out });
    const low = (value: bigint): bigint => BigInt.asUintN(32, value);
    const expected = Array.from(seeds, (seed) => {
      let [state, ones] = [BigInt(seed), 0];
      for (let i = 0; i < 20; i++) {
        state ^= low(state << 13n);
        state ^= state >> 17n;
        state ^= low(state << 5n);
        ones += state.toString(2).replaceAll("0", "").length;
      }
      return Number(low(state << 7n) | (state >> 25n)) ^ ones;
    }).map((value) => value >>> 0);
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
