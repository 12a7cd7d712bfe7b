// What a run would have taken if copies, kernels, launches or the host were faster: its dependencies replayed. Knows no format.
import { InputError, nearest } from "../../core/errors.js";
import { roleNumber } from "../timeline/index.js";
import { type CriticalPath, type PathKind, pathSums } from "./critical-path.js";
import type { DependencyGraph } from "./dependencies.js";
import { type Pace, replay, type Schedule } from "./schedule.js";

/** How many times as fast as recorded; 2 takes half the time, 0.5 twice as long, Infinity none. 1 unless given. */
export interface SpeedUps {
  /** Copies and memsets on the device. */
  readonly copies?: number;
  /** All kernels; or by name, in which `*` stands for anything. Of several names that fit the first counts. */
  readonly kernels?: number | Readonly<Record<string, number>>;
  /** Calls that launch kernels. */
  readonly launches?: number;
  /** What the host does otherwise: its other calls, and what lies between them. */
  readonly host?: number;
}

export interface WhatIf {
  readonly recorded_ns: number;
  readonly total_ns: number;
  /** Negative where it takes longer. */
  readonly saved_ns: number;
  /** Recorded over total. */
  readonly speedup: number;
  /** Until the device begins with its first work: a program's start, which a faster host makes shorter too. Undefined without any work. */
  readonly before_work: { readonly recorded_ns: number; readonly total_ns: number } | undefined;
  /** What the critical path then consists of: the first limits. */
  readonly limits: CriticalPath["by_kind"];
  readonly limited_by: PathKind | undefined;
}

/**
 * Replays the run. Lags stay as they are: what a launch needs to arrive, and whatever else the trace does not explain. Throws InputError
 * for a speed-up that is no positive number, and for a name that no kernel has.
 */
export function whatIf(graph: DependencyGraph, speedUps: SpeedUps): WhatIf {
  const schedule = replay(graph, paceFor(graph, speedUps));
  const recorded = graph.timeline.end;
  const limits = pathSums(graph, schedule);
  return {
    recorded_ns: recorded,
    total_ns: schedule.end,
    saved_ns: recorded - schedule.end,
    speedup: schedule.end === 0 ? 1 : recorded / schedule.end,
    before_work: beforeWork(graph, schedule),
    limits,
    limited_by: limits[0]?.kind,
  };
}

function beforeWork({ timeline, work }: DependencyGraph, { workStart }: Schedule): WhatIf["before_work"] {
  if (work.length === 0) return undefined;
  let [recorded, total] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let number = 0; number < work.length; number++) {
    recorded = Math.min(recorded, timeline.events.start[work.event[number]]);
    total = Math.min(total, workStart(number));
  }
  return { recorded_ns: recorded, total_ns: total };
}

function paceFor(graph: DependencyGraph, { copies = 1, kernels = 1, launches = 1, host = 1 }: SpeedUps): Pace {
  const { timeline, work } = graph;
  const copy = factor(copies, "copies");
  const kernel =
    typeof kernels === "number" ? constant(factor(kernels, "kernels")) : kernelFactors(graph, Object.entries(kernels));
  return {
    work: (number) => (timeline.events.role[work.event[number]] === roleNumber.kernel ? kernel(number) : copy),
    launch: factor(launches, "launches"),
    host: factor(host, "host"),
  };
}

function constant(value: number): () => number {
  return () => value;
}

/** What a duration is multiplied by. */
function factor(speedUp: number, field: string): number {
  if (speedUp > 0) return 1 / speedUp;
  throw new InputError(`${speedUp} times as fast cannot be`, {
    where: field,
    fix: "Give how many times as fast as recorded: 2 takes half the time, 0.5 twice as long.",
  });
}

function kernelFactors(
  { timeline, work }: DependencyGraph,
  rows: readonly (readonly [string, number])[],
): (number: number) => number {
  const names = new Map<number, string>();
  for (const index of work.event) {
    if (timeline.events.role[index] === roleNumber.kernel)
      names.set(timeline.events.name[index], timeline.nameOf(index));
  }
  const factors = new Map<number, number>();
  for (const [pattern, speedUp] of rows) {
    const value = factor(speedUp, `kernels[${JSON.stringify(pattern)}]`);
    const fits = matcher(pattern);
    const matched = [...names].filter(([, name]) => fits.test(name));
    if (matched.length === 0) throw noSuchKernel(pattern, [...names.values()]);
    for (const [name] of matched) if (!factors.has(name)) factors.set(name, value);
  }
  return (number) => factors.get(timeline.events.name[work.event[number]]) ?? 1;
}

function matcher(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

function noSuchKernel(pattern: string, names: readonly string[]): InputError {
  const near = nearest(pattern, names);
  return new InputError(`no kernel of this trace is called ${JSON.stringify(pattern)}`, {
    where: "kernels",
    fix:
      near === undefined
        ? 'A * stands for anything: "*gemm*" is every kernel with gemm in its name.'
        : `Is ${JSON.stringify(near)} meant? A * stands for anything.`,
  });
}
