// What the steps of a language model cost by the model of its device: tables for the simulator to interpolate in, and how much memory is
// left for keys and values. Knows nothing of requests.
//
// A step is priced as an inference engine runs it (fused kernels in a CUDA graph): all layers but attention once for all of its tokens,
// the head for the tokens that are answered, attention for itself. Simplified: requests that decode together are taken for as many with
// their mean context, and the prompts of a step for themselves. Of memory, a tenth is left to activations, as vLLM leaves it.
import { InputError } from "../../core/errors.js";
import { bytesPerElement, type Precision, parsePrecision } from "../../core/precision.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type GraphPrediction, model, type NodeTime, predict, predictParallel } from "../../model/index.js";
import type { AttentionWork } from "../../model/operator/index.js";
import { isPlannable, limitOf, plannerOf } from "../../model/planner/index.js";
import type { LlmService, Scenario } from "../scenario/index.js";
import { llmDefaults } from "../scenario/settings.js";
import { shortGraph } from "./repeated-layers.js";
import type { StepBound, StepCosts } from "./step-costs.js";

/** The longest context of the tables: what is beyond is taken to go on as before. */
const longestContext = 2 ** 17;
/** Of a device's memory, what weights, keys and values may take: vLLM's `gpu_memory_utilization`. */
const usableMemory = 0.9;
/** Tables are read again for another rate, router or batch: so many of the latest are kept. */
const mostKept = 8;
const kept = new Map<string, StepCosts>();

/**
 * The costs of a scenario's steps by the model of its target's device. Throws InputError where there is no device, the model is no
 * decoder, devices cannot share it, or the weights and the cache do not fit.
 */
export function stepCosts({ serving, target }: Scenario): StepCosts {
  if (serving === undefined) throw new Error("the scenario serves no language model");
  const spec = deviceOf(target.device);
  const {
    model: name,
    precision,
    kv_precision,
    tensor_parallel,
    kv_cache_gb,
    max_batch_size,
    max_batched_tokens,
  } = serving;
  const key = JSON.stringify([
    [name, precision, kv_precision, tensor_parallel, kv_cache_gb, max_batch_size, max_batched_tokens],
    [spec, target.h2d_gbps, target.d2h_gbps],
  ]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const costs = predictedSteps(serving, spec, target);
  if (kept.size === mostKept) kept.delete(kept.keys().next().value as string);
  kept.set(key, costs);
  return costs;
}

function predictedSteps(serving: LlmService, spec: DeviceSpec, target: Scenario["target"]): StepCosts {
  const decoder = new Decoder(serving, spec);
  const { max_batch_size = llmDefaults.max_batch_size, max_batched_tokens = llmDefaults.max_batched_tokens } = serving;
  const tokens = points(max_batched_tokens, 4);
  const steps = tokens.map((count) => decoder.pass(count));
  const requests = points(max_batch_size, 4);
  const contexts = points(longestContext, 2);
  const before = [0, ...contexts];
  const host = (gbps: number | undefined): number =>
    gbps === undefined ? (spec.links.pcie ?? 0) * decoder.devices : gbps * 1e9;
  const swap = { out: host(target.d2h_gbps), in: host(target.h2d_gbps) };
  return {
    layers: {
      tokens,
      seconds: steps.map(({ layers }) => layers),
      bound: steps.map(({ bound }) => bound),
    },
    head: { requests, seconds: requests.map((count) => decoder.pass(count).head) },
    decode_attention: {
      requests,
      context: contexts,
      seconds: requests.map((count) => contexts.map((context) => decoder.attention(count, 1, context))),
    },
    prefill_attention: {
      tokens,
      context: before,
      seconds: tokens.map((count) => before.map((cached) => decoder.attention(1, count, cached + count))),
    },
    kv_bytes_per_token: decoder.kvBytesPerToken,
    kv_bytes: decoder.memoryForKeys(serving.kv_cache_gb),
    ...(swap.out > 0 && swap.in > 0 ? { swap } : {}),
  };
}

/** What a pass over so many tokens takes, attention left out. Seconds. */
interface Pass {
  readonly layers: number;
  readonly head: number;
  readonly bound: StepBound;
}

/** A model on the devices of one replica. */
class Decoder {
  readonly devices: number;
  /** Of all devices together. */
  readonly kvBytesPerToken: number;
  private readonly name: string;
  private readonly precision: string;
  private readonly spec: DeviceSpec;
  private readonly weightBytes: number;
  /** Attention of one device, and how many layers have it. */
  private readonly kernel: AttentionWork;
  private readonly attentions: number;
  private readonly passes = new Map<number, Pass>();

  constructor({ model: name, precision = "FP16", kv_precision, tensor_parallel = 1 }: LlmService, spec: DeviceSpec) {
    this.devices = tensor_parallel;
    this.name = name;
    this.precision = parsePrecision(precision, "serving.precision");
    this.spec = spec;
    const { prediction, repeats } = this.predicted(1);
    const kernels = prediction.schedule.kernels.filter((kernel) => kernel.kind === "attention");
    if (kernels.length === 0 || !kernels[0].causal) {
      throw new InputError(`${name} is no decoder: it generates no tokens`, {
        where: "serving.model",
        fix: "Take one of GPT, OPT or Llama, or run it as a stage of a pipeline.",
      });
    }
    const cache: Precision =
      kv_precision === undefined ? kernels[0].formats.weight : parsePrecision(kv_precision, "serving.kv_precision");
    this.kernel = { ...kernels[0], formats: { ...kernels[0].formats, weight: cache } };
    this.attentions = kernels.length + repeats - 1;
    const less = this.predicted(1, 2).prediction.totals.weightBytes;
    const { weightBytes } = prediction.totals;
    this.weightBytes = (weightBytes + (repeats - 1) * (weightBytes - less)) * this.devices;
    const { kvHeads, headDim } = this.kernel;
    this.kvBytesPerToken = 2 * this.attentions * kvHeads * headDim * bytesPerElement[cache] * this.devices;
  }

  pass(tokens: number): Pass {
    let known = this.passes.get(tokens);
    if (known === undefined) {
      const { prediction, repeats } = this.predicted(tokens);
      const rest = prediction.schedule.nodes.filter(({ node }) => node.type !== "attention");
      const head = rest.filter(({ node }) => node.part === "head");
      const layers = rest.filter(({ node }) => node.part !== "head");
      const times = ({ node }: NodeTime): number => (node.layer === 1 ? repeats : 1);
      const seconds = (nodes: typeof rest): number => nodes.reduce((sum, one) => sum + times(one) * one.time, 0);
      const plans = layers.flatMap((one) => Array.from({ length: times(one) }, () => one.plans).flat());
      const onDevice = plans.reduce((sum, plan) => sum + plan.time, 0);
      const { bottleneck } = limitOf(plans, seconds(layers) - onDevice);
      known = { layers: seconds(layers), head: seconds(head), bound: bottleneck };
      this.passes.set(tokens, known);
    }
    return known;
  }

  /** Seconds of attention in all layers: of so many sequences with `queries` new tokens each, the last of `keys`. */
  attention(batch: number, queries: number, keys: number): number {
    const { spec, kernel } = this;
    if (isPlannable(spec)) {
      const planner = plannerOf(spec);
      const plan = planner.plan({ ...kernel, batch, queries, keys });
      return this.attentions * (plan.time + planner.constants.launchOverhead.graph);
    }
    const shape = {
      batch,
      heads: kernel.heads,
      kv_heads: kernel.kvHeads,
      head_dim: kernel.headDim,
      q_len: queries,
      kv_len: keys,
      causal: 1,
    };
    const { math, weight } = kernel.formats;
    const answer = predict({ kernel: "attention", shape, precision: math, weight, device: spec, mode: "ideal" });
    return (this.attentions * answer.predicted_time_us) / 1e6;
  }

  /** Bytes of the replica that keys and values may take: what is asked for, or what is left. */
  memoryForKeys(asked: number | undefined): number {
    const { spec, devices, weightBytes } = this;
    const memory = spec.dram.capacity * devices;
    const left = usableMemory * memory - weightBytes;
    const fix = "Raise tensor_parallel, take a narrower precision or a device with more memory, or lower kv_cache_gb.";
    const has = `${devices === 1 ? "" : `${devices} x `}${spec.name} ${devices === 1 ? "has" : "have"} ${gigabytes(memory)}`;
    if (asked === undefined) {
      if (left > 0) return left;
      throw new InputError(
        `the weights of ${this.name} in ${this.precision} are ${gigabytes(weightBytes)} and ${has}, of which nine tenths can be used`,
        { where: "serving.model", fix },
      );
    }
    if (weightBytes + asked * 1e9 <= memory) return asked * 1e9;
    throw new InputError(
      `${gigabytes(asked * 1e9)} for keys and values beside ${gigabytes(weightBytes)} of weights do not fit: ${has}`,
      { where: "serving.kv_cache_gb", fix },
    );
  }

  /** One of the devices on so many new tokens, with three layers unless told otherwise. */
  private predicted(
    sequence: number,
    layers?: number,
  ): { readonly prediction: GraphPrediction; readonly repeats: number } {
    try {
      const { graph, repeats } = shortGraph(
        model(this.name, { batch: 1, sequence, precision: this.precision }),
        layers,
      );
      const { stages } = predictParallel(graph, { device: this.spec, tensorParallel: this.devices });
      return { prediction: stages[0], repeats };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const field = fields.get(error.where);
      const [line] = error.message.split("\n");
      throw new InputError(typeof error.where === "string" ? line.slice(`${error.where}: `.length) : line, {
        where: field === undefined ? "serving" : `serving.${field}`,
        ...(error.fix === undefined ? {} : { fix: error.fix }),
      });
    }
  }
}

/** What the scenario calls the fields at which models and predictions find mistakes. */
const fields: ReadonlyMap<unknown, keyof LlmService> = new Map<unknown, keyof LlmService>([
  ["model", "model"],
  ["precision", "precision"],
  ["tensorParallel", "tensor_parallel"],
]);

/** From 1 to `most`: powers of two, from 16 on (`within` of them to an octave) evenly between two, and the last. */
function points(most: number, within: number): readonly number[] {
  const found: number[] = [];
  for (let n = 1; n < most; n += n < 16 ? n : 2 ** (31 - Math.clz32(n)) / within) found.push(n);
  return [...found, most];
}

function deviceOf(name: string | undefined): DeviceSpec {
  if (name === undefined) {
    throw new InputError("is missing", {
      where: "target.device",
      fix: 'A language model needs a device by whose figures its steps are predicted: "h100-sxm", "a100-sxm-80gb", ...',
    });
  }
  try {
    return findDevice(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [what] = error.message.split("\n");
    throw new InputError(what, { where: "target.device", ...(error.fix === undefined ? {} : { fix: error.fix }) });
  }
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(3))} GB`;
}
