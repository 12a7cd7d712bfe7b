// Functions that call themselves and each other: how deep each lane goes is its own affair.
__noinline__ __device__ int fibonacci(int n) {
  if (n < 2) return n;
  return fibonacci(n - 1) + fibonacci(n - 2);
}

__noinline__ __device__ unsigned ackermann(unsigned m, unsigned n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

__device__ bool isOdd(int n);
__noinline__ __device__ bool isEven(int n) { return n == 0 ? true : isOdd(n - 1); }
__noinline__ __device__ bool isOdd(int n) { return n == 0 ? false : isEven(n - 1); }

__noinline__ __device__ void quicksort(int *values, int low, int high) {
  if (low >= high) return;
  int pivot = values[(low + high) / 2], i = low, j = high;
  while (i <= j) {
    while (values[i] < pivot) i++;
    while (values[j] > pivot) j--;
    if (i <= j) {
      int t = values[i];
      values[i++] = values[j];
      values[j--] = t;
    }
  }
  quicksort(values, low, j);
  quicksort(values, i, high);
}

// The permutations of a local array of its own in every call: the sum of their values as digits of base 7.
__noinline__ __device__ long long permutations(const int *from, int count, long long prefix) {
  if (count == 0) return prefix;
  int rest[4];
  long long sum = 0;
  for (int chosen = 0; chosen < count; chosen++) {
    for (int i = 0, k = 0; i < count; i++)
      if (i != chosen) rest[k++] = from[i];
    sum += permutations(rest, count - 1, prefix * 7 + from[chosen]);
  }
  return sum;
}

// Ends the thread from deep inside, where the lane's number says so.
__noinline__ __device__ int climb(int n, int end) {
  if (n == end) asm volatile("exit;");
  return n == 0 ? 100 : climb(n - 1, end) + 1;
}

extern "C" __global__ void fibonaccis(int *out) { out[threadIdx.x] = fibonacci((threadIdx.x * 5) % 13); }

extern "C" __global__ void ackermanns(unsigned *out) {
  out[threadIdx.x] = ackermann(threadIdx.x % 3, threadIdx.x % 5);
}

extern "C" __global__ void parities(int *out) {
  int n = (threadIdx.x * 7) % 19;
  if (threadIdx.x % 3 == 0) out[threadIdx.x] = isOdd(n) ? 10 : 20;
  else out[threadIdx.x] = isEven(n) ? 1 : 2;
}

extern "C" __global__ void sorted(const int *in, int *out, int n) {
  int mine[16];
  for (int i = 0; i < n; i++) mine[i] = in[(threadIdx.x * 3 + i * 7) % 64];
  quicksort(mine, 0, n - 1);
  for (int i = 0; i < n; i++) out[threadIdx.x * n + i] = mine[i];
}

extern "C" __global__ void permuted(long long *out) {
  int digits[4];
  for (int i = 0; i < 4; i++) digits[i] = (threadIdx.x + i * i) % 7;
  out[threadIdx.x] = permutations(digits, 1 + threadIdx.x % 4, 0);
}

extern "C" __global__ void climbed(int *out) {
  out[threadIdx.x] = 7;
  out[threadIdx.x] = climb(threadIdx.x % 6, 4);
}
