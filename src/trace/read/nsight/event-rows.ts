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
import { isWhole } from "../sqlite/index.js";
import { ArgumentRows, type RowKeeper } from "./argument-rows.js";
import { type ArgumentChoice, ArgumentColumns } from "./arguments.js";
import { type NsightTables, quoted } from "./database.js";
import type { RowCells, SqlValue, TableRows } from "./table-rows.js";

/** What a reader makes of a row. It is one object for all rows of a table, since millions would be made. */
export class RowEvent {
  track = 0;
  role: EventRole = "other";
  form: EventForm = "slice";
  name = 0;
  category = 0;
  bytes: number = Number.NaN;
  direction: CopyDirection = "";
  stream = -1;
}

/** Makes an event of a row; one that has other bytes, direction, stream or form than another row says so. False: it is none. */
export type RowReader = (row: EventRow, event: RowEvent) => boolean;

/** A row of a table of events, with what every event has. It is one object, which goes from row to row. */
export class EventRow implements RowCells {
  /** The process and the thread; -1 where the row does not say. */
  pid = -1;
  tid = -1;
  private readonly owner: number;
  private readonly isThread: boolean;
  private readonly start: number;
  private readonly end: number;
  private readonly correlationId: number;

  constructor(
    readonly table: string,
    tables: NsightTables,
    private readonly cells: TableRows,
    private readonly keeper: RowKeeper,
  ) {
    const place = (column: string): number => tables.placeOf(table, column);
    this.isThread = tables.has(table, "globalTid");
    this.owner = this.isThread ? place("globalTid") : place("globalPid");
    this.start = place("start");
    this.end = place("end");
    this.correlationId = place("correlationId");
  }

  next(): boolean {
    if (!this.cells.next()) return false;
    // From the most significant: 8 bits of hardware, 8 of a virtual machine, 24 of the process, 24 of the thread.
    const bits = this.cells.lowBits(this.owner);
    this.pid = Number.isNaN(bits) ? -1 : Math.floor(bits / 2 ** 24);
    this.tid = this.isThread && this.pid >= 0 ? bits % 2 ** 24 : -1;
    return true;
  }

  value(column: number): SqlValue {
    return this.cells.value(column);
  }

  has(column: number): boolean {
    return this.cells.has(column);
  }

  /** Whether the row says a time, be it none that can be. */
  saysStart(): boolean {
    return this.cells.has(this.start);
  }

  saysEnd(): boolean {
    return this.cells.has(this.end);
  }

  /** Times from the base; NaN where there is none. */
  startTime(): number {
    return this.cells.time(this.start);
  }

  endTime(): number {
    return this.cells.time(this.end);
  }

  /** Exports of old versions write 0 or -1 where there is no end. */
  hasNoEnd(): boolean {
    const end = this.cells.value(this.end);
    return (typeof end === "number" || typeof end === "bigint") && end <= 0;
  }

  correlation(): SqlValue {
    return this.cells.value(this.correlationId);
  }

  /** Returns where they are kept. */
  keepArguments(): number {
    return this.keeper.keep(this.cells);
  }
}

export class EventRows {
  /** What times are taken from. */
  readonly base: bigint;
  private readonly names = new Map<SqlValue, number>();
  readonly argumentRows: ArgumentRows = new ArgumentRows();
  private readonly processes = new Map<number, number>();
  private readonly correlationBases = new Map<number, number>();
  private callers: readonly number[] | undefined;
  private readonly streams = new Map<string, number>();
  /** How many processes use a stream of a device, by what the stream is called. */
  private readonly streamUsers = new Map<string, number>();
  // Rows of one thread come together, and so do those of one stream: a key is a text to make.
  private lastThread = { pid: Number.NaN, tid: -1, track: 0 };
  private lastStream = { pid: Number.NaN, device: -1, context: null as SqlValue, stream: -1, track: 0 };
  private readonly deviceNames: ReadonlyMap<number, string>;
  private readonly threadNames = new Map<string, string>();
  private readonly processNames = new Map<number, string>();

  /** `onEvents` is told now and then which table is read, and how many events there are. */
  constructor(
    readonly tables: NsightTables,
    readonly builder: TimelineBuilder,
    private readonly onEvents?: (table: string, events: number) => void,
  ) {
    this.base = baseOf(tables);
    if (tables.has("StringIds", "id", "value")) {
      const [id, value] = ["id", "value"].map((column) => tables.placeOf("StringIds", column));
      const cells = tables.scan("StringIds", 0n);
      while (cells.next()) {
        const text = cells.value(value);
        if (text !== null) this.names.set(cells.value(id), builder.texts.of(String(text)));
      }
      cells.close();
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

  /** Adds the events that a reader makes of the rows of a table, with their arguments. What all have is said in `same`. */
  each(table: string, choice: ArgumentChoice, same: Pick<RowEvent, "role" | "category">, read: RowReader): void {
    const { tables } = this;
    const columns = ArgumentColumns.of(tables, table, choice, (id) => {
      const number = this.names.get(id);
      return number === undefined ? undefined : this.builder.texts.text(number);
    });
    const cells = tables.scan(table, this.base);
    const row = new EventRow(table, tables, cells, this.argumentRows.of(cells, columns));
    const event = Object.assign(new RowEvent(), same);
    try {
      while (row.next()) if (read(row, event)) this.add(row, event);
    } finally {
      cells.close();
    }
  }

  private add(row: EventRow, event: RowEvent): void {
    const { builder } = this;
    const { columns } = builder;
    const start = row.startTime();
    if (Number.isNaN(start)) {
      builder.note(row.saysStart() ? noTime : "a row without a time", row.table);
      return;
    }
    let { form } = event;
    let duration = 0;
    if (form === "slice") {
      const end = row.endTime();
      if (Number.isNaN(end) || (end < start && row.hasNoEnd())) form = "unfinished";
      else if (end < start) builder.note("an end before its beginning", row.table);
      else duration = end - start;
      if (form === "unfinished") {
        const isNoTime = Number.isNaN(end) && row.saysEnd() && !row.hasNoEnd();
        builder.note(isNoTime ? noTime : "an event whose end was not recorded", row.table);
      }
    }
    columns.track.push(event.track);
    columns.start.push(start);
    columns.duration.push(duration);
    columns.form.push(formNumber[form]);
    columns.role.push(roleNumber[event.role]);
    columns.name.push(event.name);
    columns.category.push(event.category);
    columns.correlation.push(this.correlationOf(row.correlation(), row.pid));
    columns.bytes.push(event.bytes);
    columns.direction.push(copyDirections.indexOf(event.direction));
    columns.stream.push(event.stream);
    columns.argumentsAt.push(row.keepArguments());
    if (builder.length % eventsBetweenSigns === 0) this.onEvents?.(row.table, builder.length);
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
  process(row: EventRow): number {
    const pid = Math.max(row.pid, 0);
    let index = this.processes.get(pid);
    if (index === undefined) {
      const name = this.processNames.get(pid);
      index = this.builder.process(pid, { ...(name !== undefined && { name }) });
      this.processes.set(pid, index);
    }
    return index;
  }

  /** The thread of a row. */
  thread(row: EventRow): number {
    const { pid, tid } = row;
    const { lastThread } = this;
    if (lastThread.pid === pid && lastThread.tid === tid) return lastThread.track;
    const key = `${pid} ${tid} thread`;
    let track = this.streams.get(key);
    if (track === undefined) {
      const name = this.threadNames.get(`${pid} ${tid}`);
      track = this.builder.track(this.process(row), Math.max(tid, 0), { ...(name !== undefined && { name }) });
      this.streams.set(key, track);
    }
    this.lastThread = { pid, tid, track };
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
  stream(row: EventRow, device: number, context: SqlValue, stream: number): number {
    const { pid } = row;
    const { lastStream } = this;
    if (lastStream.pid === pid && lastStream.device === device && lastStream.context === context) {
      if (lastStream.stream === stream) return lastStream.track;
    }
    const key = `${pid} ${device} ${context} ${stream}`;
    let track = this.streams.get(key);
    if (track === undefined) {
      const process = this.device(device);
      const users = `${device} ${stream}`;
      const before = this.streamUsers.get(users) ?? 0;
      this.streamUsers.set(users, before + 1);
      const owner = `process ${Math.max(pid, 0)}, context ${context ?? 0}`;
      track =
        before === 0
          ? this.builder.track(process, stream, { name: `stream ${stream}`, kind: "stream" })
          : this.builder.track(process, `${stream} of ${owner}`, {
              name: `stream ${stream} of ${owner}`,
              kind: "stream",
            });
      this.streams.set(key, track);
    }
    this.lastStream = { pid, device, context, stream, track };
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
  private correlationOf(correlation: SqlValue, pid: number): number {
    if (typeof correlation !== "number" || !(correlation > 0)) return -1;
    if (!Number.isInteger(correlation) || correlation >= 2 ** 32) {
      this.builder.note("a correlation that is no number of 32 bits", `correlation ${correlation}`);
      return -1;
    }
    const process = pid < 0 ? this.onlyProcess() : pid;
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

const eventsBetweenSigns = 2 ** 16;

const pidSql = (column: string): string => `((${column} >> 24) & 16777215)`;
const tidSql = "(globalTid & 16777215)";

/** What is noted of a time that is said and not taken. */
const noTime = "a time that is no whole number, or 52 days from the others";

/**
 * 0, unless times are so large that a double would lose nanoseconds. Of the first times of all tables the middle one, since a single one
 * may be damaged.
 */
function baseOf(tables: NsightTables): bigint {
  const firsts: bigint[] = [];
  for (const table of tables.names) {
    if (!tables.has(table, "start", "end")) continue;
    for (const { start } of tables.rows(`SELECT start FROM ${quoted(table)} WHERE start IS NOT NULL LIMIT 1`)) {
      if (typeof start === "bigint" || (typeof start === "number" && isWhole(start))) firsts.push(BigInt(start));
    }
  }
  firsts.sort((a, b) => (a < b ? -1 : 1));
  const middle = firsts[(firsts.length - 1) >> 1] ?? 0n;
  return middle > -(2n ** 52n) && middle < 2n ** 52n ? 0n : middle;
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
