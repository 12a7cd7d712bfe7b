/** Chrome traces: what they can say, and their text. Knows nothing of who made the events. */
export type {
  AsyncEvent,
  AsyncPart,
  CounterEvent,
  FlowEvent,
  InstantEvent,
  ProcessEvent,
  SliceEvent,
  SlicePlace,
  ThreadEvent,
  TraceArguments,
  TraceEvent,
  TraceTime,
  TraceTrack,
} from "./events.js";
export { TraceLanes } from "./lanes.js";
export { type ChromeTraceOptions, formatChromeTrace } from "./write.js";
