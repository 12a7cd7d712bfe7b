// Kernels with mistakes, which have to be found and told.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
#include <cassert>
extern "C" __global__ void stopped(int limit) {
  if (threadIdx.x == limit) __trap();
}

extern "C" __global__ void beyond(int n, int *x) { x[threadIdx.x + n] = 1; }

extern "C" __global__ void crooked(char *x) { *(double *)(x + threadIdx.x) = 1; }

extern "C" __global__ void halfBarrier(int *x) {
  __shared__ int seen;
  if (threadIdx.x < 32) {
    asm volatile("bar.sync 1, 128;" ::: "memory");
    seen = 1;
  }
  __syncthreads();
  x[threadIdx.x] = seen;
}

extern "C" __global__ void forever(volatile int *flag) {
  while (*flag == 0) {
  }
}

extern "C" __global__ void asserted(const int *x) { assert(x[threadIdx.x] >= 0); }

extern "C" __global__ void freedTwice() {
  int *x = (int *)malloc(16);
  x[0] = 1;
  free(x);
  free(x);
}
