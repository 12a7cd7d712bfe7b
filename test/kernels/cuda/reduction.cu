// Many numbers to one: as a tree, by shuffles, by atomics, with the last block finishing, by the warp's own instruction.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
extern "C" __global__ void treeSum(int n, const int *x, int *sums) {
  extern __shared__ int partial[];
  int t = threadIdx.x, i = blockIdx.x * blockDim.x * 2 + t;
  partial[t] = (i < n ? x[i] : 0) + (i + blockDim.x < n ? x[i + blockDim.x] : 0);
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half >>= 1) {
    if (t < half) partial[t] += partial[t + half];
    __syncthreads();
  }
  if (t == 0) sums[blockIdx.x] = partial[0];
}

extern "C" __global__ void shuffleSum(int n, const float *x, float *sums) {
  __shared__ float ofWarps[32];
  int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  float v = i < n ? x[i] : 0;
  for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(~0u, v, offset);
  if (lane == 0) ofWarps[warp] = v;
  __syncthreads();
  if (warp == 0) {
    v = lane < blockDim.x / 32 ? ofWarps[lane] : 0;
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_down_sync(~0u, v, offset);
    if (lane == 0) sums[blockIdx.x] = v;
  }
}

extern "C" __global__ void atomicSums(int n, const int *x, long long *total, int *least, int *largest, double *mean) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  atomicAdd((unsigned long long *)total, (unsigned long long)(long long)x[i]);
  atomicMin(least, x[i]);
  atomicMax(largest, x[i]);
  atomicAdd(mean, (double)x[i] / n);
}

__device__ unsigned arrived = 0;

// The block that arrives last adds up what all have left; a fence keeps each sum ahead of its arrival.
extern "C" __global__ void lastBlockSum(int n, const double *x, double *sums, double *result) {
  __shared__ double partial[128];
  __shared__ bool last;
  int t = threadIdx.x;
  double mine = 0;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) mine += x[i];
  partial[t] = mine;
  __syncthreads();
  for (int half = 64; half > 0; half >>= 1) {
    if (t < half) partial[t] += partial[t + half];
    __syncthreads();
  }
  if (t == 0) {
    sums[blockIdx.x] = partial[0];
    __threadfence();
    last = atomicAdd(&arrived, 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last || t != 0) return;
  double all = 0;
  for (int block = 0; block < gridDim.x; block++) all += ((volatile double *)sums)[block];
  *result = all;
  arrived = 0;
}

extern "C" __global__ void warpReductions(const int *x, int *out) {
  int v = x[blockIdx.x * blockDim.x + threadIdx.x];
  unsigned warp = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  int sum = __reduce_add_sync(~0u, v), least = __reduce_min_sync(~0u, v), largest = __reduce_max_sync(~0u, v);
  unsigned all = __reduce_and_sync(~0u, (unsigned)v), any = __reduce_or_sync(~0u, (unsigned)v), odd = __reduce_xor_sync(~0u, (unsigned)v);
  if (threadIdx.x % 32 == 0) {
    int *o = out + 6 * warp;
    o[0] = sum;
    o[1] = least;
    o[2] = largest;
    o[3] = all;
    o[4] = any;
    o[5] = odd;
  }
}

// The first of the largest: value and place travel together in 64 bits.
extern "C" __global__ void argmax(int n, const float *x, unsigned long long *best) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned bits = __float_as_uint(x[i]);
  unsigned ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  atomicMax(best, (unsigned long long)ordered << 32 | (0xffffffffu - i));
}
