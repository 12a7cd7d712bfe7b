// A stand-in for NVIDIA's libcuda: memory is the host's, kernels are known by name and computed plainly on the CPU, a graph is a
// list of launches. STAND_IN=wrong gives wrong results, old is a device of compute capability 7.5, small has little memory.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { char name[64]; } Function;
typedef struct { const Function *function; unsigned columns; void *arguments[6]; uint64_t values[6]; } Launch;
typedef struct { int count; Launch launches[64]; } Graph;
static Graph *capturing;

static int is(const char *mode) { return getenv("STAND_IN") != NULL && strcmp(getenv("STAND_IN"), mode) == 0; }
int cuInit(unsigned flags) { return 0; }
int cuDriverGetVersion(int *version) { *version = 12040; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) { snprintf(name, length, "Stand-in GPU"); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? (is("old") ? 7 : 8) : attribute == 76 ? (is("old") ? 5 : 9) : attribute == 16 ? 4 : 1 << 20;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = (void *)1; return 0; }
int cuCtxSetCurrent(void *context) { return 0; }
int cuStreamCreate(void **stream, unsigned flags) { *stream = (void *)2; return 0; }
int cuStreamSynchronize(void *stream) { return 0; }
int cuGetErrorName(int status, const char **name) { *name = "CUDA_ERROR_STAND_IN"; return 0; }
int cuMemAlloc_v2(uint64_t *pointer, size_t size) {
  if (is("small") && size > 100000) return 2;
  *pointer = (uint64_t)malloc(size);
  return 0;
}
int cuMemFree_v2(uint64_t pointer) { free((void *)pointer); return 0; }
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size) { memcpy((void *)to, from, size); return 0; }
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size) { memcpy(to, (void *)from, size); return 0; }
int cuMemsetD8Async(uint64_t to, unsigned char value, size_t size, void *stream) { memset((void *)to, value, size); return 0; }
int cuEventCreate(void **event, unsigned flags) { *event = calloc(1, sizeof(struct timespec)); return 0; }
int cuEventRecord(void *event, void *stream) { return clock_gettime(CLOCK_MONOTONIC, event); }
int cuEventSynchronize(void *event) { return 0; }
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  const struct timespec *a = begin, *b = end;
  *milliseconds = (b->tv_sec - a->tv_sec) * 1e3f + (b->tv_nsec - a->tv_nsec) * 1e-6f;
  return 0;
}
// The entry must be in the text that the driver is given.
int cuModuleLoadData(void **module, const void *image) { *module = strdup(image); return 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) {
  char entry[128];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  if (strstr(module, entry) == NULL) return 500;
  Function *made = calloc(1, sizeof *made);
  snprintf(made->name, sizeof made->name, "%s", name);
  *function = made;
  return 0;
}

static double half(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double value = exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, exponent - 25);
  return bits >> 15 ? -value : value;
}
static double quarter(uint8_t bits) {
  const int exponent = bits >> 3 & 15, mantissa = bits & 7;
  const double value = exponent == 0 ? ldexp(mantissa, -9) : ldexp(8 + mantissa, exponent - 10);
  return bits >> 7 ? -value : value;
}
static float single(uint32_t bits) { float value; memcpy(&value, &bits, 4); return value; }
static double element(const char *format, const void *data, long i) {
  if (strcmp(format, "fp16") == 0) return half(((uint16_t *)data)[i]);
  if (strcmp(format, "bf16") == 0) return single((uint32_t)((uint16_t *)data)[i] << 16);
  if (strcmp(format, "fp8_e4m3") == 0) return quarter(((uint8_t *)data)[i]);
  if (strcmp(format, "int8") == 0) return ((int8_t *)data)[i];
  return ((float *)data)[i];
}
static uint16_t toHalf(double value) {
  const double size = fabs(value);
  if (size < ldexp(1, -14)) return (value < 0) << 15 | (int)rint(ldexp(size, 24));
  int exponent;
  const double part = frexp(size, &exponent);
  return ((value < 0) << 15) + ((exponent + 13) << 10) + (int)rint(ldexp(part, 11));
}
static void put(const char *format, void *data, long i, double value) {
  float rounded = value;
  uint32_t bits;
  memcpy(&bits, &rounded, 4);
  if (strcmp(format, "int8") == 0) ((int32_t *)data)[i] = (int32_t)value;
  else if (strcmp(format, "fp16") == 0) ((uint16_t *)data)[i] = toHalf(value);
  else if (strcmp(format, "bf16") == 0 || strcmp(format, "fp8_e4m3") == 0) ((uint16_t *)data)[i] = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  else ((float *)data)[i] = rounded;
}
static void product(const char *format, const void *a, const void *b, void *c, long m, long n, long k) {
  for (long y = 0; y < m; y++)
    for (long x = 0; x < n; x++) {
      double sum = is("wrong") ? 1000 : 0;
      for (long i = 0; i < k; i++) sum += element(format, a, y * k + i) * element(format, b, x * k + i);
      put(format, c, y * n + x, sum);
    }
}
static int run(const Launch *launch) {
  const uint64_t *v = launch->values;
  const char *name = launch->function->name;
  if (strcmp(name, "copy_bytes") == 0) memcpy((void *)v[1], (void *)v[0], 16 * v[2]);
  else if (strncmp(name, "gemv_", 5) == 0) product(name + 5, (void *)v[1], (void *)v[0], (void *)v[2], 1, launch->columns, (int)v[3]);
  else product(name + 5, (void *)v[0], (void *)v[1], (void *)v[2], (int)v[3], (int)v[4], (int)v[5]);
  return 0;
}
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   void *stream, void **arguments, void **extra) {
  Launch launch = {.function = function, .columns = gx};
  const int gemm = strncmp(launch.function->name, "gemm_", 5) == 0, copy = launch.function->name[0] == 'c';
  const int count = gemm ? 6 : copy ? 3 : 4;
  for (int i = 0; i < count; i++) memcpy(&launch.values[i], arguments[i], i < 3 ? 8 : 4);
  if (capturing == NULL) return run(&launch);
  capturing->launches[capturing->count++] = launch;
  return 0;
}
int cuStreamBeginCapture_v2(void *stream, int mode) { capturing = calloc(1, sizeof *capturing); return 0; }
int cuStreamEndCapture(void *stream, void **graph) { *graph = capturing; capturing = NULL; return 0; }
int cuGraphInstantiateWithFlags(void **executable, void *graph, uint64_t flags) { *executable = graph; return 0; }
int cuGraphLaunch(void *executable, void *stream) {
  const Graph *graph = executable;
  for (int i = 0; i < graph->count; i++) run(&graph->launches[i]);
  return 0;
}
