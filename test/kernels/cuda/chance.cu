// Random numbers of known generators, and what is estimated with them.
// Made by: nvcc -ptx -arch=sm_75 -lineinfo
// Philox 4x32 with ten rounds (Salmon et al., 2011).
__device__ uint4 philox(uint4 counter, uint2 key) {
  for (int round = 0; round < 10; round++) {
    unsigned long long a = 0xD2511F53ull * counter.x, b = 0xCD9E8D57ull * counter.z;
    counter = make_uint4((unsigned)(b >> 32) ^ counter.y ^ key.x, (unsigned)b, __umulhi(0xD2511F53u, counter.x) ^ counter.w ^ key.y, (unsigned)a);
    key.x += 0x9E3779B9u;
    key.y += 0xBB67AE85u;
  }
  return counter;
}

extern "C" __global__ void philoxStream(uint2 key, uint4 counter, uint4 *out) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  counter.x += i;
  out[i] = philox(counter, key);
}

class Xorshift64 {
 public:
  __device__ explicit Xorshift64(unsigned long long seed) : state(seed | 1) {}
  __device__ unsigned next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1Dull >> 32;
  }

 private:
  unsigned long long state;
};

// How many of the points lie in the quarter of a circle; the sum of the squares in fixed point, so that it is exact.
extern "C" __global__ void pi(int points, unsigned long long seed, unsigned long long *inside) {
  Xorshift64 random(seed + (blockIdx.x * blockDim.x + threadIdx.x) * 0x9E3779B97F4A7C15ull);
  unsigned long long hits = 0;
  for (int i = 0; i < points; i++) {
    unsigned long long x = random.next() >> 1, y = random.next() >> 1;
    hits += x * x + y * y < 1ull << 62;
  }
  atomicAdd(inside, hits);
}
