/** Exports of Nsight Systems, from any database that answers queries. Knows no file. */
export type { NsightDatabase, SqlCursor, SqlRow, SqlValue } from "./database.js";
export { type NsightOptions, readNsight } from "./read-nsight.js";
