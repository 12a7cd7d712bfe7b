// Rows that time an operator on one matrix: columns rows and cols, or M and N. Knows no operator.
import type { Precision } from "../../../core/precision.js";
import type { NotCovered } from "../question.js";
import { type Heading, isNotCovered, readExtent, readHeading, readPrecision, type TableRow } from "./cells.js";

export interface MatrixRow {
  readonly heading: Heading;
  readonly rows: number;
  readonly columns: number;
  readonly precision: Precision;
}

/** Reads the extents of a row; undefined where it has no such columns. */
export function readMatrix(row: TableRow): MatrixRow | NotCovered | undefined {
  const rows = readExtent(row, "rows") ?? readExtent(row, "M");
  const columns = readExtent(row, "cols") ?? readExtent(row, "N");
  if (rows === undefined || columns === undefined) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  return { heading, rows, columns, precision };
}
