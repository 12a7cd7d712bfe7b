// What the C library prints for the formats of printf.cu, the last one for each of these numbers: printf-host.txt is its output with gcc and glibc.
#include <stdio.h>
#include <math.h>
#include <string.h>
int main(void){
  printf("%d %i %5d|%-5d|%05d|%+d|% d|%.3d|%+06d\n", -7, 42, 42, 42, 42, 42, 42, 7, 7);
  printf("%u %x %X %#x %#o %o %08x\n", 4000000000u, 48879u, 48879u, 48879u, 8u, 8u, 0xabcu);
  printf("%hhd %hd %hu %hhu %ld %lu\n", (char)300, (short)70000, (unsigned short)70000, (unsigned char)511, -5000000000l, 5000000000ul);
  printf("%lld %llu %llx %20lld|%-20lld|\n", -9223372036854775807ll - 1, 18446744073709551615ull, 0x123456789abcdefull, -1ll, 1ll);
  printf("%c%c%c %5c|%-5c| %s %10s|%-10s|%.3s|%% %zu\n", 'a', 'b', 'c', 'd', 'e', "text", "right", "left", "cut off", (size_t)123);
  printf("%*d|%-*d|%.*f|%*.*f\n", 6, 1, 6, 2, 2, 3.14159, 10, 3, 2.71828);
  printf("from the host: %s, nothing: %s\n", "caf\303\251", "(null)");
  double x[] = {0.0, -0.0, 1.0, -1.5, 3.14159265358979, 1e300, -1e-300, 5e-324, 0.5, 2.5, 1e15+0.5, 123456.789, 999999.5, 9.9999995, 1e21, 0.0001, 0.00001234565, INFINITY, -INFINITY, 1.0/3, 4503599627370497.5, 0.125, 0.375, 1e22, 2147483648.0};
  for (int i=0;i<(int)(sizeof x/sizeof *x);i++)
    printf("%f %e %g %a %.2f %10.3e %-12g| %+G %E %#g %.0f %.10g %012.4f %A %.3a\n", x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i], x[i]);
  return 0; }
