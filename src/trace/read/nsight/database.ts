// What reading an Nsight Systems export asks of whoever holds the database, and what the database has. Knows no file and no library.

export type SqlValue = number | bigint | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The rows of a query, one after another: where it stands, its cells are read by the number of their column. */
export interface SqlCursor {
  /** Goes to the next row; false after the last. Before the first it stands nowhere. */
  next(): boolean;
  /** A cell's value: a number where a double holds it exactly, a bigint where not. */
  value(column: number): SqlValue;
  close(): void;
}

/** Answers queries of SQLite, row by row: a table with millions of them is never whole in memory. */
export interface NsightDatabase {
  rows(sql: string): Iterable<SqlRow>;
  /** The same without an object a row, for tables of millions. */
  cursor(sql: string): SqlCursor;
}

/** The tables of an export with their columns: both differ from version to version. */
export class NsightTables {
  /** By table: the declared type by column. */
  private readonly columns = new Map<string, Map<string, string>>();

  constructor(readonly database: NsightDatabase) {
    const sql =
      "SELECT m.name AS t, c.name AS c, c.type AS type FROM sqlite_master m JOIN pragma_table_info(m.name) c " +
      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    for (const { t, c, type } of database.rows(sql)) {
      const table = this.columns.get(String(t)) ?? new Map<string, string>();
      this.columns.set(String(t), table.set(String(c), String(type).toUpperCase()));
    }
  }

  get names(): string[] {
    return [...this.columns.keys()];
  }

  /** Whether there is this table, with these columns. */
  has(table: string, ...columns: readonly string[]): boolean {
    const own = this.columns.get(table);
    return own !== undefined && columns.every((column) => own.has(column));
  }

  columnsOf(table: string): string[] {
    return [...(this.columns.get(table)?.keys() ?? [])];
  }

  isBinary(table: string, column: string): boolean {
    return this.columns.get(table)?.get(column)?.includes("BLOB") ?? false;
  }

  rows(sql: string): Iterable<SqlRow> {
    return this.database.rows(sql);
  }

  /** How many rows a table has. */
  count(table: string): number {
    for (const { n } of this.rows(`SELECT count(*) AS n FROM ${quoted(table)}`)) return Number(n);
    return 0;
  }
}

/** A name of the file as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
