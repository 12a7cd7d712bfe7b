// Blocks that work together: a grid that meets, a scan in one pass that looks back, blocks that wait for others, a lock of all.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

// Launched cooperatively: every block sees the sums of all.
extern "C" __global__ void gridSum(int n, const int *x, int *partial, int *out) {
  int t = threadIdx.x, mine = 0;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) mine += x[i];
  auto tile = cg::tiled_partition<32>(cg::this_thread_block());
  for (int distance = 16; distance > 0; distance >>= 1) mine += tile.shfl_down(mine, distance);
  if (tile.thread_rank() == 0) atomicAdd(partial + blockIdx.x, mine);
  cg::this_grid().sync();
  if (t != 0) return;
  int sum = 0;
  for (int b = 0; b < gridDim.x; b++) sum += ((volatile int *)partial)[b];
  out[blockIdx.x] = sum;
}

// What a block has to say of its part: nothing yet, the sum of its own, or of all up to it; told in one word with the sum.
enum { Nothing = 0, Own = 1, Inclusive = 2 };

// A running sum in one pass (Merrill and Garland, 2016). Blocks take their parts in the order in which they begin, so that those
// that they wait for have begun.
extern "C" __global__ void lookBack(int n, const unsigned *x, unsigned *y, unsigned long long *told, unsigned *tickets) {
  __shared__ unsigned part, before, scanned[128];
  int t = threadIdx.x;
  if (t == 0) part = atomicAdd(tickets, 1u);
  __syncthreads();
  int i = part * 128 + t;
  scanned[t] = i < n ? x[i] : 0;
  for (int distance = 1; distance < 128; distance *= 2) {
    __syncthreads();
    unsigned more = t >= distance ? scanned[t - distance] : 0;
    __syncthreads();
    scanned[t] += more;
  }
  __syncthreads();
  if (t == 0) {
    unsigned own = scanned[127], sum = 0;
    unsigned long long first = part == 0 ? Inclusive : Own;
    atomicExch(told + part, first << 32 | own);
    for (int at = (int)part - 1; at >= 0;) {
      unsigned long long word = *(volatile unsigned long long *)(told + at);
      if (word >> 32 == Nothing) continue;
      sum += (unsigned)word;
      if (word >> 32 == Inclusive) break;
      at--;
    }
    if (part > 0) atomicExch(told + part, (unsigned long long)Inclusive << 32 | (sum + own));
    before = sum;
  }
  __syncthreads();
  if (i < n) y[i] = before + scanned[t];
}

// Each block waits for the one after it, so that all have to be there at the same time.
extern "C" __global__ void backwards(volatile int *flags, int *out) {
  int b = blockIdx.x;
  if (threadIdx.x == 0) {
    if (b + 1 < gridDim.x)
      while (flags[b + 1] == 0) {
      }
    out[b] = b + 1 < gridDim.x ? flags[b + 1] + b : b;
    __threadfence();
    flags[b] = out[b] + 1;
  }
}

// A thread of each block at a time changes what is not atomic by itself.
extern "C" __global__ void oneLock(int *lock, long long *pair) {
  if (threadIdx.x != 0) return;
  while (atomicCAS(lock, 0, 1) != 0) __nanosleep(100);
  __threadfence();
  volatile long long *shared = pair;
  shared[0] = shared[0] + 1;
  shared[1] = shared[1] * 3 + shared[0];
  __threadfence();
  atomicExch(lock, 0);
}
