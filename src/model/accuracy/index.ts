// Accuracy: predictions held against tables of measured latencies.
export {
  type AccuracyGroup,
  type AccuracyOptions,
  type AccuracyReport,
  accuracy,
  type LatencyTable,
} from "./accuracy.js";
