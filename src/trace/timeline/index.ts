/** Timelines: what happened in a run, whatever format it came in. Knows no format and no analysis. */
export type { ArgumentReader, ArgumentSource } from "./argument-source.js";
export { ArgumentTexts } from "./argument-texts.js";
export { type EventColumnWriters, type NewEvent, TimelineBuilder } from "./builder.js";
export { float64Column, GrowingColumn, int32Column, uint8Column } from "./columns.js";
export {
  type CopyDirection,
  copyDirections,
  type EventForm,
  type EventRole,
  eventForms,
  eventRoles,
  formNumber,
  roleNumber,
  type TrackKind,
} from "./event-words.js";
export { type EventPlaces, placeEvents } from "./places.js";
export { TextIndex } from "./text-index.js";
export { timeOrder } from "./time-order.js";
export {
  type EventColumns,
  type FlowColumns,
  formatNanoseconds,
  type ReadingNote,
  sourceWords,
  Timeline,
  type TimelineCounter,
  type TimelineEvent,
  type TimelineProcess,
  type TimelineSource,
  type TimelineTrack,
  type TraceFormat,
  traceFormats,
} from "./timeline.js";
export { tracksInOrder } from "./track-order.js";
