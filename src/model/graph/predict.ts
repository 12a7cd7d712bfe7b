// How long a graph takes on a device: its kernels one after another, as a host issues them. Prices no kernel itself.
import { InputError, listChoices } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { totalFlop } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import type { KernelWork, RowsWork, StreamWork } from "../operator/index.js";
import { type Limit, limitOf, type Plan, type Planner, plannerOf } from "../planner/index.js";
import type { Bottleneck } from "../roofline/index.js";
import { type Fusion, fuse } from "./fusion/rules.js";
import { type Graph, type GraphNode, type GraphTotals, graphTotals, type Tensor, tensorBytes } from "./graph.js";

/** `eager`: a host issues one operator after the other. `graph`: all are there from the beginning. */
export type Issue = "eager" | "graph";

/**
 * `eager`: a framework issues operator after operator, a kernel or more for each, while the device works on those before; a
 * device that is faster than its host waits for it. `compiled`: passes over memory are fused, and one kernel follows the other,
 * as in a CUDA graph. `engine`: the same with attention in one kernel, products joined and functions done as they are written,
 * as in TensorRT. What is fused is said of `Fusion`.
 */
export type Execution = "eager" | "compiled" | "engine";

export interface PredictGraphOptions {
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** `engine` unless given. */
  readonly execution?: Execution;
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

/** When a node runs. Seconds from the beginning. */
export interface NodeTime {
  readonly node: GraphNode;
  readonly start: number;
  readonly time: number;
}

/** Every node's time on a device: what predictions of graphs are made of. */
export interface Schedule {
  readonly nodes: readonly NodeTime[];
  readonly kernels: readonly KernelWork[];
  /** One for each kernel. */
  readonly plans: readonly Plan[];
  /** Seconds, from the beginning to the end of the last kernel. */
  readonly time: number;
  /** Seconds of it in which the device waited for the host. */
  readonly waiting: number;
}

/**
 * Lets the kernels of a graph run one behind the other, `issue`d so. A kernel begins when the one before has ended and, from
 * an eager host, not before it has been issued. What the node before has written is where the caches could keep it. Throws
 * InputError where the planner's device cannot do one of them.
 */
export function schedule({ nodes, tensors }: Graph, planner: Planner, issue: Issue): Schedule {
  const { launchOverhead, hostOperator, convolutionHostTime } = planner.constants;
  const known = new Map<string, Plan>();
  const kernels: KernelWork[] = [];
  const plans: Plan[] = [];
  const times: NodeTime[] = [];
  let recent: ReadonlySet<string> = new Set();
  let host = 0;
  let end = 0;
  let waiting = 0;
  for (const node of nodes) {
    if (issue === "eager" && node.kernels.length > 0) {
      host += hostOperator;
      if (node.kernels.some(({ kind }) => kind === "convolution")) host += convolutionHostTime;
      if (host > end) {
        waiting += host - end;
        end = host;
      }
    }
    const start = end;
    const warm = node.inputs.reduce(
      (sum, name) => sum + (recent.has(name) ? tensorBytes(tensors.get(name) as Tensor) : 0),
      0,
    );
    // A view is as recent as what it shows.
    recent = new Set(node.kernels.length > 0 ? node.outputs : [...recent, ...(warm > 0 ? node.outputs : [])]);
    for (const stated of node.kernels) {
      const kernel = passesMemory(stated) ? { ...stated, warm } : stated;
      const plan = planOnce(planner, kernel, known);
      kernels.push(kernel);
      plans.push(plan);
      end += plan.time + launchOverhead.graph;
    }
    times.push({ node, start, time: end - start });
  }
  return { nodes: times, kernels, plans, time: end, waiting };
}

/** A graph as it is executed: what is fused of it, and how it is issued. */
export interface Executed {
  readonly graph: Graph;
  readonly issue: Issue;
}

/** Throws InputError for an execution that is none. */
export function executed(graph: Graph, execution: Execution): Executed {
  const way = ways[execution];
  if (way === undefined) {
    throw new InputError(`unknown execution ${JSON.stringify(execution)}`, {
      where: "execution",
      fix: `Known: ${listChoices(Object.keys(ways))}.`,
    });
  }
  return { graph: fuse(graph, way.fusion), issue: way.issue };
}

const ways: Readonly<Record<Execution, { readonly fusion: Fusion; readonly issue: Issue }>> = {
  eager: { fusion: "none", issue: "eager" },
  compiled: { fusion: "compiled", issue: "graph" },
  engine: { fusion: "engine", issue: "graph" },
};

/**
 * Predicts how long a graph takes on a device by the planner: every kernel as it is priced, with the pause between two of
 * them, and for an eager host the time in which the device waits for it. Operators that nobody knows take no time and are
 * counted. Throws InputError where the device cannot be planned for, or has no peak for a precision of the graph.
 */
export function predictGraph(graph: Graph, options: PredictGraphOptions): GraphPrediction {
  const spec = findDevice(options.device);
  const execution = options.execution ?? "engine";
  const run = executed(graph, execution);
  return new GraphPrediction(run.graph, spec, execution, schedule(run.graph, plannerOf(spec), run.issue));
}

/** The time of a graph on a device. Fields reach JSON and tables; `parts` and `types` sum up its nodes. */
export class GraphPrediction {
  readonly graph: string;
  readonly device: string;
  readonly execution: Execution;
  readonly predicted_time_us: number;
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

  constructor(graph: Graph, device: DeviceSpec, execution: Execution, scheduled: Schedule) {
    const totals = graphTotals(graph);
    const flops = totalFlop({ flop: totals.flop, bytes: { dram: 0 } });
    this.#schedule = scheduled;
    this.#totals = totals;
    this.#limit = limitOf(scheduled.plans, scheduled.waiting);
    this.graph = graph.name;
    this.device = device.key;
    this.execution = execution;
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
      `${this.predicted_tflops.toPrecision(3)} TFLOP/s (${this.execution})${left}`
    );
  }

  static {
    inspectAsText(GraphPrediction);
  }
}

function passesMemory(kernel: KernelWork): kernel is StreamWork | RowsWork {
  return kernel.kind === "stream" || kernel.kind === "rows";
}

// The layers of a model are alike, so that most kernels have been priced before.
function planOnce(planner: Planner, kernel: KernelWork, known: Map<string, Plan>): Plan {
  const key = JSON.stringify(kernel);
  let plan = known.get(key);
  if (plan === undefined) {
    plan = planner.plan(kernel);
    known.set(key, plan);
  }
  return plan;
}

function shares({ nodes, plans, time }: Schedule, nameOf: (node: GraphNode) => string): readonly GraphShare[] {
  const groups = new Map<string, { nodes: NodeTime[]; plans: Plan[] }>();
  let next = 0;
  for (const timed of nodes) {
    const name = nameOf(timed.node);
    const group = groups.get(name) ?? { nodes: [], plans: [] };
    groups.set(name, group);
    group.nodes.push(timed);
    group.plans.push(...plans.slice(next, next + timed.node.kernels.length));
    next += timed.node.kernels.length;
  }
  return [...groups].map(([name, group]) => {
    const seconds = group.nodes.reduce((sum, timed) => sum + timed.time, 0);
    const works = group.nodes.flatMap(({ node }) => (node.work === undefined ? [] : [node.work]));
    const onDevice = group.plans.reduce((sum, plan) => sum + plan.time, 0);
    return Object.freeze({
      name,
      nodes: group.nodes.length,
      kernels: group.plans.length,
      time_us: seconds * 1e6,
      share: time === 0 ? 0 : seconds / time,
      flops: works.reduce((sum, work) => sum + totalFlop(work), 0),
      bytes: works.reduce((sum, work) => sum + work.bytes.dram, 0),
      bottleneck: limitOf(group.plans, seconds - onDevice).bottleneck,
    });
  });
}
