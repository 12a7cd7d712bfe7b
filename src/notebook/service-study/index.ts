// Studies of services from a cell: sweeps that show the knee, replications, and two scenarios compared. The runs are made by threads.
import { readScenario } from "../../serving/scenario/index.js";
import {
  comparisonStudy,
  type LoadSweep,
  type LoadSweepOptions,
  loadSweepStudy,
  type ReplicationOptions,
  type Replications,
  type RunComparison,
  replicationStudy,
  sweepLinesStudy,
} from "../../serving/study/index.js";
import { runStudyOverThreads, type StudyOptions } from "./threads.js";

export type { StudyOptions } from "./threads.js";

/**
 * Tries a scenario at rates, and with GPU slots and batch sizes where they vary, and finds the knee of each line of rates:
 * `await loadSweep(presets.get("poisson"))`. Rates that are not given are chosen around what the service can serve. `rows` is a table,
 * `kneeChart(sweep)` draws it. Throws InputError for a scenario or setting that cannot be run.
 */
export async function loadSweep(
  scenario: unknown,
  options: Partial<LoadSweepOptions> & StudyOptions = {},
): Promise<LoadSweep> {
  const read = readScenario(scenario);
  const { vary = {} } = options;
  if (vary.rps !== undefined) return runStudyOverThreads(loadSweepStudy(read, { ...options, vary }), options);
  const lines = await runStudyOverThreads(sweepLinesStudy(read, { ...options, vary }), options);
  return runStudyOverThreads(loadSweepStudy(read, { ...options, vary }, lines), options);
}

/**
 * Simulates a scenario with several seeds, and gives each figure an interval: `await replicate(scenario, { replications: 20 })`. Throws
 * InputError for a scenario that cannot be run.
 */
export async function replicate(
  scenario: unknown,
  options: ReplicationOptions & StudyOptions = {},
): Promise<Replications> {
  return runStudyOverThreads(replicationStudy(readScenario(scenario), options), options);
}

/**
 * Compares two scenarios with common random numbers: both meet the same requests with every seed, so that small differences are told
 * apart with few runs: `await compareRuns(before, after)`. Throws InputError for a scenario that cannot be run.
 */
export async function compareRuns(
  a: unknown,
  b: unknown,
  options: ReplicationOptions & StudyOptions = {},
): Promise<RunComparison> {
  return runStudyOverThreads(comparisonStudy(readScenario(a, "a"), readScenario(b, "b"), options), options);
}
