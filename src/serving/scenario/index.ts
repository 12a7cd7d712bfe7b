/** The scenario: what a person writes, read and checked. */
export {
  checkLlmService,
  type LlmService,
  llmServiceSchema,
  type RouterKind,
  routerKinds,
  tokenCountsSchema,
} from "./llm-service.js";
export { presets } from "./presets.js";
export { readScenario } from "./read.js";
export {
  type ArrivalKind,
  arrivalKinds,
  type DistributionKind,
  distributionKinds,
  limits,
  type ResourceName,
  resourceNames,
  type Scenario,
  type Slo,
  type Stage,
  type StageKind,
  stageKinds,
  type Target,
  type TokenCounts,
  type Workload,
} from "./scenario.js";
export { scenarioSchema } from "./schema.js";
export { arrivalKindOf, expectedArrivals } from "./settings.js";
