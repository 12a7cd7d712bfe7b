// A scheduled graph as the answer to a row: one call of many kernels. Knows no columns and no model.
import type { Issue, Schedule } from "../../graph/index.js";
import { limitOf, type Timing } from "../../planner/index.js";

/** What a clock shows, `time` seconds in all: whatever of them no kernel runs is pauses and the host. */
export function timingOf({ kernels, plans }: Schedule, issue: Issue, time: number): Timing {
  const launch = time - plans.reduce((sum, plan) => sum + plan.time, 0);
  return { kernels, plans, protocol: issue, time, launch, limit: () => limitOf(plans, launch) };
}
