// The planner: how a library would do it on a device, and what that costs. One set of constants for all devices and shapes.

export { type CacheState, cacheStates, readCacheState } from "./cache.js";
export { defaultConstants } from "./constants.js";
export { hasTensorMemory } from "./generation.js";
export { cheapestMatmul, matmulCandidates, planMatmul } from "./kernels/matmul.js";
export { isPlannable, planningMachine, powerTime } from "./machine.js";
export {
  type Candidate,
  type Limit,
  type LimitLevel,
  limitOf,
  type Plan,
  type Resources,
} from "./plan.js";
export { Planner, plannerOf } from "./planner.js";
export { measuredTime, type Protocol, protocols, readProtocol } from "./protocol.js";
export { eagerCall, type HostCall, type Timing, timeCall, timeKernels } from "./timing.js";
