/** When requests arrive, and the random numbers of a run. Knows nothing of what serves them. */
export { type ArrivalTimes, arrivalTimes } from "./arrival-times.js";
export { RandomStream, randomStream } from "./random-stream.js";
