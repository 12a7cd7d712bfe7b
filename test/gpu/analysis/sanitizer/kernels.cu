// Kernels for the sanitizer: each with and without a mistake.
#define BLOCK 128
extern "C" {
__global__ void reduction(const int *in, int *out) {
  __shared__ int partial[BLOCK];
  int t = threadIdx.x;
  partial[t] = in[blockIdx.x * BLOCK + t];
  __syncthreads();
  for (int s = BLOCK / 2; s > 0; s >>= 1) {
    if (t < s) partial[t] += partial[t + s];
    __syncthreads();
  }
  if (t == 0) out[blockIdx.x] = partial[0];
}
__global__ void reductionWithoutBarrier(const int *in, int *out) {
  __shared__ int partial[BLOCK];
  int t = threadIdx.x;
  partial[t] = in[blockIdx.x * BLOCK + t];
  __syncthreads();
  for (int s = BLOCK / 2; s > 0; s >>= 1) {
    if (t < s) partial[t] += partial[t + s];
  }
  if (t == 0) out[blockIdx.x] = partial[0];
}
__global__ void firstBarrierMissing(const int *in, int *out) {
  __shared__ int tile[BLOCK];
  int t = threadIdx.x;
  tile[t] = in[t];
  out[t] = tile[BLOCK - 1 - t];
}
__global__ void shuffled(const int *in, int *out) {
  __shared__ int sums[BLOCK / 32];
  int t = threadIdx.x, value = in[blockIdx.x * BLOCK + t];
  for (int d = 16; d > 0; d >>= 1) value += __shfl_down_sync(0xffffffff, value, d);
  if (t % 32 == 0) sums[t / 32] = value;
  __syncthreads();
  if (t < 32) {
    value = t < BLOCK / 32 ? sums[t] : 0;
    for (int d = 16; d > 0; d >>= 1) value += __shfl_down_sync(0xffffffff, value, d);
    if (t == 0) out[blockIdx.x] = value;
  }
}
__global__ void warpSynchronous(const int *in, int *out) {
  volatile __shared__ int partial[32];
  int t = threadIdx.x;
  partial[t] = in[t];
  __syncwarp();
  for (int s = 16; s > 0; s >>= 1) {
    int mine = partial[(t + s) % 32];
    __syncwarp();
    partial[t] += mine;
    __syncwarp();
  }
  out[t] = partial[t];
}
__global__ void plainWarp(const int *in, int *out) {
  __shared__ int partial[32];
  int t = threadIdx.x;
  partial[t] = in[t];
  out[t] = partial[(t + 1) % 32];
}
__device__ unsigned finished;
__global__ void lastBlock(const int *in, int *partial, int *out) {
  __shared__ bool isLast;
  __shared__ int sums[BLOCK];
  int t = threadIdx.x;
  sums[t] = in[blockIdx.x * BLOCK + t];
  __syncthreads();
  for (int s = BLOCK / 2; s > 0; s >>= 1) {
    if (t < s) sums[t] += sums[t + s];
    __syncthreads();
  }
  if (t == 0) {
    partial[blockIdx.x] = sums[0];
    __threadfence();
    isLast = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (isLast && t == 0) {
    int sum = 0;
    for (int i = 0; i < gridDim.x; i++) sum += partial[i];
    *out = sum;
  }
}
__global__ void lastBlockWithoutFence(const int *in, int *partial, int *out) {
  __shared__ bool isLast;
  int t = threadIdx.x;
  if (t == 0) {
    partial[blockIdx.x] = in[blockIdx.x * BLOCK];
    isLast = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (isLast && t == 0) {
    int sum = 0;
    for (int i = 0; i < gridDim.x; i++) sum += partial[i];
    *out = sum;
  }
}
__global__ void histogram(const int *in, int *out) {
  __shared__ int bins[16];
  int t = threadIdx.x;
  if (t < 16) bins[t] = 0;
  __syncthreads();
  atomicAdd(&bins[in[blockIdx.x * BLOCK + t] & 15], 1);
  __syncthreads();
  if (t < 16) atomicAdd(&out[t], bins[t]);
}
__global__ void histogramWithoutZeros(const int *in, int *out) {
  __shared__ int bins[16];
  int t = threadIdx.x;
  atomicAdd(&bins[in[blockIdx.x * BLOCK + t] & 15], 1);
  __syncthreads();
  if (t < 16) atomicAdd(&out[t], bins[t]);
}
__global__ void histogramPlain(const int *in, int *out) {
  out[in[blockIdx.x * BLOCK + threadIdx.x] & 15]++;
}
__global__ void sameFlag(const int *in, int *out) {
  if (in[blockIdx.x * BLOCK + threadIdx.x] > 0) out[0] = 1;
}
__global__ void differentFlag(const int *in, int *out) { out[0] = threadIdx.x; }
__global__ void earlyReturn(const int *in, int *out, int n) {
  __shared__ int tile[BLOCK];
  int t = threadIdx.x;
  if (t >= n) return;
  tile[t] = in[t];
  __syncthreads();
  out[t] = tile[n - 1 - t];
}
__global__ void locked(int *lock, int *out) {
  if (threadIdx.x % 32 == 0) {
    while (atomicCAS(lock, 0, 1) != 0) {}
    __threadfence();
    *out += 1;
    __threadfence();
    atomicExch(lock, 0);
  }
}
__global__ void tiled(const float *a, const float *b, float *c, int n) {
  __shared__ float as[16][16], bs[16][16];
  int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * 16 + y, column = blockIdx.x * 16 + x;
  float sum = 0;
  for (int k = 0; k < n; k += 16) {
    as[y][x] = a[row * n + k + x];
    bs[y][x] = b[(k + y) * n + column];
    __syncthreads();
    for (int i = 0; i < 16; i++) sum += as[y][i] * bs[i][x];
    __syncthreads();
  }
  c[row * n + column] = sum;
}
__global__ void bytes(const unsigned char *in, unsigned char *out) {
  __shared__ unsigned char tile[BLOCK];
  int t = threadIdx.x;
  tile[t] = in[t];
  out[t] = tile[t];
}
__global__ void localArray(const int *in, int *out, int n) {
  int values[8];
  for (int i = 0; i < n; i++) values[(in[i] + i) & 7] = i;
  out[threadIdx.x] = values[in[threadIdx.x] & 7];
}
__global__ void flags(const int *in, int *data, volatile int *flag, int *out) {
  if (blockIdx.x == 0) {
    data[threadIdx.x] = in[threadIdx.x];
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) *flag = 1;
  } else {
    if (threadIdx.x == 0) while (*flag == 0) {}
    __threadfence();
    __syncthreads();
    out[threadIdx.x] = data[threadIdx.x];
  }
}
}
