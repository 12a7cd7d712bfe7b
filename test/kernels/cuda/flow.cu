// Control flow that warps find hard: nested loops with break and continue, early ends, jumps into each other's way.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
extern "C" __global__ void nested(int n, const int *x, int *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int seed = x[i], found = 0, steps = 0;
  for (int a = 1; a < 12; a++) {
    if ((seed + a) % 5 == 0) continue;
    for (int b = a; b < 20; b++) {
      steps++;
      if ((seed ^ (a * b)) % 7 == 3) {
        found += a * b;
        break;
      }
      if (steps > 90) {
        out[i] = -found;
        return;
      }
      do {
        steps++;
        if (steps % 11 == 0) goto next;
      } while (steps % 3 != 0);
    }
    found ^= a;
  next:;
  }
  out[i] = found;
}

// Two loops that jump into each other: no structure that a compiler could find.
extern "C" __global__ void irreducible(int n, const int *x, int *out) {
  int i = threadIdx.x, v = x[i], trace = 0;
  if (v & 1) goto middle;
top:
  trace = trace * 3 + 1;
  v -= 2;
  if (v < 0) goto end;
middle:
  trace = trace * 3 + 2;
  v -= 3;
  if (v > n) goto top;
  if (v > 0) goto middle;
  if (v > -2) goto top;
end:
  out[i] = trace;
}

// Ends its warps part by part, then lets those that are left vote and wait for each other.
extern "C" __global__ void survivors(const int *x, unsigned *out) {
  __shared__ unsigned counts[4];
  int t = threadIdx.x;
  if (t < 4) counts[t] = 0;
  __syncthreads();
  unsigned rest = __ballot_sync(~0u, x[t] >= 0);
  if (x[t] < 0) return;
  int any = __any_sync(rest, x[t] > 100), all = __all_sync(rest, x[t] < 200);
  __syncwarp(rest);
  if (x[t] % 2 == 0) atomicOr(&counts[t / 32], 1u << (t & 31));
  __syncwarp(rest);
  out[t] = counts[t / 32] ^ (any << 1) ^ (all << 5);
}

// A block of four warps of which two make what the other two use; they meet at barriers of their own, before and after.
extern "C" __global__ void inTurns(int rounds, const int *x, int *out) {
  __shared__ int slot[64];
  int t = threadIdx.x, half = t & 63, sum = 0;
  for (int r = 0; r < rounds; r++) {
    if (t < 64) {
      slot[half] = x[r * 64 + half] * 3;
      asm volatile("bar.sync 1, 128;" ::: "memory");
      asm volatile("bar.sync 2, 128;" ::: "memory");
    } else {
      asm volatile("bar.sync 1, 128;" ::: "memory");
      sum += slot[63 - half];
      asm volatile("bar.sync 2, 128;" ::: "memory");
    }
  }
  if (t >= 64) out[half] = sum;
}

// Two warps make what two others use, two slots ahead: who has nothing to wait for only arrives.
extern "C" __global__ void pipeline(int rounds, const int *x, int *out) {
  __shared__ int slots[2][64];
  int t = threadIdx.x, half = t & 63, sum = 0;
  for (int r = 0; r < rounds; r++) {
    int slot = r & 1;
    if (t < 64) {
      if (r >= 2) asm volatile("bar.sync %0, 128;" ::"r"(3 + slot) : "memory");
      slots[slot][half] = x[r * 64 + half] * 3;
      asm volatile("bar.arrive %0, 128;" ::"r"(1 + slot) : "memory");
    } else {
      asm volatile("bar.sync %0, 128;" ::"r"(1 + slot) : "memory");
      sum += slots[slot][63 - half];
      if (r + 2 < rounds) asm volatile("bar.arrive %0, 128;" ::"r"(3 + slot) : "memory");
    }
  }
  if (t >= 64) out[half] = sum;
}

// How many threads of the block, whether any, whether all: barriers that reduce.
extern "C" __global__ void counted(const int *x, int *out) {
  int v = x[blockIdx.x * blockDim.x + threadIdx.x], t = threadIdx.x;
  int count = __syncthreads_count(v > 0), any = __syncthreads_or(v > 90), all = __syncthreads_and(v > -90);
  if (t == 0) out[blockIdx.x] = count * 4 + any * 2 + all;
}

// A jump by number into a table of places.
extern "C" __global__ void jumpTable(const int *x, int *out) {
  int v = x[threadIdx.x], result;
  asm volatile(
      "{\n"
      "table: .branchtargets first, second, third, second;\n"
      "  brx.idx %1, table;\n"
      "first: mul.lo.s32 %0, %2, 10; bra done;\n"
      "second: neg.s32 %0, %2; bra done;\n"
      "third: add.s32 %0, %2, 1000;\n"
      "done:\n"
      "}" : "=r"(result) : "r"(v & 3), "r"(v));
  out[threadIdx.x] = result;
}
