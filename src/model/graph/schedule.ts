// When the nodes of a graph run on a device: its kernels one after another, as a host issues them. Prices no kernel itself.
import type { Work } from "../../core/work.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { KernelWork, RowsWork, StreamWork } from "../operator/index.js";
import type { Plan, Planner, Resources } from "../planner/index.js";
import { placeOnRoofline } from "../roofline/index.js";
import { type Graph, type GraphNode, type Tensor, tensorBytes } from "./graph.js";

/** `eager`: a host issues one operator after the other. `graph`: all are there from the beginning. */
export type Issue = "eager" | "graph";

/** When a node runs. Seconds from the beginning. */
export interface NodeTime {
  readonly node: GraphNode;
  readonly start: number;
  readonly time: number;
  readonly plans: readonly Plan[];
}

/** Every node's time on a device: what predictions of graphs are made of. */
export interface Schedule {
  readonly nodes: readonly NodeTime[];
  readonly kernels: readonly KernelWork[];
  /** One for each kernel; by the roofline, one for each node. */
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
    const ran = node.kernels.map((stated) => {
      const kernel = passesMemory(stated) ? { ...stated, warm } : stated;
      const plan = planOnce(planner, kernel, known);
      kernels.push(kernel);
      end += plan.time + launchOverhead.graph;
      return plan;
    });
    plans.push(...ran);
    times.push({ node, start, time: end - start, plans: ran });
  }
  return { nodes: times, kernels, plans, time: end, waiting };
}

/**
 * The same by the roofline alone: each node takes as long as the slower of its operations at the peak and its bytes at the
 * bandwidth, one after the other, and nobody waits. Throws InputError where the device has no peak for a precision.
 */
export function idealSchedule({ nodes }: Graph, device: DeviceSpec): Schedule {
  const times: NodeTime[] = [];
  let end = 0;
  for (const node of nodes) {
    const { work } = node;
    const plans = work === undefined || work.bytes.dram === 0 ? [] : [idealPlan(work, device)];
    const time = plans.reduce((sum, plan) => sum + plan.time, 0);
    times.push({ node, start: end, time, plans });
    end += time;
  }
  const kernels = nodes.flatMap((node) => node.kernels);
  return { nodes: times, kernels, plans: times.flatMap(({ plans }) => plans), time: end, waiting: 0 };
}

function idealPlan(work: Work, device: DeviceSpec): Plan {
  const { computeTime, memoryTime, time } = placeOnRoofline(work, device);
  const resources: Resources = { compute: computeTime, dram: memoryTime };
  return { resources, combine: slower, time, inWords: () => `The roofline of ${device.name}.` };
}

function slower({ compute = 0, dram = 0 }: Resources): number {
  return Math.max(compute, dram);
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
