// A table of latencies as text, and its rows as text by column. Knows no column but those without which nothing can be asked.
import { fromCSV } from "arquero";
import { InputError } from "../../core/errors.js";
import type { TableRow } from "./rows/index.js";

/** A table as text, and what messages call it. */
export interface LatencyTable {
  readonly name: string;
  /** CSV with a heading: `gpu`, `op`, extents (`M N K`, `B`), `dtype`, `measured_us`. */
  readonly text: string;
}

/** The rows of a table as text by column, without spaces around it and without empty lines. Throws InputError for text that is no table of latencies. */
export function rowsOf({ name, text }: LatencyTable): readonly TableRow[] {
  const fix = "A table of latencies has gpu, op, its extents (M, N, K), dtype and measured_us.";
  // Spreadsheets begin a file with the mark of its byte order.
  const written = text.replace(/^\uFEFF/, "");
  if (written.trim() === "") throw new InputError("the table is empty", { where: name, fix });
  refuseOpenQuote(written, name);
  const table = fromCSV(written, { autoType: false });
  const columns = table.columnNames();
  const missing = ["gpu", "dtype", "measured_us"].filter((column) => !columns.some((known) => known.trim() === column));
  if (missing.length > 0) {
    throw new InputError(`the table has no column ${missing.map((column) => `"${column}"`).join(" and no column ")}`, {
      where: name,
      fix,
    });
  }
  const rows = table.objects({ limit: Number.POSITIVE_INFINITY }) as Record<string, string | null>[];
  return rows
    .map(
      (row): TableRow =>
        Object.fromEntries(Object.entries(row).map(([column, cell]) => [column.trim(), (cell ?? "").trim()])),
    )
    .filter((row) => Object.values(row).some((cell) => cell !== ""));
}

// All behind a quote that is never closed would be one cell.
function refuseOpenQuote(text: string, name: string): void {
  let line = 1;
  let opened: number | undefined;
  for (const character of text) {
    if (character === "\n") line++;
    else if (character === '"') opened = opened === undefined ? line : undefined;
  }
  if (opened === undefined) return;
  throw new InputError("a quote is never closed", {
    where: { file: name, line: opened },
    fix: 'Close it; a quote inside of a quoted cell is written twice, "".',
  });
}
