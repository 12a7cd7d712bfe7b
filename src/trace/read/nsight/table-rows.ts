// The rows of a table, one after another: off the pages of the file, or by a query where those cannot be read so. Both say the same, but
// that the library of queries ends a text at a zero within. Knows no table.
import { isWhole, type SqlitePages, StoredRow, type TableScan } from "../sqlite/index.js";

export type SqlValue = number | bigint | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The place of a column that a table has not, beyond the most that SQLite allows: it has no value in any row. */
export const noColumn = 32_767;

/** The cells of a row, by the place of their column in the table. */
export interface RowCells {
  /** A number where a double holds it exactly, a bigint where not; null where there is no value. */
  value(column: number): SqlValue;
  has(column: number): boolean;
}

/** The first value that some columns have. */
export function firstOf(row: RowCells, columns: readonly number[]): SqlValue {
  for (const column of columns) {
    const value = row.value(column);
    if (value !== null) return value;
  }
  return null;
}

/** 52 days: the difference of two such times is exact, 2^53 ns at most. */
const farthest = 2 ** 52;

function near(time: number): number {
  return Math.abs(time) <= farthest ? time : Number.NaN;
}

export interface TableRows extends RowCells {
  /** Goes to the next row; false after the last. Before the first it stands nowhere. */
  next(): boolean;
  /** A time from the base; NaN where it is no whole number, or so far from the base that differences of times lose nanoseconds. */
  time(column: number): number;
  /** The lowest 48 bits of a whole number, which are a process and a thread; NaN where it is none. */
  lowBits(column: number): number;
  /** Where the row lies in the file, for `StoredCells`; -1 where it can only be read now. */
  readonly at: number;
  close(): void;
}

/** Places within a page have 16 bits. */
const placeBits = 2 ** 16;

export class StoredRows implements TableRows {
  private readonly row: StoredRow;
  private readonly high: number;
  private readonly low: number;

  constructor(
    private readonly pages: SqlitePages,
    private readonly scan: TableScan,
    private readonly rowidColumn: number,
    base: bigint,
  ) {
    this.row = scan.row;
    this.high = Number(base >> 32n);
    this.low = Number(BigInt.asUintN(32, base));
  }

  next(): boolean {
    return this.scan.next();
  }

  value(column: number): SqlValue {
    return this.row.value(column);
  }

  has(column: number): boolean {
    return this.row.has(column);
  }

  time(column: number): number {
    return near(this.row.difference(column, this.high, this.low));
  }

  lowBits(column: number): number {
    return this.row.lowBits(column);
  }

  get at(): number {
    return this.scan.page * placeBits + this.scan.place;
  }

  /** The same rows by where they lie. */
  again(): StoredCells {
    return new StoredCells(this.pages, this.rowidColumn);
  }

  close(): void {}
}

/** Rows of one table that were read before, by where they lie. */
export class StoredCells implements RowCells {
  private readonly row: StoredRow;

  constructor(
    private readonly pages: SqlitePages,
    rowidColumn: number,
  ) {
    this.row = new StoredRow(pages, rowidColumn);
  }

  goTo(at: number): void {
    this.pages.read(Math.floor(at / placeBits), this.row.page);
    this.row.inPage(at % placeBits);
  }

  value(column: number): SqlValue {
    return this.row.value(column);
  }

  has(column: number): boolean {
    return this.row.has(column);
  }
}

/** Rows of a query whose columns are called c0, c1 and so on. */
export class QueriedRows implements TableRows {
  readonly at = -1;
  private readonly rows: Iterator<SqlRow>;
  private readonly names: readonly string[];
  private row: SqlRow = {};

  constructor(
    rows: Iterable<SqlRow>,
    columns: number,
    private readonly base: bigint,
  ) {
    this.rows = rows[Symbol.iterator]();
    this.names = Array.from({ length: columns }, (_, place) => `c${place}`);
  }

  next(): boolean {
    const { done, value } = this.rows.next();
    if (done !== true) this.row = value;
    return done !== true;
  }

  value(column: number): SqlValue {
    return this.row[this.names[column]] ?? null;
  }

  has(column: number): boolean {
    return this.value(column) !== null;
  }

  time(column: number): number {
    const value = this.value(column);
    const isTime = typeof value === "bigint" || (typeof value === "number" && isWhole(value));
    return isTime ? near(Number(BigInt(value) - this.base)) : Number.NaN;
  }

  lowBits(column: number): number {
    const value = this.value(column);
    const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
    return isWhole ? Number(BigInt.asUintN(48, BigInt(value as number | bigint))) : Number.NaN;
  }

  close(): void {
    this.rows.return?.();
  }
}
