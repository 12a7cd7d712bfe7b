// What nvcc made of these is kernels.ptx beside this file:
//   nvcc -ptx -arch=sm_80 -fmad=false -lineinfo kernels.cu -o kernels.ptx      (nvcc 13.0)
extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x, float* y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = a * x[i] + y[i];
}

extern "C" __global__ void blockSum(int n, const float* x, float* sums) {
  __shared__ float partial[256];
  int t = threadIdx.x;
  int i = blockIdx.x * 256 + t;
  partial[t] = i < n ? x[i] : 0.0f;
  __syncthreads();
  for (int half = 128; half > 0; half >>= 1) {
    if (t < half) partial[t] += partial[t + half];
    __syncthreads();
  }
  if (t == 0) sums[blockIdx.x] = partial[0];
}

extern "C" __global__ void matmul(int n, const float* a, const float* b, float* c) {
  __shared__ float tileA[16][16], tileB[16][16];
  int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * 16 + ty, column = blockIdx.x * 16 + tx;
  float sum = 0;
  for (int start = 0; start < n; start += 16) {
    tileA[ty][tx] = row < n && start + tx < n ? a[row * n + start + tx] : 0;
    tileB[ty][tx] = start + ty < n && column < n ? b[(start + ty) * n + column] : 0;
    __syncthreads();
    for (int k = 0; k < 16; k++) sum += tileA[ty][k] * tileB[k][tx];
    __syncthreads();
  }
  if (row < n && column < n) c[row * n + column] = sum;
}

extern "C" __global__ void mandelbrot(int n, int limit, int* out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= n || y >= n) return;
  float cr = (float)(3 * x) / (float)n - 2.0f, ci = (float)(3 * y) / (float)n - 1.5f, zr = 0, zi = 0;
  int i = 0;
  while (i < limit && zr * zr + zi * zi < 4) {
    float t = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = t;
    i++;
  }
  out[y * n + x] = i;
}

// Integer sums do not depend on the order, so the answer is exact whatever the warps do.
extern "C" __global__ void histogram(int n, const unsigned* values, unsigned* bins) {
  __shared__ unsigned counts[256];
  counts[threadIdx.x] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&counts[values[i] & 255], 1u);
  __syncthreads();
  atomicAdd(&bins[threadIdx.x], counts[threadIdx.x]);
}

extern "C" __global__ void warpSum(const float* x, float* sums) {
  float value = x[blockIdx.x * blockDim.x + threadIdx.x];
  for (int offset = 16; offset > 0; offset >>= 1) value += __shfl_down_sync(~0u, value, offset);
  if ((threadIdx.x & 31) == 0) sums[(blockIdx.x * blockDim.x + threadIdx.x) >> 5] = value;
}
