// Narrow formats: to and from half, bfloat16 and eight bits, and arithmetic in them.
// Made by: nvcc -ptx -arch=sm_90
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
extern "C" __global__ void quantise(int n, float scale, const float2 *x, unsigned short *e4m3, unsigned short *e5m2, __nv_bfloat162 *bf16, __half2 *f16) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float2 v = make_float2(x[i].x * scale, x[i].y * scale);
  e4m3[i] = __nv_cvt_float2_to_fp8x2(v, __NV_SATFINITE, __NV_E4M3);
  e5m2[i] = __nv_cvt_float2_to_fp8x2(v, __NV_SATFINITE, __NV_E5M2);
  bf16[i] = __float22bfloat162_rn(v);
  f16[i] = __float22half2_rn(v);
}

extern "C" __global__ void dequantise(int n, const unsigned short *e4m3, const unsigned short *e5m2, float2 *a, float2 *b) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  a[i] = __half22float2(__half2(__nv_cvt_fp8x2_to_halfraw2(e4m3[i], __NV_E4M3)));
  b[i] = __half22float2(__half2(__nv_cvt_fp8x2_to_halfraw2(e5m2[i], __NV_E5M2)));
}

extern "C" __global__ void halfArithmetic(int n, const __half2 *x, const __half2 *y, __half2 *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  __half2 a = x[i], b = y[i], *o = out + 8 * i;
  o[0] = __hadd2(a, b);
  o[1] = __hsub2(a, b);
  o[2] = __hmul2(a, b);
  o[3] = __hfma2(a, b, a);
  o[4] = __hmin2(a, b);
  o[5] = __hmax2(a, __hneg2(b));
  o[6] = __habs2(a);
  o[7] = __hlt2(a, b);
}

extern "C" __global__ void bfloatArithmetic(int n, const __nv_bfloat16 *x, const __nv_bfloat16 *y, __nv_bfloat16 *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  __nv_bfloat16 a = x[i], b = y[i], *o = out + 5 * i;
  o[0] = __hadd(a, b);
  o[1] = __hsub(a, b);
  o[2] = __hmul(a, b);
  o[3] = __hfma(a, b, b);
  o[4] = __hgt(a, b) ? __hmax(a, b) : __hmin(a, __habs(b));
}

// Conversions between integers and floating point with each rounding, and of numbers far out of range.
extern "C" __global__ void conversions(int n, const double *x, long long *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double v = x[i];
  float f = (float)v;
  long long *o = out + 16 * i;
  o[0] = __double2int_rn(v);
  o[1] = __double2int_rd(v);
  o[2] = __double2uint_ru(v);
  o[3] = __double2ll_rz(v);
  o[4] = __double2ull_rn(v);
  o[5] = __float2int_rz(f);
  o[6] = __float2ll_rd(f);
  o[7] = __float_as_int(__double2float_rz(v));
  o[8] = __float_as_int(__double2float_ru(v));
  o[9] = __float_as_int(__ll2float_rn(o[3]));
  o[10] = __double_as_longlong(__ll2double_rd(o[3]));
  o[11] = __float_as_int(__int2float_rz((int)o[0]));
  o[12] = __double_as_longlong(rint(v));
  o[13] = __double_as_longlong(ceil(v));
  o[14] = __double_as_longlong(copysign(trunc(v), -v));
  o[15] = isfinite(v) + 2 * isnan(v) + 4 * signbit(f);
}
