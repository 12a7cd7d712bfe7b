/** The host's side of the virtual GPU: devices, arrays, launches, and launches to be stepped. */
export type { Counters } from "../analysis/counters.js";
export { type Finding, LaunchFault } from "../simt/fault.js";
export type { LaunchImage, ReconvergencePolicy } from "../simt/launch-image.js";
export type { LaunchArgument, LaunchArguments } from "./arguments.js";
export { type ClusterOptions, GPUCluster } from "./cluster.js";
export { type ConfiguredKernel, configure } from "./configure.js";
export { ConstantBank } from "./constant-bank.js";
export type { CopyEnd, HostMemory, Pitched } from "./copies.js";
export { type CostFigures, type CostOptions, costTable } from "./cost-model.js";
export { type CudaCompiler, type CudaOptions, type CudaSource, setCudaCompiler } from "./cuda-source.js";
export type { LaunchTiming } from "./device-account.js";
export { DeviceArray, DevicePointer, type HostValue, type ValueLike } from "./device-array.js";
export {
  type BlockRecord,
  DeviceLog,
  type DivergenceRecord,
  type LaunchRecord,
  type SmRecord,
  type TransferRecord,
} from "./device-log.js";
export {
  type AllocationOwner,
  type AllocationRecord,
  DeviceMemory,
  type MemoryStats,
} from "./device-memory.js";
export type { ArrayOptions, HostTime, MallocOptions, VirtualGPUOptions } from "./gpu-options.js";
export type { ArrayData } from "./host-values.js";
export { Launch } from "./launch.js";
export {
  type DescribedArgument,
  type FilledArray,
  type LaunchDescription,
  type LaunchFile,
  launchFileOf,
} from "./launch-file/description.js";
export { type LaunchFileOptions, type LaunchFileResult, runLaunchFile } from "./launch-file/run.js";
export type { ArgumentsOf, LaunchableKernel, LaunchConfig, PtxArguments } from "./launch-request.js";
export { ModelledCalls, type ModelledLaunch, type Reservation } from "./modelled-calls.js";
export { PtxKernel, PtxModule } from "./ptx-module.js";
export { Stepper } from "./stepper.js";
export { DeviceEvent, Stream, type StreamOptions } from "./timeline.js";
export { VirtualGPU } from "./virtual-gpu.js";
