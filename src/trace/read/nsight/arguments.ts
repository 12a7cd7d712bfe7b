// The arguments of events: every column of their row that is not told otherwise, put together as JSON text by the database itself,
// which is several times faster than a row of objects. Knows nothing of timelines.
import { type NsightTables, quoted } from "./database.js";

/** Columns that are numbers of texts in StringIds. */
const textColumns = new Set([
  "nameId",
  "textId",
  "jsonTextId",
  "demangledName",
  "shortName",
  "mangledName",
  "sourceFile",
  "module",
]);

/** Columns that are numbers of a word, with the table that has it. */
const enumerations: Readonly<Record<string, string>> = {
  copyKind: "ENUM_CUDA_MEMCPY_OPER",
  srcKind: "ENUM_CUDA_MEM_KIND",
  dstKind: "ENUM_CUDA_MEM_KIND",
  memKind: "ENUM_CUDA_MEM_KIND",
  memoryOperationType: "ENUM_CUDA_DEV_MEM_EVENT_OPER",
  syncType: "ENUM_CUPTI_SYNC_TYPE",
  launchType: "ENUM_CUDA_KERNEL_LAUNCH_TYPE",
  migrationCause: "ENUM_CUDA_UNIF_MEM_MIGRATION",
};

/** What profilers of other makes call it: so that one name holds for all traces. */
const commonNames: Readonly<Record<string, string>> = {
  deviceId: "device",
  contextId: "context",
  streamId: "stream",
  correlationId: "correlation",
  registersPerThread: "registers per thread",
};

const triples: readonly (readonly [string, readonly [string, string, string]])[] = [
  ["grid", ["gridX", "gridY", "gridZ"]],
  ["block", ["blockX", "blockY", "blockZ"]],
];

/**
 * SQL of a JSON object with the columns of a table but for those that are told otherwise; a column without a value is left out. `more`
 * are further fields: their names and the JSON of their values, as SQL.
 */
export function argumentsSql(
  tables: NsightTables,
  table: string,
  told: readonly string[],
  more: Readonly<Record<string, string>> = {},
): string {
  const left = new Set(tables.columnsOf(table));
  for (const column of ["start", "end", "globalTid", "globalPid", "nameId", ...told]) left.delete(column);
  const parts: string[] = Object.entries(more).map(([name, json]) => `',"${name}":' || ${json}`);
  for (const [name, columns] of triples) {
    if (!columns.every((column) => left.delete(column))) continue;
    parts.push(`',"${name}":[' || ${columns.map((column) => `ifnull(${column}, 1)`).join(" || ',' || ")} || ']'`);
  }
  for (const column of left) {
    const name = JSON.stringify(commonNames[column] ?? column).replaceAll("'", "''");
    // 0 is no correlation.
    const own = column === "correlationId" ? `nullif(${quoted(column)}, 0)` : quoted(column);
    parts.push(`iif(${own} IS NULL, '', ',${name}:' || ${jsonSql(tables, table, column)})`);
  }
  return parts.length === 0 ? "''" : `'{' || substr(${parts.join(" || ")}, 2) || '}'`;
}

function jsonSql(tables: NsightTables, table: string, column: string): string {
  const own = `${quoted(table)}.${quoted(column)}`;
  if (tables.isBinary(table, column)) return `json_quote(hex(${own}))`;
  const words = enumerations[column];
  const word =
    textColumns.has(column) && tables.has("StringIds", "id", "value")
      ? `(SELECT value FROM StringIds WHERE id = ${own})`
      : words !== undefined && tables.has(words, "id", "label")
        ? `(SELECT label FROM ${words} WHERE id = ${own})`
        : undefined;
  return `json_quote(${word === undefined ? own : `ifnull(${word}, ${own})`})`;
}
