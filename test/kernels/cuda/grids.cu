// Work on grids: transposes, convolution, a stencil in three dimensions, the game of life.
// Made by: nvcc -ptx -arch=sm_80 -fmad=false
extern "C" __global__ void transposeNaive(int width, int height, const float *in, float *out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x < width && y < height) out[x * height + y] = in[y * width + x];
}

extern "C" __global__ void transposeTiled(int width, int height, const double *in, double *out) {
  __shared__ double tile[16][17];
  int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
  for (int i = 0; i < 16; i += 4)
    if (x < width && y + i < height) tile[threadIdx.y + i][threadIdx.x] = in[(y + i) * width + x];
  __syncthreads();
  x = blockIdx.y * 16 + threadIdx.x;
  y = blockIdx.x * 16 + threadIdx.y;
  for (int i = 0; i < 16; i += 4)
    if (x < height && y + i < width) out[(y + i) * height + x] = tile[threadIdx.x][threadIdx.y + i];
}

__constant__ float filter[5][5];

// What lies beyond the edge is 0.
extern "C" __global__ void convolve(int width, int height, const float *in, float *out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= width || y >= height) return;
  float sum = 0;
  for (int j = -2; j <= 2; j++)
    for (int i = -2; i <= 2; i++)
      if (x + i >= 0 && x + i < width && y + j >= 0 && y + j < height) sum += filter[j + 2][i + 2] * in[(y + j) * width + x + i];
  out[y * width + x] = sum;
}

// The same of bytes, with the tile and what surrounds it in shared memory.
extern "C" __global__ void blurHalo(int width, int height, const unsigned char *in, unsigned char *out) {
  __shared__ unsigned char tile[18][18];
  int left = blockIdx.x * 16 - 1, top = blockIdx.y * 16 - 1;
  for (int p = threadIdx.y * 16 + threadIdx.x; p < 18 * 18; p += 256) {
    int x = min(max(left + p % 18, 0), width - 1), y = min(max(top + p / 18, 0), height - 1);
    tile[p / 18][p % 18] = in[y * width + x];
  }
  __syncthreads();
  int x = left + 1 + threadIdx.x, y = top + 1 + threadIdx.y;
  if (x >= width || y >= height) return;
  int sum = 0;
  for (int j = 0; j < 3; j++)
    for (int i = 0; i < 3; i++) sum += tile[threadIdx.y + j][threadIdx.x + i] * ((j == 1 ? 2 : 1) * (i == 1 ? 2 : 1));
  out[y * width + x] = (sum + 8) / 16;
}

extern "C" __global__ void stencil7(int n, float centre, float side, const float *in, float *out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y, z = blockIdx.z * blockDim.z + threadIdx.z;
  if (x >= n || y >= n || z >= n) return;
  int i = (z * n + y) * n + x;
  if (x == 0 || y == 0 || z == 0 || x == n - 1 || y == n - 1 || z == n - 1) {
    out[i] = in[i];
    return;
  }
  float sides = in[i - 1] + in[i + 1] + in[i - n] + in[i + n] + in[i - n * n] + in[i + n * n];
  out[i] = centre * in[i] + side * sides;
}

// A torus of 32 x 32 cells, a row in the bits of a word: a block is one warp, a lane one row.
extern "C" __global__ void life(int generations, unsigned *rows) {
  unsigned row = rows[threadIdx.x];
  for (int g = 0; g < generations; g++) {
    unsigned above = __shfl_sync(~0u, row, threadIdx.x - 1), below = __shfl_sync(~0u, row, threadIdx.x + 1);
    unsigned next = 0;
    for (int x = 0; x < 32; x++) {
      // Three neighbouring columns at the low end.
      int turn = (x + 31) & 31;
      int near = __popc(__funnelshift_r(above, above, turn) & 7) + __popc(__funnelshift_r(below, below, turn) & 7) + __popc(__funnelshift_r(row, row, turn) & 5);
      next |= (near == 3 || (near == 2 && (row >> x & 1))) ? 1u << x : 0;
    }
    row = next;
  }
  rows[threadIdx.x] = row;
}
