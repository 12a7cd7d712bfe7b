// Memory that kernels allocate: lists of lanes, given back by other lanes, lost, used after it was given back, and more than there is.
#include <cassert>
struct Node {
  int value;
  Node *next;
};

extern "C" __global__ void lists(int *out) {
  Node *first = nullptr;
  for (int i = 0; i <= (int)threadIdx.x % 5; i++) {
    Node *node = (Node *)malloc(sizeof(Node));
    node->value = threadIdx.x + i * i;
    node->next = first;
    first = node;
  }
  int sum = 0;
  while (first != nullptr) {
    Node *node = first;
    first = node->next;
    sum += node->value;
    free(node);
  }
  out[threadIdx.x] = sum;
}

extern "C" __global__ void keep(int **kept) {
  kept[threadIdx.x] = new int[3];
  for (int i = 0; i < 3; i++) kept[threadIdx.x][i] = threadIdx.x * 10 + i;
}

extern "C" __global__ void use(int **kept, int *out) {
  int other = 31 - threadIdx.x;
  out[threadIdx.x] = kept[other][0] + kept[other][1] + kept[other][2];
  delete[] kept[other];
}

extern "C" __global__ void greedy(int *out, unsigned long long bytes) {
  void *p = malloc(bytes);
  out[threadIdx.x] = p != nullptr;
}

extern "C" __global__ void beyond(int *out) {
  int *p = (int *)malloc(12);
  out[threadIdx.x] = p[threadIdx.x == 3 ? 3 : 0];
}

extern "C" __global__ void after(int *out) {
  volatile int *p = (int *)malloc(12);
  p[1] = 5;
  if (threadIdx.x == 4) free((void *)p);
  out[threadIdx.x] = p[1];
}

extern "C" __global__ void twice(int *out) {
  int *p = (int *)malloc(12);
  free(p);
  if (threadIdx.x == 2) free(p);
}

extern "C" __global__ void wrong(int *out) { free(out + 1); }

extern "C" __global__ void checked(int *out, int limit) {
  assert(out[threadIdx.x] < limit && "too large");
  out[threadIdx.x] = 1;
}
