/** What a timeline says: figures, causes, and what would change. Knows no format and no picture. */
export { analyse, TraceAnalysis } from "./analyse.js";
export type { CallAnalysis, CallStatistics, CategoryStatistics, ThreadCallStatistics } from "./calls.js";
export { type CriticalPath, type PathKind, type PathSegment, pathKinds } from "./critical-path.js";
export type { DurationFigures } from "./duration-figures.js";
export {
  type DeviceIdleness,
  type GapAnalysis,
  type GapCause,
  type GapOptions,
  gapCauses,
  type IdleGap,
} from "./gaps.js";
export type { LaunchedStatistics, OperatorAnalysis } from "./launched-operators.js";
export type { KernelStatistics, LaunchAnalysis, QueueDepth } from "./launches.js";
export type { MemoryAnalysis, MemoryBlock, MemoryFaults, MemorySpace } from "./memory.js";
export { type TraceMetrics, traceMetrics } from "./metrics.js";
export type { RangeAnalysis, RangeInstance, RangeKind, RangeStatistics } from "./ranges.js";
export type { SliceStatistics } from "./slices.js";
export type { SizeClassStatistics, TransferAnalysis, TransferKind, TransferStatistics } from "./transfers.js";
export type { SpeedUps, WhatIf } from "./what-if.js";
