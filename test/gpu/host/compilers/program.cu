// Compiled by several compilers: the PTX beside says by which (see compilers.test.ts). Needs no header.
struct Particle {
  float position[3];
  int kind;
  double mass;
};
struct Weights {
  float w[4];
  short bias;
};

__constant__ float table[8] = {1, 2, 4, 8, 16, 32, 64, 128};
__device__ int twenty = 20;
__device__ int *second = &twenty;

extern "C" {

__device__ __attribute__((noinline)) float weigh(const float *x, Weights w) {
  float sum = w.bias;
  for (int i = 0; i < 4; i++) sum += x[i] * w.w[i];
  return sum;
}

__global__ void saxpy(int n, float a, const float *x, float *y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = a * x[i] + y[i];
}

// A struct by value, an array of structs, a device function with a struct.
__global__ void structs(Weights w, const Particle *in, float *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  Particle p = in[i];
  float x[4] = {p.position[0], p.position[1], p.position[2], (float)p.mass};
  out[i] = weigh(x, w) + table[p.kind & 7];
}

// Blocks of 64 threads.
__global__ void blockSum(const int *in, int *out) {
  __shared__ int sums[64];
  int t = threadIdx.x;
  sums[t] = in[blockIdx.x * 64 + t];
  __syncthreads();
  for (int s = 32; s > 0; s >>= 1) {
    if (t < s) sums[t] += sums[t + s];
    __syncthreads();
  }
  if (t == 0) out[blockIdx.x] = sums[0];
}

__global__ void switches(const int *in, int *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int value = in[i], result;
  switch (value) {
    case 0: result = 7; break;
    case 1: result = value * value + 3; break;
    case 2: result = -5; break;
    case 3: result = n; break;
    case 4: result = value << 4; break;
    case 5: result = i; break;
    case 6: result = ~i; break;
    default:
      result = 0;
      while (value > 1) {
        if (value % 2) value = 3 * value + 1;
        else value /= 2;
        result++;
      }
  }
  out[i] = result;
}

__global__ void wide(const long long *a, const unsigned long long *b, long long *out, int n) {
  int i = threadIdx.x;
  if (i >= n) return;
  out[3 * i] = a[i] / (long long)(b[i] | 1);
  out[3 * i + 1] = (long long)((unsigned long long)a[i] % (b[i] | 1));
  out[3 * i + 2] = a[i] * (long long)b[i] + *second;
}

__global__ void doubles(const double *a, float *narrow, double *out) {
  int i = threadIdx.x;
  double x = a[i];
  out[i] = x * x - 1.0 / x;
  narrow[i] = (float)x / 3.0f;
}
}
