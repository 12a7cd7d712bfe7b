// Counting: straight into global memory, in shared memory, a copy for each warp, and once for all lanes that agree.
// Made by: nvcc -ptx -arch=sm_75
extern "C" __global__ void globalBins(int n, const unsigned char *x, unsigned *bins) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) atomicAdd(bins + x[i], 1u);
}

extern "C" __global__ void sharedBins(int n, const unsigned char *x, unsigned *bins) {
  __shared__ unsigned mine[256];
  for (int b = threadIdx.x; b < 256; b += blockDim.x) mine[b] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&mine[x[i]], 1u);
  __syncthreads();
  for (int b = threadIdx.x; b < 256; b += blockDim.x)
    if (mine[b]) atomicAdd(bins + b, mine[b]);
}

// A 16-bit counter for each of 64 bins and each warp, two in a word.
extern "C" __global__ void privateBins(int n, const unsigned char *x, unsigned *bins) {
  __shared__ unsigned short mine[4][64];
  unsigned *words = (unsigned *)mine;
  for (int b = threadIdx.x; b < 128; b += blockDim.x) words[b] = 0;
  __syncthreads();
  int warp = threadIdx.x / 32;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    unsigned bin = x[i] >> 2;
    atomicAdd(words + warp * 32 + bin / 2, bin & 1 ? 0x10000u : 1u);
  }
  __syncthreads();
  if (threadIdx.x < 64) {
    unsigned sum = 0;
    for (int w = 0; w < 4; w++) sum += mine[w][threadIdx.x];
    atomicAdd(bins + threadIdx.x, sum);
  }
}

extern "C" __global__ void matchedBins(int n, const unsigned long long *x, unsigned *bins, unsigned *unanimous) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned long long value = x[i];
  unsigned peers = __match_any_sync(__activemask(), value);
  if (__ffs(peers) - 1 == (threadIdx.x & 31)) atomicAdd(bins + (unsigned)(value % 97), __popc(peers));
  int same;
  __match_all_sync(__activemask(), value, &same);
  if (same && (threadIdx.x & 31) == 0) atomicInc(unanimous, 1000);
}
