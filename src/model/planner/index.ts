// The planner: how a library would do it on a device, and what that costs. One set of constants for all devices and shapes.

export { conversionKernel } from "./constants.js";
export { isPlannable, type Machine, planningMachine } from "./machine.js";
export { bottleneckOf, type Matmul, type MatmulCandidate, matmulCandidates, planMatmul } from "./matmul.js";
export { measuredTime, type Protocol, protocols } from "./protocol.js";
