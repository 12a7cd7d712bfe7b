// Device functions that are called rather than inlined: with results, structs, early returns, static variables, and in branches.
struct Pair {
  double first;
  int second;
};

__noinline__ __device__ int collatz(int n) {
  int steps = 0;
  while (n != 1) {
    if (n & 1) n = 3 * n + 1;
    else n >>= 1;
    if (++steps > 200) return -1;
  }
  return steps;
}

__noinline__ __device__ Pair combine(Pair a, float b) {
  static __device__ int uses = 100;
  Pair result;
  result.first = a.first * b;
  result.second = a.second + atomicAdd(&uses, 1) - uses;
  return result;
}

__noinline__ __device__ int twice(int n) {
  if (n % 3 == 0) return collatz(n + 1) + collatz(n + 2);
  return collatz(n + 5);
}

__noinline__ __device__ void sort(int *values, int count) {
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && values[j - 1] > values[j]; j--) {
      int t = values[j];
      values[j] = values[j - 1];
      values[j - 1] = t;
    }
}

extern "C" __global__ void branches(int *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int result;
  if (i & 1) result = collatz(i + 1);
  else result = twice(i + 1);
  out[i] = result;
}

extern "C" __global__ void structs(double *out, float factor) {
  Pair p = {1.5 + threadIdx.x, 7};
  Pair q = combine(p, factor);
  out[threadIdx.x] = q.first;
}

extern "C" __global__ void sorted(const int *in, int *out) {
  int mine[6];
  for (int i = 0; i < 6; i++) mine[i] = in[(threadIdx.x * 5 + i * 7) % 32];
  sort(mine, 6);
  for (int i = 0; i < 6; i++) out[threadIdx.x * 6 + i] = mine[i];
}
