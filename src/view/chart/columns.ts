// The columns of a table as a chart reads them: which there are, whether they hold figures, what an axis says of them.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { extent } from "../../core/statistics.js";
import { type Row, rowsOf, type TableLike } from "../table.js";

/** Rows with the columns that a chart needs. */
export class ChartColumns {
  readonly rows: readonly Row[];

  /** Throws InputError for a table without rows. */
  constructor(
    data: TableLike,
    private readonly chart: string,
  ) {
    this.rows = rowsOf(data);
    if (this.rows.length === 0)
      throw new InputError(`there is nothing to draw: the table has no rows`, { where: chart });
  }

  /** The name, checked. Throws InputError that lists the columns where there is none of it. */
  any(name: string, option: string): string {
    const known = Object.keys(this.rows[0]);
    if (known.includes(name)) return name;
    const slip = nearest(String(name), known);
    throw new InputError(`there is no column ${JSON.stringify(name)}`, {
      where: `${this.chart}: ${option}`,
      fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}There are ${listChoices(known, false)}.`,
    });
  }

  /** The name of a column of figures. Throws InputError where it holds something else; null stands for no figure. */
  figures(name: string, option: string): string {
    this.any(name, option);
    const strange = this.rows.find((row) => row[name] !== null && typeof row[name] !== "number");
    if (strange === undefined) return name;
    throw new InputError(`the column "${name}" holds ${JSON.stringify(strange[name])}, which is no figure`, {
      where: `${this.chart}: ${option}`,
      fix: "Choose a column of numbers.",
    });
  }

  /** The rows with a figure in each of these columns, and how many have none. */
  complete(...names: readonly string[]): { readonly rows: readonly Row[]; readonly left: number } {
    const rows = this.rows.filter((row) => names.every((name) => Number.isFinite(row[name])));
    if (rows.length > 0) return { rows, left: this.rows.length - rows.length };
    throw new InputError(`no row has a figure for ${listChoices([...names])}`, { where: this.chart });
  }
}

const units: Readonly<Record<string, string>> = {
  us: "us",
  ms: "ms",
  s: "s",
  tflops: "TFLOP/s",
  gb_s: "GB/s",
  pct: "%",
  w: "W",
  bytes: "bytes",
};

const words: Readonly<Record<string, string>> = {
  ai: "arithmetic intensity, FLOP per byte",
  critical_ai: "ridge point, FLOP per byte",
  flops: "operations",
  bytes: "bytes from and to DRAM",
  predicted_tflops: "predicted throughput, TFLOP/s",
  bytes_global_read: "bytes read from global memory",
  bytes_global_written: "bytes written to global memory",
  bytes_shared: "bytes from and to shared memory",
  local_bytes: "bytes from and to local memory",
};

/** What an axis says of a column: `predicted time, us` for predicted_time_us. */
export function titleOf(column: string): string {
  const known = words[column];
  if (known !== undefined) return known;
  if (column.endsWith("_per_s")) return `${column.slice(0, -"_per_s".length).replaceAll("_", " ")} per second`;
  const ending = Object.keys(units).find((unit) => column.endsWith(`_${unit}`));
  if (ending === undefined) return column.replaceAll("_", " ");
  return `${column.slice(0, -ending.length - 1).replaceAll("_", " ")}, ${units[ending]}`;
}

/** What a column is of, without its unit: `predicted time`. */
export function quantityOf(column: string): string {
  return titleOf(column).replace(/, [^,]*$/, "");
}

/** What is said below a title of rows that have no figure; nothing where all have. */
export function leftOut(left: number): string {
  return left === 0 ? "" : `${left} row${left === 1 ? " has" : "s have"} no figure`;
}

/** Whether figures span so much that only a log axis shows them all. */
export function isWide(rows: readonly Row[], name: string): boolean {
  const [least, most] = extent(rows.map((row) => Number(row[name])));
  return least > 0 && most / least > 20;
}
