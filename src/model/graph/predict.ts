// How long a graph takes on a device, as a whole, by part and by operator. Prices no kernel itself.
import { readChoice } from "../../core/choices.js";
import { inspectAsText } from "../../core/inspect.js";
import { totalFlop } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { isPlannable, type Limit, limitOf, plannerOf } from "../planner/index.js";
import type { Bottleneck } from "../roofline/index.js";
import { type Execution, executed } from "./execution.js";
import { type Graph, type GraphNode, type GraphTotals, graphTotals } from "./graph.js";
import { idealSchedule, type NodeTime, type Schedule, schedule } from "./schedule.js";

export interface PredictGraphOptions {
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** `engine` unless given. */
  readonly execution?: Execution;
  /**
   * `planner`: every kernel as it is priced, with pauses and the host. `ideal`: the roofline of every node. Unless given the planner,
   * for a device without SMs the roofline.
   */
  readonly mode?: "planner" | "ideal";
}

/** Nodes that belong together, and what they take. */
export interface GraphShare {
  /** The part of the model, or the type of the operator. */
  readonly name: string;
  readonly nodes: number;
  readonly kernels: number;
  readonly time_us: number;
  /** Of the whole time; what is left is the device waiting for the host. */
  readonly share: number;
  readonly flops: number;
  /** Bytes that cross the DRAM interface when every node reads its inputs and writes its outputs. */
  readonly bytes: number;
  readonly bottleneck: Bottleneck;
}

/**
 * Predicts how long a graph takes on a device by the planner: every kernel as it is priced, with the pause between two of
 * them, and for an eager host the time in which the device waits for it. Operators that nobody knows take no time and are
 * counted. Throws InputError where the device cannot be planned for and the planner is asked, or has no peak for a precision of
 * the graph.
 */
export function predictGraph(graph: Graph, options: PredictGraphOptions): GraphPrediction {
  const spec = findDevice(options.device);
  const execution = options.execution ?? "engine";
  const mode = readChoice(modes, options.mode ?? (isPlannable(spec) ? "planner" : "ideal"), "mode", "mode");
  const run = executed(graph, execution);
  const ideal = idealSchedule(run.graph, spec);
  const scheduled = mode === "ideal" ? ideal : schedule(run.graph, plannerOf(spec), run.issue);
  return new GraphPrediction(run.graph, spec, { execution, mode, scheduled, ideal_time_us: ideal.time * 1e6 });
}

const modes = ["planner", "ideal"] as const;

interface Answer {
  readonly execution: Execution;
  readonly mode: "planner" | "ideal";
  readonly scheduled: Schedule;
  readonly ideal_time_us: number;
}

/** The time of a graph on a device. Fields reach JSON and tables; `parts` and `types` sum up its nodes. */
export class GraphPrediction {
  readonly graph: string;
  readonly device: string;
  readonly execution: Execution;
  readonly mode: "planner" | "ideal";
  readonly predicted_time_us: number;
  /** By the roofline of every node. */
  readonly ideal_time_us: number;
  /** Of that, how long the device waited for the host. */
  readonly waiting_us: number;
  readonly predicted_tflops: number;
  readonly flops: number;
  readonly bytes: number;
  readonly parameters: number;
  readonly working_set_bytes: number;
  readonly kernels: number;
  readonly bottleneck: Bottleneck;
  /** How many nodes of each operator that nobody knows: no time of theirs is in the prediction. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly parts: readonly GraphShare[];
  readonly types: readonly GraphShare[];
  readonly #schedule: Schedule;
  readonly #totals: GraphTotals;
  readonly #limit: Limit;

  constructor(graph: Graph, device: DeviceSpec, { execution, mode, scheduled, ideal_time_us }: Answer) {
    const totals = graphTotals(graph);
    const flops = totalFlop({ flop: totals.flop, bytes: { dram: 0 } });
    this.#schedule = scheduled;
    this.#totals = totals;
    this.#limit = limitOf(scheduled.plans, scheduled.waiting);
    this.graph = graph.name;
    this.device = device.key;
    this.execution = execution;
    this.mode = mode;
    this.ideal_time_us = ideal_time_us;
    this.predicted_time_us = scheduled.time * 1e6;
    this.waiting_us = scheduled.waiting * 1e6;
    this.predicted_tflops = flops / scheduled.time / 1e12;
    this.flops = flops;
    this.bytes = totals.bytes;
    this.parameters = totals.parameters;
    this.working_set_bytes = totals.workingSet;
    this.kernels = totals.kernels;
    this.bottleneck = this.#limit.bottleneck;
    this.unknown = Object.freeze(Object.fromEntries(totals.unknown));
    this.parts = shares(scheduled, ({ part }) => part);
    this.types = shares(scheduled, ({ type }) => type);
    Object.freeze(this);
  }

  get totals(): GraphTotals {
    return this.#totals;
  }

  /** What binds, down to the level of memory. */
  get limit(): Limit {
    return this.#limit;
  }

  /** When every node runs. */
  get schedule(): Schedule {
    return this.#schedule;
  }

  /** One line: `bert-large on a100-pcie-80gb: 12.3 ms, compute-bound, 203 TFLOP/s (engine)`. */
  toString(): string {
    const unknown = Object.values(this.unknown).reduce((sum, count) => sum + count, 0);
    const left = unknown === 0 ? "" : `; ${unknown} operators unknown`;
    return (
      `${this.graph} on ${this.device}: ${(this.predicted_time_us / 1e3).toPrecision(3)} ms, ${this.bottleneck}-bound, ` +
      `${this.predicted_tflops.toPrecision(3)} TFLOP/s (${this.mode === "ideal" ? "ideal, " : ""}${this.execution})${left}`
    );
  }

  static {
    inspectAsText(GraphPrediction);
  }
}

function shares({ nodes, time }: Schedule, nameOf: (node: GraphNode) => string): readonly GraphShare[] {
  const groups = new Map<string, NodeTime[]>();
  for (const timed of nodes) {
    const name = nameOf(timed.node);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [timed]);
    else group.push(timed);
  }
  return [...groups].map(([name, group]) => {
    const plans = group.flatMap((timed) => timed.plans);
    const seconds = group.reduce((sum, timed) => sum + timed.time, 0);
    const works = group.flatMap(({ node }) => (node.work === undefined ? [] : [node.work]));
    const onDevice = plans.reduce((sum, plan) => sum + plan.time, 0);
    return Object.freeze({
      name,
      nodes: group.length,
      kernels: group.reduce((sum, { node }) => sum + node.kernels.length, 0),
      time_us: seconds * 1e6,
      share: time === 0 ? 0 : seconds / time,
      flops: works.reduce((sum, work) => sum + totalFlop(work), 0),
      bytes: works.reduce((sum, work) => sum + work.bytes.dram, 0),
      bottleneck: limitOf(plans, seconds - onDevice).bottleneck,
    });
  });
}
