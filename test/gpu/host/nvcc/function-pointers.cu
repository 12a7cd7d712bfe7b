// Functions as values: tables of them, choices by lane, virtual functions of objects made in the kernel, and a switch as a jump table.
typedef int (*Operation)(int, int);

__noinline__ __device__ int add(int a, int b) { return a + b; }
__noinline__ __device__ int multiply(int a, int b) { return a * b; }
__noinline__ __device__ int power(int a, int b) { return b == 0 ? 1 : a * power(a, b - 1); }

__device__ Operation table[3] = {add, multiply, power};

// Calls whatever it is given, also from inside what it is given.
__noinline__ __device__ int twice(Operation f, int a, int b) { return f(f(a, b), b); }
__noinline__ __device__ int nested(int a, int b) { return a > 50 ? a : twice(b & 1 ? nested : add, a + b, b + 1); }

struct Shape {
  float size;
  __device__ Shape(float size) : size(size) {}
  __device__ virtual float area() const = 0;
  __device__ virtual int corners() const { return 0; }
};
struct Square : Shape {
  __device__ Square(float size) : Shape(size) {}
  __device__ float area() const override { return size * size; }
  __device__ int corners() const override { return 4; }
};
struct Circle : Shape {
  __device__ Circle(float size) : Shape(size) {}
  __device__ float area() const override { return 3.0f * size * size; }
};

extern "C" __global__ void chosen(int *out) {
  int i = threadIdx.x;
  out[i] = table[i % 3](i % 4 + 1, i % 5);
}

extern "C" __global__ void handed(int *out) {
  int i = threadIdx.x;
  Operation f = i % 2 ? multiply : add;
  out[i] = twice(f, i, 3) + nested(i, i % 4);
}

extern "C" __global__ void areas(float *out, int *corners) {
  int i = threadIdx.x;
  Square square(i + 1.0f);
  Circle circle(i + 2.0f);
  const Shape *shape = i % 3 == 1 ? (const Shape *)&circle : &square;
  out[i] = shape->area();
  corners[i] = shape->corners();
}

extern "C" __global__ void wrong(int *out, unsigned long long address) {
  Operation f = threadIdx.x == 5 ? (Operation)address : add;
  out[threadIdx.x] = f(1, 2);
}

extern "C" __global__ void switched(int *out, const int *in) {
  int i = threadIdx.x, x = in[i];
  switch (in[(i + 1) % 32] % 8) {
    case 0: x = x * 3 + 1; break;
    case 1: x = x / 3; break;
    case 2: x ^= 0x5555; out[i + 32] = x; break;
    case 3: x = -x;
    case 4: x += 100; break;
    case 5: x = x * x; break;
    case 6: x = __popc(x); break;
    default: return;
  }
  out[i] = x;
}
