// Of the ways that were priced for one kernel of attention the cheapest, as a plan. Knows no way by itself.
import type { Traffic } from "../../../../core/work.js";
import { type Machine, suppositionsInWords } from "../../machine.js";
import type { Candidate, Plan, Resources } from "../../plan.js";

/** The number of parts that the keys are split into, and its price. */
export interface AttentionCandidate extends Candidate {
  readonly choice: { readonly split: number; readonly blocks: number };
}

/** How the blocks go on, whatever the keys are split into. */
export interface AttentionWay {
  combine(resources: Resources): number;
  /** What the blocks do, in words. */
  words(split: number): string;
  traffic(split: number): Traffic;
}

/** The products, the softmax and the waits of one block follow one another; the traffic of others goes on meanwhile. */
export function amongOthers({ compute = 0, special = 0, overhead = 0, l2 = 0, dram = 0 }: Resources): number {
  return Math.hypot(compute + special + overhead, Math.max(l2, dram));
}

/** With one block on an SM nothing goes on meanwhile. */
export function byItself({ compute = 0, special = 0, overhead = 0, l2 = 0, dram = 0 }: Resources): number {
  return compute + special + overhead + Math.max(l2, dram);
}

/** The cheapest of at least one, ties going to the first. */
export function cheapestPlan(
  ways: readonly Omit<AttentionCandidate, "time">[],
  machine: Machine,
  { combine, words, traffic }: AttentionWay,
): Plan {
  const priced = ways.map((way): AttentionCandidate => ({ ...way, time: combine(way.resources) }));
  const best = priced.reduce((cheapest, other) => (other.time < cheapest.time ? other : cheapest));
  const { split, blocks } = best.choice;
  const left = suppositionsInWords(machine);
  return {
    resources: best.resources,
    combine,
    time: best.time,
    inWords: () => `Planned: ${words(split)}; ${blocks} blocks on ${machine.sms} SMs.${left}`,
    candidates: () => [...priced].sort((a, b) => a.time - b.time),
    traffic: () => traffic(split),
  };
}
