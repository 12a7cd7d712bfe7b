// What computing takes by the model of the target's device: its figures where the target is silent, and whole operator graphs.
import { InputError } from "../../core/errors.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { model, models, predictGraph } from "../../model/index.js";
import type { Scenario, Stage } from "../scenario/index.js";
import { type StageSettings, workloadSettings } from "../scenario/settings.js";
import type { ServiceCosts } from "./costs.js";
import { stepCosts } from "./llm-steps.js";
import { ownFigures, pipelineCosts, type TargetFigures } from "./plain.js";

/**
 * The costs of a scenario's stages for batches up to its batch size. What the target does not say is its device's: the dense peak of FP16
 * (of FP32 where it has none), DRAM bandwidth, and its link to the host each way. A graph is predicted, as an engine runs it, for the
 * sizes that `predictedSizes` names; between two of them time grows linearly. Throws InputError that names the field.
 */
export function costsOf(scenario: Scenario): ServiceCosts {
  if (scenario.serving !== undefined) return { stages: {}, links: {}, steps: stepCosts(scenario) };
  const { target } = scenario;
  const spec = target.device === undefined ? undefined : deviceOf(target.device);
  const own = ownFigures(target);
  const figures: TargetFigures = spec === undefined ? own : completed(own, spec);
  const { batchSize } = workloadSettings(scenario.workload);
  const costs = pipelineCosts(scenario, figures, (settings) =>
    spec === undefined ? undefined : graphSeconds(settings, spec, batchSize),
  );
  if (costs !== undefined) return costs;
  // What is absent is the device's: without one the scenario was refused when it was read.
  const absent = [
    ["tflops", figures.peak],
    ["mem_gbps", figures.bandwidth],
    ["h2d_gbps", figures.h2d],
    ["d2h_gbps", figures.d2h],
  ].find(([, value]) => value === undefined);
  throw new InputError(`is missing, and ${spec?.name ?? "the target"} does not say it`, {
    where: `target.${absent?.[0] ?? "device"}`,
    fix: "Give it in the target.",
  });
}

/** Batch sizes up to `most` for which graphs are predicted: all up to 16, then powers of two and the middle between two, and the last. */
export function predictedSizes(most: number): readonly number[] {
  const sizes: number[] = [];
  for (let n = 1; n < most; n += n < 16 ? 1 : 2 ** (30 - Math.clz32(n))) sizes.push(n);
  sizes.push(most);
  return sizes;
}

function deviceOf(name: string): DeviceSpec {
  try {
    return findDevice(name);
  } catch (error) {
    throw at(error, "target.device");
  }
}

function completed(own: TargetFigures, { peak, matrixPeak, dram, links }: DeviceSpec): TargetFigures {
  return {
    peak: own.peak ?? matrixPeak.FP16 ?? peak.FP16 ?? matrixPeak.FP32 ?? peak.FP32,
    bandwidth: own.bandwidth ?? dram.bandwidth,
    h2d: own.h2d ?? links.pcie,
    d2h: own.d2h ?? links.pcie,
  };
}

function graphSeconds({ stage, index }: StageSettings, spec: DeviceSpec, batchSize: number): readonly number[] {
  const sizes = predictedSizes(batchSize);
  const seconds = sizes.map((batch) => {
    try {
      return predictedSeconds(stage, spec, batch);
    } catch (error) {
      throw at(error, `pipeline[${index}]`);
    }
  });
  return Array.from({ length: batchSize }, (_, index) => interpolate(sizes, seconds, index + 1));
}

function predictedSeconds(stage: Stage, spec: DeviceSpec, batch: number): number {
  const options = { batch, sequence: sequenceOf(stage), precision: stage.precision ?? "FP16" };
  const { predicted_time_us, working_set_bytes } = predictGraph(model(stage.model ?? "", options), { device: spec });
  if (working_set_bytes > spec.dram.capacity) {
    const gigabytes = (bytes: number) => `${Number((bytes / 1e9).toPrecision(3))} GB`;
    throw new InputError(
      `a batch of ${batch} needs ${gigabytes(working_set_bytes)} and ${spec.name} has ${gigabytes(spec.dram.capacity)}`,
      { fix: "Lower batch_size or tokens, or take a smaller model, a narrower precision or a larger device." },
    );
  }
  return predicted_time_us / 1e6;
}

function sequenceOf({ model: name = "", tokens }: Stage): number {
  const sequence = models.get(name.trim().toLowerCase())?.sequence;
  if (sequence !== 1) return tokens ?? 128;
  if (tokens === undefined || tokens === 1) return 1;
  throw new InputError(`${name} has no tokens, got ${tokens}`, { where: "tokens", fix: "Leave tokens out." });
}

/** Linear between two sizes; `n` is within them. */
function interpolate(sizes: readonly number[], seconds: readonly number[], n: number): number {
  let place = 1;
  while (place < sizes.length && sizes[place] < n) place++;
  if (sizes[place - 1] === n || place === sizes.length) return seconds[place - 1];
  const share = (n - sizes[place - 1]) / (sizes[place] - sizes[place - 1]);
  return seconds[place - 1] + share * (seconds[place] - seconds[place - 1]);
}

/** The same error with its field as one of `parent`'s. */
function at(error: unknown, parent: string): unknown {
  if (!(error instanceof InputError)) return error;
  const { where, fix } = error;
  const field = typeof where === "string" ? where : "";
  const [first] = error.message.split("\n");
  const what = field !== "" && first.startsWith(`${field}: `) ? first.slice(field.length + 2) : first;
  const place = field === "" ? parent : `${parent}.${field}`;
  return new InputError(what, { where: place, ...(fix === undefined ? {} : { fix }) });
}
