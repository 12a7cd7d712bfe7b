/** What a server keeps: scenarios and runs, in an embedded database that a kill or a full disk does not harm. */
export { dataFolder, inMemory } from "./folder.js";
export type {
  KeptStatus,
  Page,
  RunEnd,
  RunLine,
  RunPart,
  RunParts,
  RunRow,
  ScenarioLine,
  ScenarioRow,
} from "./rows.js";
export { Store } from "./store.js";
