// Kernels of what the language has beyond plain arithmetic and loops, for tests that look at all of it.
import { bf16, f16, f32, f64, i32, i64, u8, u32, u64 } from "../../../src/core/dtype.js";
import { fn, type Kernel, kernel } from "../../../src/gpu/language/index.js";

const halves = kernel(
  "halves",
  { a: f16, b: f16, n: i32, d: f64, x: f16.ptr, out: f16.ptr, wide: f32.ptr, whole: i32.ptr },
  ({ a, b, n, d, x, out, wide, whole }, { f16, bf16, f32, i32, i64, fma, shared }) => {
    const kept = shared(f16, 4);
    out[0] = a + b;
    out[1] = a - b * 0.5;
    out[2] = a / b;
    out[3] = fma(a, b, x[0]);
    out[4] = -a;
    out[5] = Math.sqrt(Math.abs(a)) + Math.floor(b);
    out[6] = f16(n);
    out[7] = f16(d);
    out[8] = a > b ? a : 2;
    out[9] = f16(i64(n));
    out[10] = f16(a !== b);
    out[11] = f16(d, "rz");
    out[12] = Math.min(a, b) - Math.max(a, b);
    out[13] += x[1] * 3;
    kept[1] = a;
    out[14] = kept[1] + f16(bf16(f32(b)));
    out[15] = Math.exp(b);
    wide[0] = a + f32(1);
    wide[1] = f32(a) * n;
    whole[0] = i32(a);
    whole[1] = i32(b, "rn");
    whole[2] = a <= b ? 1 : 0;
  },
);

const brains = kernel(
  "brains",
  { a: bf16, b: bf16, n: i32, d: f64, x: bf16.ptr, out: bf16.ptr, wide: f32.ptr, whole: i32.ptr },
  ({ a, b, n, d, x, out, wide, whole }, { bf16, f32, f64, i32, fma, local }) => {
    const kept = local(bf16, 4);
    out[0] = a + b;
    out[1] = a - b * 0.5;
    out[2] = a / b;
    out[3] = fma(a, b, x[0]);
    out[4] = -a;
    out[5] = Math.sqrt(Math.abs(a)) + Math.ceil(b);
    out[6] = bf16(n);
    out[7] = bf16(d);
    out[8] = a > b ? a : 2;
    out[9] = bf16(f32(d), "rz");
    kept[n & 3] = a;
    out[10] = kept[n & 3];
    wide[0] = a + f32(1);
    wide[1] = f32(f64(b) * d);
    whole[0] = i32(a);
    whole[1] = a === b ? 1 : 0;
  },
);

const bits = kernel(
  "bits",
  { a: i32, b: i32, u: u32, v: u32, l: i64, w: u64, out: i32.ptr, uout: u32.ptr, lout: i64.ptr, wout: u64.ptr },
  ({ a, b, u, v, l, w, out, uout, lout, wout }, ctx) => {
    const { popc, clz, brev, bfe, bfi, rotl, rotr, funnelShiftL, funnelShiftR, bytePerm, mulhi, dp4a } = ctx;
    const { bitcast, f32, f64, i32, u32, i64, u64 } = ctx;
    out[0] = popc(a) + clz(a) * 100;
    out[1] = brev(a);
    out[2] = bfe(a, 5, 7);
    out[3] = bfe(a, b, 7);
    out[4] = bfi(a, b, 4, 9);
    out[5] = rotl(a, 3) ^ rotr(a, b);
    out[6] = mulhi(a, b);
    out[7] = dp4a(a, b, 7);
    out[8] = popc(l) + clz(l) * 100;
    out[9] = Math.clz32(u);
    out[10] = i32(bitcast(f32, a & 0x3fffffff) < 1);
    out[11] = Math.sign(a) + Math.sign(b);
    uout[0] = brev(u) + u32(popc(u));
    uout[1] = bfe(u, 8, 8) + bfe(u, v & 63, v & 31);
    uout[2] = bfi(u, v, 3, 30);
    uout[3] = rotl(u, b) + rotr(u, 31);
    uout[4] = funnelShiftL(u, v, b) ^ funnelShiftR(u, v, 5);
    uout[5] = bytePerm(u, v, 0x9a51);
    uout[6] = mulhi(u, v);
    uout[7] = dp4a(u, v, v);
    uout[8] = bitcast(u32, f32(a));
    lout[0] = brev(l) ^ mulhi(l, i64(b));
    lout[1] = bfe(l, 9, 40) + bfi(l, i64(a), 3, 50);
    lout[2] = bitcast(i64, f64(a));
    wout[0] = mulhi(w, w) + bfe(w, 60, 40);
    wout[1] = u64(clz(w));
  },
);

const rounded = kernel(
  "rounded",
  { a: f32, b: f32, c: f32, d: f64, e: f64, n: i32, l: i64, out: f32.ptr, dout: f64.ptr, iout: i32.ptr },
  ({ a, b, c, d, e, n, l, out, dout, iout }, ctx) => {
    const { roundedAdd, roundedSub, roundedMul, roundedDiv, roundedSqrt, fma, f32, f64, i32 } = ctx;
    const { saturate, copysign, rsqrt } = ctx;
    out[0] = roundedAdd(a, b, "rz");
    out[1] = roundedSub(a, b, "rp");
    out[2] = roundedMul(a, b, "rm");
    out[3] = roundedDiv(a, b, "rp");
    out[4] = roundedSqrt(Math.abs(a), "rz");
    out[5] = fma(a, b, c, "rm");
    out[6] = f32(d, "rp");
    out[7] = f32(n, "rz");
    out[8] = f32(l, "rm");
    out[9] = saturate(a);
    out[10] = copysign(a, b);
    out[11] = rsqrt(Math.abs(a));
    dout[0] = roundedAdd(d, e, "rm");
    dout[1] = roundedMul(d, e, "rp");
    dout[2] = roundedDiv(d, e, "rz");
    dout[3] = fma(d, e, f64(a), "rz");
    dout[4] = roundedSqrt(Math.abs(d), "rp");
    iout[0] = i32(a, "rn");
    iout[1] = i32(a, "rm") - i32(d, "rp");
  },
);

const vectors = kernel(
  "vectors",
  { x: f32.ptr, h: f16.ptr, b: u8.ptr, d: f64.ptr, out: f32.ptr, hout: f16.ptr, bout: u8.ptr, dout: f64.ptr },
  ({ x, h, b, d, out, hout, bout, dout }, { threadIdx, shared, local, syncthreads, f32 }) => {
    const t = threadIdx.x;
    const v = x.load4(4 * t);
    out.store4(4 * t, v.w, v.z * 2, 1, v.x + v.y);
    const { x: first, y: second } = h.load2(2 * t);
    hout.store2(2 * t, second, first + 1);
    const bytes = b.load4(4 * t);
    bout.store4(4 * t, bytes.y, bytes.x + 200, bytes.w, bytes.z);
    const pair = d.load2(2 * t);
    dout.store2(2 * t, pair);
    const tile = shared(f32, 8, 8);
    tile[t].store4(4, v);
    syncthreads();
    const own = local(f32, 4);
    const w = tile[t ^ 1].load4(4);
    own.store4(0, w);
    out[16 + t] = own[t & 3];
  },
);

const dynamic = kernel(
  "dynamic",
  { x: f32.ptr, out: f32.ptr, n: i32 },
  ({ x, out, n }, { threadIdx, dynamicShared, syncthreads, f32, f16, i32 }) => {
    const flat = dynamicShared(f32);
    const rows = dynamicShared(f32, 4);
    const planes = dynamicShared(i32, [2, 4]);
    const small = dynamicShared(f16);
    const t = threadIdx.x;
    flat[t] = x[t];
    syncthreads();
    out[t] = rows[t >> 2][(t & 3) ^ 1] + (planes[t >> 3][(t >> 2) & 1][t & 3] !== 0 ? 0.5 : 0);
    syncthreads();
    small.add(n)[t] = f16(flat[t ^ 1]);
    syncthreads();
    out[n + t] = small[n + t];
  },
);

const factorial = fn("factorial", { v: i32 }, i32, ({ v }, { factorial }) => (v < 2 ? 1 : v * factorial(v - 1)), {
  inline: false,
});
const square = fn("square", { v: f32 }, f32, ({ v }) => v * v);
const smooth = fn(
  "smooth",
  { x: f32.ptr, at: i32, n: i32 },
  f32,
  ({ x, at, n }, { square, local, f32 }) => {
    const near = local(f32, 3);
    for (let k = 0; k < 3; k++) near[k] = x[Math.min(Math.max(at + k - 1, 0), n - 1)];
    if (near[1] < 0) return square(near[1]);
    return (near[0] + near[1] + near[2]) / 3;
  },
  { use: { square }, inline: false },
);
const half = fn("half", { v: f16, wide: i64 }, f16, ({ v, wide }, { f16 }) => v * 0.5 + f16(wide), { inline: false });

const calls = kernel(
  "calls",
  { x: f32.ptr, h: f16.ptr, out: f32.ptr, n: i32 },
  ({ x, h, out, n }, { threadIdx, smooth, square, half, i64 }) => {
    const t = threadIdx.x;
    out[t] = smooth(x, t, n) + smooth({ x: x.add(1), at: 0, n: n - 1 });
    if (t & 1) out[t] += square({ v: x[t] });
    h[t] = half(h[t], i64(t));
  },
  { use: { smooth, square, half } },
);

const recursive = kernel(
  "recursive",
  { out: i32.ptr },
  ({ out }, { threadIdx, factorial }) => {
    out[threadIdx.x] = factorial(threadIdx.x);
  },
  { use: { factorial } },
);

const control = kernel("control", { n: i32, x: i32.ptr, out: i32.ptr }, ({ n, x, out }, { threadIdx }) => {
  const t = threadIdx.x;
  let found = -1;
  let steps = 0;
  outer: for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      steps++;
      if (x[i] === j) continue outer;
      if (x[i] + x[j] === n) {
        found = i * 4 + j;
        break outer;
      }
    }
  }
  const FOUR = 4;
  switch (x[t & 7]) {
    case 0:
      steps += 100;
      break;
    case 1:
    case 2:
      steps += 200;
    case FOUR: {
      steps += 1000;
      break;
    }
    // biome-ignore lint/suspicious/useDefaultSwitchClauseLast: control runs on from it.
    default:
      steps += 4000;
    case -3:
      if (steps > 4010) break;
      steps += 7;
  }
  // biome-ignore lint/suspicious/noConfusingLabels: labelled blocks are part of the language.
  checked: {
    if (t > 2) break checked;
    steps += 50000;
  }
  let rounds = 0;
  spin: while (true) {
    do {
      rounds++;
      switch (rounds % 3) {
        case 0:
          continue spin;
        case 1:
          if (rounds > 7) break spin;
      }
    } while (rounds < 20);
    break;
  }
  let total = 0;
  for (let k = 0; k < 40; k++) total += 2;
  out[t] = steps * 10 + found + rounds * 1000000 + total;
});

const counting = kernel("counting", { c: u32.ptr, f: f32.ptr, l: u64.ptr, out: u32.ptr }, ({ c, f, l, out }, ctx) => {
  const { threadIdx, shared, syncthreads, threadfenceSystem, barrierSync, u32, atomicInc, atomicDec } = ctx;
  const { atomicExch, atomicCAS, atomicMax, atomicAnd } = ctx;
  const bins = shared(u32, 2);
  const t = threadIdx.x;
  if (t < 2) bins[t] = 5;
  syncthreads();
  out[t] = atomicInc(c, 0, 5);
  out[16 + t] = atomicDec(c, 1, 3);
  atomicInc(bins, 0, 9);
  atomicDec(bins.add(1), 0, 9);
  atomicExch(f, 0, 2.5);
  atomicCAS(f, 1, 0, 7);
  atomicMax(l, 0, 9);
  atomicAnd(l, 1, 6);
  threadfenceSystem();
  barrierSync(1);
  if (t === 0) out[32] = bins[0] * 100 + bins[1];
});

const named = kernel("named", { out: i32.ptr }, ({ out }, { threadIdx, barrierSync, barrierArrive, shared, i32 }) => {
  const box = shared(i32, 32);
  const t = threadIdx.x;
  if (t < 32) {
    box[t] = t * t;
    barrierArrive(2, 64);
  } else {
    barrierSync(2, 64);
    out[t - 32] = box[63 - t];
  }
});

const together = kernel(
  "together",
  { x: i32.ptr, d: f64.ptr, h: f16.ptr, out: u32.ptr, sums: i32.ptr, far: f64.ptr, hout: f16.ptr },
  ({ x, d, h, out, sums, far, hout }, ctx) => {
    const { laneId, shfl, shflXor, shflDown, uniform, activemask, matchAny, matchAll } = ctx;
    const { reduceAdd, reduceMin, reduceMax, reduceAnd, reduceOr, reduceXor, u32 } = ctx;
    const mine = x[laneId];
    out[laneId] = matchAny(mine);
    out[32 + laneId] = matchAll(mine >> 8);
    out[64 + laneId] = activemask();
    out[96 + laneId] = reduceMax(u32(mine)) + (uniform(mine > 1000) ? 1 : 0);
    sums[0] = reduceAdd(mine);
    sums[1] = reduceMin(mine);
    sums[2] = reduceMax(mine, 0xffffffff);
    out[128] = reduceAnd(u32(mine)) ^ reduceOr(u32(mine)) ^ reduceXor(u32(mine));
    far[laneId] = shflXor(d[laneId], 1) + shfl(d[laneId], 0, 0xffffffff, 8);
    hout[laneId] = shflDown(h[laneId], 1, 0xffffffff, 16);
  },
);

const printing = kernel("printing", { n: i32, a: f32, l: i64 }, ({ n, a, l }, { threadIdx, printf }) => {
  printf("block begins\n");
  printf("%d: %5.2f of %lld, %u%%\n", n, a, l, 7);
  if (threadIdx.x === 0) printf("%f %d\n", 0.5, 3);
});

const grid = kernel("grid", { x: i32.ptr, out: i32.ptr }, ({ x, out }, ctx) => {
  const { blockIdx, gridDim, threadIdx, blockDim, gridSync, threadfence } = ctx;
  const t = blockIdx.x * blockDim.x + threadIdx.x;
  const n = gridDim.x * blockDim.x;
  x[t] = t * t;
  threadfence();
  gridSync();
  out[t] = x[n - 1 - t];
  gridSync();
  x[t] = out[n - 1 - t] + 1;
});

const tensors = kernel("tensors", { a: f16.ptr, b: f16.ptr, c: f32.ptr, n: i32 }, ({ a, b, c, n }, ctx) => {
  const { blockIdx, loadMatrixA, loadMatrixB, loadMatrixC, fillMatrix, mma, storeMatrix, idiv } = ctx;
  const tiles = idiv(n, 16);
  const row = idiv(blockIdx.x, tiles) * 16;
  const column = (blockIdx.x % tiles) * 16;
  const sum = fillMatrix(0);
  for (let k = 0; k < n; k += 16) {
    const left = loadMatrixA(a.add(row * n + k), n);
    const right = loadMatrixB(b.add(column * n + k), n, "col");
    mma(sum, left, right);
  }
  const at = c.add(row * n + column);
  storeMatrix(at, n, sum);
  const again = loadMatrixC(at, n);
  storeMatrix(at, n, again, "row");
});

const brainTensors = kernel("brainTensors", { a: bf16.ptr, c: f32.ptr }, ({ a, c }, ctx) => {
  const { loadMatrixA, loadMatrixB, fillMatrix, mma, storeMatrix, shared, bf16, laneId, syncwarp } = ctx;
  const tile = shared(bf16, 256);
  for (let k = laneId; k < 256; k += 32) tile[k] = a[k];
  syncwarp();
  const sum = fillMatrix(1);
  const left = loadMatrixA(tile, 16);
  const right = loadMatrixB(a, 16);
  mma(sum, left, right);
  storeMatrix(c, 16, sum);
});

export const reach: Readonly<Record<string, Kernel>> = {
  halves,
  brains,
  bits,
  rounded,
  vectors,
  dynamic,
  calls,
  recursive,
  control,
  counting,
  named,
  together,
  printing,
  grid,
  tensors,
  brainTensors,
} as unknown as Record<string, Kernel>;
