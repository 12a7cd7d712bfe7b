// Bits and long integers: digests, checksums, carries through many words, the instructions made for single bits.
// Made by: nvcc -ptx -arch=sm_80
__constant__ unsigned roundKeys[64];

// SHA-256 (FIPS 180-4) of messages of at most 55 bytes, one a thread, 64 bytes apart.
extern "C" __global__ void sha256(int n, const unsigned *messages, const int *lengths, unsigned *digests) {
  int m = blockIdx.x * blockDim.x + threadIdx.x;
  if (m >= n) return;
  unsigned w[64], h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned length = lengths[m];
  for (int i = 0; i < 16; i++) {
    unsigned word = __byte_perm(messages[m * 16 + i], 0, 0x0123);
    int left = (int)length - 4 * i;
    if (left <= 0) word = left == 0 ? 0x80000000u : 0;
    else if (left < 4) word = (word & ~(0xffffffffu >> 8 * left)) | 0x80000000u >> 8 * left;
    w[i] = i == 15 ? length * 8 : word;
  }
#pragma unroll 1
  for (int i = 16; i < 64; i++) {
    unsigned a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (__funnelshift_r(a, a, 7) ^ __funnelshift_r(a, a, 18) ^ a >> 3) + (__funnelshift_r(b, b, 17) ^ __funnelshift_r(b, b, 19) ^ b >> 10);
  }
  unsigned a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
#pragma unroll 1
  for (int i = 0; i < 64; i++) {
    unsigned t1 = k + (__funnelshift_r(e, e, 6) ^ __funnelshift_r(e, e, 11) ^ __funnelshift_r(e, e, 25)) + ((e & f) ^ (~e & g)) + roundKeys[i] + w[i];
    unsigned t2 = (__funnelshift_r(a, a, 2) ^ __funnelshift_r(a, a, 13) ^ __funnelshift_r(a, a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    k = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  unsigned *out = digests + m * 8;
  out[0] = h[0] + a;
  out[1] = h[1] + b;
  out[2] = h[2] + c;
  out[3] = h[3] + d;
  out[4] = h[4] + e;
  out[5] = h[5] + f;
  out[6] = h[6] + g;
  out[7] = h[7] + k;
}

// The CRC of Ethernet and zip, bit by bit from the low end.
extern "C" __global__ void crc32(int n, int length, const unsigned char *data, unsigned *out) {
  int m = blockIdx.x * blockDim.x + threadIdx.x;
  if (m >= n) return;
  unsigned crc = 0xffffffffu;
  for (int i = 0; i < length; i++) {
    crc ^= data[m * length + i];
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  out[m] = ~crc;
}

// 256-bit integers as eight words, the lowest first: sums and differences with their carry, 512-bit products.
extern "C" __global__ void longIntegers(const unsigned *x, const unsigned *y, unsigned *sums, unsigned *differences, unsigned *products) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned *a = x + 8 * i, *b = y + 8 * i;
  unsigned s[9], d[9], p[16] = {};
  asm volatile(
      "add.cc.u32 %0, %9, %17; addc.cc.u32 %1, %10, %18; addc.cc.u32 %2, %11, %19; addc.cc.u32 %3, %12, %20;"
      "addc.cc.u32 %4, %13, %21; addc.cc.u32 %5, %14, %22; addc.cc.u32 %6, %15, %23; addc.cc.u32 %7, %16, %24; addc.u32 %8, 0, 0;"
      : "=&r"(s[0]), "=&r"(s[1]), "=&r"(s[2]), "=&r"(s[3]), "=&r"(s[4]), "=&r"(s[5]), "=&r"(s[6]), "=&r"(s[7]), "=&r"(s[8])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(a[4]), "r"(a[5]), "r"(a[6]), "r"(a[7]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), "r"(b[4]), "r"(b[5]), "r"(b[6]), "r"(b[7]));
  asm volatile(
      "sub.cc.u32 %0, %9, %17; subc.cc.u32 %1, %10, %18; subc.cc.u32 %2, %11, %19; subc.cc.u32 %3, %12, %20;"
      "subc.cc.u32 %4, %13, %21; subc.cc.u32 %5, %14, %22; subc.cc.u32 %6, %15, %23; subc.cc.u32 %7, %16, %24; subc.u32 %8, 0, 0;"
      : "=&r"(d[0]), "=&r"(d[1]), "=&r"(d[2]), "=&r"(d[3]), "=&r"(d[4]), "=&r"(d[5]), "=&r"(d[6]), "=&r"(d[7]), "=&r"(d[8])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(a[4]), "r"(a[5]), "r"(a[6]), "r"(a[7]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), "r"(b[4]), "r"(b[5]), "r"(b[6]), "r"(b[7]));
#pragma unroll
  for (int j = 0; j < 8; j++) {
#pragma unroll
    for (int k = 0; k < 8; k++) {
      unsigned carry;
      asm volatile("mad.lo.cc.u32 %0, %2, %3, %0; madc.hi.u32 %1, %2, %3, 0;" : "+r"(p[j + k]), "=r"(carry) : "r"(a[j]), "r"(b[k]));
#pragma unroll
      for (int l = j + k + 1; l < 16; l++) {
        unsigned up;
        asm volatile("add.cc.u32 %0, %0, %2; addc.u32 %1, 0, 0;" : "+r"(p[l]), "=r"(up) : "r"(carry));
        carry = up;
      }
    }
  }
  for (int j = 0; j < 9; j++) sums[9 * i + j] = s[j], differences[9 * i + j] = d[j];
  for (int j = 0; j < 16; j++) products[16 * i + j] = p[j];
}

#define TAKE(index, text) asm(text : "=r"(o[index]) : "r"(a), "r"(b), "r"(c))

// One instruction of each kind that works on bits and small fields.
extern "C" __global__ void bitInstructions(int n, const unsigned *x, unsigned *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2];
  unsigned *o = out + 26 * i;
  TAKE(0, "popc.b32 %0, %1;");
  TAKE(1, "clz.b32 %0, %1;");
  TAKE(2, "brev.b32 %0, %1;");
  TAKE(3, "bfind.u32 %0, %1;");
  TAKE(4, "bfind.shiftamt.s32 %0, %1;");
  TAKE(5, "bfe.u32 %0, %1, %2, %3;");
  TAKE(6, "bfe.s32 %0, %1, 5, 9;");
  TAKE(7, "bfi.b32 %0, %1, %2, 7, 11;");
  TAKE(8, "bmsk.clamp.b32 %0, 5, 9;");
  TAKE(9, "prmt.b32 %0, %1, %2, 0x7a31;");
  TAKE(10, "lop3.b32 %0, %1, %2, %3, 0x96;");
  TAKE(11, "lop3.b32 %0, %1, %2, %3, 0xe8;");
  TAKE(12, "shf.l.wrap.b32 %0, %1, %2, %3;");
  TAKE(13, "shf.r.clamp.b32 %0, %1, %2, 37;");
  TAKE(14, "sad.u32 %0, %1, %2, %3;");
  TAKE(15, "sad.s32 %0, %1, %2, %3;");
  TAKE(16, "mul24.lo.u32 %0, %1, %2;");
  TAKE(17, "mul24.hi.s32 %0, %1, %2;");
  TAKE(18, "mad24.lo.s32 %0, %1, %2, %3;");
  TAKE(19, "cnot.b32 %0, %1;");
  TAKE(20, "{ .reg .pred p; setp.hi.or.u32 p, %1, %2, 0; selp.b32 %0, %1, %3, p; }");
  TAKE(21, "set.le.u32.s32 %0, %1, %2;");
  TAKE(22, "slct.u32.s32 %0, %1, %2, %3;");
  TAKE(23, "{ .reg .b16 l, h; mov.b32 {l, h}, %1; mov.b32 %0, {h, l}; }");
  TAKE(24, "szext.clamp.s32 %0, %1, %2;");
  TAKE(25, "fns.b32 %0, %1, 3, 2;");
}

// Division and remainder of every width, signed and not, and the high half of products.
extern "C" __global__ void divisions(int n, const long long *x, long long *out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  long long a = x[2 * i], b = x[2 * i + 1], *o = out + 12 * i;
  o[0] = a / b;
  o[1] = a % b;
  o[2] = (unsigned long long)a / (unsigned long long)b;
  o[3] = (unsigned long long)a % (unsigned long long)b;
  o[4] = (int)a / ((int)b | 1);
  o[5] = (int)a % ((int)b | 1);
  o[6] = (unsigned)a / ((unsigned)b | 1);
  o[7] = (short)((short)a / (short)((short)b | 1));
  o[8] = (unsigned short)((unsigned short)a % (unsigned short)((unsigned short)b | 1));
  o[9] = __mul64hi(a, b);
  o[10] = __umul64hi(a, b);
  o[11] = llabs(a) + min(a, b) - max((unsigned long long)a, (unsigned long long)b);
}
