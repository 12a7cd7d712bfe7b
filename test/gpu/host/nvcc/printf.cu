// What a kernel prints: every conversion, with flags, width and precision, from lanes that go different ways.
#include <cstdio>

extern "C" __global__ void lanes(int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  if (i % 2 == 0) printf("thread %d is even\n", i);
  else printf("thread %d has %f and %s\n", i, i * 0.25, i % 3 ? "no" : "yes");
}

extern "C" __global__ void whole(const char *given) {
  printf("%d %i %5d|%-5d|%05d|%+d|% d|%.3d|%+06d\n", -7, 42, 42, 42, 42, 42, 42, 7, 7);
  printf("%u %x %X %#x %#o %o %08x\n", 4000000000u, 48879u, 48879u, 48879u, 8u, 8u, 0xabcu);
  printf("%hhd %hd %hu %hhu %ld %lu\n", 300, 70000, 70000, 511, -5000000000l, 5000000000ul);
  printf("%lld %llu %llx %20lld|%-20lld|\n", -9223372036854775807ll - 1, 18446744073709551615ull, 0x123456789abcdefull,
         -1ll, 1ll);
  printf("%c%c%c %5c|%-5c| %s %10s|%-10s|%.3s|%% %zu\n", 'a', 'b', 'c', 'd', 'e', "text", "right", "left", "cut off",
         (size_t)123);
  printf("%*d|%-*d|%.*f|%*.*f\n", 6, 1, 6, 2, 2, 3.14159, 10, 3, 2.71828);
  printf("from the host: %s, nothing: %s\n", given, (const char *)0);
}

extern "C" __global__ void real(const double *x, int n) {
  for (int i = 0; i < n; i++)
    printf("%f %e %g %a %.2f %10.3e %-12g| %+G %E %#g %.0f %.10g %012.4f %A %.3a\n", x[i], x[i], x[i], x[i], x[i], x[i], x[i],
           x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i]);
}

extern "C" __global__ void results(int *out) {
  out[0] = printf("no arguments\n");
  out[1] = printf("%d and %d\n", 1, 2);
}
