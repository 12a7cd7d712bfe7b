// The memory that an inference takes up beside its tensors. Knows no model.
import type { DeviceSpec } from "../hardware/index.js";

/**
 * Bytes that PyTorch sets aside for its library of products (aten/src/ATen/cuda/CublasHandlePool.cpp, parseChosenWorkspaceSize): two
 * pieces of 4096 KiB and eight of 16 KiB, from compute capability 9.0 on eight of 4096 KiB.
 */
export function workspaceBytes({ computeCapability = "0" }: DeviceSpec): number {
  return Number(computeCapability) >= 9 ? 8 * 4096 * 1024 : 2 * 4096 * 1024 + 8 * 16 * 1024;
}
