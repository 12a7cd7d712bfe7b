// Cells of SQLite's rows by their number, without an object a row: the library's rows take several times as long for numbers, which go
// through BigInt and a name each. Knows no table.
import sqlite, { type Database, type Statement } from "node-sqlite3-wasm";
import type { SqlCursor, SqlRow, SqlValue } from "../trace/read/nsight/index.js";

/** What the library's module and statements have beyond what it documents: functions of SQLite's C interface by their names there. */
interface CellFunctions {
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_column_double(statement: number, column: number): number;
  _sqlite3_column_int64(statement: number, column: number): bigint;
}
interface OpenStatement {
  readonly _ptr: number;
  _step(): boolean;
  _getRow(names: readonly string[], expand: false): SqlRow;
}

/** Types of cells, by sqlite3.h. */
const [integer, float, none] = [1, 2, 5];

/** The rows of a query. Where the library's version has not what it does not document, by its documented rows. */
export function cursorOf(database: Database, sql: string): SqlCursor {
  const statement = database.prepare(sql);
  const cells = sqlite as unknown as Partial<CellFunctions>;
  const open = statement as unknown as Partial<OpenStatement>;
  const isFast =
    typeof cells._sqlite3_column_type === "function" &&
    typeof cells._sqlite3_column_double === "function" &&
    typeof cells._sqlite3_column_int64 === "function" &&
    typeof open._ptr === "number" &&
    typeof open._step === "function" &&
    typeof open._getRow === "function";
  return isFast ? new CellCursor(statement, cells as CellFunctions, open as OpenStatement) : new RowCursor(statement);
}

class CellCursor implements SqlCursor {
  /** The row's texts by the number of their column, where it was asked for one. */
  private texts: SqlRow | undefined;
  private names: string[] = [];

  constructor(
    private readonly statement: Statement,
    private readonly cells: CellFunctions,
    private readonly open: OpenStatement,
  ) {}

  next(): boolean {
    this.texts = undefined;
    return this.open._step();
  }

  value(column: number): SqlValue {
    const { cells, open } = this;
    const type = cells._sqlite3_column_type(open._ptr, column);
    if (type === none) return null;
    if (type === integer) {
      const value = cells._sqlite3_column_double(open._ptr, column);
      return Number.isSafeInteger(value) ? value : cells._sqlite3_column_int64(open._ptr, column);
    }
    if (type === float) return cells._sqlite3_column_double(open._ptr, column);
    while (this.names.length <= column) this.names.push(String(this.names.length));
    if (this.texts === undefined || !(column in this.texts)) this.texts = open._getRow(this.names, false);
    return this.texts[column];
  }

  close(): void {
    this.statement.finalize();
  }
}

/** The same with the library's rows. Two columns of one name are one there, so each has a name of its own. */
class RowCursor implements SqlCursor {
  private readonly rows: Iterator<SqlRow>;
  private row: readonly SqlValue[] = [];

  constructor(private readonly statement: Statement) {
    this.rows = statement.iterate() as IterableIterator<SqlRow>;
  }

  next(): boolean {
    const { done, value } = this.rows.next();
    if (done) return false;
    this.row = Object.values(value);
    return true;
  }

  value(column: number): SqlValue {
    return this.row[column];
  }

  close(): void {
    this.statement.finalize();
  }
}
