// A table of any length as lines, one after the other: aligned text, or CSV. Knows nothing of what is in it.
import type { ColumnTable } from "arquero";
import { formatCell } from "../view/table.js";
import type { Paint } from "./terminal.js";

/** Cells are cut off beyond so many characters; a table in which they must be whole is CSV. */
const widestCell = 60;

/** A heading and the rows, each column as wide as its widest cell. The table is gone through twice, and never held as text. */
export function* alignedLines(table: ColumnTable, paint: Paint): Generator<string, void, undefined> {
  const names = table.columnNames();
  const data = table.data();
  const columns = names.map((name) => data[name]);
  const rows = table.indices();
  const widths = names.map((name) => name.length);
  const isFigure = names.map(() => true);
  for (const row of rows) {
    for (const [column, cells] of columns.entries()) {
      const value: unknown = cells.at(row);
      widths[column] = Math.max(widths[column], cellOf(value).length);
      isFigure[column] &&= typeof value === "number" || value === null;
    }
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  yield paint("dim", line(names));
  for (const row of rows) yield line(columns.map((column) => cellOf(column.at(row))));
}

/** A heading and the rows with commas between them, every cell whole. */
export function* csvLines(table: ColumnTable): Generator<string, void, undefined> {
  yield table.slice(0, 0).toCSV().trimEnd();
  for (let offset = 0; offset < table.numRows(); offset += csvRows) {
    yield table.toCSV({ header: false, offset, limit: csvRows }).trimEnd();
  }
}

/** Rows that become text at a time. */
const csvRows = 10_000;

function cellOf(value: unknown): string {
  const text = formatCell(value).replace(/\s+/g, " ");
  return text.length <= widestCell ? text : `${text.slice(0, widestCell - 1)}\u2026`;
}
