/** The results of a run: figures and what happened. */
export { breakdown } from "./breakdown.js";
export { describeRun, serviceVerdict } from "./describe.js";
export type {
  Bottleneck,
  Breakdown,
  CounterLog,
  RequestBreakdown,
  ResourceUse,
  RunCheck,
  RunLog,
  RunSummary,
  ServiceRun,
  StageAggregate,
  StageLog,
  TokenSummary,
  TrackLog,
} from "./run.js";
export { chromeTracePieces, toChromeTrace } from "./trace.js";
