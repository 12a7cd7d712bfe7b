// The tables of what devices did: kernels, graphs, copies, memsets, synchronisation and memory. Knows no other table.
import type { CopyDirection } from "../../timeline/index.js";
import { jsonOf } from "./arguments.js";
import type { EventRow, EventRows, RowEvent } from "./event-rows.js";
import { firstOf, type RowCells, type SqlValue } from "./table-rows.js";

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
    const names = named.map((column) => rows.tables.placeOf(table, column));
    const category = rows.builder.texts.of("kernel");
    const places = new DevicePlaces(rows, table);
    rows.each(table, { told: named.slice(0, 1) }, { role: "kernel", category }, (row, event) => {
      places.put(row, event);
      event.name = rows.name(firstOf(row, names), table);
      return true;
    });
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
    const id = rows.tables.placeOf(table, "graphId");
    const places = new DevicePlaces(rows, table);
    rows.each(table, { told: [] }, { role: "kernel", category }, (row, event) => {
      places.put(row, event);
      const graph = row.value(id);
      event.name = texts.of(graph === null ? "graph" : `graph ${graph}`);
      return true;
    });
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
    const [kind, size] = ["copyKind", "bytes"].map((column) => rows.tables.placeOf(table, column));
    const places = new DevicePlaces(rows, table);
    const kinds = new Map(
      [...copyKinds].map(([number, [name, direction]]) => [number, { name: texts.of(name), direction }]),
    );
    const unknown = { name: texts.of("Memcpy"), direction: "" } as const;
    rows.each(table, { told: [] }, { role: "copy", category }, (row, event) => {
      const number = row.value(kind);
      const known = kinds.get(number);
      if (known === undefined) rows.builder.note("a copy of an unknown kind", `${table}, copyKind ${number}`);
      places.put(row, event);
      event.name = (known ?? unknown).name;
      event.direction = (known ?? unknown).direction;
      event.bytes = knownOf(row.value(size));
      return true;
    });
  },
};

const memsets: TableReader = {
  table: "CUPTI_ACTIVITY_KIND_MEMSET",
  needs: ["start", "end"],
  read(rows) {
    const { table } = memsets;
    const { texts } = rows.builder;
    const [name, category] = [texts.of("Memset"), texts.of("gpu_memset")];
    const bytes = rows.tables.placeOf(table, "bytes");
    const places = new DevicePlaces(rows, table);
    rows.each(table, { told: [] }, { role: "memset", category }, (row, event) => {
      places.put(row, event);
      event.name = name;
      event.bytes = knownOf(row.value(bytes));
      return true;
    });
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
    const kind = rows.tables.placeOf(table, "syncType");
    const places = new DevicePlaces(rows, table);
    rows.each(table, { told: [] }, { role: "wait", category }, (row, event) => {
      // A row of its own: the stream goes on with its work meanwhile.
      event.track = rows.builder.track(rows.device(places.deviceOf(row)), "synchronisation", {
        name: "synchronisation",
        kind: "other",
      });
      event.stream = places.streamOf(row);
      const number = row.value(kind);
      event.name = texts.of(syncKinds.get(number) ?? `synchronisation ${number}`);
      return true;
    });
  },
};

const memory: TableReader = {
  table: "CUDA_GPU_MEMORY_USAGE_EVENTS",
  needs: ["start", "bytes", "memoryOperationType"],
  read(rows) {
    const { table } = memory;
    const { tables, builder } = rows;
    const { texts } = builder;
    const [category, freed, allocated] = ["cuda_memory", "free", "allocation"].map((text) => texts.of(text));
    const frees = freeingOperations(rows);
    const [kind, operation, size, address] = ["memKind", "memoryOperationType", "bytes", "address"].map((column) =>
      tables.placeOf(table, column),
    );
    /** What is freed is negative. */
    const bytesOf = (row: RowCells): SqlValue => {
      const bytes = row.value(size);
      if (!frees.has(row.value(operation))) return bytes;
      if (typeof bytes === "number") return 0 - bytes;
      return typeof bytes === "bigint" ? -bytes : bytes;
    };
    const args = {
      told: ["address", "bytes"],
      more: {
        address: (row: RowCells) => hexadecimal(row.value(address)) ?? jsonOf(row.value(address)),
        bytes: (row: RowCells) => jsonOf(bytesOf(row)),
      },
    };
    const places = new DevicePlaces(rows, table);
    rows.each(table, args, { role: "allocation", category }, (row, event) => {
      // 0 and 1 are the host's memory, pageable and pinned.
      const memoryKind = row.value(kind);
      const isHost = memoryKind === 0 || memoryKind === 1;
      const owner = isHost ? rows.process(row) : rows.device(places.deviceOf(row));
      event.track = builder.track(owner, "memory", { name: "memory", kind: "other" });
      event.role = isHost ? "other" : "allocation";
      event.form = "instant";
      event.name = frees.has(row.value(operation)) ? freed : allocated;
      event.bytes = knownOf(bytesOf(row));
      event.stream = places.streamOf(row);
      return true;
    });
  },
};

/** An address as JSON. */
function hexadecimal(value: SqlValue): string | undefined {
  if (typeof value === "bigint") return `"0x${BigInt.asUintN(64, value).toString(16)}"`;
  return typeof value === "number" && Number.isSafeInteger(value) ? hexadecimal(BigInt(value)) : undefined;
}

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

/** The columns that say where on which device. */
class DevicePlaces {
  private readonly device: number;
  private readonly context: number;
  private readonly stream: number;

  constructor(
    private readonly rows: EventRows,
    table: string,
  ) {
    [this.device, this.context, this.stream] = ["deviceId", "contextId", "streamId"].map((column) =>
      rows.tables.placeOf(table, column),
    );
  }

  /** Puts an event on its stream. */
  put(row: EventRow, event: RowEvent): void {
    const stream = this.streamOf(row);
    event.stream = stream;
    event.track = this.rows.stream(row, this.deviceOf(row), row.value(this.context), Math.max(stream, 0));
  }

  deviceOf(row: RowCells): number {
    const number = row.value(this.device);
    return typeof number === "number" && Number.isInteger(number) ? number : 0;
  }

  /** -1 where none is known. CUPTI has the largest number of 32 bits for no stream. */
  streamOf(row: RowCells): number {
    const number = row.value(this.stream);
    return typeof number === "number" && Number.isInteger(number) && number >= 0 && number < 0xffff_ffff ? number : -1;
  }
}

/** NaN where it is not known. */
function knownOf(value: SqlValue): number {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}
