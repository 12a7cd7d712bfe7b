// The tables of what threads did: calls of CUDA, of libraries and of the system, and the ranges that programs mark (NVTX). Knows no
// other table.
import type { EventForm } from "../../timeline/index.js";
import type { TableReader } from "./device-tables.js";
import type { EventRows } from "./event-rows.js";

const calls: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_RUNTIME",
  needs: ["start", "end", "nameId"],
  read(rows) {
    const { table } = calls;
    const { texts } = rows.builder;
    const [driver, runtime] = [texts.of("cuda_driver"), texts.of("cuda_runtime")];
    // Of the runtime's functions none begins with cu and a capital.
    const categories = new Map<number, number>();
    const args = { told: ["eventClass"] };
    for (const row of rows.rows({ table, args, more: { n: "nameId" } })) {
      const name = rows.name(row["n"], table);
      let category = categories.get(name);
      if (category === undefined) {
        category = /^cu[A-Z]/.test(texts.text(name)) ? driver : runtime;
        categories.set(name, category);
      }
      rows.add(table, row, { track: rows.thread(row), role: "call", name, category });
    }
  },
};

/** Reads the rows of a table that says of a thread what it was in, and how that is called: by nameId, textId or text. */
export function readThreadTable(rows: EventRows, table: string, role: "function" | "overhead"): void {
  const { tables, builder } = rows;
  const named = ["nameId", "textId", "text"].filter((column) => tables.has(table, column));
  const category = builder.texts.of(table.toLowerCase());
  const args = { told: ["eventClass", ...named] };
  const more = { n: `coalesce(${[...named, "NULL", "NULL"].join(", ")})` };
  for (const row of rows.rows({ table, args, more })) {
    rows.add(table, row, { track: rows.thread(row), role, name: rows.name(row["n"], table), category });
  }
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
    // In exports of old versions an absent text is an empty one.
    const name = `coalesce(${named.map((column) => `nullif(${column}, '')`).join(", ")}, NULL, NULL)`;
    const type = tables.has(table, "eventType") ? "eventType" : `${nvtxTypes.pushPop}`;
    const domain = tables.has(table, "domainId") ? "domainId" : "NULL";
    const args = { told: ["text", "textId", "eventType", "rangeId", "color"], same: { range: '"nvtx"' } };
    const category = builder.texts.of("nvtx");
    for (const row of rows.rows({ table, args, more: { n: name, k: type, o: domain } })) {
      const kind = Number(row["k"]);
      if (kind !== nvtxTypes.mark && kind !== nvtxTypes.pushPop && kind !== nvtxTypes.startEnd) {
        const isName =
          kind === nvtxTypes.category ||
          kind === nvtxTypes.thread ||
          kind === nvtxTypes.domain ||
          kind === nvtxTypes.domainEnd;
        if (!isName) builder.note("an NVTX event of an unknown type", `eventType ${kind}`);
        continue;
      }
      const text = rows.name(row["n"], table);
      const inDomain = domains.get(`${row["p"]} ${row["o"]}`);
      rows.add(table, row, {
        track: kind === nvtxTypes.startEnd ? rangesOf(rows, rows.process(row)) : rows.thread(row),
        role: "range",
        form: kind === nvtxTypes.mark ? ("instant" satisfies EventForm) : "slice",
        name: text,
        category: inDomain === undefined ? category : builder.texts.of(`nvtx ${inDomain}`),
      });
    }
  },
};

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
  for (const { p, o, n } of tables.rows(sql)) if (n !== null) names.set(`${p} ${o}`, rows.textOf(n));
  return names;
}

export const hostTables: readonly TableReader[] = [calls, ...overheads, system, nvtx];
