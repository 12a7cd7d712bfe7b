// Functions that are really called: recursion, addresses of functions, virtual functions, a machine that interprets a program.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
__device__ __noinline__ int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

extern "C" __global__ void fibonacci(const int *x, int *out) { out[threadIdx.x] = fib(x[threadIdx.x]); }

__device__ void quicksort(int *x, int low, int high) {
  if (low >= high) return;
  int pivot = x[(low + high) / 2], i = low, j = high;
  while (i <= j) {
    while (x[i] < pivot) i++;
    while (x[j] > pivot) j--;
    if (i > j) break;
    int kept = x[i];
    x[i++] = x[j];
    x[j--] = kept;
  }
  quicksort(x, low, j);
  quicksort(x, i, high);
}

// Every thread sorts a piece of its own, in its local memory.
extern "C" __global__ void sortPieces(const int *in, int *out) {
  int mine[24], base = (blockIdx.x * blockDim.x + threadIdx.x) * 24;
  for (int i = 0; i < 24; i++) mine[i] = in[base + i];
  quicksort(mine, 0, 23);
  for (int i = 0; i < 24; i++) out[base + i] = mine[i];
}

__device__ bool isOdd(unsigned n);
__device__ __noinline__ bool isEven(unsigned n) { return n == 0 || isOdd(n - 1); }
__device__ __noinline__ bool isOdd(unsigned n) { return n != 0 && isEven(n - 1); }
__device__ __noinline__ int ackermann(int m, int n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

extern "C" __global__ void deep(int *out) {
  int t = threadIdx.x;
  out[t] = ackermann(t & 1, t % 5) * 2 + isEven(t);
}

__device__ __noinline__ float sum(float a, float b) { return a + b; }
__device__ __noinline__ float difference(float a, float b) { return a - b; }
__device__ __noinline__ float product(float a, float b) { return a * b; }
__device__ __noinline__ float power(float a, float b) {
  float result = 1;
  for (int i = 0; i < (int)b; i++) result *= a;
  return result;
}
typedef float (*Operation)(float, float);
__device__ Operation operations[4] = {sum, difference, product, power};

extern "C" __global__ void apply(const unsigned char *which, const float *a, const float *b, float *out) {
  int t = threadIdx.x;
  out[t] = operations[which[t]](a[t], b[t]);
}

class Shape {
 public:
  __device__ virtual float area() const = 0;
  __device__ virtual int corners() const { return 0; }
};
class Rectangle : public Shape {
 public:
  __device__ Rectangle(float w, float h) : width(w), height(h) {}
  __device__ float area() const override { return width * height; }
  __device__ int corners() const override { return 4; }

 private:
  float width, height;
};
class Disc : public Shape {
 public:
  __device__ explicit Disc(float r) : radius(r) {}
  __device__ float area() const override { return 3.0f * radius * radius; }

 private:
  float radius;
};
__device__ __noinline__ float describe(const Shape &shape) { return shape.area() * 8 + shape.corners(); }

extern "C" __global__ void shapes(const float *x, float *out) {
  int t = threadIdx.x;
  Rectangle rectangle(x[t], 2);
  Disc disc(x[t]);
  const Shape *mine = t % 3 == 0 ? (const Shape *)&disc : &rectangle;
  out[t] = describe(*mine);
}

// A machine with a stack of eight; programs are the threads' own.
extern "C" __global__ void interpret(int length, const unsigned char *programs, int *out) {
  int stack[8], top = 0, t = threadIdx.x;
  stack[0] = t;
  for (int pc = 0; pc < length; pc++) {
    switch (programs[t * length + pc]) {
      case 0: stack[top] += 1; break;
      case 1: stack[top] *= 3; break;
      case 2: stack[top] = -stack[top]; break;
      case 3: if (top < 7) { stack[top + 1] = stack[top]; top++; } break;
      case 4: if (top > 0) { stack[top - 1] += stack[top]; top--; } break;
      case 5: if (top > 0) { stack[top - 1] ^= stack[top]; top--; } break;
      case 6: stack[top] >>= 1; break;
      case 7: if (stack[top] < 0) pc++; break;
      case 8: stack[top] &= 0xff; break;
      case 9: if (top > 0) { int kept = stack[top]; stack[top] = stack[top - 1]; stack[top - 1] = kept; } break;
      case 10: pc += 2; break;
      default: pc = length; break;
    }
  }
  out[t] = stack[top];
}
