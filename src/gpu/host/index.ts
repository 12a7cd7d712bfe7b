/** The host's side of the virtual GPU: devices, arrays, launches, and launches to be stepped. */
export type { Counters } from "../analysis/counters.js";
export { type Finding, LaunchFault } from "../simt/fault.js";
export type { LaunchImage, ReconvergencePolicy } from "../simt/launch-image.js";
export type { LaunchArgument, LaunchArguments } from "./arguments.js";
export { Launch } from "./launch.js";
export { type LaunchFileOptions, type LaunchFileResult, runLaunchFile } from "./launch-file.js";
export { type ArrayData, DeviceArray, DeviceMemory, DevicePointer } from "./memory.js";
export { PtxKernel, PtxModule } from "./ptx-module.js";
export { Stepper } from "./stepper.js";
export {
  type ArgumentsOf,
  type ArrayOptions,
  type LaunchableKernel,
  type LaunchConfig,
  type PtxArguments,
  VirtualGPU,
} from "./virtual-gpu.js";
