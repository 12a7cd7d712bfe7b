// Matrix products as a warp does them together: fragments of CUDA's wmma in four precisions, and mma.sync with what loads it.
// Made by: nvcc -ptx -arch=sm_80
#include <cuda_bf16.h>
#include <mma.h>
using namespace nvcuda;

// A warp for each tile of c; n is a multiple of the tiles' sides.
template <int M, int N, int K, typename In, typename Loaded, typename Out>
__device__ void product(int n, const Loaded *a, const Loaded *b, Out *c) {
  wmma::fragment<wmma::matrix_a, M, N, K, In, wmma::row_major> ofA;
  wmma::fragment<wmma::matrix_b, M, N, K, In, wmma::col_major> ofB;
  wmma::fragment<wmma::accumulator, M, N, K, Out> sum;
  wmma::fill_fragment(sum, Out(0));
  int row = blockIdx.y * M, column = blockIdx.x * N;
  for (int k = 0; k < n; k += K) {
    wmma::load_matrix_sync(ofA, a + row * n + k, n);
    wmma::load_matrix_sync(ofB, b + column * n + k, n);
    wmma::mma_sync(sum, ofA, ofB, sum);
  }
  wmma::store_matrix_sync(c + row * n + column, sum, n, wmma::mem_row_major);
}

extern "C" __global__ void wmmaHalf(int n, const half *a, const half *b, float *c) { product<16, 16, 16, half>(n, a, b, c); }
extern "C" __global__ void wmmaBytes(int n, const signed char *a, const signed char *b, int *c) { product<32, 8, 16, signed char>(n, a, b, c); }
extern "C" __global__ void wmmaDouble(int n, const double *a, const double *b, double *c) { product<8, 8, 4, double>(n, a, b, c); }

extern "C" __global__ void wmmaTf32(const float *a, const float *b, float *c) {
  wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> ofA;
  wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major> ofB;
  wmma::fragment<wmma::accumulator, 16, 16, 8, float> sum;
  wmma::load_matrix_sync(ofA, a, 8);
  wmma::load_matrix_sync(ofB, b, 16);
  wmma::load_matrix_sync(sum, c, 16, wmma::mem_col_major);
  for (int i = 0; i < ofA.num_elements; i++) ofA.x[i] = wmma::__float_to_tf32(ofA.x[i]);
  for (int i = 0; i < ofB.num_elements; i++) ofB.x[i] = wmma::__float_to_tf32(ofB.x[i]);
  wmma::mma_sync(sum, ofA, ofB, sum);
  wmma::store_matrix_sync(c, sum, 16, wmma::mem_col_major);
}

// 16 x 16 times 16 x 8, from shared memory by ldmatrix.
extern "C" __global__ void mmaBfloat(const __nv_bfloat16 *a, const __nv_bfloat16 *b, float *c) {
  __shared__ __align__(16) __nv_bfloat16 rowsOfA[16][16], rowsOfB[16][8];
  int lane = threadIdx.x;
  for (int i = lane; i < 256; i += 32) rowsOfA[i / 16][i % 16] = a[i];
  for (int i = lane; i < 128; i += 32) rowsOfB[i / 8][i % 8] = b[i];
  __syncwarp();
  unsigned fromA = __cvta_generic_to_shared(&rowsOfA[lane & 15][(lane >> 4) * 8]);
  unsigned fromB = __cvta_generic_to_shared(&rowsOfB[lane & 15][0]);
  unsigned x[4], y[2];
  float d[4] = {0.5f, 0.5f, 0.5f, 0.5f};
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3]) : "r"(fromA) : "memory");
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(y[0]), "=r"(y[1]) : "r"(fromB) : "memory");
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  int row = lane / 4, column = lane % 4 * 2;
  c[row * 8 + column] = d[0];
  c[row * 8 + column + 1] = d[1];
  c[(row + 8) * 8 + column] = d[2];
  c[(row + 8) * 8 + column + 1] = d[3];
}
