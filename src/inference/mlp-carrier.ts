// What carries out the calls of an MLP's program: with values, or with times alone. Knows neither.
import type { Tensor } from "../model/graph/index.js";
import type { ComputedCheck, NotComputed } from "./outcome.js";
import type { PlannedLaunch } from "./program.js";

/** How the parts of the program that touch values are done. */
export interface MlpCarrier {
  /** Loads the kernels' modules. */
  load(): void;
  weight(tensor: Tensor): void;
  input(tensor: Tensor): void;
  /** Sets memory aside for what nodes make. */
  activations(bytes: number): void;
  /** Seconds that it takes on the device. `iteration` counts from 1. */
  launch(planned: PlannedLaunch, iteration: number): number;
  /** Copies so many bytes of the last node to the host. */
  output(bytes: number): ComputedCheck | NotComputed;
}
