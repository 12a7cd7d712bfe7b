/** Requests through a pipeline of stages. Knows no device and no language model. */
export { type SimulatePipelineOptions, simulatePipeline } from "./simulate.js";
