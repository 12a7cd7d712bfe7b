/** Timelines as plain text: rows of letters, and folded stacks. Knows no format and no terminal. */
export type { Activity } from "./activity.js";
export { type AsciiTimelineOptions, asciiTimeline } from "./ascii-timeline.js";
export { type FoldedStackOptions, foldedStacks } from "./folded-stacks.js";
export { describeLimit } from "./limit.js";
