// The arguments of events: every column of their row that is not told otherwise, as JSON text. It is written cell by cell into bytes,
// which is several times faster than having the database or objects make texts. Knows nothing of timelines.

import { type NsightTables, quoted, type SqlCursor, type SqlValue } from "./database.js";
import { JsonBytes } from "./json-bytes.js";

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

export interface ArgumentChoice {
  /** Columns that are told otherwise. */
  readonly told: readonly string[];
  /** Further fields: the SQL of the JSON of their values. */
  readonly more?: Readonly<Record<string, string>>;
  /** Further fields that are the same in all rows: the JSON of their values. */
  readonly same?: Readonly<Record<string, string>>;
  /** The text of a number in StringIds. */
  readonly textOf: (id: SqlValue) => string | undefined;
}

/** A cell as the value of a field, or as one of the three of a list. */
interface Part {
  /** What comes before the value, as `,"grid":[`. */
  readonly before: Uint8Array;
  readonly absent: "left out" | 1;
  readonly isJson: boolean;
  /** The JSON of the words that numbers stand for, where they do. */
  readonly words: ((id: SqlValue) => Uint8Array | undefined) | undefined;
  readonly after: Uint8Array;
}

/** The JSON object with the columns of a table but for those that are told otherwise; a column without a value is left out. */
export class ArgumentColumns {
  /** What to ask the database for, in this order. */
  readonly sql: string[] = [];
  private readonly parts: Part[] = [];
  private readonly same: Uint8Array;
  private readonly json = new JsonBytes();

  constructor(
    private readonly tables: NsightTables,
    private readonly table: string,
    { told, more = {}, same = {}, textOf }: ArgumentChoice,
  ) {
    const left = new Set(tables.columnsOf(table));
    for (const column of ["start", "end", "globalTid", "globalPid", "nameId", ...told]) left.delete(column);
    this.same = bytesOf(
      Object.entries(same)
        .map(([name, json]) => `,${JSON.stringify(name)}:${json}`)
        .join(""),
    );
    for (const [name, sql] of Object.entries(more)) this.add(sql, `,${JSON.stringify(name)}:`, { isJson: true });
    for (const [name, columns] of triples) {
      if (!columns.every((column) => left.delete(column))) continue;
      columns.forEach((column, place) => {
        const before = place === 0 ? `,${JSON.stringify(name)}:[` : ",";
        this.add(quoted(column), before, { absent: 1, after: place === 2 ? "]" : "" });
      });
    }
    for (const column of left) {
      const own = quoted(column);
      const sql = tables.isBinary(table, column)
        ? `iif(${own} IS NULL, NULL, hex(${own}))`
        : // 0 is no correlation.
          column === "correlationId"
          ? `nullif(${own}, 0)`
          : own;
      this.add(sql, `,${JSON.stringify(commonNames[column] ?? column)}:`, { words: this.wordsOf(column, textOf) });
    }
  }

  /** Writes the object of the row at which a cursor stands; `first` is the column of the first of `sql`. Undefined where it is empty. */
  write(row: SqlCursor, first: number): JsonBytes | undefined {
    const { json, parts } = this;
    json.clear();
    json.copy(this.same);
    for (let place = 0; place < parts.length; place++) {
      const { before, absent, isJson, words, after } = parts[place];
      let value = row.value(first + place);
      if (value === null) {
        if (absent === "left out") continue;
        value = absent;
      }
      json.copy(before);
      const word = words?.(value);
      if (word !== undefined) json.copy(word);
      else if (isJson && typeof value === "string") json.text(value);
      else json.value(value);
      json.copy(after);
    }
    return json.close() ? json : undefined;
  }

  private add(
    sql: string,
    before: string,
    { absent = "left out", isJson = false, words, after = "" }: AddedPart = {},
  ): void {
    this.sql.push(sql);
    this.parts.push({ before: bytesOf(before), absent, isJson, words, after: bytesOf(after) });
  }

  private wordsOf(column: string, textOf: ArgumentChoice["textOf"]): Part["words"] {
    const { tables } = this;
    if (tables.isBinary(this.table, column)) return undefined;
    if (textColumns.has(column)) return kept(textOf);
    const table = enumerations[column];
    if (table === undefined || !tables.has(table, "id", "label")) return undefined;
    const words = new Map<SqlValue, string>();
    for (const { id, label } of tables.rows(`SELECT id, label FROM ${table}`)) {
      if (label !== null) words.set(id, String(label));
    }
    return kept((id) => words.get(id));
  }
}

interface AddedPart {
  readonly absent?: Part["absent"];
  readonly isJson?: boolean;
  readonly words?: Part["words"];
  readonly after?: string;
}

/** The JSON of texts, made once for each. */
function kept(textOf: (id: SqlValue) => string | undefined): (id: SqlValue) => Uint8Array | undefined {
  const known = new Map<SqlValue, Uint8Array | undefined>();
  return (id) => {
    let bytes = known.get(id);
    if (bytes === undefined && !known.has(id)) {
      const text = textOf(id);
      bytes = text === undefined ? undefined : bytesOf(JSON.stringify(text));
      known.set(id, bytes);
    }
    return bytes;
  };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
