// Accuracy: predictions held against tables of measured latencies.
export {
  type AccuracyGroup,
  type AccuracyOptions,
  type AccuracyPair,
  type AccuracyReport,
  accuracy,
  type LatencyTable,
} from "./accuracy.js";
