// The five kernels of the comparison, for OpenCL: blocks of 256 threads, or of 16 x 16.
#pragma OPENCL FP_CONTRACT OFF

kernel void vecadd(int n, global const float *a, global const float *b, global float *c) {
  int i = get_global_id(0);
  if (i < n) c[i] = a[i] + b[i];
}

kernel void matmul(int n, global const float *a, global const float *b, global float *c) {
  local float tile_a[16][16], tile_b[16][16];
  int tx = get_local_id(0), ty = get_local_id(1);
  int row = get_group_id(1) * 16 + ty, column = get_group_id(0) * 16 + tx;
  float sum = 0;
  for (int start = 0; start < n; start += 16) {
    tile_a[ty][tx] = a[row * n + start + tx];
    tile_b[ty][tx] = b[(start + ty) * n + column];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < 16; k++) sum += tile_a[ty][k] * tile_b[k][tx];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  c[row * n + column] = sum;
}

kernel void reduce(int n, global const float *x, global float *sums) {
  local float partial[256];
  int t = get_local_id(0), i = get_global_id(0);
  partial[t] = i < n ? x[i] : 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int half_ = 128; half_ > 0; half_ >>= 1) {
    if (t < half_) partial[t] += partial[t + half_];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (t == 0) sums[get_group_id(0)] = partial[0];
}

kernel void hist(int n, global const uint *x, global uint *bins) {
  local uint counts[256];
  int t = get_local_id(0);
  counts[t] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = get_global_id(0); i < n; i += get_global_size(0)) atomic_add(&counts[x[i] & 255], 1u);
  barrier(CLK_LOCAL_MEM_FENCE);
  atomic_add(&bins[t], counts[t]);
}

kernel void mandel(int n, global int *out) {
  int x = get_global_id(0), y = get_global_id(1), i = 0;
  if (x >= n || y >= n) return;
  float cr = 3.0f * x / n - 2.0f, ci = 3.0f * y / n - 1.5f, zr = 0, zi = 0;
  while (i < 256 && zr * zr + zi * zi < 4.0f) {
    float t = zr * zr - zi * zi + cr;
    zi = 2.0f * zr * zi + ci;
    zr = t;
    i++;
  }
  out[y * n + x] = i;
}
