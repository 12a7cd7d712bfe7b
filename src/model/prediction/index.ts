// Predictions: a question about an operator and a device, and which model answers it.
export { bottlenecks, type PredictColumnsOptions, type PredictionColumns, predictColumns } from "./columns.js";
export { type ExplainedCandidate, type ExplainedKernel, Explanation, explain } from "./explain.js";
export { type PredictOptions, type PredictWorkOptions, predict, predictWork } from "./predict.js";
export { type Mode, type ModelName, type ModeName, Prediction, type PredictionFields } from "./prediction.js";
export type { PredictorOptions } from "./predictor.js";
export { type SweepOptions, type SweepRow, sweep, sweepColumns, sweepRows } from "./sweep.js";
