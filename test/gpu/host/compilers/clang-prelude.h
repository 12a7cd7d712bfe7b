// What clang needs to compile program.cu without CUDA's headers.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
struct Extent {
  unsigned x;
};
#define threadIdx (Extent{(unsigned)__nvvm_read_ptx_sreg_tid_x()})
#define blockIdx (Extent{(unsigned)__nvvm_read_ptx_sreg_ctaid_x()})
#define blockDim (Extent{(unsigned)__nvvm_read_ptx_sreg_ntid_x()})
