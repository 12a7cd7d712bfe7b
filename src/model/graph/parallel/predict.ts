// How long a graph takes on several devices that share its tensors and its layers. Prices no kernel itself.
import { readChoice } from "../../../core/choices.js";
import { InputError } from "../../../core/errors.js";
import { inspectAsText } from "../../../core/inspect.js";
import type { Graph } from "../graph.js";
import { type GraphPrediction, type PredictGraphOptions, predictGraph } from "../predict.js";
import type { DeviceLink } from "./exchange.js";
import { cutIntoStages } from "./pipeline.js";
import { partTensors } from "./tensor.js";

export interface ParallelOptions extends PredictGraphOptions {
  /** Devices that share every product; 1 unless given. */
  readonly tensorParallel?: number;
  /** Stages, one behind the other; 1 unless given. */
  readonly pipelineParallel?: number;
  /** How many batches of the graph's size go through the stages one behind the other; 1 unless given. */
  readonly microBatches?: number;
  /** Over which link they exchange: `peer` (between devices) unless given, or `pcie`. */
  readonly link?: DeviceLink;
}

/**
 * Predicts a graph on tensorParallel x pipelineParallel devices that are alike. Micro-batches follow each other through the
 * stages: all stages take their time for the first, and the slowest sets the pace of the others,
 * t = sum of stages + (m - 1) x slowest. With equal stages (p - 1) / (m + p - 1) of it a stage is idle, the bubble.
 *
 * Throws InputError where devices cannot share the graph evenly, or state no such link.
 */
export function predictParallel(graph: Graph, options: ParallelOptions): ParallelPrediction {
  const tensor = readCount("tensorParallel", options.tensorParallel);
  const stages = readCount("pipelineParallel", options.pipelineParallel);
  const batches = readCount("microBatches", options.microBatches);
  const link = readChoice(links, options.link ?? "peer", "link", "link");
  const parted = partTensors(graph, tensor, link);
  const cut = cutIntoStages(parted, stages, link);
  return new ParallelPrediction(
    graph.name,
    { tensor, batches, link },
    cut.map((stage) => predictGraph(stage, options)),
  );
}

interface Sharing {
  readonly tensor: number;
  readonly batches: number;
  readonly link: DeviceLink;
}

/** The time of a graph on several devices. Fields reach JSON; those of a stage are of one of its devices. */
export class ParallelPrediction {
  readonly graph: string;
  readonly device: string;
  readonly tensor_parallel: number;
  readonly pipeline_parallel: number;
  readonly micro_batches: number;
  readonly link: DeviceLink;
  /** From the first micro-batch's start to the last one's end. */
  readonly predicted_time_us: number;
  /** Of the devices' time, what they exchange: no arithmetic of theirs is hidden behind it. */
  readonly exchange_us: number;
  /** Share of the devices' time in which a stage has nothing to do. */
  readonly bubble_share: number;
  /** Of the device that has most. */
  readonly parameters_per_device: number;
  readonly working_set_bytes_per_device: number;
  readonly stages: readonly GraphPrediction[];

  constructor(graph: string, { tensor, batches, link }: Sharing, stages: readonly GraphPrediction[]) {
    const times = stages.map(({ predicted_time_us }) => predicted_time_us);
    const once = times.reduce((sum, time) => sum + time, 0);
    const whole = once + (batches - 1) * Math.max(...times);
    this.graph = graph;
    this.device = stages[0].device;
    this.tensor_parallel = tensor;
    this.pipeline_parallel = stages.length;
    this.micro_batches = batches;
    this.link = link;
    this.predicted_time_us = whole;
    this.exchange_us =
      batches *
      stages
        .flatMap(({ types }) => types.filter(({ name }) => exchanges.has(name)))
        .reduce((sum, { time_us }) => sum + time_us, 0);
    this.bubble_share = whole === 0 ? 0 : 1 - (batches * once) / (stages.length * whole);
    this.parameters_per_device = Math.max(...stages.map(({ parameters }) => parameters));
    this.working_set_bytes_per_device = Math.max(...stages.map(({ working_set_bytes }) => working_set_bytes));
    this.stages = Object.freeze([...stages]);
    Object.freeze(this);
  }

  /** Devices that take part. */
  get devices(): number {
    return this.tensor_parallel * this.pipeline_parallel;
  }

  /** One line: `gpt3-13b on 8 h100-sxm (4 x 2): 12.3 ms for 8 batches, 5.1 ms of exchanges, 11% bubble`. */
  toString(): string {
    const ms = (us: number): string => `${(us / 1e3).toPrecision(3)} ms`;
    const batches = this.micro_batches === 1 ? "" : ` for ${this.micro_batches} batches`;
    const bubble = this.pipeline_parallel === 1 ? "" : `, ${Math.round(100 * this.bubble_share)}% bubble`;
    return (
      `${this.graph} on ${this.devices} ${this.device} (${this.tensor_parallel} x ${this.pipeline_parallel}): ` +
      `${ms(this.predicted_time_us)}${batches}, ${ms(this.exchange_us)} of exchanges${bubble}`
    );
  }

  static {
    inspectAsText(ParallelPrediction);
  }
}

const links: readonly DeviceLink[] = ["peer", "pcie"];
const exchanges: ReadonlySet<string> = new Set(["all_reduce", "all_gather", "send_recv"]);

function readCount(name: string, count: number = 1): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InputError(`${name} must be a whole number of at least 1, got ${JSON.stringify(count)}`, { where: name });
}
