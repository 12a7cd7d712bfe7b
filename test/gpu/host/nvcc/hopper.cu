// What sm_90 adds that is not its own alone: FP8 products, stmatrix, bulk copies that report to barriers.
// nvcc -ptx -arch=sm_90 -o hopper.ptx hopper.cu
#include <cuda_fp16.h>

__device__ unsigned sharedAddress(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

// One warp, 16 x 8 by k: E4M3 by E5M2, A by rows and B by columns, straight from global memory.
extern "C" __global__ void mmaFp8(int k, const unsigned char* a, const unsigned char* b, float* d) {
  int group = threadIdx.x / 4, member = threadIdx.x % 4;
  const unsigned* wordsA = (const unsigned*)a;
  const unsigned* wordsB = (const unsigned*)b;
  float s[4] = {};
  for (int at = 0; at < k / 4; at += 8) {
    unsigned a0 = wordsA[group * (k / 4) + at + member], a1 = wordsA[(group + 8) * (k / 4) + at + member];
    unsigned a2 = wordsA[group * (k / 4) + at + member + 4], a3 = wordsA[(group + 8) * (k / 4) + at + member + 4];
    unsigned b0 = wordsB[group * (k / 4) + at + member], b1 = wordsB[group * (k / 4) + at + member + 4];
    asm volatile("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
  }
  for (int e = 0; e < 4; e++) d[(group + 8 * (e / 2)) * 8 + 2 * member + e % 2] = s[e];
}

// Transposes 16 x 16 halves for each warp: in through ldmatrix, out through stmatrix.
extern "C" __global__ void transposeHalves(const half* in, half* out) {
  __shared__ __align__(16) half tile[4][16][24];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const uint4* from = (const uint4*)(in + warp * 256);
  uint4* to = (uint4*)(out + warp * 256);
  *(uint4*)&tile[warp][lane / 2][8 * (lane % 2)] = from[lane];
  __syncwarp();
  unsigned r[4], address = sharedAddress(&tile[warp][lane % 16][8 * (lane / 16)]);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address));
  __syncwarp();
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};" ::"r"(address), "r"(r[0]), "r"(r[2]), "r"(r[1]), "r"(r[3]) : "memory");
  __syncwarp();
  to[lane] = *(uint4*)&tile[warp][lane / 2][8 * (lane % 2)];
}

// A ring of three places in shared memory: one thread has them filled by bulk copies, a barrier for each says when one is full and
// another when it is empty; the results leave by a bulk copy too.
constexpr int places = 3, numbers = 256;
extern "C" __global__ void bulkRing(int rounds, const float* in, float* out) {
  __shared__ __align__(16) float ring[places][numbers];
  __shared__ __align__(16) float results[2][numbers];
  __shared__ unsigned long long full[places], empty[places];
  int thread = threadIdx.x;
  if (thread == 0) {
    for (int i = 0; i < places; i++) {
      asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(sharedAddress(&full[i])));
      asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(sharedAddress(&empty[i])), "r"(numbers));
    }
    asm volatile("fence.mbarrier_init.release.cluster;");
  }
  __syncthreads();
  auto wait = [](unsigned long long* barrier, int parity) {
    asm volatile(
        "{ .reg .pred done; again%=: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1; @done bra.uni over%=; bra.uni again%=; over%=: }" ::"r"(sharedAddress(barrier)),
        "r"(parity)
        : "memory");
  };
  auto fetch = [&](int round) {
    int at = round % places;
    if (round >= places) wait(&empty[at], (round / places - 1) & 1);
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(sharedAddress(&full[at])), "r"(numbers * 4) : "memory");
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(sharedAddress(ring[at])),
                 "l"(in + round * numbers), "r"(numbers * 4), "r"(sharedAddress(&full[at]))
                 : "memory");
  };
  if (thread == 0)
    for (int i = 0; i < places - 1 && i < rounds; i++) fetch(i);
  for (int round = 0; round < rounds; round++) {
    if (thread == 0 && round + places - 1 < rounds) fetch(round + places - 1);
    wait(&full[round % places], (round / places) & 1);
    float v = ring[round % places][numbers - 1 - thread];
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(sharedAddress(&empty[round % places])) : "memory");
    if (thread == 0) asm volatile("cp.async.bulk.wait_group.read 1;" ::: "memory");
    __syncthreads();
    results[round % 2][thread] = 2 * v + round;
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    if (thread == 0) {
      asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(out + round * numbers), "r"(sharedAddress(results[round % 2])), "r"(numbers * 4) : "memory");
      asm volatile("cp.async.bulk.commit_group;");
    }
  }
  if (thread == 0) asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
}
