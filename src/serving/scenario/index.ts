/** The scenario: what a person writes, read and checked. */
export { type LlmService, type RouterKind, routerKinds } from "./llm-service.js";
export {
  type ArrivalKind,
  arrivalKinds,
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
