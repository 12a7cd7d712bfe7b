// Work whose shape the data decide: a graph by breadth, sparse matrices, connected parts, search in text, locks.
// Made by: nvcc -ptx -arch=sm_75
extern "C" __global__ void breadthFirst(int n, int level, const int *starts, const int *edges, int *levels, int *more) {
  int v = blockIdx.x * blockDim.x + threadIdx.x;
  if (v >= n || levels[v] != level) return;
  for (int e = starts[v]; e < starts[v + 1]; e++)
    if (atomicCAS(levels + edges[e], -1, level + 1) == -1) *more = 1;
}

// A warp to a row.
extern "C" __global__ void spmv(int rows, const int *starts, const int *columns, const double *values, const double *x, double *y) {
  int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x & 31;
  if (row >= rows) return;
  double sum = 0;
  for (int i = starts[row] + lane; i < starts[row + 1]; i += 32) sum += values[i] * x[columns[i]];
  for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_down_sync(~0u, sum, offset);
  if (lane == 0) y[row] = sum;
}

__device__ int root(int *parents, int v) {
  while (parents[v] != v) {
    int up = parents[parents[v]];
    parents[v] = up;
    v = up;
  }
  return v;
}

// An edge a thread; the higher root is hung under the lower one, which nobody else may have moved meanwhile.
extern "C" __global__ void unite(int edges, const int2 *pairs, int *parents) {
  int e = blockIdx.x * blockDim.x + threadIdx.x;
  if (e >= edges) return;
  int a = root(parents, pairs[e].x), b = root(parents, pairs[e].y);
  while (a != b) {
    int high = max(a, b), low = min(a, b), was = atomicCAS(parents + high, high, low);
    if (was == high) break;
    a = root(parents, was);
    b = root(parents, low);
  }
}

extern "C" __global__ void flatten(int n, int *parents) {
  int v = blockIdx.x * blockDim.x + threadIdx.x;
  if (v < n) parents[v] = root(parents, v);
}

__constant__ char pattern[16];

// A place a thread, each ahead until a letter differs.
extern "C" __global__ void search(int length, int letters, const char *text, int *count, int *first) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i + letters > length) return;
  for (int j = 0; j < letters; j++)
    if (text[i + j] != pattern[j]) return;
  atomicAdd(count, 1);
  atomicMin(first, i);
}

// Every lane of a warp takes one lock in its turn. Where lanes that wait keep the one that holds it from going on, nobody ever ends.
extern "C" __global__ void spinLock(int *lock, int *counter, int *order) {
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  __threadfence();
  int mine = *(volatile int *)counter;
  *(volatile int *)counter = mine + 1;
  order[threadIdx.x] = mine;
  __threadfence();
  atomicExch(lock, 0);
}

// The same with the whole work inside the attempt, which ends under any policy.
extern "C" __global__ void politeLock(int *lock, int *counter) {
  bool done = false;
  while (!done) {
    if (atomicCAS(lock, 0, 1) == 0) {
      int mine = *(volatile int *)counter;
      *(volatile int *)counter = mine + 1;
      __threadfence();
      atomicExch(lock, 0);
      done = true;
    }
    __nanosleep(20);
  }
}

// Two lanes of a warp hand a number to each other and back: whichever goes first waits for the other.
extern "C" __global__ void handOver(volatile int *there, volatile int *back, int *out) {
  if (threadIdx.x == 1) {
    while (*there == 0) {
    }
    *back = *there * 2;
  } else if (threadIdx.x == 0) {
    *there = 21;
    while (*back == 0) {
    }
    out[0] = *back;
  }
}
