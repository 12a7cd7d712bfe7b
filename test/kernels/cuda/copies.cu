// Copies into shared memory that go on beside the threads, in a pipeline of two stages, and barriers that count.
// Made by: nvcc -ptx -arch=sm_80
#include <cuda_pipeline.h>
// c = a b of n x n matrices, n a multiple of 16: the next tiles come while the last ones are multiplied.
extern "C" __global__ void pipelinedMatmul(int n, const float *a, const float *b, float *c) {
  __shared__ __align__(16) float tileA[2][16][16], tileB[2][16][16];
  int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * 16 + y, column = blockIdx.x * 16 + x;
  auto fetch = [&](int tile) {
    __pipeline_memcpy_async(&tileA[tile & 1][y][x], a + row * n + tile * 16 + x, 4);
    if (x % 4 == 0) __pipeline_memcpy_async(&tileB[tile & 1][y][x], b + (tile * 16 + y) * n + column, 16);
    __pipeline_commit();
  };
  float sum = 0;
  fetch(0);
  for (int tile = 0; tile < n / 16; tile++) {
    if (tile + 1 < n / 16) {
      fetch(tile + 1);
      __pipeline_wait_prior(1);
    } else __pipeline_wait_prior(0);
    __syncthreads();
    for (int k = 0; k < 16; k++) sum += tileA[tile & 1][y][k] * tileB[tile & 1][k][x];
    __syncthreads();
  }
  c[row * n + column] = sum;
}

// Half of the warps fill two slots in turn, the others empty them; a barrier for each slot and direction.
extern "C" __global__ void slots(int rounds, const int *x, int *out) {
  __shared__ int slot[2][64];
  __shared__ unsigned long long filled[2], emptied[2];
  int t = threadIdx.x, half = t & 63, sum = 0;
  auto address = [](unsigned long long *barrier) { return (unsigned)__cvta_generic_to_shared(barrier); };
  auto arrive = [&](unsigned long long *barrier) {
    asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(address(barrier)) : "memory");
  };
  auto wait = [&](unsigned long long *barrier, int parity) {
    unsigned done;
    do asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }" : "=r"(done) : "r"(address(barrier)), "r"(parity) : "memory");
    while (!done);
  };
  if (t < 2) {
    asm volatile("mbarrier.init.shared.b64 [%0], 64;" ::"r"(address(filled + t)) : "memory");
    asm volatile("mbarrier.init.shared.b64 [%0], 64;" ::"r"(address(emptied + t)) : "memory");
  }
  __syncthreads();
  for (int r = 0; r < rounds; r++) {
    int at = r & 1, parity = r >> 1 & 1;
    if (t < 64) {
      // In its first round a slot is empty: a wait for the phase before the first goes through.
      wait(emptied + at, parity ^ 1);
      slot[at][half] = x[r * 64 + half];
      arrive(filled + at);
    } else {
      wait(filled + at, parity);
      sum = sum * 3 + slot[at][63 - half];
      arrive(emptied + at);
    }
  }
  __syncthreads();
  if (t < 2) {
    asm volatile("mbarrier.inval.shared.b64 [%0];" ::"r"(address(filled + t)) : "memory");
    asm volatile("mbarrier.inval.shared.b64 [%0];" ::"r"(address(emptied + t)) : "memory");
  }
  if (t >= 64) out[half] = sum;
}
