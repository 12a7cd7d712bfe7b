/** Recorded traces that a server takes, reads and keeps. */
export { defaultTraceBytes, RealTraces } from "./realtraces.js";
export type { TraceFacts, TraceRecord } from "./trace-folder.js";
