// Measurements, and predictions held against them.
export {
  type Acceptance,
  type AcceptanceCheck,
  acceptanceLimits,
  acceptanceOf,
  describeCheck,
  measuredBottlenecks,
  whyFailing,
} from "./acceptance.js";
export { type ValidationAnswer, validationAnswer, validationAnswerSchema } from "./answer.js";
export {
  type BenchmarkCase,
  type BenchmarkPlan,
  type BenchmarkPlanOptions,
  benchmarkPlan,
} from "./benchmark-plan.js";
export { readManner, type TimingManner } from "./manner.js";
export {
  type BenchmarkEntry,
  type BenchmarkFile,
  benchmarkSchema,
  type Measurement,
  type Measurements,
  measured,
  readMeasurements,
} from "./measurements.js";
export {
  describeMode,
  type ModeSummary,
  modeSummary,
  predictionsOf,
  statusesOf,
  type ValidationMode,
  validationModes,
} from "./modes.js";
export { type NoiseFloor, noiseFloor } from "./noise.js";
export { errorOf, residualOf, statusLimits, statusOf, type TimePair, type ValidationStatus } from "./residual.js";
export { describeSkipped, type Skipped, type SkippedReason, skippedReasons } from "./skipped.js";
export {
  type ValidateOptions,
  ValidationReport,
  type ValidationResult,
  type ValidationSummary,
  validate,
} from "./validate.js";
