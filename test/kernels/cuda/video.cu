// Video instructions, on words and on their halves and bytes.
// Made by: nvcc -ptx -arch=sm_80
#define TAKE(index, text) asm(text : "=r"(o[index]) : "r"(a), "r"(b), "r"(c))

extern "C" __global__ void scalars(int n, const unsigned *x, unsigned *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2];
  unsigned *o = out + 9 * i;
  TAKE(0, "vadd.s32.u32.s32.sat %0, %1.b0, %2.h1;");
  TAKE(1, "vsub.u32.u32.u32.sat %0, %1, %2;");
  TAKE(2, "vabsdiff.u32.s32.s32.add %0, %1.h0, %2.h1, %3;");
  TAKE(3, "vmin.s32.s32.s32.max %0, %1.b1, %2.b2, %3;");
  TAKE(4, "vmax.u32.u32.u32 %0.h1, %1, %2, %3;");
  TAKE(5, "vshl.u32.u32.u32.clamp %0, %1.b2, %2.b0;");
  TAKE(6, "vshr.s32.s32.u32.wrap.add %0, %1, %2, %3;");
  TAKE(7, "vset.s32.s32.lt %0, %1.h1, %2.h0;");
  TAKE(8, "vmad.s32.s32.s32 %0, %1.h0, %2.h1, %3;");
}

extern "C" __global__ void parts(int n, const unsigned *x, unsigned *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2];
  unsigned *o = out + 14 * i;
  TAKE(0, "vadd2.s32.s32.s32.sat %0, %1, %2, %3;");
  TAKE(1, "vsub2.u32.u32.u32.sat %0, %1, %2, %3;");
  TAKE(2, "vabsdiff2.u32.u32.u32.add %0, %1, %2, %3;");
  TAKE(3, "vavrg2.s32.s32.s32 %0, %1, %2, %3;");
  TAKE(4, "vmin2.s32.s32.s32 %0, %1, %2, %3;");
  TAKE(5, "vmax2.u32.u32.u32 %0, %1, %2, %3;");
  TAKE(6, "vset2.s32.s32.gt.add %0, %1, %2, %3;");
  TAKE(7, "vadd4.u32.u32.u32.sat %0, %1, %2, %3;");
  TAKE(8, "vsub4.s32.s32.s32.sat %0, %1, %2, %3;");
  TAKE(9, "vabsdiff4.u32.u32.u32.add %0, %1, %2, %3;");
  TAKE(10, "vavrg4.u32.u32.u32 %0, %1, %2, %3;");
  TAKE(11, "vmin4.u32.u32.u32 %0, %1, %2, %3;");
  TAKE(12, "vmax4.s32.s32.s32 %0, %1, %2, %3;");
  TAKE(13, "vset4.u32.u32.le %0, %1, %2, %3;");
}
