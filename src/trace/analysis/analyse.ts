// All analyses of one timeline, each made when it is asked for and then kept. Knows no format.
import { inspectAsText } from "../../core/inspect.js";
import { formatNanoseconds, type Timeline } from "../timeline/index.js";
import { CallCategories } from "./call-categories.js";
import { analyseCalls, type CallAnalysis } from "./calls.js";
import { type CriticalPath, criticalPath } from "./critical-path.js";
import { type DependencyGraph, findDependencies } from "./dependencies.js";
import { type DeviceWork, findDeviceWork } from "./device-work.js";
import { analyseGaps, type GapAnalysis, type GapOptions } from "./gaps.js";
import { HostStacks } from "./host-stacks.js";
import { analyseOperators, type OperatorAnalysis } from "./launched-operators.js";
import { analyseLaunches, type LaunchAnalysis } from "./launches.js";
import { analyseMemory, type MemoryAnalysis } from "./memory.js";
import { type TraceMetrics, traceMetrics } from "./metrics.js";
import { analyseRanges, type RangeAnalysis } from "./ranges.js";
import { analyseSlices, type SliceStatistics } from "./slices.js";
import { analyseTransfers, type TransferAnalysis } from "./transfers.js";
import { type SpeedUps, type WhatIf, whatIf } from "./what-if.js";

export class TraceAnalysis {
  private readonly kept = new Map<string, unknown>();

  constructor(readonly timeline: Timeline) {}

  /** Time of kernels and copies, in milliseconds, as the service answers it. */
  get metrics(): TraceMetrics {
    return this.keep("metrics", () => traceMetrics(this.timeline, this.work));
  }

  /** Calls by name, category and thread. */
  get calls(): CallAnalysis {
    return this.keep("calls", () => analyseCalls(this.timeline, this.stacks, this.categories));
  }

  /** Bytes over time, the peak and who held it, leaks. */
  get memory(): MemoryAnalysis {
    return this.keep("memory", () => analyseMemory(this.timeline, this.stacks, this.categories));
  }

  /** Kernels by name, launch latency, queue depth. */
  get launches(): LaunchAnalysis {
    return this.keep("launches", () => analyseLaunches(this.timeline, this.work, this.categories));
  }

  /** Copies by direction and size, bandwidth, overlap with kernels. */
  get transfers(): TransferAnalysis {
    return this.keep("transfers", () => analyseTransfers(this.timeline, this.work, this.stacks, this.categories));
  }

  /** Idle gaps of the devices and their causes. */
  get gaps(): GapAnalysis {
    return this.keep("gaps", () => this.gapsOf({}));
  }

  /** The same with a threshold of one's own. */
  gapsOf(options: GapOptions): GapAnalysis {
    return analyseGaps(this.timeline, this.work, this.stacks, this.categories, options);
  }

  /** Time per stage, iteration, token, layer and operator. */
  get ranges(): RangeAnalysis {
    return this.keep("ranges", () => analyseRanges(this.timeline, this.work, this.stacks));
  }

  /** The device's time by operator and layer, where launches name them. */
  get operators(): OperatorAnalysis {
    return this.keep("operators", () => analyseOperators(this.timeline, this.work));
  }

  /** Functions, and slices of no role that is known, by name. */
  get slices(): readonly SliceStatistics[] {
    return this.keep("slices", () => analyseSlices(this.timeline));
  }

  /** The longest chain of what depended on what; as long as the wall time. */
  get criticalPath(): CriticalPath {
    return this.keep("criticalPath", () => criticalPath(this.dependencies, this.stacks));
  }

  /** What the run would have taken if something were so many times as fast. */
  whatIf(speedUps: SpeedUps): WhatIf {
    return whatIf(this.dependencies, speedUps);
  }

  /** `1.23 s, the device busy for 45.6%; 1,234 calls, 567 kernels`. */
  toString(): string {
    const { metrics, calls, gaps } = this;
    const busy = gaps.devices.map(
      ({ device, busy_share }) =>
        `${gaps.devices.length === 1 ? "the device" : device} busy for ${(100 * busy_share).toFixed(1)}%`,
    );
    const counted = (count: number, one: string, more: string): string =>
      `${count.toLocaleString("en-US")} ${count === 1 ? one : more}`;
    return [
      [formatNanoseconds(this.timeline.end), ...busy].join(", "),
      [
        counted(calls.count, "call", "calls"),
        counted(metrics.kernel_count, "kernel", "kernels"),
        counted(metrics.memcpy_count, "copy", "copies"),
      ].join(", "),
    ].join("; ");
  }

  private get work(): DeviceWork {
    return this.keep("work", () => findDeviceWork(this.timeline));
  }

  private get dependencies(): DependencyGraph {
    return this.keep("dependencies", () => findDependencies(this.timeline, this.work, this.stacks, this.categories));
  }

  private get stacks(): HostStacks {
    return this.keep("stacks", () => new HostStacks(this.timeline));
  }

  private get categories(): CallCategories {
    return this.keep("categories", () => new CallCategories(this.timeline));
  }

  private keep<T>(name: string, make: () => T): T {
    if (!this.kept.has(name)) this.kept.set(name, make());
    return this.kept.get(name) as T;
  }

  static {
    inspectAsText(TraceAnalysis);
  }
}

/** The analyses of a timeline, simulated or recorded. */
export function analyse(timeline: Timeline): TraceAnalysis {
  return new TraceAnalysis(timeline);
}
