// y[n] = W[n, k] x[k]: a block of 128 threads a row of W, in 16-byte loads.
// Compiled once for each format by compile.mjs: -DNAME=gemv_fp16 -DFORMAT=Half.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

constexpr int threads = 128;

struct Single { using sum = float; using result = float; static constexpr int bytes = 4; };
struct Half { using sum = float; using result = __half; static constexpr int bytes = 2; };
struct BFloat { using sum = float; using result = __nv_bfloat16; static constexpr int bytes = 2; };
struct Integer { using sum = int; using result = int; static constexpr int bytes = 1; };
struct Quarter { using sum = float; using result = __nv_bfloat16; static constexpr int bytes = 1; };

// What one word of W adds with its word of x.
__device__ float word(Single, float sum, uint32_t w, uint32_t x) {
  return fmaf(__uint_as_float(w), __uint_as_float(x), sum);
}
__device__ float word(Half, float sum, uint32_t w, uint32_t x) {
  const float2 a = __half22float2(reinterpret_cast<__half2 &>(w)), b = __half22float2(reinterpret_cast<__half2 &>(x));
  return fmaf(a.y, b.y, fmaf(a.x, b.x, sum));
}
__device__ float word(BFloat, float sum, uint32_t w, uint32_t x) {
  // A bf16 is the upper half of an f32.
  sum = fmaf(__uint_as_float(w << 16), __uint_as_float(x << 16), sum);
  return fmaf(__uint_as_float(w & 0xffff0000), __uint_as_float(x & 0xffff0000), sum);
}
#ifdef FP8
__device__ uint32_t widened(uint16_t pair) {
  uint32_t halves;
  asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(halves) : "h"(pair));
  return halves;
}
__device__ float word(Quarter, float sum, uint32_t w, uint32_t x) {
  sum = word(Half(), sum, widened(w & 0xffff), widened(x & 0xffff));
  return word(Half(), sum, widened(w >> 16), widened(x >> 16));
}
#else
__device__ int word(Integer, int sum, uint32_t w, uint32_t x) { return __dp4a(int(w), int(x), sum); }
#endif

__device__ void store(__half *y, float value) { *y = __float2half_rn(value); }
__device__ void store(__nv_bfloat16 *y, float value) { *y = __float2bfloat16_rn(value); }
__device__ void store(float *y, float value) { *y = value; }
__device__ void store(int *y, int value) { *y = value; }

template <class Format>
__device__ void gemv(const uint4 *w, const uint4 *x, typename Format::result *y, int k) {
  const int chunks = k / (16 / Format::bytes);
  w += int64_t(blockIdx.x) * chunks;
  typename Format::sum sum = 0;
  for (int i = threadIdx.x; i < chunks; i += threads) {
    const uint4 a = w[i], b = x[i];
    sum = word(Format(), word(Format(), word(Format(), word(Format(), sum, a.x, b.x), a.y, b.y), a.z, b.z), a.w, b.w);
  }
  __shared__ typename Format::sum parts[threads / 32];
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffff, sum, offset);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int i = 1; i < threads / 32; i++) sum += parts[i];
    store(y + blockIdx.x, sum);
  }
}

extern "C" __global__ void __launch_bounds__(threads)
    NAME(const uint4 *w, const uint4 *x, FORMAT::result *y, int k) {
  gemv<FORMAT>(w, x, y, k);
}
