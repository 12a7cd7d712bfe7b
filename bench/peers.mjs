// The five kernels of the comparison on the virtual GPU, on Oclgrind (a simulator of OpenCL devices, Debian's package `oclgrind`) and as
// plain JavaScript, one after the other in one run: CPU seconds, not time on the clock, so that what else the machine does counts little.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Machine } from "../dist/gpu/simt/machine.js";
import { f32, i32, kernel, u32, VirtualGPU } from "../dist/index.js";

const sources = fileURLToPath(new URL("peers/", import.meta.url));
const packages = "apt-get install oclgrind opencl-headers ocl-icd-opencl-dev gcc";

const vecadd = kernel(
  "vecadd",
  { n: i32, a: f32.ptr, b: f32.ptr, c: f32.ptr },
  ({ n, a, b, c }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
  },
);

const matmul = kernel(
  "matmul",
  { n: i32, a: f32.ptr, b: f32.ptr, c: f32.ptr },
  ({ n, a, b, c }, { blockIdx, threadIdx, shared, syncthreads, f32 }) => {
    const tileA = shared(f32, [16, 16]);
    const tileB = shared(f32, [16, 16]);
    const { x: tx, y: ty } = threadIdx;
    const row = blockIdx.y * 16 + ty;
    const column = blockIdx.x * 16 + tx;
    let sum = 0;
    for (let start = 0; start < n; start += 16) {
      tileA[ty][tx] = a[row * n + start + tx];
      tileB[ty][tx] = b[(start + ty) * n + column];
      syncthreads();
      for (let k = 0; k < 16; k++) sum += tileA[ty][k] * tileB[k][tx];
      syncthreads();
    }
    c[row * n + column] = sum;
  },
);

const reduce = kernel(
  "reduce",
  { n: i32, x: f32.ptr, sums: f32.ptr },
  ({ n, x, sums }, { blockIdx, blockDim, threadIdx, shared, syncthreads, f32 }) => {
    const partial = shared(f32, 256);
    const t = threadIdx.x;
    const i = blockIdx.x * blockDim.x + t;
    partial[t] = i < n ? x[i] : 0;
    syncthreads();
    for (let half = 128; half > 0; half >>= 1) {
      if (t < half) partial[t] += partial[t + half];
      syncthreads();
    }
    if (t === 0) sums[blockIdx.x] = partial[0];
  },
);

const hist = kernel(
  "hist",
  { n: i32, x: u32.ptr, bins: u32.ptr },
  ({ n, x, bins }, { blockIdx, blockDim, gridDim, threadIdx, shared, syncthreads, atomicAdd, u32, i32 }) => {
    const counts = shared(u32, 256);
    const t = threadIdx.x;
    counts[t] = 0;
    syncthreads();
    for (let i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) atomicAdd(counts, i32(x[i] & 255), 1);
    syncthreads();
    atomicAdd(bins, t, counts[t]);
  },
);

const mandel = kernel("mandel", { n: i32, out: i32.ptr }, ({ n, out }, { blockIdx, blockDim, threadIdx, f32 }) => {
  const x = blockIdx.x * blockDim.x + threadIdx.x;
  const y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= n || y >= n) return;
  const cr = (3 * f32(x)) / f32(n) - 2;
  const ci = (3 * f32(y)) / f32(n) - 1.5;
  let zr = 0;
  let zi = 0;
  let i = 0;
  while (i < 256 && zr * zr + zi * zi < 4) {
    const t = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = t;
    i++;
  }
  out[y * n + x] = i;
});

// What the host program of Oclgrind works on, too.
const first = (count) => Float32Array.from({ length: count }, (_, i) => (i % 13) - 6);
const second = (count) => Float32Array.from({ length: count }, (_, i) => (i % 11) - 5);
function letters(count) {
  let state = 1;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
const r = Math.fround;

/** Each as a launch, and as what a person would write without a GPU. */
const cases = [
  {
    name: "vecadd",
    n: 1 << 20,
    launch: (gpu, n) => {
      const c = gpu.zeros(f32, n);
      return [
        vecadd,
        { grid: n / 256, block: 256 },
        { n, a: gpu.array(f32, first(n)), b: gpu.array(f32, second(n)), c },
        c,
      ];
    },
    plain: (n) => {
      const [a, b, c] = [first(n), second(n), new Float32Array(n)];
      return () => {
        for (let i = 0; i < n; i++) c[i] = a[i] + b[i];
        return c;
      };
    },
  },
  {
    name: "matmul",
    n: 256,
    launch: (gpu, n) => {
      const c = gpu.zeros(f32, n * n);
      const args = { n, a: gpu.array(f32, first(n * n)), b: gpu.array(f32, second(n * n)), c };
      return [matmul, { grid: [n / 16, n / 16], block: [16, 16] }, args, c];
    },
    plain: (n) => {
      const [a, b, c] = [first(n * n), second(n * n), new Float32Array(n * n)];
      return () => {
        for (let row = 0; row < n; row++) {
          for (let column = 0; column < n; column++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum = r(sum + r(a[row * n + k] * b[k * n + column]));
            c[row * n + column] = sum;
          }
        }
        return c;
      };
    },
  },
  {
    name: "reduce",
    n: 1 << 18,
    launch: (gpu, n) => {
      const sums = gpu.zeros(f32, n / 256);
      return [reduce, { grid: n / 256, block: 256 }, { n, x: gpu.array(f32, first(n)), sums }, sums];
    },
    plain: (n) => {
      const [x, sums] = [first(n), new Float32Array(n / 256)];
      return () => {
        for (let block = 0; block < sums.length; block++) {
          let sum = 0;
          for (let i = 0; i < 256; i++) sum = r(sum + x[256 * block + i]);
          sums[block] = sum;
        }
        return sums;
      };
    },
  },
  {
    name: "hist",
    n: 1 << 20,
    launch: (gpu, n) => {
      const bins = gpu.zeros(u32, 256);
      return [hist, { grid: n / 16 / 256, block: 256 }, { n, x: gpu.array(u32, letters(n)), bins }, bins];
    },
    plain: (n) => {
      const [x, bins] = [letters(n), new Uint32Array(256)];
      return () => {
        bins.fill(0);
        for (let i = 0; i < n; i++) bins[x[i] & 255]++;
        return bins;
      };
    },
  },
  {
    name: "mandel",
    n: 256,
    launch: (gpu, n) => {
      const out = gpu.zeros(i32, n * n);
      return [mandel, { grid: [n / 16, n / 16], block: [16, 16] }, { n, out }, out];
    },
    plain: (n) => {
      const out = new Int32Array(n * n);
      return () => {
        for (let at = 0; at < n * n; at++) {
          const cr = r(r(r(3 * (at % n)) / n) - 2);
          const ci = r(r(r(3 * Math.floor(at / n)) / n) - 1.5);
          let [zr, zi, i] = [0, 0, 0];
          while (i < 256 && r(r(zr * zr) + r(zi * zi)) < 4) {
            const t = r(r(r(zr * zr) - r(zi * zi)) + cr);
            zi = r(r(r(2 * zr) * zi) + ci);
            zr = t;
            i++;
          }
          out[at] = i;
        }
        return out;
      };
    },
  },
];

/**
 * One figure a kernel; `oclgrind` is undefined where it is not installed, and `skipped` then says how to install it. Thread
 * instructions are PTX instructions here and LLVM's in Oclgrind, which are about as many.
 */
export function measurePeers() {
  const host = buildHost();
  try {
    const figures = cases.map((each) => measure(each, host.path));
    return host.path === undefined ? { figures, skipped: host.reason } : { figures };
  } finally {
    rmSync(host.folder, { recursive: true });
  }
}

function measure({ name, n, launch, plain }, host) {
  const ours = onVirtualGPU(launch, n);
  const run = plain(n);
  // Once for the compiler, then long enough for the clock.
  let result = run();
  let rounds = 0;
  const plain_cpu_s =
    cpuSeconds(() => {
      const end = performance.now() + 100;
      do {
        result = run();
        rounds++;
      } while (performance.now() < end);
    }) / rounds;
  agree(name, "plain JavaScript", checksum(result), ours.checksum);
  const figure = { kernel: name, n, ...ours, plain_cpu_s, times_plain: ours.cpu_s / plain_cpu_s };
  if (host === undefined) return figure;
  const oclgrind = onOclgrind(host, name, n);
  agree(name, "Oclgrind", oclgrind.checksum, ours.checksum);
  return { ...figure, oclgrind, faster_than_oclgrind: oclgrind.cpu_s / ours.cpu_s };
}

function onVirtualGPU(launch, n) {
  const gpu = new VirtualGPU("h100");
  const [of, shape, args, result] = launch(gpu, n);
  const { image } = gpu.step(of, shape, args);
  const { counters } = gpu.launch(of, shape, args);
  const machine = new Machine(image, []);
  const cpu_s = cpuSeconds(() => machine.run());
  const { thread_instructions } = counters;
  return {
    cpu_s,
    thread_instructions,
    instructions_per_cpu_s: thread_instructions / cpu_s,
    checksum: checksum(result.toArray()),
  };
}

function onOclgrind(host, name, n) {
  const run = (...options) =>
    execFileSync("oclgrind", ["--num-threads", "1", ...options, host, name, String(n), join(sources, "kernels.cl")], {
      encoding: "utf8",
      maxBuffer: 1 << 24,
    });
  const { cpu_s, checksum } = JSON.parse(run());
  // Counted in another run, since counting takes time of its own.
  const counts = run("--inst-counts").matchAll(/^\s+(\d+) - /gm);
  const instructions = [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  return { cpu_s, instructions, instructions_per_cpu_s: instructions / cpu_s, checksum };
}

/** Compiles the host program, or says why there is none. */
function buildHost() {
  const folder = mkdtempSync(join(tmpdir(), "warplab-peers-"));
  const path = join(folder, "host");
  const missing = (reason) => ({ folder, path: undefined, reason: `${reason}: ${packages}` });
  if (spawnSync("oclgrind", ["--version"]).status !== 0) return missing("Oclgrind is not installed");
  const compiled = spawnSync("gcc", ["-O2", join(sources, "host.c"), "-o", path, "-lOpenCL"], { encoding: "utf8" });
  if (compiled.error !== undefined) return missing("gcc is not installed");
  if (compiled.status !== 0) return missing(`the host program does not compile (${compiled.stderr.split("\n")[0]})`);
  return { folder, path };
}

function cpuSeconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The sum of what was computed, each value with a weight by its place. */
function checksum(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((i % 7) + 1) * values[i];
  return sum;
}

function agree(name, peer, theirs, ours) {
  if (theirs !== ours) throw new Error(`${name}: ${peer} gives ${theirs} where the virtual GPU gives ${ours}`);
}

/** The figures as lines of a table. */
export function peersTable({ figures, skipped }) {
  const millions = (rate) => `${(rate / 1e6).toFixed(1)} M/s`.padStart(11);
  const seconds = (value) => `${value.toFixed(3)} s`.padStart(10);
  const lines = figures.map(
    ({ kernel, n, cpu_s, instructions_per_cpu_s, times_plain, oclgrind, faster_than_oclgrind }) =>
      [
        `  ${`${kernel} ${n}`.padEnd(16)}`,
        `${seconds(cpu_s)} ${millions(instructions_per_cpu_s)}`,
        ...(oclgrind === undefined
          ? []
          : [
              `  Oclgrind ${seconds(oclgrind.cpu_s)} ${millions(oclgrind.instructions_per_cpu_s)}`,
              `  ${faster_than_oclgrind.toFixed(1)} x Oclgrind's speed`,
            ]),
        `  ${times_plain.toFixed(0)} x plain JavaScript's time`,
      ].join(""),
  );
  return skipped === undefined ? lines : [...lines, `  ${skipped}`];
}
