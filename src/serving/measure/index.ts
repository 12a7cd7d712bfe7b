/** What is measured while a simulated service runs, and the laws that it obeys. Knows nothing of what serves the requests. */
export { agree, clockRounding } from "./agreement.js";
export { Column, CounterColumns, type StageColumns, stageLog } from "./columns.js";
export { finiteOrNull, milliseconds, requestSummary, stageAggregate } from "./figures.js";
export { conservationOfRequests, littlesLaw } from "./laws.js";
export type { Overload } from "./overload.js";
export { Quantiles } from "./quantiles.js";
export { RequestTally } from "./request-tally.js";
export type { SimulationOptions } from "./simulation-options.js";
