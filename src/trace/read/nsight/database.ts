// What reading an Nsight Systems export asks of whoever holds the database, and what the database has. Knows no file and no library.
import { type SqlitePages, TableScan } from "../sqlite/index.js";
import { noColumn, QueriedRows, type SqlRow, StoredRows, type TableRows } from "./table-rows.js";

/** Answers queries of SQLite, row by row: a table with millions of them is never whole in memory. */
export interface NsightDatabase {
  rows(sql: string): Iterable<SqlRow>;
  /** The same file's pages, off which tables of events are read many times as fast. */
  readonly pages: SqlitePages;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Table {
  readonly columns: readonly Column[];
  /** Of each column its place. */
  readonly places: ReadonlyMap<string, number>;
  /** The first page. */
  readonly root: number;
  /** Whether its rows are stored with a cell for each column, in their order. */
  readonly isPlain: boolean;
  /** The place of the column that stands for a row's number and is not stored; -1 for none. */
  readonly rowidColumn: number;
}

/** The tables of an export with their columns: both differ from version to version. */
export class NsightTables {
  private readonly tables = new Map<string, Table>();

  constructor(readonly database: NsightDatabase) {
    // A key of its own index is stored as other columns are.
    const sql =
      "SELECT m.name AS t, m.rootpage AS root, c.name AS c, upper(c.type) AS type, c.pk AS pk, c.hidden AS hidden, " +
      "c.dflt_value IS NOT NULL AS filled, " +
      "EXISTS (SELECT 1 FROM pragma_index_list(m.name) i WHERE i.origin = 'pk') AS indexed " +
      "FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c " +
      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    const found = new Map<string, SqlRow[]>();
    for (const row of database.rows(sql)) {
      const table = String(row["t"]);
      const known = found.get(table);
      if (known === undefined) found.set(table, [row]);
      else known.push(row);
    }
    for (const [table, rows] of found) this.tables.set(table, tableOf(rows));
  }

  get names(): string[] {
    return [...this.tables.keys()];
  }

  /** Whether there is this table, with these columns. */
  has(table: string, ...columns: readonly string[]): boolean {
    const own = this.tables.get(table);
    return own !== undefined && columns.every((column) => own.places.has(column));
  }

  columnsOf(table: string): string[] {
    return [...(this.tables.get(table)?.places.keys() ?? [])];
  }

  /** The place of a column in its table; `noColumn` where there is none. */
  placeOf(table: string, column: string): number {
    return this.tables.get(table)?.places.get(column) ?? noColumn;
  }

  rows(sql: string): Iterable<SqlRow> {
    return this.database.rows(sql);
  }

  /** All rows of a table, off its pages where it is stored so that they can be read; `base` is what times are taken from. */
  scan(table: string, base: bigint): TableRows {
    const { pages } = this.database;
    const known = this.tables.get(table);
    if (known === undefined) throw new RangeError(`there is no table ${table}`);
    const { columns, root, rowidColumn } = known;
    if (this.isStored(known)) {
      return new StoredRows(pages, new TableScan(pages, root, rowidColumn), rowidColumn, base);
    }
    const wanted = columns.map(({ name }, place) => `${quoted(name)} AS c${place}`);
    return new QueriedRows(this.rows(`SELECT ${wanted.join(", ")} FROM ${quoted(table)}`), columns.length, base);
  }

  /** About how many rows a table has, without looking at them: the number of its last one, if there can be so many. */
  roughCount(table: string): number {
    const known = this.tables.get(table);
    if (known === undefined || !this.isStored(known)) return 0;
    const { pages } = this.database;
    const most = (pages.count * pages.pageSize) / leastRowBytes;
    for (const { n } of this.rows(`SELECT max(_rowid_) AS n FROM ${quoted(table)}`)) {
      const last = Number(n);
      return last > 0 && last < most ? last : 0;
    }
    return 0;
  }

  /** Whether its rows can be read off its pages. A virtual table has no page. */
  private isStored({ isPlain, root }: Table): boolean {
    return isPlain && root > 0 && TableScan.canRead(this.database.pages, root);
  }

  /** How many rows a table has. */
  count(table: string): number {
    for (const { n } of this.rows(`SELECT count(*) AS n FROM ${quoted(table)}`)) return Number(n);
    return 0;
  }
}

/** A row's place in its page, its length, its number, and the types of a few cells. */
const leastRowBytes = 8;

function tableOf(rows: readonly SqlRow[]): Table {
  const columns = rows.map(({ c, type }): Column => ({ name: String(c), type: String(type) }));
  const keys = rows.flatMap(({ pk }, place) => (pk === 0 ? [] : [place]));
  const [first] = rows;
  const isNumber = keys.length === 1 && columns[keys[0]].type === "INTEGER" && first["indexed"] === 0;
  return {
    columns,
    places: new Map(columns.map(({ name }, place) => [name, place])),
    root: Number(first["root"]),
    // Columns that are worked out are not stored, and of rows older than a column with a default that is not stored.
    isPlain: rows.every(({ hidden, filled }) => hidden === 0 && filled === 0),
    rowidColumn: isNumber ? keys[0] : -1,
  };
}

/** A name of the file as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
