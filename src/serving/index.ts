/** Requests through a service: arrivals, queues, batches, devices; what comes out, and whether it can be so. Knows no view and no server. */
export * from "./cost/index.js";
export { costsOf } from "./cost/predicted.js";
export * from "./result/index.js";
export { type RunOptions, simulateWithCosts } from "./run-with-costs.js";
export * from "./scenario/index.js";
export { type SimulateOptions, simulate } from "./simulate.js";
export * from "./study/index.js";
