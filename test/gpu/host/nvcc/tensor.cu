// Matrix products on tensor cores: wmma as the CUDA headers have it, and mma.sync with ldmatrix and cp.async as inline PTX.
// nvcc -ptx -arch=sm_80 -o tensor.ptx tensor.cu
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <mma.h>

using namespace nvcuda;

// C = A * B + C, a warp for each tile of 16 x 16. A by rows, B by columns.
extern "C" __global__ void wmmaHalf(int m, int n, int k, const half* a, const half* b, float* c) {
  int row = 16 * blockIdx.y, column = 16 * (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32);
  if (column >= n) return;
  wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> fc;
  wmma::load_matrix_sync(fc, c + row * n + column, n, wmma::mem_row_major);
  for (int at = 0; at < k; at += 16) {
    wmma::load_matrix_sync(fa, a + row * k + at, k);
    wmma::load_matrix_sync(fb, b + column * k + at, k);
    wmma::mma_sync(fc, fa, fb, fc);
  }
  wmma::store_matrix_sync(c + row * n + column, fc, n, wmma::mem_row_major);
}

// D = max(2 * A * B, 0), rounded to half; through shared memory with rows that are 24 apart; A by columns, D by columns.
extern "C" __global__ void wmmaStaged(const half* a, const half* b, half* d) {
  __shared__ half tileA[16 * 24], tileB[16 * 24];
  __shared__ half tileD[16 * 24];
  for (int i = threadIdx.x; i < 256; i += 32) {
    tileA[(i / 16) * 24 + i % 16] = a[i];
    tileB[(i / 16) * 24 + i % 16] = b[i];
  }
  __syncwarp();
  wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::col_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> sums;
  wmma::fragment<wmma::accumulator, 16, 16, 16, half> halves;
  wmma::fill_fragment(sums, 0.0f);
  wmma::load_matrix_sync(fa, tileA, 24);
  wmma::load_matrix_sync(fb, tileB, 24);
  for (int i = 0; i < fa.num_elements; i++) fa.x[i] = __hadd(fa.x[i], fa.x[i]);
  wmma::mma_sync(sums, fa, fb, sums);
  for (int i = 0; i < sums.num_elements; i++) halves.x[i] = __float2half(fmaxf(sums.x[i], 0.0f));
  wmma::store_matrix_sync(tileD, halves, 24, wmma::mem_col_major);
  __syncwarp();
  for (int i = threadIdx.x; i < 256; i += 32) d[i] = tileD[(i / 16) * 24 + i % 16];
}

extern "C" __global__ void wmmaBfloat(const __nv_bfloat16* a, const __nv_bfloat16* b, float* d) {
  wmma::fragment<wmma::matrix_a, 32, 8, 16, __nv_bfloat16, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 32, 8, 16, __nv_bfloat16, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, 32, 8, 16, float> fc;
  wmma::fill_fragment(fc, 0.5f);
  wmma::load_matrix_sync(fa, a, 16);
  wmma::load_matrix_sync(fb, b, 8);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 32, wmma::mem_col_major);
}

extern "C" __global__ void wmmaTf32(const float* a, const float* b, float* d) {
  wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 8, float> fc;
  wmma::fill_fragment(fc, 0.0f);
  wmma::load_matrix_sync(fa, a, 8);
  wmma::load_matrix_sync(fb, b, 8);
  for (int i = 0; i < fa.num_elements; i++) fa.x[i] = wmma::__float_to_tf32(fa.x[i]);
  for (int i = 0; i < fb.num_elements; i++) fb.x[i] = wmma::__float_to_tf32(fb.x[i]);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 16, wmma::mem_row_major);
}

extern "C" __global__ void wmmaBytes(const signed char* a, const signed char* b, int* d) {
  wmma::fragment<wmma::matrix_a, 8, 32, 16, signed char, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 8, 32, 16, signed char, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 8, 32, 16, int> fc;
  wmma::fill_fragment(fc, 7);
  wmma::load_matrix_sync(fa, a, 16);
  wmma::load_matrix_sync(fb, b, 16);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 32, wmma::mem_row_major);
}

extern "C" __global__ void wmmaDouble(const double* a, const double* b, double* d) {
  wmma::fragment<wmma::matrix_a, 8, 8, 4, double, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 8, 8, 4, double, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, 8, 8, 4, double> fc;
  wmma::fill_fragment(fc, 1.0);
  wmma::load_matrix_sync(fa, a, 4);
  wmma::load_matrix_sync(fb, b, 8);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 8, wmma::mem_row_major);
}

__device__ unsigned sharedAddress(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

__device__ void copy16(void* to, const void* from, bool inside) {
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(sharedAddress(to)), "l"(from), "r"(inside ? 16 : 0));
}

__device__ void loadRows(unsigned (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(sharedAddress(row)));
}

__device__ void loadColumns(unsigned (&r)[2], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(sharedAddress(row)));
}

__device__ void multiply(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// C = A * B, all by rows: tiles of 64 x 64 by 32 along k, two of each in shared memory, one filled while the other is multiplied. Rows
// of shared memory are 16 bytes longer than they need be, so that eight of them lie in different banks. Four warps, 32 x 32 each.
constexpr int tile = 64, depth = 32, padA = depth + 8, padB = tile + 8;
extern "C" __global__ void doubleBuffered(int m, int n, int k, const half* a, const half* b, float* c) {
  __shared__ __align__(16) half tileA[2][tile * padA];
  __shared__ __align__(16) half tileB[2][depth * padB];
  int thread = threadIdx.x, lane = thread % 32, warp = thread / 32;
  int row0 = blockIdx.y * tile, column0 = blockIdx.x * tile;
  float sums[2][4][4] = {};
  auto fetch = [&](int stage, int at) {
    for (int i = thread; i < tile * depth / 8; i += 128) {
      int r = i / (depth / 8), col = 8 * (i % (depth / 8));
      copy16(&tileA[stage][r * padA + col], a + (size_t)(row0 + r < m ? row0 + r : 0) * k + at + col, row0 + r < m);
    }
    for (int i = thread; i < depth * tile / 8; i += 128) {
      int r = i / (tile / 8), col = 8 * (i % (tile / 8));
      copy16(&tileB[stage][r * padB + col], b + (size_t)(at + r) * n + (column0 + col < n ? column0 + col : 0), column0 + col < n);
    }
    asm volatile("cp.async.commit_group;");
  };
  fetch(0, 0);
  for (int at = 0, stage = 0; at < k; at += depth, stage ^= 1) {
    if (at + depth < k) {
      fetch(stage ^ 1, at + depth);
      asm volatile("cp.async.wait_group 1;" ::: "memory");
    } else {
      asm volatile("cp.async.wait_group 0;" ::: "memory");
    }
    __syncthreads();
    for (int step = 0; step < depth; step += 16) {
      unsigned fa[2][4], fb[4][2];
      for (int i = 0; i < 2; i++) loadRows(fa[i], &tileA[stage][((warp / 2) * 32 + i * 16 + lane % 16) * padA + step + 8 * (lane / 16)]);
      for (int j = 0; j < 4; j++) loadColumns(fb[j], &tileB[stage][(step + lane % 16) * padB + (warp % 2) * 32 + j * 8]);
      for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) multiply(sums[i][j], fa[i], fb[j]);
    }
    __syncthreads();
  }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 4; j++)
      for (int e = 0; e < 4; e++) {
        int row = row0 + (warp / 2) * 32 + i * 16 + lane / 4 + 8 * (e / 2), column = column0 + (warp % 2) * 32 + j * 8 + 2 * (lane % 4) + e % 2;
        if (row < m && column < n) c[row * n + column] = sums[i][j][e];
      }
}

// One warp, 16 x 8 by k: bfloat16, A by rows and B by columns, straight from global memory.
extern "C" __global__ void mmaBfloat(int k, const __nv_bfloat16* a, const __nv_bfloat16* b, float* d) {
  int group = threadIdx.x / 4, member = threadIdx.x % 4;
  const unsigned* wordsA = (const unsigned*)a;
  const unsigned* wordsB = (const unsigned*)b;
  float s[4] = {};
  for (int at = 0; at < k / 2; at += 8) {
    unsigned a0 = wordsA[group * (k / 2) + at + member], a1 = wordsA[(group + 8) * (k / 2) + at + member];
    unsigned a2 = wordsA[group * (k / 2) + at + member + 4], a3 = wordsA[(group + 8) * (k / 2) + at + member + 4];
    unsigned b0 = wordsB[group * (k / 2) + at + member], b1 = wordsB[group * (k / 2) + at + member + 4];
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
  }
  for (int e = 0; e < 4; e++) d[(group + 8 * (e / 2)) * 8 + 2 * member + e % 2] = s[e];
}

// The same in bytes, signed by unsigned.
extern "C" __global__ void mmaBytes(int k, const signed char* a, const unsigned char* b, int* d) {
  int group = threadIdx.x / 4, member = threadIdx.x % 4;
  const unsigned* wordsA = (const unsigned*)a;
  const unsigned* wordsB = (const unsigned*)b;
  int s[4] = {};
  for (int at = 0; at < k / 4; at += 8) {
    unsigned a0 = wordsA[group * (k / 4) + at + member], a1 = wordsA[(group + 8) * (k / 4) + at + member];
    unsigned a2 = wordsA[group * (k / 4) + at + member + 4], a3 = wordsA[(group + 8) * (k / 4) + at + member + 4];
    unsigned b0 = wordsB[group * (k / 4) + at + member], b1 = wordsB[group * (k / 4) + at + member + 4];
    asm volatile("mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.u8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+r"(s[0]), "+r"(s[1]), "+r"(s[2]), "+r"(s[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
  }
  for (int e = 0; e < 4; e++) d[(group + 8 * (e / 2)) * 8 + 2 * member + e % 2] = s[e];
}
