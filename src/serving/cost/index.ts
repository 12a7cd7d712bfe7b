/** What computing takes: by the target's own figures, or by the model of a device. */
export type { ServiceCosts } from "./costs.js";
export { plainCosts } from "./plain.js";
export type { StepBound, StepCosts } from "./step-costs.js";
