// Kernels whose blocks wait for each other, by cooperative groups.
#include <cooperative_groups.h>

namespace cg = cooperative_groups;

// Each round every element becomes the sum of itself and of the one that lies `step` before it: a scan of the whole grid.
extern "C" __global__ void gridScan(int *values, int *scratch, int n) {
  cg::grid_group grid = cg::this_grid();
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  for (int step = 1; step < n; step *= 2) {
    if (i < n) scratch[i] = values[i] + (i >= step ? values[i - step] : 0);
    grid.sync();
    if (i < n) values[i] = scratch[i];
    grid.sync();
  }
  if (i == 0) scratch[0] = (int)grid.size();
}
