// Sums of vectors: single elements, four at a time, in double precision, and reduced to one number.
// Made by: nvcc -ptx -arch=sm_80
extern "C" __global__ void saxpy(int n, float a, const float *__restrict__ x, float *y) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) y[i] = fmaf(a, x[i], y[i]);
}

extern "C" __global__ void axpby(int n, double a, const double2 *x, double b, double2 *y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double2 u = x[i], v = y[i];
  v.x = fma(a, u.x, __dmul_rz(b, v.x));
  v.y = fma(a, u.y, __dmul_ru(b, v.y));
  y[i] = v;
}

extern "C" __global__ void dot(int n, const float4 *x, const float4 *y, float *sum) {
  float mine = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    float4 u = x[i], v = y[i];
    mine += u.x * v.x + u.y * v.y + u.z * v.z + u.w * v.w;
  }
  for (int offset = 16; offset > 0; offset >>= 1) mine += __shfl_down_sync(~0u, mine, offset);
  if ((threadIdx.x & 31) == 0) atomicAdd(sum, mine);
}

// Each rounding of the four operations, on the same operands.
extern "C" __global__ void roundings(int n, const float *x, const float *y, float *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float a = x[i], b = y[i];
  float *o = out + 16 * i;
  o[0] = __fadd_rn(a, b);
  o[1] = __fadd_rz(a, b);
  o[2] = __fadd_rd(a, b);
  o[3] = __fadd_ru(a, b);
  o[4] = __fmul_rn(a, b);
  o[5] = __fmul_rz(a, b);
  o[6] = __fmul_rd(a, b);
  o[7] = __fmul_ru(a, b);
  o[8] = __fdiv_rn(a, b);
  o[9] = __fdiv_rz(a, b);
  o[10] = __fdiv_rd(a, b);
  o[11] = __fdiv_ru(a, b);
  o[12] = __fsqrt_rn(fabsf(a));
  o[13] = __fsqrt_rz(fabsf(a));
  o[14] = __frcp_rd(a);
  o[15] = __frcp_ru(a);
}
