// The roofline: time from operations, bytes and a device's peaks, and nothing else.
export { type LevelPlace, levelNames, levelsOnRoofline, type MemoryCeiling, memoryCeilings } from "./levels.js";
export { type Bottleneck, matrixPeakOf, peakOf, placeOnRoofline, type RooflinePlace } from "./roofline.js";
