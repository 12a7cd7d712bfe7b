/** A language model behind a scheduler: continuous batching, a paged KV cache, replicas with a router. Knows no device. */
export { simulateLlm } from "./simulate-llm.js";
