// Computing with numbers: fractals, bodies that attract each other, chance, Fourier transforms, quadrature.
// Made by: nvcc -ptx -arch=sm_90 --use_fast_math
extern "C" __global__ void julia(int n, int limit, float cr, float ci, unsigned char *out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= n || y >= n) return;
  float zr = (x - n / 2) * 0.0625f, zi = (y - n / 2) * 0.0625f;
  int i = 0;
  for (; i < limit; i++) {
    float r2 = __fmul_rn(zr, zr), i2 = __fmul_rn(zi, zi);
    if (__fadd_rn(r2, i2) > 4) break;
    zi = __fadd_rn(__fmul_rn(2, __fmul_rn(zr, zi)), ci);
    zr = __fadd_rn(__fsub_rn(r2, i2), cr);
  }
  out[y * n + x] = i;
}

extern "C" __global__ void nbody(int n, float step, const float4 *bodies, float4 *speeds) {
  __shared__ float4 tile[64];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float4 me = i < n ? bodies[i] : make_float4(0, 0, 0, 0);
  float ax = 0, ay = 0, az = 0;
  for (int start = 0; start < n; start += 64) {
    tile[threadIdx.x] = start + threadIdx.x < n ? bodies[start + threadIdx.x] : make_float4(0, 0, 0, 0);
    __syncthreads();
    for (int j = 0; j < 64; j++) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + 0.01f), pull = tile[j].w * inverse * inverse * inverse;
      ax += dx * pull;
      ay += dy * pull;
      az += dz * pull;
    }
    __syncthreads();
  }
  if (i < n) speeds[i] = make_float4(step * ax, step * ay, step * az, 0);
}

// sin, cos, exp, log, tan, pow and division as the fast ones are.
extern "C" __global__ void fast(int n, const float *x, float *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float v = x[i];
  float *o = out + 8 * i;
  o[0] = sinf(v);
  o[1] = cosf(v);
  o[2] = expf(v);
  o[3] = logf(fabsf(v));
  o[4] = powf(fabsf(v), 1.5f);
  o[5] = 1 / v;
  o[6] = v / (v * v + 1);
  o[7] = sqrtf(fabsf(v));
}

// Decimation in time of 64 complex numbers a block; the twiddle factors come as a table.
extern "C" __global__ void fft64(const float2 *in, const float2 *twiddle, float2 *out) {
  __shared__ float2 s[64];
  int t = threadIdx.x;
  for (int i = t; i < 64; i += 32) s[__brev(i) >> 26] = in[blockIdx.x * 64 + i];
  for (int half = 1; half < 64; half *= 2) {
    __syncthreads();
    int j = t % half, low = t / half * 2 * half + j;
    float2 w = twiddle[j * (32 / half)], a = s[low], b = s[low + half];
    float2 turned = make_float2(b.x * w.x - b.y * w.y, b.x * w.y + b.y * w.x);
    s[low] = make_float2(a.x + turned.x, a.y + turned.y);
    s[low + half] = make_float2(a.x - turned.x, a.y - turned.y);
  }
  __syncthreads();
  for (int i = t; i < 64; i += 32) out[blockIdx.x * 64 + i] = s[i];
}
