// Kernels that together use every construct of the language, for tests that look at all of it.
import { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from "../../../src/core/dtype.js";
import { fn, type Kernel, kernel, setFunctionSourceProvider } from "../../../src/gpu/language/index.js";

const clamp = fn("clamp", { v: f32, low: f32, high: f32 }, f32, ({ v, low, high }) => {
  if (v < low) return low;
  if (v > high) return high;
  return v;
});
const square = fn("square", { v: f32 }, f32, ({ v }) => v * v);
const norm = fn(
  "norm",
  { x: f32.ptr, n: i32 },
  f32,
  ({ x, n }, { square }) => {
    let sum = 0;
    for (let k = 0; k < n; k++) {
      if (x[k] < 0) continue;
      sum += square({ v: x[k] });
    }
    return Math.sqrt(sum);
  },
  { use: { square } },
);

const integers = kernel("integers", { a: i32, b: i32, u: u32, v: u32, out: i32.ptr, uout: u32.ptr }, (p, ctx) => {
  const { idiv, u32, i32, i8, u8, i16, u16 } = ctx;
  const { a, b, u, v, out, uout } = p;
  out[0] = a + b;
  out[1] = a - b * 3;
  out[2] = idiv(a, b);
  out[3] = (a / b) | 0;
  out[4] = a % b;
  out[5] = (a & b) | (a ^ ~b);
  out[6] = (a << 3) + (a >> 2) + (a << b);
  out[7] = -a;
  out[8] = Math.abs(a) + Math.min(a, b) + Math.max(a, 7);
  out[9] = Math.imul(a, b);
  out[10] = i8(a) + u8(a) + i16(a) + u16(a);
  out[11] = a > b ? a : b;
  out[12] += a;
  out[13]--;
  out[14] = i32(a < b) + (a === b ? 1 : 2);
  out[15] = -2147483648;
  uout[0] = (u / v) >>> 0;
  uout[1] = u % v;
  uout[2] = (u >>> 3) + (u >> 1) + (u << (v & 31));
  uout[3] = u32(a) * u;
  uout[4] = Math.min(u, v) + Math.max(u, 4000000000);
  uout[5] = a >>> 5;
  uout[6] = ~u;
  uout[7] = u32(-1);
  uout[v & 7] ^= u;
});

const wide = kernel(
  "wide",
  { a: i64, b: i64, u: u64, out: i64.ptr, uout: u64.ptr, n: i32 },
  ({ a, b, u, out, uout, n }, { idiv, i32, i64, u64, u32, f32, f64 }) => {
    out[0] = a + b * 2 - 1;
    out[1] = idiv(a, b) + (a % b);
    out[2] = (a & b) ^ ~a;
    out[3] = (a << 5) + (a >> n);
    out[4] = i64(n) + i64(u32(n)) + i64(i32(a));
    out[5] = Math.min(a, b) + Math.abs(a) - -b;
    out[6] = i64(f32(a)) + i64(f64(b));
    out[7] = a > b && b > 0 ? 1 : i64(9007199254740991);
    uout[0] = (u >>> 3) + u64(n) + u64(a);
    uout[1] = u % 10;
    uout[2] = Math.max(u, 1);
  },
);

const floats = kernel(
  "floats",
  { a: f32, b: f32, d: f64, n: i32, u: u32, out: f32.ptr, dout: f64.ptr, iout: i32.ptr },
  ({ a, b, d, n, u, out, dout, iout }, { fma, f32, f64, i32, u32 }) => {
    out[0] = a + b * a - b / a;
    out[1] = -a;
    out[2] = Math.sqrt(Math.abs(a)) + Math.fround(d);
    out[3] = Math.min(a, b) + Math.max(a, b);
    out[4] = Math.floor(a) + Math.ceil(a) + Math.trunc(b);
    out[5] = fma(a, b, 1);
    out[6] = a * n + u;
    out[7] = f32(d) + f32(n);
    out[8] = a !== b && a < Infinity ? Math.PI : 0.1;
    out[9] = 1 / a;
    out[10] = a === b ? -0 : NaN;
    dout[0] = d * a + n;
    dout[1] = Math.sqrt(d) / 3;
    dout[2] = fma(d, d, f64(a));
    dout[3] = Math.floor(d) + Math.abs(d) + Math.min(d, 0.1);
    iout[0] = i32(a);
    iout[1] = i32(d) + i32(u32(a));
    iout[2] = a >= b || d <= 2 ? 1 : 0;
    iout[3] = u32(d) > 3 ? 1 : 0;
  },
);

const approximations = kernel("approximations", { x: f32, out: f32.ptr }, ({ x, out }) => {
  out[0] = Math.sin(x);
  out[1] = Math.cos(x);
  out[2] = Math.tan(x);
  out[3] = Math.exp(x);
  out[4] = Math.log(x);
  out[5] = Math.log2(x);
  out[6] = Math.log10(x);
  out[7] = x ** 1.5;
});

const flow = kernel(
  "flow",
  { n: i32, x: i32.ptr, out: i32.ptr },
  ({ n, x, out }, { threadIdx: { x: t }, local, i32 }) => {
    const seen = local(i32, 4);
    let done = false;
    let steps = 0;
    for (let k = 0; k < 4; k++) seen[k] = k * k;
    do {
      steps++;
      if (x[steps % n] < 0) continue;
      if (steps > 100) break;
      if (steps === 7) {
        done = true;
      } else if (steps > 50 || !done) {
        steps += 2;
      } else {
        steps += 1;
      }
    } while (!done && (steps < 40 || x[0] > 3));
    while (true) {
      steps++;
      if (steps > 3) break;
    }
    let twin = done === x[1] > 0;
    twin = twin !== (x[0] > 0 && x[1] > 0);
    const pick = x[0] > 0 ? x[1] > 0 : done;
    let p = x.add(1);
    p = p.add(steps & 1);
    out[t] = steps + seen[t & 3] + (twin ? 1 : 0) + (pick ? 10 : 0) + p[0];
    for (let i = 0, j = 3; i < j; i++, j--) out[t] += i * j;
    if (n) return;
    out[0] = 0;
  },
);

const helpers = kernel(
  "helpers",
  { x: f32.ptr, out: f32.ptr, n: i32 },
  ({ x, out, n }, { clamp, norm }) => {
    out[0] = clamp({ v: x[0], low: 0, high: 1 }) + clamp({ v: x[1], low: -1, high: 2 });
    out[1] = norm({ x: x.add(1), n: n - 1 });
    if (n > 0 && norm({ x, n }) > 1) out[2] = 1;
  },
  { use: { clamp, norm } },
);

const narrow = kernel(
  "narrow",
  { a: i8.ptr, b: u8.ptr, c: i16.ptr, d: u16.ptr, s: i8, w: u16, out: i32.ptr },
  ({ a, b, c, d, s, w, out }, { threadIdx, shared, syncthreads, u8, u32 }) => {
    const bytes = shared(u8, [2, 3, 4]);
    const { x } = threadIdx;
    const plane = bytes[1];
    bytes[0][1][x & 3] = a[x] * 3;
    plane[2][x & 3] = u32(300);
    syncthreads();
    out[x] = bytes[0][1][x & 3] + plane[2][x & 3] + bytes.length * 100 + plane.length * 10 + plane[0].length;
    b[x] += 200;
    c[x] -= 30000;
    d[x] = s * w;
    a[x]++;
  },
);

const atomics = kernel(
  "atomics",
  { i: i32.ptr, u: u32.ptr, l: i64.ptr, f: f32.ptr, d: f64.ptr, out: i32.ptr },
  ({ i, u, l, f, d, out }, ctx) => {
    const { threadIdx, syncthreads, threadfence, threadfenceBlock, shared, i32 } = ctx;
    const { atomicAdd, atomicSub, atomicMin, atomicMax, atomicExch, atomicCAS, atomicAnd, atomicOr, atomicXor } = ctx;
    const bins = shared(i32, [2, 8]);
    const t = threadIdx.x;
    bins[t & 1][t >> 1] = 0;
    syncthreads();
    out[t] = atomicAdd(bins[t & 1], 3, t);
    atomicSub(i, 0, t);
    atomicMin(i, 1, t - 3);
    atomicMax(u, 0, 7);
    threadfence();
    atomicAdd(f, 0, 0.5);
    atomicSub(f.add(1), t & 1, 2);
    atomicAdd(d, 0, t);
    atomicAdd(l, 0, 5);
    atomicMax(l, 1, -2);
    atomicExch(f, 3, 9);
    threadfenceBlock();
    atomicCAS(i, 2, 0, t + 1);
    atomicAnd(u, 1, 0xfffffffe);
    atomicOr(u, 2, 4);
    atomicXor(u, 3, 1);
    syncthreads();
    if (t === 0) out[16] = bins[0][3] + bins[1][3];
  },
);

const warps = kernel(
  "warps",
  { x: f32.ptr, out: u32.ptr, sums: f32.ptr },
  ({ x, out, sums }, { laneId, warpSize, shfl, shflUp, shflDown, shflXor, ballot, any, all, syncwarp, i32, u32 }) => {
    let sum = x[laneId];
    for (let step = warpSize >> 1; step > 0; step >>= 1) sum += shflDown(sum, step);
    sum = shfl(sum, 0) + shflUp(sum, 1) + shflXor(sum, 16, 0xffff);
    syncwarp();
    syncwarp(0xff);
    out[laneId] = ballot(sum > 1) + ballot(laneId < 3, u32(7));
    if (any(sum > 2) || all(i32(sum) !== 3)) sums[laneId] = sum;
  },
);

/** Names that PTX has for itself, or that appear more than once. */
const names = kernel("names", { tid: i32, r1: i32, f: f32, out: f32.ptr }, ({ tid, r1, f, out }, { shared, f32 }) => {
  const add = shared(f32, 4);
  const clock = tid + r1;
  const größe = clock;
  const $ = größe * 2;
  const _x = $;
  {
    const clock = _x * 2;
    const WARP_SZ = shared(f32, 2);
    WARP_SZ[0] = clock;
    add[0] = WARP_SZ[0] * f;
  }
  {
    const add = shared(f32, 2);
    add[clock & 1] = 1;
    out[1] = add[0];
  }
  out[0] = add[0];
});

/** Names and an origin that are not ASCII, two of which look alike once they are. */
const unicode = withOrigin('😀 café "1"', () =>
  kernel("unicode", { α: f32, β: f32, out: f32.ptr }, ({ α, β, out }) => {
    out[0] = α - β;
  }),
);

function withOrigin<T>(origin: string, make: () => T): T {
  setFunctionSourceProvider((_name, code) => ({ text: code, code, origin, firstLine: 1 }));
  try {
    return make();
  } finally {
    setFunctionSourceProvider(undefined);
  }
}

/** Elements before a pointer, in each space of memory, read, written, changed and atomically so. */
const before = kernel("before", { x: i32.ptr, out: i32.ptr }, ({ x, out }, { shared, local, atomicAdd, i32 }) => {
  const tile = shared(i32, 8);
  const own = local(i32, 8);
  const at = x.add(8).add(-2);
  out[0] = at[-4];
  at[-3] = 7;
  at[-5] += 2;
  atomicAdd(at, -6, 5);
  tile.add(4)[-3] = 1;
  own.add(5)[-2] = 2;
  out[1] = tile.add(2)[-1] + own.add(4)[-1];
});

const nothing = kernel("nothing", {}, () => {});
const expressionBody = kernel("expressionBody", { out: i32.ptr }, ({ out }, { threadIdx }) => (out[threadIdx.x] = 1));

export const everything: Readonly<Record<string, Kernel>> = {
  integers,
  wide,
  floats,
  approximations,
  flow,
  helpers,
  narrow,
  atomics,
  warps,
  names,
  unicode,
  before,
  nothing,
  expressionBody,
} as unknown as Record<string, Kernel>;
