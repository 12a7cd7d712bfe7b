// What computing takes, as figures that a run looks up: so that a run needs no model of a device, and a page none either. Knows
// nothing of where they come from.
import type { StepCosts } from "./step-costs.js";

/** Plain data. */
export interface ServiceCosts {
  /** Mean seconds on the GPU by the stage's name; element n - 1 is for a batch of n requests, up to the workload's batch size. */
  readonly stages: Readonly<Record<string, readonly number[]>>;
  /** Bytes a second between host and device, of the ways that a stage takes. */
  readonly links: { readonly h2d?: number; readonly d2h?: number };
  /** Of a language model. */
  readonly steps?: StepCosts;
}
