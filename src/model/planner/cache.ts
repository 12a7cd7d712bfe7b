// What L2 holds when a measurement begins, which is part of how it was taken: a matrix that fits comes from L2 where the same one is
// multiplied again and again. Knows no operator.
import { readChoice } from "../../core/choices.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { memoryCeilings } from "../roofline/index.js";
import { keptInL2 } from "./l2.js";
import type { Plan } from "./plan.js";

/**
 * `cold`: nothing of what is used, so that all of it comes from the DRAM. `warm`: what the run before left, on the same data.
 * `rotating`: the same behind runs on `rotatingCopies` copies of the data, in turn, so that only what is small is still there.
 */
export type CacheState = "cold" | "warm" | "rotating";

export const cacheStates: readonly CacheState[] = ["cold", "warm", "rotating"];

/** As many as aiconfigurator's collectors make of a product's weights, at most. */
export const rotatingCopies = 5;

/** Reads what L2 holds. Throws InputError that lists the states. */
export function readCacheState(written: string, field: string = "cache"): CacheState {
  return readChoice(cacheStates, written, "cache", field);
}

/**
 * The plan where L2 holds what `state` says: of the bytes that it would move from and to the DRAM those that L2 has kept move at
 * L2's rate. Where the device's file says nothing of L2 the plan stays as it is.
 */
export function inCache(plan: Plan, state: CacheState, device: DeviceSpec): Plan {
  const { dram } = plan.resources;
  if (state === "cold" || dram === undefined) return plan;
  const bytes = plan.traffic?.().dram;
  if (bytes === undefined) return plan;
  const kept = keptInL2(state === "rotating" ? rotatingCopies * bytes : bytes, device);
  const l2 = memoryCeilings(device).find(({ level }) => level === "l2")?.bandwidth;
  if (kept === 0 || l2 === undefined) return plan;
  const fromCache = (bytes * kept) / l2;
  const resources = { ...plan.resources, dram: dram * (1 - kept) + Math.min(dram * kept, fromCache) };
  const share = (100 * kept).toFixed(0);
  return {
    ...plan,
    resources,
    time: plan.combine(resources),
    inWords: () => `${plan.inWords()} Of its data ${share} % are still in L2.`,
  };
}
