/** What computing takes: by the target's own figures, or by the model of a device. */
export type { ServiceCosts, StepCosts } from "./costs.js";
