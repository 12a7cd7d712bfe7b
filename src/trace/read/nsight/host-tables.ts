// The tables of what threads did: calls of CUDA, of libraries and of the system, and the ranges that programs mark (NVTX). Knows no
// other table.
import type { TableReader } from "./device-tables.js";
import type { EventRows } from "./event-rows.js";
import { firstOf, type RowCells, type SqlValue } from "./table-rows.js";

const calls: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_RUNTIME",
  needs: ["start", "end", "nameId"],
  read(rows) {
    const { table } = calls;
    const { texts } = rows.builder;
    const [driver, runtime] = [texts.of("cuda_driver"), texts.of("cuda_runtime")];
    // Of the runtime's functions none begins with cu and a capital.
    const categories = new Map<number, number>();
    const nameId = rows.tables.placeOf(table, "nameId");
    rows.each(table, { told: ["eventClass"] }, { role: "call", category: runtime }, (row, event) => {
      const name = rows.name(row.value(nameId), table);
      let category = categories.get(name);
      if (category === undefined) {
        category = /^cu[A-Z]/.test(texts.text(name)) ? driver : runtime;
        categories.set(name, category);
      }
      event.track = rows.thread(row);
      event.name = name;
      event.category = category;
      return true;
    });
  },
};

/** Reads the rows of a table that says of a thread what it was in, and how that is called: by nameId, textId or text. */
export function readThreadTable(rows: EventRows, table: string, role: "function" | "overhead"): void {
  const { tables, builder } = rows;
  const named = ["nameId", "textId", "text"].filter((column) => tables.has(table, column));
  const category = builder.texts.of(table.toLowerCase());
  const names = named.map((column) => tables.placeOf(table, column));
  rows.each(table, { told: ["eventClass", ...named] }, { role, category }, (row, event) => {
    event.track = rows.thread(row);
    event.name = rows.name(firstOf(row, names), table);
    return true;
  });
}

const overheads: readonly TableReader[] = ["PROFILER_OVERHEAD", "CUPTI_ACTIVITY_KIND_OVERHEAD"].map((table) => ({
  table,
  needs: ["start", "end", "globalTid"],
  read: (rows) => readThreadTable(rows, table, "overhead"),
}));

const system: TableReader = {
  table: "OSRT_API",
  needs: ["start", "end", "globalTid", "nameId"],
  read: (rows) => readThreadTable(rows, system.table, "function"),
};

/** The numbers of ENUM_NSYS_EVENT_TYPE that are NVTX's. */
const nvtxTypes = { category: 33, mark: 34, thread: 39, pushPop: 59, startEnd: 60, domain: 75, domainEnd: 76 } as const;

const nvtx: TableReader = {
  table: "NVTX_EVENTS",
  needs: ["start"],
  read(rows) {
    const { table } = nvtx;
    const { tables, builder } = rows;
    const domains = domainNames(rows);
    const named = ["text", "textId"].filter((column) => tables.has(table, column));
    const names = named.map((column) => tables.placeOf(table, column));
    const [type, domain] = ["eventType", "domainId"].map((column) => tables.placeOf(table, column));
    const hasType = tables.has(table, "eventType");
    const args = { told: ["text", "textId", "eventType", "rangeId", "color"], same: { range: '"nvtx"' } };
    const category = builder.texts.of("nvtx");
    rows.each(table, args, { role: "range", category }, (row, event) => {
      const kind = hasType ? row.value(type) : nvtxTypes.pushPop;
      if (kind !== nvtxTypes.mark && kind !== nvtxTypes.pushPop && kind !== nvtxTypes.startEnd) {
        const isName =
          kind === nvtxTypes.category ||
          kind === nvtxTypes.thread ||
          kind === nvtxTypes.domain ||
          kind === nvtxTypes.domainEnd;
        if (!isName) builder.note("an NVTX event of an unknown type", `eventType ${kind}`);
        return false;
      }
      const inDomain = domains.get(`${row.pid} ${row.value(domain)}`);
      event.track = kind === nvtxTypes.startEnd ? rangesOf(rows, rows.process(row)) : rows.thread(row);
      event.form = kind === nvtxTypes.mark ? "instant" : "slice";
      event.name = rows.name(saidName(row, names), table);
      event.category = inDomain === undefined ? category : builder.texts.of(`nvtx ${inDomain}`);
      return true;
    });
  },
};

/** In exports of old versions an absent text is an empty one. */
function saidName(row: RowCells, columns: readonly number[]): SqlValue {
  for (const column of columns) {
    const name = row.value(column);
    if (name !== null && name !== "") return name;
  }
  return null;
}

/** Ranges that are begun and ended by number overlap as they like, and may end in another thread. */
function rangesOf({ builder }: EventRows, process: number): number {
  return builder.track(process, "NVTX ranges", { name: "NVTX ranges", kind: "async" });
}

function domainNames(rows: EventRows): ReadonlyMap<string, string> {
  const { tables } = rows;
  const names = new Map<string, string>();
  const { table } = nvtx;
  if (!tables.has(table, "eventType", "domainId", "text", "globalTid")) return names;
  const text = tables.has(table, "textId") ? "coalesce(nullif(text, ''), textId)" : "text";
  const sql =
    `SELECT ((globalTid >> 24) & 16777215) AS p, domainId AS o, ${text} AS n FROM ${table} ` +
    `WHERE eventType = ${nvtxTypes.domain}`;
  // A row that says no process has -1 for it.
  for (const { p, o, n } of tables.rows(sql)) if (n !== null) names.set(`${p ?? -1} ${o}`, rows.textOf(n));
  return names;
}

export const hostTables: readonly TableReader[] = [calls, ...overheads, system, nvtx];
