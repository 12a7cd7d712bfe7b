// Launches one of the five kernels once on the first OpenCL device and prints a line of JSON: the CPU seconds of the launch (of the
// whole process, user and system) and the sum of what it gave.
//   host KERNEL N kernels.cl
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1e-6 * (used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void check(cl_int status, const char *what) {
  if (status == CL_SUCCESS) return;
  fprintf(stderr, "%s: OpenCL error %d\n", what, status);
  exit(1);
}

static char *read_text(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = calloc(size + 1, 1);
  if (fread(text, 1, size, file) != (size_t)size) exit(1);
  fclose(file);
  return text;
}

static cl_context context;

static cl_mem buffer(void *data, size_t bytes) {
  cl_int status;
  cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, bytes, data, &status);
  check(status, "clCreateBuffer");
  return memory;
}

int main(int count, char **words) {
  if (count != 4) {
    fprintf(stderr, "usage: host KERNEL N kernels.cl\n");
    return 2;
  }
  const char *name = words[1];
  const int n = atoi(words[2]);
  const int square = strcmp(name, "matmul") == 0 || strcmp(name, "mandel") == 0;
  const size_t items = square ? (size_t)n * n : (size_t)n;

  cl_int status;
  cl_platform_id platform;
  cl_device_id device;
  check(clGetPlatformIDs(1, &platform, NULL), "clGetPlatformIDs");
  check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), "clGetDeviceIDs");
  context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
  check(status, "clCreateContext");
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, &status);
  check(status, "clCreateCommandQueue");
  const char *text = read_text(words[3]);
  cl_program program = clCreateProgramWithSource(context, 1, &text, NULL, &status);
  check(status, "clCreateProgramWithSource");
  check(clBuildProgram(program, 1, &device, "", NULL, NULL), "clBuildProgram");
  cl_kernel kernel = clCreateKernel(program, name, &status);
  check(status, "clCreateKernel");

  // Whole numbers, so that sums are exact in whatever order.
  float *first = malloc(4 * items), *second = malloc(4 * items);
  unsigned *words_in = (unsigned *)first;
  unsigned state = 1;
  for (size_t i = 0; i < items; i++) {
    if (strcmp(name, "hist") == 0) {
      state = state * 1664525u + 1013904223u;
      words_in[i] = state >> 24;
    } else {
      first[i] = (float)(i % 13) - 6;
      second[i] = (float)(i % 11) - 5;
    }
  }
  const int integers = strcmp(name, "hist") == 0 || strcmp(name, "mandel") == 0;
  const size_t results = strcmp(name, "hist") == 0 ? 256 : strcmp(name, "reduce") == 0 ? (items + 255) / 256 : items;
  void *out = calloc(results, 4);
  cl_mem memory[3];
  int buffers = 0;
  if (strcmp(name, "mandel") != 0) memory[buffers++] = buffer(first, 4 * items);
  if (strcmp(name, "vecadd") == 0 || strcmp(name, "matmul") == 0) memory[buffers++] = buffer(second, 4 * items);
  memory[buffers++] = buffer(out, 4 * results);
  check(clSetKernelArg(kernel, 0, sizeof n, &n), "clSetKernelArg");
  for (int i = 0; i < buffers; i++) check(clSetKernelArg(kernel, i + 1, sizeof memory[i], &memory[i]), "clSetKernelArg");

  // Sixteen elements a thread in the histogram.
  size_t global[2] = {strcmp(name, "hist") == 0 ? items / 16 : (size_t)n, (size_t)n};
  size_t block[2] = {square ? 16 : 256, 16};
  double started = cpu_seconds();
  check(clEnqueueNDRangeKernel(queue, kernel, square ? 2 : 1, NULL, global, block, 0, NULL, NULL), "clEnqueueNDRangeKernel");
  check(clFinish(queue), "clFinish");
  double seconds = cpu_seconds() - started;
  check(clEnqueueReadBuffer(queue, memory[buffers - 1], CL_TRUE, 0, 4 * results, out, 0, NULL, NULL), "clEnqueueReadBuffer");
  double sum = 0;
  for (size_t i = 0; i < results; i++) sum += (i % 7 + 1) * (integers ? (double)((unsigned *)out)[i] : (double)((float *)out)[i]);
  printf("{\"cpu_s\": %.6f, \"checksum\": %.17g}\n", seconds, sum);
  return 0;
}
