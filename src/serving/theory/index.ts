/** What theory says of queues, and statistics of what is measured. Knows nothing of scenarios and of how they are simulated. */
export { BatchMeans } from "./batch-means.js";
export { type MeanInterval, meanInterval } from "./intervals.js";
export { QuantileHistogram } from "./quantile-histogram.js";
export { ddc, erlangC, md1, mg1, mm1, mmc, type Offered, type QueueFigures, tandem } from "./queues.js";
export { studentQuantile, studentTail } from "./student.js";
export { timeQuantile, waitQuantile } from "./time-quantiles.js";
