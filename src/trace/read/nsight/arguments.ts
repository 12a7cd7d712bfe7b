// The arguments of events: every column of their row that is not told otherwise, as JSON text. Knows nothing of timelines.

import { type NsightTables, quoted } from "./database.js";
import type { RowCells, SqlValue } from "./table-rows.js";

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
const enumerations: ReadonlyMap<string, string> = new Map([
  ["copyKind", "ENUM_CUDA_MEMCPY_OPER"],
  ["srcKind", "ENUM_CUDA_MEM_KIND"],
  ["dstKind", "ENUM_CUDA_MEM_KIND"],
  ["memKind", "ENUM_CUDA_MEM_KIND"],
  ["memoryOperationType", "ENUM_CUDA_DEV_MEM_EVENT_OPER"],
  ["syncType", "ENUM_CUPTI_SYNC_TYPE"],
  ["launchType", "ENUM_CUDA_KERNEL_LAUNCH_TYPE"],
  ["migrationCause", "ENUM_CUDA_UNIF_MEM_MIGRATION"],
]);

/** What profilers of other makes call it: so that one name holds for all traces. */
const commonNames: ReadonlyMap<string, string> = new Map([
  ["deviceId", "device"],
  ["contextId", "context"],
  ["streamId", "stream"],
  ["correlationId", "correlation"],
  ["registersPerThread", "registers per thread"],
]);

const triples: readonly (readonly [string, readonly [string, string, string]])[] = [
  ["grid", ["gridX", "gridY", "gridZ"]],
  ["block", ["blockX", "blockY", "blockZ"]],
];

export interface ArgumentChoice {
  /** Columns that are told otherwise. */
  readonly told: readonly string[];
  /** Further fields: the JSON of their values; left out where undefined. */
  readonly more?: Readonly<Record<string, (row: RowCells) => string | undefined>>;
  /** Further fields that are the same in all rows: the JSON of their values. */
  readonly same?: Readonly<Record<string, string>>;
}

/** A field of the object. */
interface Field {
  readonly name: string;
  /** The JSON of its value; undefined where a row has none. */
  readonly json: (row: RowCells) => string | undefined;
  /** Whether a row has a value; quicker than to write it. */
  readonly says: (row: RowCells) => boolean;
}

/** The JSON object with the columns of a table but for those that are told otherwise; a column without a value is left out. */
export class ArgumentColumns {
  private constructor(private readonly fields: readonly Field[]) {}

  /** `textOf` is the text of a number in StringIds. */
  static of(
    tables: NsightTables,
    table: string,
    { told, more = {}, same = {} }: ArgumentChoice,
    textOf: TextOf,
  ): ArgumentColumns {
    const left = new Set(tables.columnsOf(table));
    for (const column of ["start", "end", "globalTid", "globalPid", "nameId", ...told]) left.delete(column);
    const fields = [
      ...Object.entries(same).map(([name, json]) => computed(name, () => json)),
      ...Object.entries(more).map(([name, json]) => computed(name, json)),
    ];
    for (const [name, columns] of triples) {
      if (!columns.every((column) => left.has(column))) continue;
      for (const column of columns) left.delete(column);
      fields.push(
        triple(
          name,
          columns.map((column) => tables.placeOf(table, column)),
        ),
      );
    }
    for (const column of left) {
      const place = tables.placeOf(table, column);
      const common = commonNames.get(column);
      const name = common === undefined || tables.has(table, common) ? column : common;
      fields.push(
        column === "correlationId" ? correlation(name, place) : cell(name, place, wordsOf(tables, column, textOf)),
      );
    }
    return new ArgumentColumns(fields);
  }

  /** Those of the fields that have one of some names; undefined where none has the first. */
  only(names: readonly string[]): ArgumentColumns | undefined {
    const fields = this.fields.filter(({ name }) => names.includes(name));
    return fields.some(({ name }) => name === names[0]) ? new ArgumentColumns(fields) : undefined;
  }

  /** Whether the object of a row has any field. */
  says(row: RowCells): boolean {
    const { fields } = this;
    for (let place = 0; place < fields.length; place++) if (fields[place].says(row)) return true;
    return false;
  }

  /** The object of a row; empty where it has no field. */
  json(row: RowCells): string {
    let text = "";
    for (const { name, json } of this.fields) {
      const value = json(row);
      if (value !== undefined) text += `${text === "" ? "{" : ","}${JSON.stringify(name)}:${value}`;
    }
    return text === "" ? "" : `${text}}`;
  }
}

type TextOf = (id: SqlValue) => string | undefined;

function computed(name: string, json: Field["json"]): Field {
  return { name, json, says: (row) => json(row) !== undefined };
}

function cell(name: string, place: number, words: TextOf | undefined): Field {
  return {
    name,
    json(row) {
      const value = row.value(place);
      const word = value === null ? undefined : words?.(value);
      return word === undefined ? jsonOf(value) : JSON.stringify(word);
    },
    says: (row) => row.has(place),
  };
}

/** 0 is no correlation. */
function correlation(name: string, place: number): Field {
  const own = cell(name, place, undefined);
  const says = (row: RowCells): boolean => own.says(row) && row.value(place) !== 0;
  return { name, json: (row) => (says(row) ? own.json(row) : undefined), says };
}

/** A size in three directions; one that is not said is 1. */
function triple(name: string, places: readonly number[]): Field {
  return {
    name,
    json: (row) => `[${places.map((place) => jsonOf(row.value(place)) ?? "1").join(",")}]`,
    says: () => true,
  };
}

/** A value of the database as JSON: bytes as hexadecimal digits; undefined where there is none. */
export function jsonOf(value: SqlValue): string | undefined {
  if (value === null) return undefined;
  if (typeof value === "bigint") return String(value);
  // JSON has no word for a number too large, and this is read as one.
  if (typeof value === "number" && !Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
  if (!(value instanceof Uint8Array)) return JSON.stringify(value);
  return `"${Array.from(value, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}"`;
}

/** What the numbers of a column stand for, where they do. */
function wordsOf(tables: NsightTables, column: string, textOf: TextOf): TextOf | undefined {
  if (textColumns.has(column)) return textOf;
  const table = enumerations.get(column);
  if (table === undefined || !tables.has(table, "id", "label")) return undefined;
  const words = new Map<SqlValue, string>();
  for (const { id, label } of tables.rows(`SELECT id, label FROM ${quoted(table)}`)) {
    if (label !== null) words.set(id, String(label));
  }
  return (id) => words.get(id);
}
