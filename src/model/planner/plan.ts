// What a kernel costs on a device, resource by resource, and which of them binds. Knows no kind of kernel.
import type { Traffic } from "../../core/work.js";
import type { Bottleneck } from "../roofline/roofline.js";

/** What a kernel's time is spent on. Each is the time that it would take if it were alone. */
export type Resource =
  /** The pipes that do the arithmetic: tensor cores, FP32 units. */
  | "compute"
  /** Units for exponentials, reciprocals and their like. */
  | "special"
  /** Between an SM and its shared memory or L1. */
  | "l1"
  /** Operands from L2 to the SMs. */
  | "l2"
  /** Results from the SMs to L2. */
  | "l2_results"
  | "dram"
  /** Between devices, or to the host. */
  | "link"
  /** What does not depend on the amount of work: filling pipelines, launches, waits. */
  | "overhead";

/** Seconds by resource; one that is absent is not used. */
export type Resources = Readonly<Partial<Record<Resource, number>>>;

/** The way that a kernel takes on a device, and its price. */
export interface Plan {
  readonly resources: Resources;
  /** Seconds, from these resources as they overlap. */
  combine(resources: Resources): number;
  /** Seconds on the device: what `combine` makes of `resources`. What launching and measuring add is `Protocol`'s. */
  readonly time: number;
  /** The plan in a sentence: which tile, how many waves. */
  inWords(): string;
  /** Every way that was priced, this one first; absent where there is but one way. */
  candidates?(): readonly Candidate[];
  /** Bytes by memory level as this way moves them; absent where nobody reckons them. */
  traffic?(): Traffic;
}

/** A way that a kernel could take, and its price. */
export interface Candidate {
  /** What is chosen, by name and in the order of a table's columns: `{ tile: "128 x 256", split: 1, waves: 2 }`. */
  readonly choice: Readonly<Record<string, string | number>>;
  readonly resources: Resources;
  /** Seconds on the device. */
  readonly time: number;
}

/** What may bind within a kind of limit. */
export type LimitLevel = "arithmetic" | "special functions" | "L1" | "L2" | "DRAM" | "link" | "overhead";

/** What a plan is bound by: the kind of limit that `Bottleneck` names, and the level within it. */
export interface Limit {
  readonly bottleneck: Bottleneck;
  readonly level: LimitLevel;
  /** Seconds that a tenth more of it would save. */
  readonly gain: number;
}

interface Level {
  readonly level: LimitLevel;
  readonly of: readonly Resource[];
}

const levels: Readonly<Record<Bottleneck, readonly Level[]>> = {
  compute: [
    { level: "arithmetic", of: ["compute"] },
    { level: "special functions", of: ["special"] },
  ],
  memory: [
    { level: "L1", of: ["l1"] },
    { level: "L2", of: ["l2", "l2_results"] },
    { level: "DRAM", of: ["dram"] },
    { level: "link", of: ["link"] },
  ],
  overhead: [{ level: "overhead", of: ["overhead"] }],
};
const kinds = (["compute", "memory", "overhead"] as const).map((bottleneck) => ({
  bottleneck,
  of: levels[bottleneck].flatMap(({ of }) => of),
}));

/**
 * What plans that run one after another are bound by: each level is made a tenth faster by itself, and those that save most win,
 * first of all the kind of limit (all memory levels together), then the level within it. `launch` are the seconds beside the
 * kernels' own; `measured` is what a clock shows of kernels that take so long, where it is not their sum.
 */
export function limitOf(
  plans: readonly Plan[],
  launch: number = 0,
  measured: (onDevice: number) => number = (onDevice) => onDevice + launch,
): Limit {
  const before = measured(plans.reduce((sum, plan) => sum + plan.time, 0));
  const saved = (of: readonly Resource[]): number => {
    let shorter = 0;
    for (const plan of plans) shorter += plan.time - plan.combine(faster(plan.resources, of));
    if (of.includes("overhead")) return shorter + launch - launch / 1.1;
    return before - measured(before - launch - shorter);
  };
  const { bottleneck } = greatest(kinds.map(({ bottleneck, of }) => ({ bottleneck, gain: saved(of) })));
  return greatest(levels[bottleneck].map(({ level, of }) => ({ bottleneck, level, gain: saved(of) })));
}

/** The first of those that gain most. */
function greatest<T extends { readonly gain: number }>(gains: readonly T[]): T {
  return gains.reduce((most, gain) => (gain.gain > most.gain ? gain : most));
}

function faster(resources: Resources, of: readonly Resource[]): Resources {
  const changed: Partial<Record<Resource, number>> = { ...resources };
  for (const resource of of) {
    const seconds = changed[resource];
    if (seconds !== undefined) changed[resource] = seconds / 1.1;
  }
  return changed;
}
