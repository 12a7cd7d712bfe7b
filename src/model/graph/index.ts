// Operator graphs: whole models as operators and tensors, what they ask for, and how long they take.
export { GraphBuilder, type NodeOptions, type NodeWork } from "./builder.js";
export { type Executed, type Execution, executed } from "./execution.js";
export { type Fusion, fuse } from "./fusion/rules.js";
export {
  elements,
  type Graph,
  type GraphNode,
  type GraphTotals,
  graphTotals,
  greatestLiveBytes,
  type Tensor,
  type TensorFormat,
  tensorBytes,
} from "./graph.js";
export { type Model, type ModelOptions, model, models } from "./models/index.js";
export { type Dimensions, type OnnxOptions, type OnnxPrecisions, readOnnx } from "./onnx/index.js";
export type { DeviceLink } from "./parallel/exchange.js";
export { type ParallelOptions, ParallelPrediction, predictParallel } from "./parallel/predict.js";
export { GraphPrediction, type GraphShare, type PredictGraphOptions, predictGraph } from "./predict.js";
export { type Issue, idealSchedule, type NodeTime, type Schedule, schedule } from "./schedule.js";
