// Textures and surfaces as bindless objects: linear fetch, point and linear filtering in one to three dimensions, layers, and surface
// reads and writes.
#include <cuda_runtime.h>

extern "C" __global__ void fetch1d(cudaTextureObject_t source, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = tex1Dfetch<float>(source, i - 1);
}

extern "C" __global__ void sample2d(cudaTextureObject_t source, const float* u, const float* v, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = tex2D<float>(source, u[i], v[i]);
}

extern "C" __global__ void vectors2d(cudaTextureObject_t source, float4* out, int width, int height) {
  int x = threadIdx.x, y = threadIdx.y;
  if (x < width && y < height) out[y * width + x] = tex2D<float4>(source, x + 0.5f, y + 0.5f);
}

extern "C" __global__ void sample3d(cudaTextureObject_t source, float* out, int n) {
  int i = threadIdx.x;
  if (i < n) out[i] = tex3D<float>(source, i * 0.5f, 1.0f, 1.25f);
}

extern "C" __global__ void layered(cudaTextureObject_t source, float* out, int n) {
  int i = threadIdx.x;
  if (i < n) out[i] = tex2DLayered<float>(source, i + 0.5f, 0.5f, i & 1) + tex1D<float>(source, 0.5f) * 0.0f;
}

extern "C" __global__ void bytes(cudaTextureObject_t source, int* out, int n) {
  int i = threadIdx.x;
  if (i < n) out[i] = tex1Dfetch<unsigned char>(source, i) + 1000 * tex1Dfetch<unsigned char>(source, n - 1 - i);
}

extern "C" __global__ void transpose(cudaSurfaceObject_t from, cudaSurfaceObject_t to) {
  int x = threadIdx.x, y = threadIdx.y;
  float value = surf2Dread<float>(from, x * 4, y, cudaBoundaryModeZero);
  surf2Dwrite(value, to, y * 4, x, cudaBoundaryModeClamp);
}
