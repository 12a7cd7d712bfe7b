// Of the ways that were priced for one kernel of attention the cheapest, as a plan. Knows no way by itself.
import type { Machine } from "./machine.js";
import type { Candidate, Plan, Resources } from "./plan.js";

/** The number of parts that the keys are split into, and its price. */
export interface AttentionCandidate extends Candidate {
  readonly choice: { readonly split: number; readonly blocks: number };
}

export function candidate(choice: AttentionCandidate["choice"], resources: Resources): AttentionCandidate {
  return { choice, resources, time: combine(resources) };
}

/** The cheapest of at least one; `words` says what its blocks do. */
export function cheapestPlan(
  priced: readonly AttentionCandidate[],
  { device, supposed }: Machine,
  words: (split: number) => string,
): Plan {
  const best = priced.reduce((cheapest, other) => (other.time < cheapest.time ? other : cheapest));
  const { split, blocks } = best.choice;
  const left = supposed.length === 0 ? "" : ` The file of ${device.name} states ${supposed.join(", and ")}.`;
  return {
    resources: best.resources,
    combine,
    time: best.time,
    inWords: () => `Planned: ${words(split)}; ${blocks} blocks on ${device.sms} SMs.${left}`,
    candidates: () => [...priced].sort((a, b) => a.time - b.time),
  };
}

/** The products, the softmax and the waits of one block follow one another; the traffic goes on meanwhile. */
function combine({ compute = 0, special = 0, overhead = 0, l2 = 0, dram = 0 }: Resources): number {
  return Math.hypot(compute + special + overhead, Math.max(l2, dram));
}
