// Accuracy: predictions held against tables of measured latencies.
export {
  type AccuracyGroup,
  type AccuracyOptions,
  type AccuracyPair,
  type AccuracyReport,
  accuracy,
} from "./accuracy.js";
export type { LatencyTable } from "./table.js";
