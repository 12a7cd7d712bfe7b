// Kernels of the kernel language: dynamic programming, backtracking in local memory, elimination, 64-bit hashes and more.
import { f32, f64, i32, u8, u32, u64 } from "../../src/core/dtype.js";
import { fn, kernel } from "../../src/gpu/language/index.js";
import * as shared from "../gpu/kernels.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const sieve = kernel("sieve", { n: i32, composite: u8.ptr }, ({ n, composite }, { blockIdx, blockDim, threadIdx }) => {
  const p = blockIdx.x * blockDim.x + threadIdx.x + 2;
  if (p * p > n) return;
  for (let multiple = p * p; multiple <= n; multiple += p) composite[multiple] = 1;
});

const floydWarshall = kernel(
  "floydWarshall",
  { n: i32, d: i32.ptr },
  ({ n, d }, { threadIdx, blockDim, syncthreads }) => {
    for (let k = 0; k < n; k++) {
      for (let at = threadIdx.x; at < n * n; at += blockDim.x) {
        const row = (at / n) | 0;
        const column = at % n;
        const way = d[row * n + k] + d[k * n + column];
        if (way < d[at]) d[at] = way;
      }
      syncthreads();
    }
  },
);

/** One block: a thread for each letter of `b`, diagonal after diagonal. */
const editDistance = kernel(
  "editDistance",
  { m: i32, n: i32, a: u8.ptr, b: u8.ptr, out: i32.ptr },
  ({ m, n, a, b, out }, { threadIdx, shared, syncthreads, i32 }) => {
    const rows = shared(i32, [3, 65]);
    const column = threadIdx.x + 1;
    for (let diagonal = 0; diagonal <= m + n; diagonal++) {
      const now = rows[diagonal % 3];
      const before = rows[(diagonal + 2) % 3];
      const twice = rows[(diagonal + 1) % 3];
      const row = diagonal - column;
      if (threadIdx.x === 0) now[0] = diagonal;
      if (column <= n && row >= 0 && row <= m) {
        if (row === 0) now[column] = column;
        else {
          const change = a[row - 1] === b[column - 1] ? 0 : 1;
          now[column] = Math.min(Math.min(before[column], before[column - 1]) + 1, twice[column - 1] + change);
        }
      }
      syncthreads();
    }
    if (column === n) out[0] = rows[(m + n) % 3][n];
  },
);

/** Solutions of the n queens, a thread for each place of the first, by going back in a local array. */
const queens = kernel(
  "queens",
  { n: i32, solutions: u32.ptr },
  ({ n, solutions }, { threadIdx, local, atomicAdd, i32 }) => {
    const places = local(i32, 12);
    if (threadIdx.x >= n) return;
    places[0] = threadIdx.x;
    places[1] = -1;
    let found = 0;
    let row = 1;
    while (row > 0) {
      places[row]++;
      if (places[row] >= n) {
        row--;
        continue;
      }
      let free = true;
      for (let above = 0; above < row && free; above++) {
        const apart = Math.abs(places[row] - places[above]);
        free = apart !== 0 && apart !== row - above;
      }
      if (!free) continue;
      if (row === n - 1) found++;
      else {
        row++;
        places[row] = -1;
      }
    }
    atomicAdd(solutions, 0, found);
  },
);

/** FNV-1a of 64 bits over eight bytes each. */
const fnv = kernel(
  "fnv",
  { n: i32, x: u64.ptr, out: u64.ptr },
  ({ n, x, out }, { blockIdx, blockDim, threadIdx, u64, i32 }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    let rest = x[i];
    const prime = (u64(1) << 40) + 435;
    let hash = (u64(0xcbf29ce4) << 32) | u64(0x84222325);
    for (let k = i32(0); k < 8; k++) {
      hash = (hash ^ (rest & 255)) * prime;
      rest = rest >>> 8;
    }
    out[i] = hash;
  },
);

/** Gauss-Jordan elimination with pivots, one block, in double precision. */
const solve = kernel(
  "solve",
  { n: i32, a: f64.ptr, x: f64.ptr },
  ({ n, a, x }, { threadIdx, shared, syncthreads, f64, i32 }) => {
    const factors = shared(f64, 32);
    const pivot = shared(i32, 1);
    const t = threadIdx.x;
    const width = n + 1;
    for (let k = 0; k < n; k++) {
      if (t === 0) {
        pivot[0] = k;
        for (let row = k + 1; row < n; row++) {
          if (Math.abs(a[row * width + k]) > Math.abs(a[pivot[0] * width + k])) pivot[0] = row;
        }
      }
      syncthreads();
      if (t < width) {
        const kept = a[k * width + t];
        a[k * width + t] = a[pivot[0] * width + t];
        a[pivot[0] * width + t] = kept;
      }
      syncthreads();
      if (t < n) factors[t] = a[t * width + k] / a[k * width + k];
      syncthreads();
      if (t < width) {
        for (let row = 0; row < n; row++) {
          if (row !== k) a[row * width + t] -= factors[row] * a[k * width + t];
        }
      }
      syncthreads();
    }
    if (t < n) x[t] = a[t * width + n] / a[t * width + t];
  },
);

const hypot = fn("hypot", { x: f32, y: f32 }, f32, ({ x, y }) => Math.sqrt(x * x + y * y));

/** Sobel's filter: how steep a picture is at each of its points. */
const sobel = kernel(
  "sobel",
  { width: i32, height: i32, picture: f32.ptr, out: f32.ptr },
  ({ width, height, picture, out }, { blockIdx, blockDim, threadIdx, hypot }) => {
    const x = blockIdx.x * blockDim.x + threadIdx.x;
    const y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return;
    let across = 0;
    let down = 0;
    for (let k = -1; k <= 1; k++) {
      const weight = k === 0 ? 2 : 1;
      across += (picture[(y + k) * width + x + 1] - picture[(y + k) * width + x - 1]) * weight;
      down += (picture[(y + 1) * width + x + k] - picture[(y - 1) * width + x + k]) * weight;
    }
    out[y * width + x] = hypot({ x: across, y: down });
  },
  { use: { hypot } },
);

/** Runs of equal numbers: each lane learns by votes where its own begins. */
const runs = kernel(
  "runs",
  { x: i32.ptr, starts: i32.ptr },
  ({ x, starts }, { blockIdx, laneId, ballot, shflUp, u32, i32 }) => {
    const value = x[blockIdx.x * 32 + laneId];
    const before = shflUp(value, 1);
    const heads = ballot(laneId === 0 || value !== before);
    let own = heads & (u32(0xffffffff) >>> (31 - laneId));
    let start = 0;
    while (own > 1) {
      own = own >>> 1;
      start++;
    }
    starts[blockIdx.x * 32 + laneId] = i32(start);
  },
);

/** Minimum, maximum and the bits that all or some numbers have, by atomics on shared memory, then on global. */
const extremes = kernel(
  "extremes",
  { n: i32, x: i32.ptr, out: i32.ptr },
  (
    { n, x, out },
    { blockIdx, blockDim, threadIdx, shared, syncthreads, i32, atomicMin, atomicMax, atomicAnd, atomicOr, atomicXor },
  ) => {
    const own = shared(i32, 5);
    if (threadIdx.x === 0) {
      own[0] = 2147483647;
      own[1] = -2147483648;
      own[2] = -1;
      own[3] = 0;
      own[4] = 0;
    }
    syncthreads();
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
      atomicMin(own, 0, x[i]);
      atomicMax(own, 1, x[i]);
      atomicAnd(own, 2, x[i]);
      atomicOr(own, 3, x[i]);
      atomicXor(own, 4, x[i]);
    }
    syncthreads();
    if (threadIdx.x > 0) return;
    atomicMin(out, 0, own[0]);
    atomicMax(out, 1, own[1]);
    atomicAnd(out, 2, own[2]);
    atomicOr(out, 3, own[3]);
    atomicXor(out, 4, own[4]);
  },
);

export const language: readonly KernelCase[] = casesOf("language", {
  saxpy(trial) {
    const chance = new Chance(60);
    const [x, y] = [chance.reals(200, -5, 5), chance.reals(200, -5, 5)];
    const result = trial.gpu.array(f32, y);
    trial.launchKernel(
      shared.saxpy,
      { grid: 2, block: 128 },
      { n: 200, a: 0.3, x: trial.gpu.array(f32, x), y: result },
    );
    return [{ what: "y", got: result.toArray(), expected: shared.plainSaxpy(0.3, x, y) }];
  },

  blockSum(trial) {
    const x = new Chance(61).reals(600, -5, 5);
    const sums = trial.gpu.zeros(f32, 3);
    trial.launchKernel(shared.blockSum, { grid: 3, block: 256 }, { n: 600, x: trial.gpu.array(f32, x), sums });
    return [{ what: "sums", got: sums.toArray(), expected: shared.plainBlockSum(x) }];
  },

  matmul(trial) {
    const chance = new Chance(62);
    const [a, b] = [chance.reals(400, -5, 5), chance.reals(400, -5, 5)];
    const c = trial.gpu.zeros(f32, 400);
    const arrays = { a: trial.gpu.array(f32, a), b: trial.gpu.array(f32, b), c };
    trial.launchKernel(shared.matmul, { grid: [2, 2], block: [16, 16] }, { n: 20, ...arrays });
    return [{ what: "c", got: c.toArray(), expected: shared.plainMatmul(20, a, b) }];
  },

  mandelbrot(trial) {
    const out = trial.gpu.zeros(i32, 900);
    trial.launchKernel(shared.mandelbrot, { grid: [2, 2], block: [16, 16] }, { n: 30, limit: 50, out });
    return [{ what: "out", got: out.toArray(), expected: shared.plainMandelbrot(30, 50) }];
  },

  // The reference divides.
  sieve(trial) {
    const composite = trial.gpu.zeros(u8, 1001);
    trial.launchKernel(sieve, { grid: 1, block: 64 }, { n: 1000, composite });
    const divides = (n: number): boolean => list(n - 2, (i) => i + 2).some((d) => d * d <= n && n % d === 0);
    return [{ what: "composite", got: composite.toArray(), expected: list(1001, (n) => Number(n > 3 && divides(n))) }];
  },

  // The reference relaxes every edge n times from every start.
  floydWarshall(trial) {
    const n = 14;
    const chance = new Chance(63);
    const far = 1_000_000;
    const edges = list(n * n, (at) => (at % (n + 1) === 0 ? 0 : chance.whole(0, 3) === 0 ? chance.whole(1, 50) : far));
    const d = trial.gpu.array(i32, edges);
    trial.launchKernel(floydWarshall, { grid: 1, block: 96 }, { n, d });
    const expected = list(n, (start) => {
      const ways: number[] = list(n, (v) => (v === start ? 0 : far));
      for (let round = 0; round < n; round++) {
        edges.forEach((length, at) => {
          ways[at % n] = Math.min(ways[at % n], ways[Math.floor(at / n)] + length);
        });
      }
      return ways;
    }).flat();
    return [{ what: "d", got: d.toArray().map((value) => Math.min(value, far)), expected }];
  },

  // The reference is the recursion that defines the distance.
  editDistance(trial) {
    const pairs = [
      ["kitten", "sitting"],
      ["reconvergence", "divergence"],
      ["", "warp"],
      ["a memory of many words", "many a memorable word"],
    ];
    const distance = (a: string, b: string, known = new Map<string, number>()): number => {
      if (a === "" || b === "") return a.length + b.length;
      const key = `${a.length},${b.length}`;
      const [shortA, shortB] = [a.slice(1), b.slice(1)];
      const result =
        known.get(key) ??
        (a[0] === b[0]
          ? distance(shortA, shortB, known)
          : 1 + Math.min(distance(shortA, b, known), distance(a, shortB, known), distance(shortA, shortB, known)));
      known.set(key, result);
      return result;
    };
    const got = pairs.map(([a, b]) => {
      const out = trial.gpu.zeros(i32, 1);
      const [x, y] = [a, b].map((text) => trial.gpu.array(u8, [...Buffer.from(text), 0]));
      trial.launchKernel(editDistance, { grid: 1, block: 64 }, { m: a.length, n: b.length, a: x, b: y, out });
      return out.toArray()[0];
    });
    return [{ what: "distances", got, expected: pairs.map(([a, b]) => distance(a, b)) }];
  },

  // The known numbers of solutions.
  queens(trial) {
    const got = [4, 5, 6, 7].map((n) => {
      const solutions = trial.gpu.zeros(u32, 1);
      trial.launchKernel(queens, { grid: 1, block: 32 }, { n, solutions });
      return solutions.toArray()[0];
    });
    return [{ what: "solutions", got, expected: [2, 10, 4, 40] }];
  },

  fnv(trial) {
    const chance = new Chance(64);
    const x = list(50, () => (BigInt(chance.word()) << 32n) | BigInt(chance.word()));
    const out = trial.gpu.zeros(u64, 50);
    trial.launchKernel(fnv, { grid: 2, block: 32 }, { n: 50, x: trial.gpu.array(u64, x), out });
    const expected = x.map((value) => {
      let hash = 14695981039346656037n;
      for (let k = 0n; k < 8n; k++) hash = BigInt.asUintN(64, (hash ^ ((value >> (8n * k)) & 255n)) * 1099511628211n);
      return hash;
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  // What was put in comes out, but for rounding.
  solve(trial) {
    const n = 20;
    const chance = new Chance(65);
    const expected = list(n, () => chance.whole(-9, 9));
    const rows = list(n, () => list(n, () => chance.real(-1, 1)));
    const system = rows.flatMap((row) => [...row, row.reduce((sum, value, i) => sum + value * expected[i], 0)]);
    const x = trial.gpu.zeros(f64, n);
    trial.launchKernel(solve, { grid: 1, block: 32 }, { n, a: trial.gpu.array(f64, system), x });
    return [{ what: "x", got: x.toArray(), expected, within: 1e-11 }];
  },

  sobel(trial) {
    const [width, height] = [25, 18];
    const picture = new Chance(66).reals(width * height, 0, 1);
    const out = trial.gpu.zeros(f32, width * height);
    const image = trial.gpu.array(f32, picture);
    trial.launchKernel(sobel, { grid: [4, 3], block: [8, 8] }, { width, height, picture: image, out });
    const filter = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
    const expected = list(width * height, (at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return 0;
      const near = list(9, (k) => picture[(y + Math.floor(k / 3) - 1) * width + x + (k % 3) - 1]);
      const along = near.reduce((sum, value, k) => sum + value * filter[k], 0);
      const down = near.reduce((sum, value, k) => sum + value * filter[(k % 3) * 3 + Math.floor(k / 3)], 0);
      return Math.hypot(along, down);
    });
    return [{ what: "out", got: out.toArray(), expected, within: 2e-6 }];
  },

  runs(trial) {
    const x = new Chance(67).wholes(64, 0, 2);
    const starts = trial.gpu.zeros(i32, 64);
    trial.launchKernel(runs, { grid: 2, block: 32 }, { x: trial.gpu.array(i32, x), starts });
    const expected: number[] = [];
    x.forEach((value, i) => {
      expected.push(i % 32 > 0 && value === x[i - 1] ? expected[i - 1] : i % 32);
    });
    return [{ what: "starts", got: starts.toArray(), expected }];
  },

  extremes(trial) {
    const x = new Chance(68).wholes(150, -(2 ** 31), 2 ** 31 - 1);
    const out = trial.gpu.array(i32, [2 ** 31 - 1, -(2 ** 31), -1, 0, 0]);
    trial.launchKernel(extremes, { grid: 3, block: 64 }, { n: 150, x: trial.gpu.array(i32, x), out });
    const expected = [
      Math.min(...x),
      Math.max(...x),
      x.reduce((a, b) => a & b),
      x.reduce((a, b) => a | b),
      x.reduce((a, b) => a ^ b),
    ];
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
