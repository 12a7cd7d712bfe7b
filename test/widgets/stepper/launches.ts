// Two launches for the stepper's tests, as a compiler would hand them over: PTX with a line table, source, variables, memory.
import type { KernelVariable } from "../../../src/gpu/ptx/debug-info.js";
import type { LaunchImage } from "../../../src/gpu/simt/launch-image.js";
import { launchImage } from "../../gpu/launches.js";

const divergentSource = `({ width, limit, out }, { blockIdx, blockDim, threadIdx }) => {
  const x = blockIdx.x * blockDim.x + threadIdx.x;
  const y = blockIdx.y * blockDim.y + threadIdx.y;
  const cr = (3 * x) / width - 2, ci = (3 * y) / width - 1.5;
  let zr = 0, zi = 0, i = 0;
  while (i < limit && zr * zr + zi * zi < 4) {
    const t = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = t;
    i++;
  }
  out[x * width + y] = i; // one column after another: neighbouring lanes are far apart
}`;

const divergentPtx = `.version 7.8
.target sm_80
.address_size 64
.file 1 "cell"
.visible .entry mandelbrot(
  .param .u64 out,
  .param .s32 width,
  .param .s32 limit
)
{
  .reg .pred %p0, %p1;
  .reg .s32 %width, %limit, %x, %y, %i, %r<4>;
  .reg .f32 %cr, %ci, %zr, %zi, %t, %f<8>;
  .reg .u64 %out, %rd<4>;
  .loc 1 1 1
  ld.param.u64 %out, [out];
  ld.param.s32 %width, [width];
  ld.param.s32 %limit, [limit];
  .loc 1 2 3
  mov.u32 %r0, %ctaid.x;
  mov.u32 %r1, %ntid.x;
  mov.u32 %r2, %tid.x;
  mad.lo.s32 %x, %r0, %r1, %r2;
  .loc 1 3 3
  mov.u32 %r0, %ctaid.y;
  mov.u32 %r1, %ntid.y;
  mov.u32 %r2, %tid.y;
  mad.lo.s32 %y, %r0, %r1, %r2;
  .loc 1 4 3
  cvt.rn.f32.s32 %f0, %width;
  mul.lo.s32 %r0, %x, 3;
  cvt.rn.f32.s32 %f1, %r0;
  div.rn.f32 %f1, %f1, %f0;
  add.rn.f32 %cr, %f1, 0fC0000000;
  mul.lo.s32 %r0, %y, 3;
  cvt.rn.f32.s32 %f1, %r0;
  div.rn.f32 %f1, %f1, %f0;
  add.rn.f32 %ci, %f1, 0fBFC00000;
  .loc 1 5 3
  mov.f32 %zr, 0f00000000;
  mov.f32 %zi, 0f00000000;
  mov.s32 %i, 0;
$while:
  .loc 1 6 3
  setp.ge.s32 %p0, %i, %limit;
  @%p0 bra $done;
  mul.rn.f32 %f2, %zr, %zr;
  mul.rn.f32 %f3, %zi, %zi;
  add.rn.f32 %f4, %f2, %f3;
  setp.geu.f32 %p1, %f4, 0f40800000;
  @%p1 bra $done;
  .loc 1 7 5
  sub.rn.f32 %f5, %f2, %f3;
  add.rn.f32 %t, %f5, %cr;
  .loc 1 8 5
  mul.rn.f32 %f6, %zr, 0f40000000;
  mul.rn.f32 %f6, %f6, %zi;
  add.rn.f32 %zi, %f6, %ci;
  .loc 1 9 5
  mov.f32 %zr, %t;
  .loc 1 10 5
  add.s32 %i, %i, 1;
  .loc 1 6 3
  bra.uni $while;
$done:
  .loc 1 12 3
  mad.lo.s32 %r3, %x, %width, %y;
  mul.wide.s32 %rd0, %r3, 4;
  add.u64 %rd1, %out, %rd0;
  st.global.s32 [%rd1], %i;
  .loc 1 13 1
  ret;
}
`;

const sharedSource = `({ x, out }, { blockIdx, blockDim, threadIdx, shared, syncthreads }) => {
  const tile = shared(f32, 64);
  const tid = threadIdx.x;
  const i = blockIdx.x * blockDim.x + tid;
  tile[tid] = x[i];
  for (let s = 1; s < 64; s = s * 2) {
    syncthreads();
    const at = 2 * s * tid;
    if (at < 64) tile[at] = tile[at] + tile[at + s];
  }
  if (tid === 0) out[blockIdx.x] = tile[0];
}`;

const sharedPtx = `.version 7.8
.target sm_80
.address_size 64
.file 1 "cell"
.visible .entry reduce(
  .param .u64 x,
  .param .u64 out
)
{
  .shared .align 4 .b8 tile[256];
  .reg .pred %p<3>;
  .reg .s32 %tid, %i, %s, %at, %r<4>;
  .reg .u32 %tile, %a0, %a1, %a2;
  .reg .f32 %value, %f<3>;
  .reg .u64 %x, %out, %rd<4>;
  .loc 1 1 1
  ld.param.u64 %x, [x];
  ld.param.u64 %out, [out];
  .loc 1 2 3
  mov.u32 %tile, tile;
  .loc 1 3 3
  mov.u32 %tid, %tid.x;
  .loc 1 4 3
  mov.u32 %r0, %ctaid.x;
  mov.u32 %r1, %ntid.x;
  mad.lo.s32 %i, %r0, %r1, %tid;
  .loc 1 5 3
  mul.wide.s32 %rd0, %i, 4;
  add.u64 %rd1, %x, %rd0;
  ld.global.f32 %value, [%rd1];
  shl.b32 %r2, %tid, 2;
  add.u32 %a0, %tile, %r2;
  st.shared.f32 [%a0], %value;
  .loc 1 6 3
  mov.s32 %s, 1;
$for:
  .loc 1 6 19
  setp.ge.s32 %p0, %s, 64;
  @%p0 bra $end;
  .loc 1 7 5
  bar.sync 0;
  .loc 1 8 5
  mul.lo.s32 %r3, %s, %tid;
  shl.b32 %at, %r3, 1;
  .loc 1 9 5
  setp.ge.s32 %p1, %at, 64;
  @%p1 bra $next;
  shl.b32 %r2, %at, 2;
  add.u32 %a1, %tile, %r2;
  shl.b32 %r2, %s, 2;
  add.u32 %a2, %a1, %r2;
  ld.shared.f32 %f0, [%a1];
  ld.shared.f32 %f1, [%a2];
  add.rn.f32 %f2, %f0, %f1;
  st.shared.f32 [%a1], %f2;
$next:
  .loc 1 6 27
  shl.b32 %s, %s, 1;
  bra.uni $for;
$end:
  .loc 1 11 3
  setp.ne.s32 %p2, %tid, 0;
  @%p2 bra $exit;
  ld.shared.f32 %f0, [tile];
  mov.u32 %r0, %ctaid.x;
  mul.wide.s32 %rd2, %r0, 4;
  add.u64 %rd3, %out, %rd2;
  st.global.f32 [%rd3], %f0;
$exit:
  .loc 1 12 1
  ret;
}
`;

/** `i:i32 zr:f32` */
function variables(text: string): KernelVariable[] {
  return text.split(" ").map((pair) => {
    const [name, type] = pair.split(":");
    return { name, register: `%${name}`, type };
  });
}

/** Escape times of a square picture of `width` points, written column by column; a loop that each lane leaves on its own. */
export function divergentLaunch(width = 32, limit = 24): LaunchImage {
  const block = width >= 32 ? { x: 32, y: width / 8 } : { x: width, y: width };
  return {
    ...launchImage({
      ptx: divergentPtx,
      grid: [width / block.x, width / block.y],
      block,
      arrays: [{ label: "out", dtype: "i32", data: new Int32Array(width * width) }],
      scalars: [width, limit],
    }),
    debug: {
      source: { text: divergentSource, origin: "cell 3", firstLine: 2, language: "typescript" },
      variables: variables("i:i32 zr:f32 zi:f32 t:f32 x:i32 y:i32 cr:f32 ci:f32 out:i32.ptr"),
    },
  };
}

/** The sum of 64 numbers for each of two blocks, by a tree in shared memory whose strides conflict in its banks. */
export function sharedLaunch(): LaunchImage {
  const data = Float32Array.from({ length: 128 }, (_, i) => (i % 7) - 2 + i / 64);
  return {
    ...launchImage({
      ptx: sharedPtx,
      grid: 2,
      block: 64,
      arrays: [
        { label: "x", dtype: "f32", data },
        { label: "out", dtype: "f32", data: new Float32Array(2) },
      ],
    }),
    debug: {
      source: { text: sharedSource, origin: "cell 5", firstLine: 1, language: "typescript" },
      variables: variables("tid:i32 i:i32 s:i32 at:i32 x:f32.ptr"),
    },
  };
}

/** The same picture with too little memory for it: the launch ends in an access fault. */
export function faultyLaunch(): LaunchImage {
  const launch = divergentLaunch();
  return { ...launch, memory: launch.memory.map((each) => ({ ...each, bytes: each.bytes.slice(0, 256) })) };
}
