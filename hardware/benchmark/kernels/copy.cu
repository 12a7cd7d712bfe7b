// to = from, `chunks` times 16 bytes, by a grid of any size.
extern "C" __global__ void NAME(const uint4 *from, uint4 *to, long long chunks) {
  const long long threads = (long long)gridDim.x * blockDim.x;
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < chunks; i += threads) to[i] = from[i];
}
