/** Studies: sweeps that show the knee, replications, comparisons with common random numbers. Knows nothing of how runs are made. */
export {
  type ComparedFigure,
  comparedFigures,
  comparisonStudy,
  type FigureDifference,
  type ReplicatedFigure,
  type ReplicationOptions,
  type Replications,
  type RunComparison,
  replicationStudy,
} from "./comparison.js";
export { type Knee, type KneeAnswer, kneeOf, type LoadPoint } from "./knee.js";
export {
  type LoadSweep,
  type LoadSweepOptions,
  type LoadSweepRow,
  type LoadSweepVary,
  loadSweepStudy,
  ratesAround,
  type SweepKnee,
  type SweepLine,
  sweepLinesStudy,
} from "./load-sweep.js";
export { type MakeRun, type RunFigures, runStudy, type Study, type StudyJob } from "./study.js";
