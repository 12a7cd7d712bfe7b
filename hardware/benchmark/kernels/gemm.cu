// C[m, n] = A[m, k] B[n, k]: one block makes 128 x 128 of C, eight warps 64 x 32 each, K in slabs of 64 bytes. Every format that
// mma.sync multiplies has its operands at the same bytes of a fragment (16 or 8 rows of 32 bytes), so that one kernel serves all.
// Compiled once for each format by compile.mjs: -DNAME=gemm_fp16 -DFORMAT=Half.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

constexpr int tile = 128;
constexpr int slab = 64;         // bytes of K at a time
constexpr int pitch = slab + 16; // so that the rows of a fragment lie in different banks
constexpr int threads = 256;

struct Half { using sum = float; using result = __half; static constexpr int bytes = 2; };
struct BFloat { using sum = float; using result = __nv_bfloat16; static constexpr int bytes = 2; };
struct TFloat { using sum = float; using result = float; static constexpr int bytes = 4; };
struct Integer { using sum = int; using result = int; static constexpr int bytes = 1; };
struct Quarter { using sum = float; using result = __nv_bfloat16; static constexpr int bytes = 1; };

#define MULTIPLY(FORMAT, INSTRUCTION, C)                                                                             \
  __device__ void multiply(FORMAT, FORMAT::sum (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {            \
    asm(INSTRUCTION " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"                               \
        : "+" C(d[0]), "+" C(d[1]), "+" C(d[2]), "+" C(d[3])                                                         \
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                                         \
  }

#ifdef FP8
MULTIPLY(Quarter, "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32", "f")
#else
MULTIPLY(Half, "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "f")
MULTIPLY(BFloat, "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "f")
MULTIPLY(TFloat, "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "f")
MULTIPLY(Integer, "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", "r")
#endif

__device__ void store(__half *c, float value) { *c = __float2half_rn(value); }
__device__ void store(__nv_bfloat16 *c, float value) { *c = __float2bfloat16_rn(value); }
__device__ void store(float *c, float value) { *c = value; }
__device__ void store(int *c, int value) { *c = value; }

// 16 bytes of a row of the operand, zeros beyond its rows and its K.
__device__ uint4 chunk(const unsigned char *operand, int row, int rows, int64_t byte, int64_t width) {
  if (row >= rows || byte >= width) return make_uint4(0, 0, 0, 0);
  return *reinterpret_cast<const uint4 *>(operand + row * width + byte);
}

template <class Format>
__device__ void gemm(const unsigned char *a, const unsigned char *b, typename Format::result *c, int m, int n, int k) {
  __shared__ __align__(16) unsigned char as[tile * pitch];
  __shared__ __align__(16) unsigned char bs[tile * pitch];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int row = lane / 4, word = 4 * (lane % 4);
  const int warpRow = 64 * (warp / 4), warpColumn = 32 * (warp % 4);
  const int firstRow = tile * blockIdx.y, firstColumn = tile * blockIdx.x;
  const int64_t width = int64_t(k) * Format::bytes;
  typename Format::sum sums[4][4][4] = {};
  uint4 nextA[2], nextB[2];

  auto fetch = [&](int64_t from) {
    for (int i = 0; i < 2; i++) {
      const int at = threadIdx.x + threads * i, r = at / 4, byte = 16 * (at % 4);
      nextA[i] = chunk(a, firstRow + r, m, from + byte, width);
      nextB[i] = chunk(b, firstColumn + r, n, from + byte, width);
    }
  };
  fetch(0);
  for (int64_t from = 0; from < width; from += slab) {
    for (int i = 0; i < 2; i++) {
      const int at = threadIdx.x + threads * i, place = at / 4 * pitch + 16 * (at % 4);
      *reinterpret_cast<uint4 *>(as + place) = nextA[i];
      *reinterpret_cast<uint4 *>(bs + place) = nextB[i];
    }
    __syncthreads();
    if (from + slab < width) fetch(from + slab);
#pragma unroll
    for (int step = 0; step < slab; step += 32) {
      uint32_t fa[4][4], fb[4][2];
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int part = 0; part < 4; part++)
          fa[i][part] = *reinterpret_cast<uint32_t *>(
              as + (warpRow + 16 * i + row + 8 * (part % 2)) * pitch + step + word + 16 * (part / 2));
#pragma unroll
      for (int j = 0; j < 4; j++)
#pragma unroll
        for (int part = 0; part < 2; part++)
          fb[j][part] =
              *reinterpret_cast<uint32_t *>(bs + (warpColumn + 8 * j + row) * pitch + step + word + 16 * part);
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) multiply(Format(), sums[i][j], fa[i], fb[j]);
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int j = 0; j < 4; j++)
#pragma unroll
      for (int part = 0; part < 4; part++) {
        const int y = firstRow + warpRow + 16 * i + row + 8 * (part / 2);
        const int x = firstColumn + warpColumn + 8 * j + 2 * (lane % 4) + part % 2;
        if (y < m && x < n) store(c + int64_t(y) * n + x, sums[i][j][part]);
      }
}

extern "C" __global__ void __launch_bounds__(threads)
    NAME(const unsigned char *a, const unsigned char *b, FORMAT::result *c, int m, int n, int k) {
  gemm<FORMAT>(a, b, c, m, n, k);
}
