// Driver calls by category, whoever made them.
import { describe, expect, it } from "vitest";
import { driverCallCategory } from "../../src/trace/index.js";

describe("a call's category", () => {
  it.each([
    ["cuStreamSynchronize", "sync"],
    ["cuEventSynchronize", "sync"],
    ["cuCtxSynchronize", "sync"],
    ["cuStreamWaitEvent", "stream"],
    ["cuEventRecord", "stream"],
    ["cuMemAlloc_v2", "memory"],
    ["cuMemFree_v2", "memory"],
    ["cuMemcpyDtoDAsync_v2", "transfer"],
    ["cuMemsetD8_v2", "transfer"],
    ["cuLaunchCooperativeKernel", "kernel"],
    ["cuCtxEnablePeerAccess", "context"],
    ["cuDevicePrimaryCtxRetain", "context"],
    ["cuDeviceGet", "init"],
    ["cuModuleLoadData", "module"],
    ["cuProfilerStart", "other"],
    ["cudaDeviceSynchronize", "sync"],
    ["cudaStreamSynchronize", "sync"],
    ["cudaStreamWaitEvent", "stream"],
    ["cudaMemcpyAsync", "transfer"],
    ["cudaMemsetAsync", "transfer"],
    ["cudaMalloc", "memory"],
    ["cudaMallocAsync", "memory"],
    ["cudaFree", "memory"],
    ["cudaHostAlloc", "memory"],
    ["cudaMemPrefetchAsync", "memory"],
    ["cudaLaunchKernel", "kernel"],
    ["cudaLaunchKernelExC", "kernel"],
    ["cudaGraphLaunch", "kernel"],
    ["hipModuleLaunchKernel", "kernel"],
    ["cudaSetDevice", "init"],
    ["cudaGetDeviceProperties", "init"],
    ["cudaDeviceReset", "context"],
    ["cudaEventRecord", "stream"],
    ["cudaFuncGetAttributes", "module"],
    ["cudaOccupancyMaxActiveBlocksPerMultiprocessor", "module"],
    ["__cudaRegisterFunction", "module"],
    ["cudaGetLastError", "other"],
  ])("of %s is %s", (name, category) => {
    expect(driverCallCategory(name)).toBe(category);
  });
});
