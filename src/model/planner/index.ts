// The planner: how a library would do it on a device, and what that costs. One set of constants for all devices and shapes.

export { type Constants, defaultConstants } from "./constants.js";
export { hasTensorMemory } from "./generation.js";
export { type ConvolutionMachines, planConvolution } from "./kernels/convolution.js";
export {
  cheapestMatmul,
  type MatmulCandidate,
  type MatmulWays,
  matmulCandidates,
  planMatmul,
} from "./kernels/matmul.js";
export { isPlannable, type Machine, planningMachine, powerTime } from "./machine.js";
export {
  type Candidate,
  type Limit,
  type LimitLevel,
  limitOf,
  type Plan,
  type Resource,
  type Resources,
} from "./plan.js";
export { Planner, plannerOf } from "./planner.js";
export { measuredTime, type Protocol, protocols, readProtocol } from "./protocol.js";
export { eagerCall, type HostCall, type Timing, timeCall, timeKernels } from "./timing.js";
