// Textures and surfaces: colours from a palette, a picture enlarged, one turned by a quarter.
// Made by: nvcc -ptx -arch=sm_80
extern "C" __global__ void palette(cudaTextureObject_t colours, int n, const unsigned char *numbers, uchar4 *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = tex1Dfetch<uchar4>(colours, numbers[i]);
}

// Twice as wide and high: each new point is a mean of the four around it, in quarters.
extern "C" __global__ void enlarge(cudaTextureObject_t picture, float *out) {
  unsigned width, height;
  asm("txq.width.b32 %0, [%1];" : "=r"(width) : "l"(picture));
  asm("txq.height.b32 %0, [%1];" : "=r"(height) : "l"(picture));
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x < 2 * width && y < 2 * height) out[y * 2 * width + x] = tex2D<float>(picture, (x + 0.5f) / 2, (y + 0.5f) / 2);
}

extern "C" __global__ void quarterTurn(cudaSurfaceObject_t from, cudaSurfaceObject_t to) {
  unsigned width, height;
  asm("suq.width.b32 %0, [%1];" : "=r"(width) : "l"(from));
  asm("suq.height.b32 %0, [%1];" : "=r"(height) : "l"(from));
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x < width && y < height) surf2Dwrite(surf2Dread<short2>(from, x * 4, y), to, (height - 1 - y) * 4, x);
}
