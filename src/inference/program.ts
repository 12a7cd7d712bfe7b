// A program on a virtual GPU as a driver sees it: stages and ranges that it marks, and graphs whose kernels it launches one by one while
// the device works on those before. Knows no model.
import { totalFlop } from "../core/work.js";
import { type LaunchTiming, type Reservation, VirtualGPU } from "../gpu/host/index.js";
import type { DeviceSpec } from "../hardware/index.js";
import type { GraphNode, NodeTime } from "../model/graph/index.js";
import type { KernelWork } from "../model/operator/index.js";
import { type Plan, plannerOf } from "../model/planner/index.js";
import { type DriverRange, simulatedTraceHeader, TraceRecorder } from "../trace/index.js";
import { type HostTimes, hostTimesOf } from "./host-times.js";
import { launchShape } from "./launch-shape.js";

/** The stages of an inference, in their order. */
export const stageNames = ["initialise", "load weights", "input", "inference", "output", "clean up"] as const;
export type StageName = (typeof stageNames)[number];

/** A part of the program's time. Seconds of simulated time. */
export interface ProgramSpan {
  readonly name: string;
  readonly start: number;
  readonly time: number;
  /** Driver calls that were made in it. */
  readonly calls: number;
  /** Launches among them. */
  readonly launches: number;
  /** Of the kernels that it launched, on the device. */
  readonly deviceTime: number;
}

/** A launch that the program is about to make. */
export interface PlannedLaunch {
  readonly node: GraphNode;
  readonly work: KernelWork;
  readonly plan: Plan;
}

/** Carries out a launch: seconds that it takes on the device. */
export type LaunchCarrier = (launch: PlannedLaunch) => number;

export class InferenceProgram {
  private readonly trace: TraceRecorder;
  readonly gpu: VirtualGPU;
  readonly stages: ProgramSpan[] = [];
  private readonly host: HostTimes;
  private readonly pause: number;
  private readonly held: { free(): void }[] = [];
  /** Ranges in the trace, which are no calls. */
  private marks = 0;
  private launches = 0;
  private deviceTime = 0;

  /** Throws InputError for a device that runs no kernels. */
  constructor(device: DeviceSpec) {
    this.trace = new TraceRecorder(simulatedTraceHeader(device.name));
    this.host = hostTimesOf(device);
    this.pause = plannerOf(device).constants.launchOverhead.graph;
    const { boostClock, links } = device;
    this.gpu = new VirtualGPU(device, {
      hostTime: this.host.call,
      trace: this.trace,
      ...(boostClock === undefined || links.pcie === undefined ? {} : { bandwidth: { host: links.pcie / boostClock } }),
    });
  }

  /** The first stage, which began with making the device. */
  begin(work: () => void): void {
    this.stages.push(this.within("stage", stageNames[0], work, { start: 0, calls: 0 }));
  }

  /** Does a stage of the program: a range of the trace. */
  stage<T>(name: StageName, work: () => T): T {
    let result: T | undefined;
    const span = this.range("stage", name, () => {
      result = work();
    });
    this.stages.push(span);
    return result as T;
  }

  /** Does what the trace shows as a range. */
  range(range: DriverRange, name: string, work: () => void): ProgramSpan {
    return this.within(range, name, work, { start: this.gpu.seconds, calls: this.calls });
  }

  /**
   * The trace, once all is done: by the time at which each event began, a range before what lies within it, although a range is known
   * only when it ends.
   */
  finish(): TraceRecorder {
    this.trace.calls.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0) || a.id - b.id);
    return this.trace;
  }

  // Driver calls so far.
  private get calls(): number {
    return this.trace.calls.length - this.marks;
  }

  private within(
    range: DriverRange,
    name: string,
    work: () => void,
    { start, calls }: Pick<ProgramSpan, "start" | "calls">,
  ): ProgramSpan {
    const { launches, deviceTime } = this;
    const end = this.gpu.beginRange(range, name, start);
    work();
    const span: ProgramSpan = {
      name,
      start,
      time: this.gpu.seconds - start,
      calls: this.calls - calls,
      launches: this.launches - launches,
      deviceTime: this.deviceTime - deviceTime,
    };
    end();
    this.marks++;
    return span;
  }

  /** Keeps an allocation until `freeAll`. */
  hold<T extends { free(): void }>(allocation: T): T {
    this.held.push(allocation);
    return allocation;
  }

  /** Takes up device memory until `freeAll`. */
  reserve(bytes: number, label: string): Reservation {
    return this.hold(this.gpu.modelled.reserve(bytes, label));
  }

  /** The same, filled from the host. */
  upload(bytes: number, label: string): Reservation {
    const reservation = this.reserve(bytes, label);
    this.gpu.modelled.copy("host to device", reservation);
    return reservation;
  }

  /** Gives back what is held, the oldest first; all but the first `mark` allocations. */
  freeAll(mark = 0): void {
    for (const allocation of this.held.splice(mark)) allocation.free();
  }

  /** Allocations that are held. */
  get allocations(): number {
    return this.held.length;
  }

  /** Runs the nodes of a graph in their order, each layer as a range, as an eager framework does: it issues, and does not wait. */
  run(nodes: readonly NodeTime[], carry: LaunchCarrier = (launch) => this.launch(launch)): void {
    for (const layer of layersOf(nodes)) {
      this.range("layer", layerName(layer[0].node), () => {
        for (const { node, plans } of layer) {
          if (plans.length > 0) this.gpu.modelled.work(this.host.beforeLaunch);
          for (const [index, plan] of plans.entries()) {
            this.deviceTime += carry({ node, work: node.kernels[index], plan });
            this.launches++;
          }
        }
      });
    }
  }

  /** What a launch's timing is on this device, and what the trace says of it. */
  timing({ node, work, plan }: PlannedLaunch): LaunchTiming {
    const { name, layer } = node;
    // The operator's figures stand with its last kernel, so that they count once.
    const isLast = node.kernels[node.kernels.length - 1] === work;
    const asked = isLast && node.work !== undefined ? node.work : undefined;
    return {
      seconds: plan.time,
      pause: this.pause,
      args: {
        op: name,
        ...(layer === undefined ? {} : { layer }),
        ...(asked === undefined ? {} : { flop: totalFlop(asked), dram_bytes: asked.bytes.dram }),
      },
    };
  }

  /** A launch that takes the time of its plan and computes nothing. */
  launch(planned: PlannedLaunch): number {
    const shape = launchShape(planned.node, planned.work, planned.plan);
    const { start, end } = this.gpu.modelled.launch({ ...shape, timing: this.timing(planned) });
    return end - start;
  }
}

// Nodes that follow each other and belong to one of the repeated layers, or to the same part before or behind them.
function layersOf(nodes: readonly NodeTime[]): NodeTime[][] {
  const layers: NodeTime[][] = [];
  for (const timed of nodes) {
    const last = layers[layers.length - 1];
    if (last !== undefined && layerName(last[0].node) === layerName(timed.node)) last.push(timed);
    else layers.push([timed]);
  }
  return layers;
}

function layerName({ layer, part }: GraphNode): string {
  return layer === undefined ? part : `layers.${layer}`;
}
