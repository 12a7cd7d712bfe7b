// What the stages of a pipeline take by the target's own figures. Knows no device.
import type { Scenario, Target } from "../scenario/index.js";
import { type StageSettings, stageSettings, workloadSettings } from "../scenario/settings.js";
import type { ServiceCosts } from "./costs.js";

/** The figures that stages are priced by: SI units, what is absent undefined. */
export interface TargetFigures {
  /** FLOP a second. */
  readonly peak?: number | undefined;
  /** Bytes a second. */
  readonly bandwidth?: number | undefined;
  readonly h2d?: number | undefined;
  readonly d2h?: number | undefined;
}

export function ownFigures({ tflops, mem_gbps, h2d_gbps, d2h_gbps }: Target): TargetFigures {
  const scaled = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor);
  return {
    peak: scaled(tflops, 1e12),
    bandwidth: scaled(mem_gbps, 1e9),
    h2d: scaled(h2d_gbps, 1e9),
    d2h: scaled(d2h_gbps, 1e9),
  };
}

/** The costs of a pipeline whose target says all that they need; undefined where they need a device, or it is no pipeline. */
export function plainCosts(scenario: Scenario): ServiceCosts | undefined {
  return scenario.pipeline === undefined
    ? undefined
    : pipelineCosts(scenario, ownFigures(scenario.target), () => undefined);
}

/**
 * The costs of a pipeline by these figures; `graph` gives the seconds of a stage of kind graph by batch size. Undefined where a figure is
 * absent that a stage needs.
 */
export function pipelineCosts(
  scenario: Scenario,
  figures: TargetFigures,
  graph: (settings: StageSettings) => readonly number[] | undefined,
): ServiceCosts | undefined {
  const { batchSize } = workloadSettings(scenario.workload);
  const stages: Record<string, readonly number[]> = {};
  const links: { h2d?: number; d2h?: number } = {};
  for (const settings of stageSettings(scenario.pipeline ?? [])) {
    const { stage, resource } = settings;
    if (resource === "cpu") continue;
    if (resource === "gpu") {
      const seconds = stage.kind === "graph" ? graph(settings) : byBatch(settings, scenario.target, figures, batchSize);
      if (seconds === undefined) return undefined;
      stages[stage.name] = seconds;
    } else {
      const rate = figures[resource];
      if (rate === undefined) return undefined;
      links[resource] = rate;
    }
  }
  return { stages, links };
}

function byBatch(
  { stage }: StageSettings,
  { ms_per_token = 0 }: Target,
  { peak, bandwidth }: TargetFigures,
  batchSize: number,
): readonly number[] | undefined {
  const sizes = Array.from({ length: batchSize }, (_, index) => index + 1);
  const { kind, value = 0, flop = 0, bytes = 0, batch_bytes = 0 } = stage;
  if (kind === "fixed_ms") return sizes.map((n) => (n * value) / 1000);
  if (kind === "tokens") {
    const alone = (value * ms_per_token) / 1000;
    // A target that gives only the time of a token: a single request takes that.
    if (peak === undefined || bandwidth === undefined) return batchSize === 1 ? [alone] : undefined;
    return sizes.map((n) => alone * Math.max(1, (n * bandwidth) / peak));
  }
  if (peak === undefined || bandwidth === undefined) return undefined;
  // The roofline: operations and memory overlap, and the longer of the two is what it takes.
  return sizes.map((n) => Math.max((n * flop) / peak, (batch_bytes + n * bytes) / bandwidth));
}
