// Compiled for a debugger: nothing is kept in registers, everything goes through local memory.
// Made by: nvcc -ptx -arch=sm_80 -O0 -G
struct Accumulator {
  int count;
  float largest;
  double sum;
  __device__ void take(float v) {
    count++;
    if (count == 1 || v > largest) largest = v;
    sum += v;
  }
};

__device__ int digits(unsigned value) {
  switch (value % 7) {
    case 0: return 1;
    case 1: return 10;
    case 2: return 100;
    case 3: return 1000;
    case 4: return 10000;
    case 5: return 100000;
    default: return -1;
  }
}

extern "C" __global__ void statistics(int n, const float *x, int *counts, float *largest, double *sums) {
  Accumulator mine = {0, 0, 0};
  int stride = blockDim.x;
  for (int i = threadIdx.x; i < n; i += stride) {
    if (x[i] < 0) continue;
    if (x[i] > 1000) break;
    mine.take(x[i]);
  }
  counts[threadIdx.x] = mine.count;
  largest[threadIdx.x] = mine.largest;
  sums[threadIdx.x] = mine.sum;
}

extern "C" __global__ void cases(const unsigned *x, int *out) { out[threadIdx.x] = digits(x[threadIdx.x]); }
