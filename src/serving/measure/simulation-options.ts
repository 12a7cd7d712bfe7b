// How a simulation is asked to go, whichever simulator it is. Knows no scenario.
import type { Progress } from "../../core/progress.js";

export interface SimulationOptions {
  readonly seed: number;
  /** `log`: what happened to each request (and in each step); `figures`: only what it sums up to, in constant memory. */
  readonly keep: "log" | "figures";
  /** Advances with the requests. */
  readonly progress?: Progress | undefined;
}
