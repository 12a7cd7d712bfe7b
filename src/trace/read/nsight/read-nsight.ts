// An export of Nsight Systems as a timeline. Its tables and columns differ from version to version: what is there is read, and what is
// not read is noted by its table. Written from NVIDIA's reference of the export's schema. Knows no file and no library for SQLite.
import { InputError } from "../../../core/errors.js";
import { type Timeline, TimelineBuilder } from "../../timeline/index.js";
import { type NsightDatabase, NsightTables, quoted } from "./database.js";
import { deviceTables, type TableReader } from "./device-tables.js";
import { EventRows } from "./event-rows.js";
import { hostTables, readThreadTable } from "./host-tables.js";
import { gpuMetrics } from "./metric-table.js";
import type { SqlValue } from "./table-rows.js";

export interface NsightOptions {
  /** What messages call it: the file's name. */
  readonly name: string;
  /** Is told now and then the table that is read, and how many events there are so far. */
  readonly onTable?: ((table: string, events: number) => void) | undefined;
}

/**
 * Reads an export. Threads have their calls, the ranges that programs mark and what else was recorded of them; each device is a process
 * whose streams have kernels, copies and memsets. A graph that was recorded as a whole counts as a kernel, since the device was at it.
 * Throws InputError where the database is none of Nsight Systems' or has no event.
 */
export function readNsight(database: NsightDatabase, { name, onTable }: NsightOptions): Timeline {
  const tables = new NsightTables(database);
  const builder = new TimelineBuilder();
  if (!tables.has("StringIds", "id", "value")) throw notNsight(tables, name);
  const rows = new EventRows(tables, builder, onTable);
  const about: Record<string, unknown> = {};
  const withEvents = tables.names.filter((table) => tables.has(table, "start"));
  builder.reserve(withEvents.reduce((sum, table) => sum + tables.roughCount(table), 0));
  for (const table of tables.names) {
    onTable?.(table, builder.length);
    const reader = readers.find((one) => one.table === table && tables.has(table, ...one.needs));
    if (reader !== undefined) reader.read(rows);
    else if (vocabulary.test(table)) continue;
    else if (isOfThreads(tables, table)) readThreadTable(rows, table, "function");
    else noteOrKeep(tables, table, about, builder);
  }
  if (builder.length === 0) {
    const [note] = builder.noted();
    throw new InputError(
      `there is no event in it${note === undefined ? "" : `: ${note.what} (${note.count.toLocaleString("en-US")} times)`}`,
      {
        where: name,
        fix: "Record with `nsys profile --trace=cuda,nvtx,osrt COMMAND`, and export again.",
      },
    );
  }
  const epoch = epochOf(tables);
  return builder.build(
    {
      name,
      format: "nsight",
      simulated: false,
      device: devicesOf(tables),
      host: hostOf(tables),
      clock: epoch === undefined ? "session" : "epoch",
    },
    { origin: (epoch ?? 0n) + rows.base, about, argumentTexts: rows.argumentRows },
  );
}

const readers: readonly TableReader[] = [...deviceTables, ...hostTables, gpuMetrics];

/** What others refer to: read where they do. */
const vocabulary = /^(ENUM_|StringIds$|PROCESSES$|ThreadNames$)/;

function isOfThreads(tables: NsightTables, table: string): boolean {
  // What is called a workload is the device's, told by the thread that asked for it.
  if (!tables.has(table, "start", "end", "globalTid") || table.endsWith("_WORKLOAD")) return false;
  return tables.has(table, "nameId") || tables.has(table, "textId") || tables.has(table, "text");
}

/** Facts of the whole are kept as they are; of events that are not read their number is told. */
function noteOrKeep(
  tables: NsightTables,
  table: string,
  about: Record<string, unknown>,
  builder: TimelineBuilder,
): void {
  const count = tables.count(table);
  if (count === 0) return;
  if (facts.test(table) && count <= mostFacts) {
    about[table] = [...tables.rows(`SELECT * FROM ${quoted(table)}`)].map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)])),
    );
  } else builder.note(`a row of the table ${table}, which is not read`, table, count);
}

const facts = /^(TARGET_INFO_|META_DATA_|ANALYSIS_|EXPORT_|DIAGNOSTIC_EVENT|PROCESS_STREAMS)/;
const mostFacts = 1000;

function plain(value: SqlValue): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Uint8Array ? `${value.length} bytes` : value;
}

function epochOf(tables: NsightTables): bigint | undefined {
  const table = "TARGET_INFO_SESSION_START_TIME";
  if (!tables.has(table, "utcEpochNs")) return undefined;
  for (const { utcEpochNs } of tables.rows(`SELECT utcEpochNs FROM ${table}`)) {
    if (typeof utcEpochNs === "bigint" || Number.isInteger(utcEpochNs)) return BigInt(utcEpochNs as number | bigint);
  }
  return undefined;
}

function devicesOf(tables: NsightTables): string | undefined {
  if (!tables.has("TARGET_INFO_GPU", "name")) return undefined;
  const names = new Set<string>();
  for (const { name } of tables.rows("SELECT name FROM TARGET_INFO_GPU")) names.add(String(name));
  return names.size === 0 ? undefined : [...names].join(", ");
}

function hostOf(tables: NsightTables): string | undefined {
  const table = "TARGET_INFO_SYSTEM_ENV";
  if (!tables.has(table, "name", "value")) return undefined;
  for (const { value } of tables.rows(`SELECT value FROM ${table} WHERE name = 'Hostname'`)) return String(value);
  return undefined;
}

function notNsight(tables: NsightTables, name: string): InputError {
  const { names } = tables;
  const what = names.length === 0 ? "there is no table in it" : `its tables are ${shortList(names)}`;
  const isOther = tables.has("StringTable", "value");
  return new InputError(`this SQLite file is no export of Nsight Systems: ${what}`, {
    where: name,
    fix: isOther
      ? "It is one of nvprof, which is not read. Record again with `nsys profile COMMAND`."
      : "Write one with `nsys export --type sqlite --output trace.sqlite REPORT.nsys-rep`.",
  });
}

function shortList(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
