/** Exports of Nsight Systems, from any database that answers queries. Knows no file. */
export type { NsightDatabase } from "./database.js";
export { type NsightOptions, readNsight } from "./read-nsight.js";
export type { SqlRow } from "./table-rows.js";
