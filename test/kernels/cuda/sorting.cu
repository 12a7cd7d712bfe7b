// Sorting: a bitonic network, a pass of radix sort, the merge of two sorted lists by their diagonal.
// Made by: nvcc -ptx -arch=sm_80
extern "C" __global__ void bitonic(short *x) {
  __shared__ short s[256];
  int t = threadIdx.x;
  s[t] = x[blockIdx.x * 256 + t];
  for (int size = 2; size <= 256; size *= 2)
    for (int stride = size / 2; stride > 0; stride /= 2) {
      __syncthreads();
      int other = t ^ stride;
      if (other > t) {
        bool up = (t & size) == 0;
        short a = s[t], b = s[other];
        if ((a > b) == up) {
          s[t] = b;
          s[other] = a;
        }
      }
    }
  __syncthreads();
  x[blockIdx.x * 256 + t] = s[t];
}

// One block: puts keys in order of four of their bits, stable.
extern "C" __global__ void radixPass(int n, int shift, const unsigned *in, unsigned *out) {
  __shared__ unsigned starts[16], ofWarp[8][16];
  int t = threadIdx.x, lane = t & 31, warp = t / 32;
  if (t < 16) starts[t] = 0;
  __syncthreads();
  for (int i = t; i < n; i += blockDim.x) atomicAdd(&starts[in[i] >> shift & 15], 1u);
  __syncthreads();
  if (t == 0)
    for (int d = 0, sum = 0; d < 16; d++) {
      int count = starts[d];
      starts[d] = sum;
      sum += count;
    }
  for (int base = 0; base < n; base += blockDim.x) {
    int i = base + t;
    bool mine = i < n;
    unsigned key = mine ? in[i] : 0, digit = key >> shift & 15, peers = 0, rank = 0;
    if (t < 128) ((unsigned *)ofWarp)[t] = 0;
    __syncthreads();
    for (int d = 0; d < 16; d++) {
      unsigned having = __ballot_sync(~0u, mine && digit == d);
      if (d == digit) peers = having;
    }
    if (mine) {
      rank = __popc(peers & ((1u << lane) - 1));
      if (rank == 0) ofWarp[warp][digit] = __popc(peers);
    }
    __syncthreads();
    if (mine) {
      unsigned place = starts[digit] + rank;
      for (int w = 0; w < warp; w++) place += ofWarp[w][digit];
      out[place] = key;
    }
    __syncthreads();
    if (t < 16)
      for (int w = 0; w < 8; w++) starts[t] += ofWarp[w][t];
    __syncthreads();
  }
}

// Every thread finds by bisection where its diagonal crosses the path of the merge, and merges eight from there.
extern "C" __global__ void mergePath(int na, int nb, const long long *a, const long long *b, long long *out) {
  int diagonal = (blockIdx.x * blockDim.x + threadIdx.x) * 8;
  if (diagonal >= na + nb) return;
  int low = max(0, diagonal - nb), high = min(diagonal, na);
  while (low < high) {
    int middle = (low + high) / 2;
    if (a[middle] <= b[diagonal - 1 - middle]) low = middle + 1;
    else high = middle;
  }
  int i = low, j = diagonal - low;
  for (int k = diagonal; k < min(diagonal + 8, na + nb); k++) {
    bool fromA = j >= nb || (i < na && a[i] <= b[j]);
    out[k] = fromA ? a[i++] : b[j++];
  }
}
