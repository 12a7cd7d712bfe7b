/** What happened, as events: driver calls and their JSON lines. Knows nothing of who made them. */
export {
  type DriverCall,
  type DriverCallArguments,
  type DriverCallCategory,
  type DriverCallSink,
  type DriverRange,
  type DriverTraceHeader,
  driverCallCategory,
  simulatedTraceHeader,
} from "./driver-call.js";
export { driverLineSchemas, driverTraceSchema } from "./driver-call-schema.js";
export { formatTrace, TraceRecorder, tracePieces } from "./recorder.js";
export {
  type Activity,
  type AsciiTimelineOptions,
  asciiTimeline,
  type FoldedStackOptions,
  foldedStacks,
} from "./text/index.js";
