// What the device's runtime does: printing, and memory that threads take and give back.
// Made by: nvcc -ptx -arch=sm_80 -lineinfo
#include <cstdio>
extern "C" __global__ void report(const int *x, const double *y) {
  int t = blockIdx.x * blockDim.x + threadIdx.x;
  if (x[t] < 0) printf("thread %d: %5d is negative\n", t, x[t]);
  else printf("thread %d: %08x, %s, %.3f, 100 %%\n", t, x[t], x[t] % 2 ? "odd" : "even", y[t]);
}

struct Node {
  int value;
  Node *next;
};

// The prime factors of a number as a list, which is then turned round and multiplied out again.
extern "C" __global__ void factors(const int *x, int *lengths, int *largest, int *products) {
  int t = threadIdx.x, rest = x[t], length = 0, product = 1;
  Node *list = nullptr;
  for (int p = 2; rest > 1; p++)
    while (rest % p == 0) {
      Node *node = (Node *)malloc(sizeof(Node));
      node->value = p;
      node->next = list;
      list = node;
      rest /= p;
      length++;
    }
  largest[t] = list ? list->value : 1;
  Node *turned = nullptr;
  while (list) {
    Node *next = list->next;
    list->next = turned;
    turned = list;
    list = next;
  }
  while (turned) {
    Node *next = turned->next;
    product *= turned->value;
    free(turned);
    turned = next;
  }
  lengths[t] = length;
  products[t] = product;
}

struct Tree {
  int value, count;
  Tree *low, *high;
  __device__ explicit Tree(int v) : value(v), count(1), low(nullptr), high(nullptr) {}
};

__device__ void insert(Tree *&at, int value) {
  if (!at) at = new Tree(value);
  else if (value == at->value) at->count++;
  else insert(value < at->value ? at->low : at->high, value);
}

__device__ int *write(Tree *at, int *out) {
  if (!at) return out;
  out = write(at->low, out);
  for (int i = 0; i < at->count; i++) *out++ = at->value;
  out = write(at->high, out);
  delete at;
  return out;
}

// A search tree a thread: numbers go in as they come, and out in order.
extern "C" __global__ void treeSort(int n, const int *in, int *out) {
  Tree *tree = nullptr;
  for (int i = 0; i < n; i++) insert(tree, in[threadIdx.x * n + i]);
  write(tree, out + threadIdx.x * n);
}
