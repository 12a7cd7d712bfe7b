// A pipeline as the simulation runs it: numbers in place of names and units. Knows nothing of time passing.
import { InputError } from "../../core/errors.js";
import type { ServiceCosts } from "../cost/index.js";
import { type ResourceName, resourceNames, type Scenario } from "../scenario/index.js";
import {
  type StageSettings,
  stageSettings,
  type TargetSettings,
  targetSettings,
  type WorkloadSettings,
  workloadSettings,
} from "../scenario/settings.js";

export interface PipelinePlan {
  readonly workload: WorkloadSettings;
  readonly target: TargetSettings;
  readonly stages: readonly PlannedStage[];
  /** Stages before which a batch forms, by index. */
  readonly batchers: readonly number[];
  /** Servers of each resource, in the order of `resourceNames`. */
  readonly servers: readonly number[];
  /** Bytes a second of each resource that is a link, 0 of the others. */
  readonly rates: readonly number[];
  /** Seconds by which a latency is within the SLO. */
  readonly latencyLimit: number;
}

export interface PlannedStage {
  readonly settings: StageSettings;
  /** Place in `resourceNames`. */
  readonly resource: number;
  /** Mean seconds of a batch of n requests at n; of a link those of one request that has it for itself, at 1. */
  readonly seconds: Float64Array;
  /** Bytes of one request; of a link alone. */
  readonly bytes: number;
  /** Place in `batchers`, or -1 where requests go on as they come. */
  readonly batcher: number;
  /** Whether what has passed it is single requests again. */
  readonly parts: boolean;
}

/** Places in `resourceNames`. */
export const resourceCode: Readonly<Record<ResourceName, number>> = { cpu: 0, h2d: 1, gpu: 2, d2h: 3 };

/**
 * Stages that follow each other and are not the CPU's are a group. Where batches are asked for, one forms before each group, goes
 * through it as one, and parts at its end: so a CPU stage in the middle serves single requests, and behind it batches form anew.
 */
export function planPipeline(scenario: Scenario, costs: ServiceCosts): PipelinePlan {
  const workload = workloadSettings(scenario.workload);
  const target = targetSettings(scenario);
  const all = stageSettings(scenario.pipeline ?? []);
  const batchers: number[] = [];
  const stages = all.map((settings, index): PlannedStage => {
    const { stage, resource } = settings;
    const inGroup = resource !== "cpu";
    const begins = inGroup && (index === 0 || all[index - 1].resource === "cpu");
    const batcher = begins && workload.batchSize > 1 ? batchers.push(index) - 1 : -1;
    return {
      settings,
      resource: resourceCode[resource],
      seconds: secondsOf(settings, costs, workload.batchSize),
      bytes: stage.kind === "bytes" ? (stage.value ?? 0) : 0,
      batcher,
      parts: !inGroup || index === all.length - 1 || all[index + 1].resource === "cpu",
    };
  });
  const count = { cpu: target.cpuWorkers, h2d: target.copyEngines, gpu: target.gpuSlots, d2h: target.copyEngines };
  return {
    workload,
    target,
    stages,
    batchers,
    servers: resourceNames.map((name) => count[name]),
    rates: resourceNames.map((name) => (name === "h2d" || name === "d2h" ? (costs.links[name] ?? 0) : 0)),
    latencyLimit: scenario.slo?.latency_ms === undefined ? Number.POSITIVE_INFINITY : scenario.slo.latency_ms / 1000,
  };
}

function secondsOf({ stage, resource }: StageSettings, costs: ServiceCosts, batchSize: number): Float64Array {
  if (resource === "cpu") return Float64Array.of(0, (stage.value ?? 0) / 1000);
  if (resource === "gpu") {
    const seconds = costs.stages[stage.name] ?? [];
    if (seconds.length >= batchSize) return Float64Array.from([0, ...seconds]);
    throw new InputError(`has ${seconds.length} of the ${batchSize} batch sizes`, {
      where: `costs.stages.${stage.name}`,
    });
  }
  const rate = costs.links[resource];
  if (rate !== undefined) return Float64Array.of(0, (stage.value ?? 0) / rate);
  throw new InputError("is missing", { where: `costs.links.${resource}`, fix: `"${stage.name}" moves bytes over it.` });
}
