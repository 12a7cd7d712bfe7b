// Running sums: up and down a tree, doubling distances, by shuffles; and what they are for: packing what is wanted together.
// Made by: nvcc -ptx -arch=sm_80
extern "C" __global__ void blelloch(const int *x, int *y) {
  __shared__ int tree[256 + 8];
  // A word of padding in 32 keeps the strides of the tree out of one bank.
  #define PLACE(i) ((i) + ((i) >> 5))
  int t = threadIdx.x, n = 256;
  const int *mine = x + blockIdx.x * n;
  tree[PLACE(2 * t)] = mine[2 * t];
  tree[PLACE(2 * t + 1)] = mine[2 * t + 1];
  int stride = 1;
  for (int d = n / 2; d > 0; d /= 2, stride *= 2) {
    __syncthreads();
    if (t < d) tree[PLACE(stride * (2 * t + 2) - 1)] += tree[PLACE(stride * (2 * t + 1) - 1)];
  }
  if (t == 0) tree[PLACE(n - 1)] = 0;
  for (int d = 1; d < n; d *= 2) {
    stride /= 2;
    __syncthreads();
    if (t < d) {
      int low = PLACE(stride * (2 * t + 1) - 1), high = PLACE(stride * (2 * t + 2) - 1), kept = tree[low];
      tree[low] = tree[high];
      tree[high] += kept;
    }
  }
  __syncthreads();
  y[blockIdx.x * n + 2 * t] = tree[PLACE(2 * t)];
  y[blockIdx.x * n + 2 * t + 1] = tree[PLACE(2 * t + 1)];
}

extern "C" __global__ void koggeStone(int n, const unsigned *x, unsigned *y) {
  __shared__ unsigned sums[2][128];
  int t = threadIdx.x, i = blockIdx.x * 128 + t, from = 0;
  sums[0][t] = i < n ? x[i] : 0;
  for (int distance = 1; distance < 128; distance *= 2) {
    __syncthreads();
    sums[1 - from][t] = sums[from][t] + (t >= distance ? sums[from][t - distance] : 0);
    from = 1 - from;
  }
  if (i < n) y[i] = sums[from][t];
}

__device__ long long warpScan(long long v) {
  for (int distance = 1; distance < 32; distance *= 2) {
    long long below = __shfl_up_sync(~0u, v, distance);
    if ((threadIdx.x & 31) >= distance) v += below;
  }
  return v;
}

extern "C" __global__ void shuffleScan(const int *x, long long *y) {
  __shared__ long long ofWarps[8];
  int t = threadIdx.x;
  long long v = warpScan(x[t]);
  if (t % 32 == 31) ofWarps[t / 32] = v;
  __syncthreads();
  if (t < 32) {
    long long w = warpScan(t < 8 ? ofWarps[t] : 0);
    if (t < 8) ofWarps[t] = w;
  }
  __syncthreads();
  y[t] = v + (t >= 32 ? ofWarps[t / 32 - 1] : 0);
}

// Keeps what is positive, in its order within each warp; warps take their room as they come.
extern "C" __global__ void compact(int n, const int *x, int *kept, unsigned *count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x & 31;
  bool wanted = i < n && x[i] > 0;
  unsigned mask = __ballot_sync(~0u, wanted), start = 0;
  if (lane == 0) start = atomicAdd(count, __popc(mask));
  start = __shfl_sync(~0u, start, 0);
  if (wanted) kept[start + __popc(mask & ((1u << lane) - 1))] = x[i];
}
