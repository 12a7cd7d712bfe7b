// Prediction: what operators ask of a machine, and how long it takes. Knows devices and work; knows nothing of the virtual GPU.
export * from "./accuracy/index.js";
export * from "./calibration/index.js";
export * from "./graph/index.js";
export * from "./operator/index.js";
export * from "./prediction/index.js";
export * from "./roofline/index.js";
export * from "./validation/index.js";
