// The roofline: predictions from operations, bytes and a device's peaks.
export { type PredictOptions, type PredictWorkOptions, predict, predictWork } from "./predict.js";
export { type Mode, type ModelName, type ModeName, Prediction, type PredictionFields } from "./prediction.js";
export { type Bottleneck, peakOf, placeOnRoofline, type RooflinePlace } from "./roofline.js";
export { type SweepOptions, type SweepRow, sweep, sweepRows } from "./sweep.js";
