// Anything with columns as an Arquero table, and a table as HTML or as text. Knows nothing of what is in the columns.
import { type ColumnTable, from, table } from "arquero";
import { InputError } from "../core/errors.js";
import { escapeXml } from "./chart/chart.js";
import { surface, surroundings } from "./theme.js";

export type Cell = unknown;
export type Row = Readonly<Record<string, Cell>>;

/** An Arquero table, rows, or columns by name. */
export type TableLike = ColumnTable | Iterable<object> | Readonly<Record<string, ArrayLike<Cell>>>;

/** An Arquero table of anything with columns. Throws InputError when it has none. */
export function toTable(data: TableLike): ColumnTable {
  if (isTable(data)) return data;
  if (isIterable(data)) {
    const rows = [...data];
    for (const [index, row] of rows.entries()) {
      if (typeof row !== "object" || row === null) throw new InputError(`row ${index} is no object: ${String(row)}`);
    }
    return from(rows.map((row) => ({ ...row })));
  }
  if (typeof data === "object" && data !== null) {
    const columns = Object.entries(data);
    const lengths = new Set(columns.map(([, column]) => column?.length));
    if (columns.length > 0 && lengths.size === 1 && !lengths.has(undefined as never)) {
      return table(Object.fromEntries(columns.map(([name, column]) => [name, Array.from(column)])));
    }
  }
  throw new InputError("this has no columns of one length", {
    fix: 'Give an Arquero table, a list of rows [{ a: 1 }], or columns { a: [1], b: ["x"] }.',
  });
}

/** The rows of a table, or of anything that can become one. */
export function rowsOf(data: TableLike): Row[] {
  return isTable(data) ? (data.objects() as Row[]) : isIterable(data) ? ([...data] as Row[]) : rowsOf(toTable(data));
}

/** Whether a value is an Arquero table, even one of another installation of Arquero. */
export function isTable(value: unknown): value is ColumnTable {
  const candidate = value as Partial<ColumnTable> | null;
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    typeof candidate.numRows === "function" &&
    typeof candidate.columnNames === "function" &&
    typeof candidate.objects === "function"
  );
}

/** Whether a value is a list of records: plain objects with the same fields, each of them a single value or a few numbers. */
export function isRecords(value: unknown): value is Row[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const isPlain = (row: unknown): row is Row => {
    if (typeof row !== "object" || row === null) return false;
    const prototype = Object.getPrototypeOf(row);
    // Of whatever realm: a cell's objects may have another Object than this file's.
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  };
  if (!value.every(isPlain)) return false;
  const fields = Object.keys(value[0]);
  return (
    fields.length > 0 &&
    value.every((row: Row) => {
      const names = Object.keys(row);
      return names.length === fields.length && names.every((name, i) => name === fields[i] && isSingle(row[name]));
    })
  );
}

function isSingle(cell: Cell): boolean {
  if (cell === null || cell instanceof Date) return true;
  if (Array.isArray(cell)) return cell.length <= 3 && cell.every((each) => typeof each === "number");
  return typeof cell !== "object" && typeof cell !== "function" && typeof cell !== "symbol";
}

export interface TableHtmlOptions {
  /** Said above the table. */
  readonly caption?: string;
  /** The most rows that are written out; how many are left is said below. 200 unless given. */
  readonly rows?: number;
  /** Columns of sentences, which go on in further lines where the page is narrow, and keep the lines that they have. */
  readonly sentences?: readonly string[];
}

/** A table as HTML that stands alone: its own style, the colours of the page around it, no network, no script. */
export function tableHtml(data: TableLike, options: TableHtmlOptions = {}): string {
  const whole = toTable(data);
  const limit = options.rows ?? 200;
  const names = whole.columnNames();
  const rows = whole.slice(0, limit).objects() as Row[];
  const numeric = new Set(names.filter((name) => rows.every((row) => isFigure(row[name]))));
  const sentences = new Set(options.sentences);
  const align = (name: string) =>
    numeric.has(name) ? ' class="figure"' : sentences.has(name) ? ' class="sentences"' : "";
  const head = names.map((name) => `<th scope="col"${align(name)}>${escapeXml(name)}</th>`).join("");
  const body = rows
    .map(
      (row) => `<tr>${names.map((name) => `<td${align(name)}>${escapeXml(formatCell(row[name]))}</td>`).join("")}</tr>`,
    )
    .join("\n");
  const left = whole.numRows() - rows.length;
  const caption = options.caption === undefined ? "" : `<caption>${escapeXml(options.caption)}</caption>`;
  const more = left > 0 ? `<p>${left} more row${left === 1 ? "" : "s"}.</p>` : "";
  return `<div class="warplab-table">${tableStyle}<table>${caption}<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table>${more}</div>`;
}

/** How much of a table its text shows: a terminal's screen. */
const textLimits = { rows: 20, width: 120, cell: 40 };

/** The first rows of a table as aligned text, as many columns as a line holds, and how much there is: `12 rows`. */
export function tableText(data: TableLike): string {
  const whole = toTable(data);
  const names = whole.columnNames();
  const count = whole.numRows();
  const rows = whole.slice(0, textLimits.rows).objects() as Row[];
  const columns = names.map((name) => {
    const cells = [name, ...rows.map((row) => formatCell(row[name]))].map((cell) => inOneLine(cell));
    const width = Math.max(...cells.map((cell) => cell.length));
    const isNumeric = rows.length > 0 && rows.every((row) => isFigure(row[name]));
    return { width, cells: cells.map((cell) => (isNumeric ? cell.padStart(width) : cell.padEnd(width))) };
  });
  let shown = columns;
  const widthOf = (some: typeof columns): number => some.reduce((sum, { width }) => sum + width + 2, -2);
  while (shown.length > 1 && widthOf(shown) > textLimits.width) shown = shown.slice(0, -1);
  const lines = [undefined, ...rows].map((_, i) =>
    shown
      .map(({ cells }) => cells[i])
      .join("  ")
      .trimEnd(),
  );
  const total = `${formatNumber(count, 15)} row${count === 1 ? "" : "s"}`;
  const extent = rows.length < count ? `The first ${rows.length} of ${total}` : total;
  const left = names.slice(shown.length);
  const rest = left.length === 0 ? "" : `; not shown: ${inOneLine(left.join(", "), 4 * textLimits.cell)}`;
  return [...(names.length === 0 ? [] : lines), `${extent}${rest}`].join("\n");
}

function inOneLine(text: string, limit: number = textLimits.cell): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}\u2026`;
}

/** A cell as people read it: figures to four significant digits, whole numbers in full, nothing for null. */
export function formatCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return value.map(formatCell).join(" x ");
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A number to `digits` significant digits, whole ones in full, with commas between thousands: `14,302`, `0.1649`. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15)) return value.toExponential(digits - 1);
  const rounded = magnitude >= 10 ** digits ? Math.round(value) : Number(value.toPrecision(digits));
  const [whole, fraction] = rounded.toString().split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The style of every table; it undoes JupyterLab's stripes and alignment, and says its class twice to weigh as much as that. Lines are made of the page's own text colour, so they hold on any background. */
export const tableStyle: string = `<style>
.warplab-table { overflow-x: auto; ${surface} font: 13px/1.45 ${surroundings.words}; font-variant-numeric: tabular-nums; }
.warplab-table.warplab-table table { display: table; border-collapse: collapse; border: 0; margin: 0; background: none; font: inherit; color: inherit; table-layout: auto; }
.warplab-card + .warplab-table, .warplab-table + .warplab-table { margin-top: 12px; }
div.warplab-table tbody tr:nth-child(n) { background: none; }
.warplab-table caption { text-align: left; padding: 0 0 6px; font-weight: 600; }
.warplab-table.warplab-table th, .warplab-table.warplab-table td { padding: 4px 14px 4px 0; text-align: left; white-space: nowrap; border: 0; border-bottom: 1px solid rgba(128, 128, 128, .28); background: none; }
.warplab-table.warplab-table td.sentences { min-width: 18em; white-space: pre-line; }
.warplab-table.warplab-table tr:has(td.sentences) td { vertical-align: top; }
.warplab-table.warplab-table th { color: inherit; font-weight: 400; font-size: 12px; opacity: .75; vertical-align: bottom; }
.warplab-table.warplab-table .figure { text-align: right; }
.warplab-table p { margin: 6px 0 0; font-size: 12px; opacity: .75; }
</style>`;

function isFigure(value: Cell): boolean {
  return typeof value === "number" || typeof value === "bigint" || value === null || value === undefined;
}

function isIterable(value: unknown): value is Iterable<object> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
