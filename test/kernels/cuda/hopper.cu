// What came with the H100: products in eight bits, matrices stored by a warp, one lane elected, barriers of parts of a block.
// Made by: nvcc -ptx -arch=sm_90
#include <cuda_fp8.h>
// 16 x 32 times 32 x 8 of e4m3: every lane takes four bytes of a row of a at a time, and of a column of b.
extern "C" __global__ void mmaE4m3(const unsigned *a, const unsigned *b, float *c) {
  int lane = threadIdx.x, group = lane / 4, place = lane % 4;
  float d[4] = {};
  unsigned x[4] = {a[group * 8 + place], a[(group + 8) * 8 + place], a[group * 8 + place + 4], a[(group + 8) * 8 + place + 4]};
  unsigned y[2] = {b[group * 8 + place], b[group * 8 + place + 4]};
  asm volatile("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  c[group * 8 + 2 * place] = d[0];
  c[group * 8 + 2 * place + 1] = d[1];
  c[(group + 8) * 8 + 2 * place] = d[2];
  c[(group + 8) * 8 + 2 * place + 1] = d[3];
}

// An 8 x 8 matrix of 16 bits is turned within the warp's registers and laid down as rows.
extern "C" __global__ void turn(const unsigned *in, unsigned *out) {
  __shared__ __align__(16) unsigned rows[8][4];
  int lane = threadIdx.x;
  unsigned mine = in[lane], turned;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(turned) : "r"(mine));
  unsigned to = __cvta_generic_to_shared(&rows[lane & 7][0]);
  asm volatile("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%0], {%1};" ::"r"(to), "r"(turned) : "memory");
  __syncwarp();
  out[lane] = rows[lane / 4][lane % 4];
}

// Two warps meet at a barrier that the other two know nothing of; then one lane of each warp, elected, speaks for it.
extern "C" __global__ void elected(const int *x, int *sums) {
  __shared__ int values[128];
  int t = threadIdx.x, warp = t / 32;
  values[t] = x[t];
  if (warp < 2) asm volatile("barrier.sync 3, 64;" ::: "memory");
  else asm volatile("barrier.sync.aligned 4, 64;" ::: "memory");
  unsigned chosen, leader;
  asm volatile("{ .reg .pred p; elect.sync %0|p, 0xffffffff; selp.u32 %1, 1, 0, p; }" : "=r"(leader), "=r"(chosen));
  if (!chosen) return;
  int sum = 0, other = (warp ^ 1) * 32;
  for (int i = 0; i < 32; i++) sum += values[other + i];
  sums[warp] = sum + leader * 1000000;
}

// Message passing: what was written before the flag is there for who sees it, by release and acquire.
extern "C" __global__ void message(int *data, int *flag, int *out) {
  int t = threadIdx.x;
  if (t < 32) {
    data[t] = t * t + 1;
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
    __syncwarp();
    if (t == 0) asm volatile("st.release.gpu.global.s32 [%0], 1;" ::"l"(flag) : "memory");
  } else {
    int seen;
    do asm volatile("ld.acquire.gpu.global.s32 %0, [%1];" : "=r"(seen) : "l"(flag) : "memory");
    while (seen == 0);
    out[t - 32] = data[63 - t];
  }
}

// A bulk copy fills shared memory, and its barrier knows how many bytes are to come; the result goes back the same way.
extern "C" __global__ void bulk(const int *x, int *y) {
  __shared__ __align__(16) int room[256];
  __shared__ unsigned long long barrier;
  int t = threadIdx.x;
  unsigned to = __cvta_generic_to_shared(room), at = __cvta_generic_to_shared(&barrier);
  asm volatile("griddepcontrol.wait;" ::: "memory");
  if (t == 0) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(at) : "memory");
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    asm volatile("{ .reg .b64 state; mbarrier.arrive.expect_tx.shared::cta.b64 state, [%0], 1024; }" ::"r"(at) : "memory");
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], 1024, [%2];" ::"r"(to), "l"(x + 256 * blockIdx.x), "r"(at) : "memory");
  }
  __syncthreads();
  unsigned done;
  do asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], 0; selp.u32 %0, 1, 0, p; }" : "=r"(done) : "r"(at) : "memory");
  while (!done);
  room[t] = room[t] * 2 + 1;
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();
  if (t == 0) {
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], 1024;" ::"l"(y + 256 * blockIdx.x), "r"(to) : "memory");
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
    asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
  }
}
