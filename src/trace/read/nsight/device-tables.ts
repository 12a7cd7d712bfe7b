// The tables of what devices did: kernels, graphs, copies, memsets, synchronisation and memory. Knows no other table.
import type { CopyDirection } from "../../timeline/index.js";
import type { SqlRow, SqlValue } from "./database.js";
import type { EventRows } from "./event-rows.js";

/** A reader of one table; the events that it adds are told to nobody else. */
export interface TableReader {
  readonly table: string;
  readonly needs: readonly string[];
  read(rows: EventRows): void;
}

const kernels: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_KERNEL",
  needs: ["start", "end"],
  read(rows) {
    const { table } = kernels;
    // The whole name first: kernels of one template with other parameters are others.
    const named = ["demangledName", "shortName", "mangledName", "name"].filter((column) =>
      rows.tables.has(table, column),
    );
    const name = named.length === 0 ? "NULL" : `coalesce(${named.join(", ")}, NULL)`;
    const args = { told: named.slice(0, 1) };
    const category = rows.builder.texts.of("kernel");
    for (const row of rows.rows({ table, args, more: { n: name, ...placeSql(rows, table) } })) {
      const place = placeOf(rows, row);
      rows.add(table, row, { ...place, role: "kernel", name: rows.name(row["n"], table), category });
    }
  },
};

/** A graph that was recorded as a whole: the device was at it, and its kernels are not told. */
const graphs: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_GRAPH_TRACE",
  needs: ["start", "end"],
  read(rows) {
    const { table } = graphs;
    const { texts } = rows.builder;
    const category = texts.of("cuda_graph");
    const id = rows.tables.has(table, "graphId") ? "graphId" : "NULL";
    const args = { told: [] };
    for (const row of rows.rows({ table, args, more: { g: id, ...placeSql(rows, table) } })) {
      const name = texts.of(row["g"] === null ? "graph" : `graph ${row["g"]}`);
      rows.add(table, row, { ...placeOf(rows, row), role: "kernel", name, category });
    }
  },
};

/** Their numbers are those of CUPTI's CUpti_ActivityMemcpyKind, and of ENUM_CUDA_MEMCPY_OPER. An array (A) lies on the device. */
const copyKinds: ReadonlyMap<SqlValue, readonly [name: string, direction: CopyDirection]> = new Map([
  [1, ["Memcpy HtoD", "host to device"]],
  [2, ["Memcpy DtoH", "device to host"]],
  [3, ["Memcpy HtoA", "host to device"]],
  [4, ["Memcpy AtoH", "device to host"]],
  [5, ["Memcpy AtoA", "device to device"]],
  [6, ["Memcpy AtoD", "device to device"]],
  [7, ["Memcpy DtoA", "device to device"]],
  [8, ["Memcpy DtoD", "device to device"]],
  [9, ["Memcpy HtoH", "host to host"]],
  [10, ["Memcpy PtoP", "peer to peer"]],
  [11, ["Memcpy HtoD (unified memory)", "host to device"]],
  [12, ["Memcpy DtoH (unified memory)", "device to host"]],
  [13, ["Memcpy DtoD (unified memory)", "device to device"]],
]);

const copies: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_MEMCPY",
  needs: ["start", "end", "bytes"],
  read(rows) {
    const { table } = copies;
    const { texts } = rows.builder;
    const category = texts.of("gpu_memcpy");
    const kind = rows.tables.has(table, "copyKind") ? "copyKind" : "NULL";
    const args = { told: [] };
    for (const row of rows.rows({ table, args, more: { b: "bytes", k: kind, ...placeSql(rows, table) } })) {
      const known = copyKinds.get(row["k"]);
      if (known === undefined) rows.builder.note("a copy of an unknown kind", `${table}, copyKind ${row["k"]}`);
      const [name, direction] = known ?? ["Memcpy", ""];
      const bytes = Number(row["b"] ?? Number.NaN);
      rows.add(table, row, {
        ...placeOf(rows, row),
        role: "copy",
        name: texts.of(name),
        category,
        bytes,
        direction: direction as CopyDirection,
      });
    }
  },
};

const memsets: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_MEMSET",
  needs: ["start", "end"],
  read(rows) {
    const { table } = memsets;
    const { texts } = rows.builder;
    const [name, category] = [texts.of("Memset"), texts.of("gpu_memset")];
    const bytes = rows.tables.has(table, "bytes") ? "bytes" : "NULL";
    const args = { told: [] };
    for (const row of rows.rows({ table, args, more: { b: bytes, ...placeSql(rows, table) } })) {
      rows.add(table, row, { ...placeOf(rows, row), role: "memset", name, category, bytes: knownOf(row["b"]) });
    }
  },
};

/** By CUPTI's CUpti_ActivitySynchronizationType. */
const syncKinds: ReadonlyMap<SqlValue, string> = new Map([
  [1, "event synchronisation"],
  [2, "stream waits for event"],
  [3, "stream synchronisation"],
  [4, "context synchronisation"],
]);

const synchronisation: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION",
  needs: ["start", "end"],
  read(rows) {
    const { table } = synchronisation;
    const { texts } = rows.builder;
    const category = texts.of("cuda_sync");
    const kind = rows.tables.has(table, "syncType") ? "syncType" : "NULL";
    const args = { told: [] };
    for (const row of rows.rows({ table, args, more: { k: kind, ...placeSql(rows, table) } })) {
      const device = Number(row["d"] ?? 0);
      const stream = streamOf(row);
      // A row of its own: the stream goes on with its work meanwhile.
      const track = rows.builder.track(rows.device(device), "synchronisation", {
        name: "synchronisation",
        kind: "other",
      });
      const name = texts.of(syncKinds.get(row["k"]) ?? `synchronisation ${row["k"]}`);
      rows.add(table, row, { track, role: "wait", name, category, stream });
    }
  },
};

const memory: TableReader = {
  table: "CUDA_GPU_MEMORY_USAGE_EVENTS",
  needs: ["start", "bytes", "memoryOperationType"],
  read(rows) {
    const { table } = memory;
    const { tables, builder } = rows;
    const category = builder.texts.of("cuda_memory");
    const frees = freeingOperations(rows);
    const kind = tables.has(table, "memKind") ? "memKind" : "NULL";
    const isFreed = `memoryOperationType IN (${[...frees].join(", ")})`;
    const args = {
      told: ["address", "bytes"],
      more: {
        ...(tables.has(table, "address") && { address: "json_quote(printf('0x%x', address))" }),
        bytes: `ifnull(iif(${isFreed}, -bytes, bytes), 'null')`,
      },
    };
    const more = { b: "bytes", o: "memoryOperationType", k: kind, ...placeSql(rows, table) };
    for (const row of rows.rows({ table, args, more })) {
      const isFree = frees.has(row["o"]);
      // 0 and 1 are the host's memory, pageable and pinned.
      const isHost = row["k"] === 0 || row["k"] === 1;
      const owner = isHost ? rows.process(row) : rows.device(Number(row["d"] ?? 0));
      const track = builder.track(owner, "memory", { name: "memory", kind: "other" });
      const bytes = knownOf(row["b"]);
      rows.add(table, row, {
        track,
        role: isHost ? "other" : "allocation",
        form: "instant",
        name: builder.texts.of(isFree ? "free" : "allocation"),
        category,
        bytes: isFree && bytes !== undefined ? -bytes : bytes,
        stream: streamOf(row),
      });
    }
  },
};

/** The operations that give memory back, by the words of the file; without these, 1. */
function freeingOperations({ tables }: EventRows): ReadonlySet<SqlValue> {
  const found = new Set<SqlValue>();
  if (!tables.has("ENUM_CUDA_DEV_MEM_EVENT_OPER", "id", "label")) return found.add(1);
  for (const { id, label } of tables.rows("SELECT id, label FROM ENUM_CUDA_DEV_MEM_EVENT_OPER")) {
    if (/dealloc|free|release/i.test(String(label))) found.add(id);
  }
  return found;
}

export const deviceTables: readonly TableReader[] = [kernels, graphs, copies, memsets, synchronisation, memory];

function placeSql({ tables }: EventRows, table: string): Readonly<Record<"d" | "x" | "m", string>> {
  const own = (column: string): string => (tables.has(table, column) ? column : "NULL");
  return { d: own("deviceId"), x: own("contextId"), m: own("streamId") };
}

function placeOf(rows: EventRows, row: SqlRow): { readonly track: number; readonly stream: number | undefined } {
  const stream = streamOf(row);
  return { track: rows.stream(row, Number(row["d"] ?? 0), row["x"], stream ?? 0), stream };
}

/** CUPTI has the largest number of 32 bits for no stream. */
function streamOf({ m }: SqlRow): number | undefined {
  return typeof m === "number" && m >= 0 && m < 0xffff_ffff ? m : undefined;
}

function knownOf(value: SqlValue): number | undefined {
  return value === null ? undefined : Number(value);
}
