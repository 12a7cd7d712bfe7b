// What neural networks are made of, a row to a block or a warp: softmax, norms, activations, attention, lookup, training.
// Made by: nvcc -ptx -arch=sm_80
#include <cuda_bf16.h>
#include <cuda_fp16.h>
template <typename Combine>
__device__ float blockAll(float v, Combine combine) {
  __shared__ float ofWarps[32];
  for (int offset = 16; offset > 0; offset >>= 1) v = combine(v, __shfl_xor_sync(~0u, v, offset));
  __syncthreads();
  if ((threadIdx.x & 31) == 0) ofWarps[threadIdx.x / 32] = v;
  __syncthreads();
  v = ofWarps[0];
  for (int w = 1; w < blockDim.x / 32; w++) v = combine(v, ofWarps[w]);
  return v;
}
struct Sum {
  __device__ float operator()(float a, float b) const { return a + b; }
};
struct Larger {
  __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

extern "C" __global__ void softmax(int n, const float *x, float *y) {
  x += blockIdx.x * n;
  y += blockIdx.x * n;
  float largest = -INFINITY, sum = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) largest = fmaxf(largest, x[i]);
  largest = blockAll(largest, Larger());
  for (int i = threadIdx.x; i < n; i += blockDim.x) sum += expf(x[i] - largest);
  sum = blockAll(sum, Sum());
  for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = expf(x[i] - largest) / sum;
}

extern "C" __global__ void layerNorm(int n, float epsilon, const float *x, const float *scale, const float *shift, float *y) {
  x += blockIdx.x * n;
  y += blockIdx.x * n;
  float sum = 0, squares = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) sum += x[i];
  float mean = blockAll(sum, Sum()) / n;
  for (int i = threadIdx.x; i < n; i += blockDim.x) squares += (x[i] - mean) * (x[i] - mean);
  float factor = rsqrtf(blockAll(squares, Sum()) / n + epsilon);
  for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = (x[i] - mean) * factor * scale[i] + shift[i];
}

// bfloat16 in and out, single precision between.
extern "C" __global__ void rmsNorm(int n, const __nv_bfloat16 *x, const __nv_bfloat16 *scale, __nv_bfloat16 *y) {
  x += blockIdx.x * n;
  y += blockIdx.x * n;
  float squares = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) squares += __bfloat162float(x[i]) * __bfloat162float(x[i]);
  float factor = 1 / sqrtf(blockAll(squares, Sum()) / n + 1e-5f);
  for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = __float2bfloat16(__bfloat162float(x[i]) * factor) * scale[i];
}

extern "C" __global__ void gelu(int n, const float *x, float *exact, float *byTanh, float *silu) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float v = x[i];
  exact[i] = 0.5f * v * (1 + erff(v * 0.70710678f));
  byTanh[i] = 0.5f * v * (1 + tanhf(0.7978845608f * (v + 0.044715f * v * v * v)));
  silu[i] = v / (1 + expf(-v));
}

// One query a warp, a lane for each of 32 dimensions; scores are never all kept: the sum is rescaled as larger ones come.
extern "C" __global__ void attention(int keys, float scale, const float *q, const float *k, const float *v, float *out) {
  int lane = threadIdx.x & 31, query = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  float mine = q[query * 32 + lane] * scale, largest = -INFINITY, sum = 0, result = 0;
  for (int key = 0; key <= min(query, keys - 1); key++) {
    float score = mine * k[key * 32 + lane];
    for (int offset = 16; offset > 0; offset >>= 1) score += __shfl_xor_sync(~0u, score, offset);
    float larger = fmaxf(largest, score), shrink = expf(largest - larger), weight = expf(score - larger);
    sum = sum * shrink + weight;
    result = result * shrink + weight * v[key * 32 + lane];
    largest = larger;
  }
  out[query * 32 + lane] = result / sum;
}

// Rows of a table by number; a number beyond the table gives zeros.
extern "C" __global__ void embed(int rows, const unsigned short *numbers, const uint4 *table, uint4 *out) {
  unsigned number = numbers[blockIdx.x];
  uint4 zeros = {0, 0, 0, 0};
  out[blockIdx.x * blockDim.x + threadIdx.x] = number < rows ? __ldg(table + number * blockDim.x + threadIdx.x) : zeros;
}

extern "C" __global__ void adam(int n, int step, float rate, float *w, const float *g, float *m, float *v) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  m[i] = 0.9f * m[i] + 0.1f * g[i];
  v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
  float unbiasedM = m[i] / (1 - powf(0.9f, step)), unbiasedV = v[i] / (1 - powf(0.999f, step));
  w[i] -= rate * unbiasedM / (sqrtf(unbiasedV) + 1e-8f);
}

// The k largest of 32 values a warp, by taking the largest out k times.
extern "C" __global__ void topK(int k, const float *x, float *values, int *places) {
  int lane = threadIdx.x & 31, warp = threadIdx.x / 32;
  float mine = x[threadIdx.x];
  for (int i = 0; i < k; i++) {
    float best = mine;
    int place = lane;
    for (int offset = 16; offset > 0; offset >>= 1) {
      float other = __shfl_xor_sync(~0u, best, offset);
      int otherPlace = __shfl_xor_sync(~0u, place, offset);
      if (other > best || (other == best && otherPlace < place)) {
        best = other;
        place = otherPlace;
      }
    }
    if (lane == place) {
      values[warp * k + i] = best;
      places[warp * k + i] = place;
      mine = -INFINITY;
    }
  }
}
