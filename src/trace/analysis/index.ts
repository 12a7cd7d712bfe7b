/** What a timeline says: figures, causes, and what would change. Knows no format and no picture. */
export { type TraceMetrics, traceMetrics } from "./metrics.js";
