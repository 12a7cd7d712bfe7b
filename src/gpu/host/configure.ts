// A kernel with the shape of its launches, called like a function.
import { GPUCluster } from "./cluster.js";
import type { Launch } from "./launch.js";
import type { ArgumentsOf, LaunchableKernel, LaunchConfig } from "./launch-request.js";
import type { VirtualGPU } from "./virtual-gpu.js";

/** A kernel that knows its grid and block. */
export interface ConfiguredKernel<K extends LaunchableKernel> {
  /** Launches it on a device, or on the current one of a cluster; `changes` replace a part of its shape for this once. */
  (gpu: VirtualGPU | GPUCluster, args: ArgumentsOf<K>, changes?: Partial<LaunchConfig>): Launch;
  readonly kernel: K;
  readonly config: LaunchConfig;
}

/**
 * Gives a kernel a default grid and block, so that it is called directly.
 *
 * @example
 * const add = configure(saxpy, { grid: 4, block: 256 });
 * add(gpu, { n: 1024, a: 2, x, y });
 */
export function configure<K extends LaunchableKernel>(kernel: K, config: LaunchConfig): ConfiguredKernel<K> {
  const call = (where: VirtualGPU | GPUCluster, args: ArgumentsOf<K>, changes: Partial<LaunchConfig> = {}): Launch => {
    const gpu = where instanceof GPUCluster ? where.getCurrent() : where;
    return gpu.launch(kernel, { ...config, ...changes }, args);
  };
  return Object.assign(call, { kernel, config });
}
