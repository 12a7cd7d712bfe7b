// Kinds of memory and of accesses: hints for caches, generic addresses, reductions in memory, classes of numbers, early ends.
// Made by: nvcc -ptx -arch=sm_80
extern "C" __global__ void stream(int n, const float4 *x, float4 *y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned long long policy;
  asm volatile("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
  asm volatile("prefetch.global.L2 [%0];" ::"l"(x + i));
  asm volatile("prefetchu.L1 [%0];" ::"l"(x + i));
  // Eight elements are a line, which is about to be overwritten.
  if (i % 8 == 0) asm volatile("discard.global.L2 [%0], 128;" ::"l"(y + i) : "memory");
  __syncwarp(__activemask());
  float4 v;
  asm volatile("ld.global.nc.L1::no_allocate.L2::cache_hint.v4.f32 {%0, %1, %2, %3}, [%4], %5;" : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w) : "l"(x + i), "l"(policy));
  float factor;
  asm volatile("ldu.global.f32 %0, [%1];" : "=f"(factor) : "l"(x));
  __stcs(y + i, make_float4(v.w * factor, v.z * factor, v.y * factor, v.x * factor));
  if (i % 8 == 0) asm volatile("applypriority.global.L2::evict_normal [%0], 128;" ::"l"(y + i) : "memory");
}

__constant__ int constants[4] = {3, 1, 4, 1};
__device__ int globals[4] = {2, 7, 1, 8};

// The same code on addresses of each kind of memory.
extern "C" __global__ void spaces(const int *which, int *out) {
  __shared__ int shared[4];
  int local[4];
  for (int i = 0; i < 4; i++) local[i] = threadIdx.x * 10 + i;
  if (threadIdx.x < 4) shared[threadIdx.x] = 50 + threadIdx.x;
  __syncthreads();
  const int *of = which[threadIdx.x] == 0 ? globals : which[threadIdx.x] == 1 ? shared : which[threadIdx.x] == 2 ? local : constants;
  int sum = of[0] + of[1] * 100 + of[3] * 10000;
  out[2 * threadIdx.x] = sum;
  out[2 * threadIdx.x + 1] = (__isGlobal(of) ? 1 : 0) + (__isShared(of) ? 2 : 0) + (__isLocal(of) ? 4 : 0) + (__isConstant(of) ? 8 : 0);
}

// Reductions that ask for no old value, each of its kind.
extern "C" __global__ void tally(const int *x, unsigned *out, double *sum) {
  __shared__ int least;
  int v = x[blockIdx.x * blockDim.x + threadIdx.x];
  if (threadIdx.x == 0) least = 0x7fffffff;
  __syncthreads();
  asm volatile("red.shared.min.s32 [%0], %1;" ::"r"((unsigned)__cvta_generic_to_shared(&least)), "r"(v) : "memory");
  asm volatile("red.global.add.u32 [%0], %1;" ::"l"(out), "r"(v) : "memory");
  asm volatile("red.relaxed.gpu.global.max.s32 [%0], %1;" ::"l"(out + 1), "r"(v) : "memory");
  asm volatile("red.global.and.b32 [%0], %1;" ::"l"(out + 2), "r"(v) : "memory");
  asm volatile("red.global.or.b32 [%0], %1;" ::"l"(out + 3), "r"(v) : "memory");
  asm volatile("red.global.xor.b32 [%0], %1;" ::"l"(out + 4), "r"(v) : "memory");
  asm volatile("red.global.inc.u32 [%0], 9;" ::"l"(out + 5) : "memory");
  asm volatile("red.release.sys.global.dec.u32 [%0], 9;" ::"l"(out + 6) : "memory");
  asm volatile("red.global.add.f64 [%0], %1;" ::"l"(sum), "d"((double)v) : "memory");
  __syncthreads();
  if (threadIdx.x == 0) atomicMin((int *)out + 7, least);
}

// What kind of number each is, and its hyperbolic tangent as the hardware approximates it.
extern "C" __global__ void classes(int n, const float *x, unsigned *out, float *tangents) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) asm volatile("exit;");
  unsigned flags = 0;
#define CLASS(kind, bit) \
  { \
    unsigned is; \
    asm("{ .reg .pred p; testp." kind ".f32 p, %1; selp.u32 %0, 1, 0, p; }" : "=r"(is) : "f"(x[i])); \
    flags |= is << bit; \
  }
  CLASS("finite", 0)
  CLASS("infinite", 1)
  CLASS("number", 2)
  CLASS("notanumber", 3)
  CLASS("normal", 4)
  CLASS("subnormal", 5)
  out[i] = flags;
  asm("tanh.approx.f32 %0, %1;" : "=f"(tangents[i]) : "f"(x[i]));
}
