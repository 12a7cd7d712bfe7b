// Variables of a module: constants, counters that outlive a launch, a table of pointers, a static local.
__constant__ float coefficients[3] = {0.5f, -2.0f, 8.0f};
__constant__ int untouched[4];
__device__ int launches = 5;
__device__ float scratch[4];
__device__ float *const pointers[2] = {scratch + 1, scratch + 3};
__device__ const unsigned char table[2][3] = {{1, 2, 3}, {250, 251, 252}};

extern "C" __global__ void polynomial(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i == 0) launches += 1;
  if (i < n) y[i] = coefficients[0] + x[i] * (coefficients[1] + x[i] * coefficients[2]) + untouched[i & 3];
}

extern "C" __global__ void scatter(int *out) {
  static __device__ int calls = 40;
  out[0] = atomicAdd(&calls, 1);
  out[1] = table[threadIdx.x + 1][2 - threadIdx.x];
  *pointers[0] = 1.5f;
  *pointers[1] = 2.5f;
  out[2] = launches;
}
