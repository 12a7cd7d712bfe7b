/** Requests through a pipeline of stages. Knows no device and no language model. */
export { simulatePipeline } from "./simulate.js";
