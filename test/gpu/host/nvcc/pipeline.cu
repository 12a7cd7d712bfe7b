// Copies that go on while threads work, by the CUDA headers' pipelines and barriers.
// nvcc -ptx -arch=sm_80 -o pipeline.ptx pipeline.cu
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/pipeline>

namespace cg = cooperative_groups;

// Sums of 128 numbers at a time, the next ones under way while these are added: a pipeline of two stages for the block.
extern "C" __global__ void stagedSums(int batches, const int* in, int* out) {
  __shared__ int buffer[2][128];
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
  auto block = cg::this_thread_block();
  auto pipe = cuda::make_pipeline(block, &state);
  for (int fetched = 0, batch = 0; batch < batches; batch++) {
    for (; fetched < batches && fetched < batch + 2; fetched++) {
      pipe.producer_acquire();
      cuda::memcpy_async(block, buffer[fetched % 2], in + fetched * 128, sizeof(int) * 128, pipe);
      pipe.producer_commit();
    }
    pipe.consumer_wait();
    int sum = 0;
    for (int i = 0; i <= threadIdx.x; i++) sum += buffer[batch % 2][i];
    out[batch * 128 + threadIdx.x] = sum;
    pipe.consumer_release();
  }
}

// The same copy with a barrier, and a last arrival that drops out.
extern "C" __global__ void barrierCopy(int rounds, const int4* in, int4* out) {
  __shared__ int4 buffer[64];
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
  auto block = cg::this_thread_block();
  if (threadIdx.x == 0) init(&barrier, blockDim.x);
  block.sync();
  for (int round = 0; round < rounds; round++) {
    cuda::memcpy_async(buffer + threadIdx.x, in + round * 64 + threadIdx.x, cuda::aligned_size_t<16>(sizeof(int4)), barrier);
    barrier.arrive_and_wait();
    int4 v = buffer[63 - threadIdx.x];
    out[round * 64 + threadIdx.x] = make_int4(v.w, v.z, v.y, v.x);
    block.sync();
  }
}

// Warps 0 and 1 hand numbers to warps 2 and 3 through a ring of two places, each with a barrier for full and one for empty.
extern "C" __global__ void handOver(int rounds, const int* in, int* out) {
  __shared__ int ring[2][64];
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ cuda::barrier<cuda::thread_scope_block> full[2], empty[2];
  if (threadIdx.x < 2) {
    init(&full[threadIdx.x], 128);
    init(&empty[threadIdx.x], 128);
  }
  __syncthreads();
  if (threadIdx.x < 64) {
    for (int round = 0; round < rounds; round++) {
      empty[round % 2].arrive_and_wait();
      ring[round % 2][threadIdx.x] = in[round * 64 + threadIdx.x];
      (void)full[round % 2].arrive();
    }
  } else {
    (void)empty[0].arrive();
    (void)empty[1].arrive();
    for (int round = 0; round < rounds; round++) {
      full[round % 2].arrive_and_wait();
      out[round * 64 + threadIdx.x - 64] = 3 * ring[round % 2][63 - (threadIdx.x - 64)];
      (void)empty[round % 2].arrive();
    }
  }
}
