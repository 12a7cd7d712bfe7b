// Rows of an export as events of a timeline: times from a base, names by their numbers in StringIds, processes, threads and streams.
// Knows no table of events.
import {
  type CopyDirection,
  copyDirections,
  type EventForm,
  type EventRole,
  formNumber,
  roleNumber,
  type TimelineBuilder,
} from "../../timeline/index.js";
import { type ArgumentChoice, ArgumentColumns } from "./arguments.js";
import { type NsightTables, quoted, type SqlCursor, type SqlRow, type SqlValue } from "./database.js";

export interface RowEvent {
  readonly track: number;
  readonly role: EventRole;
  /** `slice` unless given; `unfinished` where the row has no end. */
  readonly form?: EventForm;
  readonly name: number;
  readonly category: number;
  readonly bytes?: number | undefined;
  readonly direction?: CopyDirection;
  readonly stream?: number | undefined;
}

/** What a table's rows are asked for: every one has its time `s` and `e`, its correlation `c`, its process `p` and its thread `t`. */
export interface EventColumnsSql {
  readonly table: string;
  readonly args: Omit<ArgumentChoice, "textOf">;
  /** Further columns: the SQL of each by its name. */
  readonly more: Readonly<Record<string, string>>;
}

export class EventRows {
  /** What times are taken from: numbers are exact to 2^53 ns, 104 days. */
  readonly base: bigint;
  private readonly names = new Map<SqlValue, number>();
  /** Where the reading stands, for the arguments of the row. */
  private current:
    | { readonly cursor: SqlCursor; readonly args: ArgumentColumns; readonly firstArgument: number }
    | undefined;
  private readonly processes = new Map<number, number>();
  private readonly correlationBases = new Map<number, number>();
  private callers: readonly number[] | undefined;
  private readonly streams = new Map<string, number>();
  /** How many processes use a stream of a device, by what the stream is called. */
  private readonly streamUsers = new Map<string, number>();
  private lastThread: { readonly p: SqlValue; readonly t: SqlValue; readonly track: number } = {
    p: "",
    t: "",
    track: 0,
  };
  private lastStream: {
    readonly p: SqlValue;
    readonly device: number;
    readonly context: SqlValue;
    readonly stream: number;
    readonly track: number;
  } = { p: "", device: -1, context: null, stream: -1, track: 0 };
  private readonly deviceNames: ReadonlyMap<number, string>;
  private readonly threadNames = new Map<string, string>();
  private readonly processNames = new Map<number, string>();

  constructor(
    readonly tables: NsightTables,
    readonly builder: TimelineBuilder,
  ) {
    this.base = baseOf(tables);
    if (tables.has("StringIds", "id", "value")) {
      for (const { id, value } of tables.rows("SELECT id, value FROM StringIds")) {
        if (value !== null) this.names.set(id, builder.texts.of(String(value)));
      }
    }
    this.deviceNames = deviceNamesOf(tables);
    if (tables.has("PROCESSES", "globalPid", "name")) {
      for (const { p, name } of tables.rows(`SELECT ${pidSql("globalPid")} AS p, name FROM PROCESSES`)) {
        if (name !== null && name !== "") this.processNames.set(Number(p), this.textOf(name));
      }
    }
    if (tables.has("ThreadNames", "globalTid", "nameId")) {
      const sql = `SELECT ${pidSql("globalTid")} AS p, ${tidSql} AS t, nameId FROM ThreadNames`;
      for (const { p, t, nameId } of tables.rows(sql)) this.threadNames.set(`${p} ${t}`, this.textOf(nameId));
    }
  }

  /** The rows of a table of events, asked for with what every event has. It is one object, which the next row is written into. */
  *rows({ table, args: choice, more }: EventColumnsSql): Generator<SqlRow> {
    const { tables, base } = this;
    const time = (column: string): string => (base === 0n ? quoted(column) : `${quoted(column)} - ${base}`);
    const columns: Readonly<Record<string, string>> = {
      s: time("start"),
      e: tables.has(table, "end") ? time("end") : "NULL",
      c: tables.has(table, "correlationId") ? "correlationId" : "NULL",
      p: tables.has(table, "globalTid")
        ? pidSql("globalTid")
        : tables.has(table, "globalPid")
          ? pidSql("globalPid")
          : "NULL",
      t: tables.has(table, "globalTid") ? tidSql : "NULL",
      ...more,
    };
    const args = new ArgumentColumns(tables, table, {
      ...choice,
      textOf: (id) => {
        const number = this.names.get(id);
        return number === undefined ? undefined : this.builder.texts.text(number);
      },
    });
    const names = Object.keys(columns);
    const row: Record<string, SqlValue> = Object.fromEntries(names.map((name) => [name, null]));
    const cursor = tables.database.cursor(
      `SELECT ${[...Object.values(columns), ...args.sql].map((sql, at) => `${sql} AS c${at}`).join(", ")} FROM ${quoted(table)}`,
    );
    this.current = { cursor, args, firstArgument: names.length };
    try {
      while (cursor.next()) {
        for (let column = 0; column < names.length; column++) row[names[column]] = cursor.value(column);
        yield row;
      }
    } finally {
      this.current = undefined;
      cursor.close();
    }
  }

  /** Adds the event of the row that `rows` gave last, with its arguments; `table` is for notes. */
  add(table: string, row: SqlRow, event: RowEvent): void {
    const { builder } = this;
    const { columns } = builder;
    const { s, e, c, p } = row;
    if (typeof s !== "number") {
      builder.note("a row without a time", table);
      return;
    }
    let form = event.form ?? "slice";
    let duration = 0;
    if (form === "slice") {
      // Exports of old versions write 0 or -1 where there is no end.
      if (typeof e !== "number" || (e < s && e + Number(this.base) <= 0)) form = "unfinished";
      else if (e < s) builder.note("an end before its beginning", table);
      else duration = e - s;
      if (form === "unfinished") builder.note("an event whose end was not recorded", table);
    }
    columns.track.push(event.track);
    columns.start.push(s);
    columns.duration.push(duration);
    columns.form.push(formNumber[form]);
    columns.role.push(roleNumber[event.role]);
    columns.name.push(event.name);
    columns.category.push(event.category);
    columns.correlation.push(this.correlationOf(c, p));
    columns.bytes.push(event.bytes ?? Number.NaN);
    columns.direction.push(event.direction === undefined ? 0 : copyDirections.indexOf(event.direction));
    columns.stream.push(event.stream ?? -1);
    const json = this.current?.args.write(this.current.cursor, this.current.firstArgument);
    columns.argumentsAt.push(json === undefined ? 0 : builder.argumentTexts.add(json.bytes, 0, json.length));
    columns.argumentsLength.push(json === undefined ? 0 : json.length);
  }

  /** The number of a name's text: of the text itself, or of its number in StringIds. */
  name(id: SqlValue, table: string): number {
    const known = this.names.get(id);
    if (known !== undefined) return known;
    if (typeof id === "string") return this.builder.texts.of(id);
    if (id !== null) this.builder.note("a name that is not in StringIds", `${table}, ${id}`);
    return this.builder.texts.of(id === null ? "" : `name ${id}`);
  }

  /** A text, or the text that a number in StringIds stands for. */
  textOf(value: SqlValue): string {
    if (typeof value === "string") return value;
    const number = this.names.get(value);
    return number === undefined ? String(value) : this.builder.texts.text(number);
  }

  /** The process of a row. */
  process(row: SqlRow): number {
    const pid = Number(row["p"] ?? 0);
    let index = this.processes.get(pid);
    if (index === undefined) {
      const name = this.processNames.get(pid);
      index = this.builder.process(pid, { ...(name !== undefined && { name }) });
      this.processes.set(pid, index);
    }
    return index;
  }

  /** The thread of a row. */
  thread(row: SqlRow): number {
    const { p, t } = row;
    // Rows of one thread come together, and a key is a text to make.
    const { lastThread } = this;
    if (lastThread.p === p && lastThread.t === t) return lastThread.track;
    const tid = Number(t ?? 0);
    const key = `${p} ${t} thread`;
    let track = this.streams.get(key);
    if (track === undefined) {
      const name = this.threadNames.get(`${p} ${t}`);
      track = this.builder.track(this.process(row), tid, { ...(name !== undefined && { name }) });
      this.streams.set(key, track);
    }
    this.lastThread = { p, t, track };
    return track;
  }

  device(number: number): number {
    const name = this.deviceNames.get(number);
    return this.builder.process(`device ${number}`, {
      name: name === undefined ? `device ${number}` : `${name} (device ${number})`,
      device: number,
    });
  }

  /** A stream of a device: of each process and context that has one of this number another. */
  stream(row: SqlRow, device: number, context: SqlValue, stream: number): number {
    const { p } = row;
    const { lastStream } = this;
    if (lastStream.p === p && lastStream.device === device && lastStream.context === context) {
      if (lastStream.stream === stream) return lastStream.track;
    }
    const key = `${p} ${device} ${context} ${stream}`;
    let track = this.streams.get(key);
    if (track === undefined) {
      const process = this.device(device);
      const users = `${device} ${stream}`;
      const before = this.streamUsers.get(users) ?? 0;
      this.streamUsers.set(users, before + 1);
      const owner = `process ${row["p"] ?? 0}, context ${context ?? 0}`;
      track =
        before === 0
          ? this.builder.track(process, stream, { name: `stream ${stream}`, kind: "stream" })
          : this.builder.track(process, `${stream} of ${owner}`, {
              name: `stream ${stream} of ${owner}`,
              kind: "stream",
            });
      this.streams.set(key, track);
    }
    this.lastStream = { p, device, context, stream, track };
    return track;
  }

  /** The process that makes all calls: exports of old versions do not say whose work a device did. Undefined where there are several. */
  private onlyProcess(): number | undefined {
    if (this.callers === undefined) {
      const callers = new Set<number>();
      for (const table of ["CUPTI_ACTIVITY_KIND_RUNTIME", "CUPTI_ACTIVITY_KIND_DRIVER"]) {
        if (!this.tables.has(table, "globalTid")) continue;
        const sql = `SELECT DISTINCT ${pidSql("globalTid")} AS p FROM ${table} WHERE globalTid IS NOT NULL LIMIT 2`;
        for (const { p } of this.tables.rows(sql)) callers.add(Number(p));
      }
      this.callers = [...callers];
    }
    return this.callers.length > 1 ? undefined : (this.callers[0] ?? 0);
  }

  /** Numbers of two processes are the same for other things: each process has its own range. */
  private correlationOf(correlation: SqlValue | undefined, pid: SqlValue | undefined): number {
    if (typeof correlation !== "number" || correlation <= 0) return -1;
    const process = pid === null || pid === undefined ? this.onlyProcess() : Number(pid);
    if (process === undefined) {
      this.builder.note("a correlation that any of several processes may mean", `correlation ${correlation}`);
      return -1;
    }
    let base = this.correlationBases.get(process);
    if (base === undefined) {
      base = this.correlationBases.size * 2 ** 32;
      this.correlationBases.set(process, base);
    }
    return base + correlation;
  }
}

/** From the most significant: 8 bits of hardware, 8 of a virtual machine, 24 of the process, 24 of the thread. */
const pidSql = (column: string): string => `((${column} >> 24) & 16777215)`;
const tidSql = "(globalTid & 16777215)";

/** 0, unless times are so large that a double would lose nanoseconds. */
function baseOf(tables: NsightTables): bigint {
  for (const table of tables.names) {
    if (!tables.has(table, "start", "end")) continue;
    for (const { start } of tables.rows(`SELECT start FROM ${quoted(table)} WHERE start IS NOT NULL LIMIT 1`)) {
      if (typeof start === "bigint" || (typeof start === "number" && Math.abs(start) > 2 ** 52)) return BigInt(start);
    }
  }
  return 0n;
}

function deviceNamesOf(tables: NsightTables): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (!tables.has("TARGET_INFO_GPU", "id", "name")) return names;
  for (const { id, name } of tables.rows("SELECT id, name FROM TARGET_INFO_GPU")) names.set(Number(id), String(name));
  if (!tables.has("TARGET_INFO_CUDA_DEVICE", "gpuId", "cudaId")) return names;
  // CUDA may number the devices otherwise, as CUDA_VISIBLE_DEVICES has it.
  const asCuda = new Map<number, string>();
  for (const { gpuId, cudaId } of tables.rows("SELECT gpuId, cudaId FROM TARGET_INFO_CUDA_DEVICE")) {
    const name = names.get(Number(gpuId));
    if (name !== undefined) asCuda.set(Number(cudaId), name);
  }
  return asCuda.size > 0 ? asCuda : names;
}
