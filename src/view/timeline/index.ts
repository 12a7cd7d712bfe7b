// Timelines as they are shown: as bytes for a view, as a picture that stands still, in words. Knows no DOM.
export { firstStart, offsetsOf } from "./align.js";
export { type PackedTimelineBytes, type PackOptions, packTimeline, unpackTimeline } from "./packed.js";
export { describeTimeline } from "./sentence.js";
export { aroundStage, openingStage, type Stage, stagesOf } from "./stages.js";
export type { AlignBy, AskedRange, ChosenEvent, TimelineViewState, TimeRange, TraceState } from "./state.js";
export { type StillOptions, type StillTrace, stillWords, timelineSvg } from "./still.js";
