/** Inference: operator graphs run as driver calls on a virtual GPU. Knows nothing of services and requests. */
export { infer } from "./infer.js";
export { type InferOptions, readWorkload, type Workload, workloads } from "./options.js";
export type { ComputedCheck, InferenceMemory, NotComputed } from "./outcome.js";
export { type ProgramSpan, stageNames } from "./program.js";
export { InferenceRun, type SpanRow } from "./run.js";
