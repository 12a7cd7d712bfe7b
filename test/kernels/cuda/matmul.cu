// Products of matrices: plain, by tiles, by tiles without bank conflicts, in double, in half and in 8-bit precision.
// Made by: nvcc -ptx -arch=sm_80
#include <cuda_fp16.h>
extern "C" __global__ void naive(int m, int n, int k, const float *a, const float *b, float *c) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int i = 0; i < k; i++) sum = fmaf(a[row * k + i], b[i * n + column], sum);
  c[row * n + column] = sum;
}

template <int T, int Padding>
__device__ void byTiles(int n, const float *a, const float *b, float *c) {
  __shared__ float tileA[T][T + Padding], tileB[T][T + Padding];
  int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * T + y, column = blockIdx.x * T + x;
  float sum = 0;
  for (int start = 0; start < n; start += T) {
    tileA[y][x] = row < n && start + x < n ? a[row * n + start + x] : 0;
    tileB[x][y] = start + y < n && column < n ? b[(start + y) * n + column] : 0;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < T; i++) sum += tileA[y][i] * tileB[x][i];
    __syncthreads();
  }
  if (row < n && column < n) c[row * n + column] = sum;
}

extern "C" __global__ void tiled(int n, const float *a, const float *b, float *c) { byTiles<16, 0>(n, a, b, c); }
extern "C" __global__ void padded(int n, const float *a, const float *b, float *c) { byTiles<16, 1>(n, a, b, c); }

extern "C" __global__ void doubles(int n, const double *a, const double *b, double *c) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= n || column >= n) return;
  double sum = 0;
  for (int i = 0; i < n; i++) sum = fma(a[row * n + i], b[i * n + column], sum);
  c[row * n + column] = sum;
}

// Two columns a thread, as the halves of one register.
extern "C" __global__ void halves(int n, const __half *a, const __half2 *b, __half2 *c) {
  int pair = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= n || pair >= n / 2) return;
  __half2 sum = __float2half2_rn(0);
  for (int i = 0; i < n; i++) sum = __hfma2(__half2half2(a[row * n + i]), b[i * (n / 2) + pair], sum);
  c[row * (n / 2) + pair] = sum;
}

// Rows of a times rows of b, four bytes at a time.
extern "C" __global__ void bytes(int n, const int *a, const int *b, const unsigned *u, int *c, int *mixed) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= n || column >= n) return;
  int sum = 0, other = 0;
  for (int i = 0; i < n / 4; i++) {
    sum = __dp4a(a[row * n / 4 + i], b[column * n / 4 + i], sum);
    asm("dp2a.lo.s32.u32 %0, %1, %2, %0;" : "+r"(other) : "r"(a[row * n / 4 + i]), "r"(u[column * n / 4 + i]));
    asm("dp2a.hi.s32.u32 %0, %1, %2, %0;" : "+r"(other) : "r"(a[row * n / 4 + i]), "r"(u[column * n / 4 + i]));
  }
  c[row * n + column] = sum;
  mixed[row * n + column] = other;
}
