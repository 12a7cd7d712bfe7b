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

  text(at: number): string {
    const table = at % tableBits;
    const place = Math.floor(at / tableBits);
    if (table === 0) return this.kept.text(place);
    const { columns, cells } = this.tables[table - 1];
    cells.goTo(place);
    return columns.json(cells);
  }

  view(at: number): Uint8Array {
    if (at % tableBits === 0) return this.kept.view(Math.floor(at / tableBits));
    return this.encoder.encode(this.text(at));
  }

  reader(names: readonly string[]): ArgumentReader {
    const kept = this.kept.reader(names);
    const only = this.tables.map(({ columns }) => columns.only(names));
    return (at) => {
      const table = at % tableBits;
      const place = Math.floor(at / tableBits);
      if (table === 0) return kept(place);
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
  /** Keeps those of the row at which the rows stand. Returns where; 0 for none. */
  keep(row: TableRows): number;
}

class TextKeeper implements RowKeeper {
  constructor(
    private readonly texts: ArgumentTexts,
    private readonly columns: ArgumentColumns,
  ) {}

  keep(row: TableRows): number {
    const json = this.columns.json(row);
    return json === "" ? 0 : this.texts.addText(json) * tableBits;
  }
}

class PlaceKeeper implements RowKeeper {
  constructor(
    private readonly table: number,
    private readonly columns: ArgumentColumns,
  ) {}

  keep(row: TableRows): number {
    return this.columns.says(row) ? row.at * tableBits + this.table : 0;
  }
}
