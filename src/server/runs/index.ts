/** Runs of a server: a pool of threads that computes them, and what is taken on. */
export { checkSize, defaultLimits, type RunLimits } from "./limits.js";
export { type ComputedRun, newId, type RunRequest, type RunStatus, Runs, type RunView } from "./runs.js";
