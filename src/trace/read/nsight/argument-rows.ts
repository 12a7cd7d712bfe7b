// The arguments of an export's events, read off their rows when somebody asks: as text they take five times the room of the file. Knows
// no table.
import { type ArgumentReader, type ArgumentSource, ArgumentTexts } from "../../timeline/index.js";
import type { ArgumentColumns } from "./arguments.js";
import { type StoredCells, StoredRows, type TableRows } from "./table-rows.js";

interface StoredTable {
  readonly columns: ArgumentColumns;
  readonly cells: StoredCells;
}

/** The lowest bits of where a row's arguments are say its table; 0 that they are a text that was kept, since the row cannot be read again. */
const tableBits = 2 ** 8;

export class ArgumentRows implements ArgumentSource {
  private readonly kept = new ArgumentTexts();
  private readonly tables: StoredTable[] = [];
  private readonly encoder = new TextEncoder();

  /** What keeps the arguments of a table's rows. */
  of(rows: TableRows, columns: ArgumentColumns): RowKeeper {
    if (!(rows instanceof StoredRows) || this.tables.length + 1 >= tableBits) return new TextKeeper(this.kept, columns);
    this.tables.push({ columns, cells: rows.again() });
    return new PlaceKeeper(this.tables.length, columns);
  }

  text(at: number, length: number): string {
    const table = at % tableBits;
    const place = Math.floor(at / tableBits);
    if (table === 0) return this.kept.text(place, length);
    const { columns, cells } = this.tables[table - 1];
    cells.goTo(place);
    return columns.json(cells);
  }

  view(at: number, length: number): Uint8Array {
    if (at % tableBits === 0) return this.kept.view(Math.floor(at / tableBits), length);
    return this.encoder.encode(this.text(at, length));
  }

  reader(names: readonly string[]): ArgumentReader {
    const kept = this.kept.reader(names);
    const only = this.tables.map(({ columns }) => columns.only(names));
    return (at, length) => {
      const table = at % tableBits;
      const place = Math.floor(at / tableBits);
      if (table === 0) return kept(place, length);
      const columns = only[table - 1];
      if (columns === undefined) return undefined;
      const { cells } = this.tables[table - 1];
      cells.goTo(place);
      const found = JSON.parse(columns.json(cells) || "{}");
      return names[0] in found ? found : undefined;
    };
  }
}

/** Keeps the arguments of a row: as a text, or where they can be read again. */
export interface RowKeeper {
  /** Where they are, and how long they are there; 0 for none. */
  readonly at: number;
  readonly length: number;
  /** Keeps those of the row at which the rows stand. */
  keep(row: TableRows): void;
}

class TextKeeper implements RowKeeper {
  at = 0;
  length = 0;

  constructor(
    private readonly texts: ArgumentTexts,
    private readonly columns: ArgumentColumns,
  ) {}

  keep(row: TableRows): void {
    const json = this.columns.json(row);
    const { at, length } = json === "" ? { at: 0, length: 0 } : this.texts.addText(json);
    this.at = at * tableBits;
    this.length = length;
  }
}

class PlaceKeeper implements RowKeeper {
  at = 0;
  length = 0;

  constructor(
    private readonly table: number,
    private readonly columns: ArgumentColumns,
  ) {}

  keep(row: TableRows): void {
    this.at = row.at * tableBits + this.table;
    this.length = this.columns.says(row) ? 1 : 0;
  }
}
