/** Chrome traces: what they can say, and their text. Knows nothing of who made the events. */
export type {
  AsyncEdgeEvent,
  AsyncEvent,
  AsyncPart,
  BeginEvent,
  CounterEvent,
  FlowEndEvent,
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
export { RecordedArguments } from "./events.js";
export { timelineToChrome } from "./from-timeline.js";
export { TraceLanes } from "./lanes.js";
export { type ChromeTraceOptions, formatChromeTrace } from "./write.js";
