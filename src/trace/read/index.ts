/** Reading recorded traces onto timelines, from bytes in pieces. Knows nothing of files. */
export type { BytePieces, ByteSource } from "./byte-source.js";
export { ChromeReader } from "./chrome.js";
export { detectForm, type FileForm } from "./detect.js";
export { DriverCallReader, timelineOfCalls } from "./driver-calls.js";
export { OldDialectReader } from "./old-dialects.js";
export { type ReadTraceOptions, readTrace, type StopSignal } from "./read-trace.js";
export type { TraceReader } from "./trace-reader.js";
