// The columns of a swept table: what may stand in a cell, and that a column holds figures or words and not both. Knows nothing of what
// is swept.
import { type ColumnTable, table } from "arquero";

/** Null where there is none. */
export type Cell = string | number | null;
export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** Whether a column holds words or figures, by its name and what is in it: the same for every part of a table. */
export type ColumnTypes = Readonly<Record<string, "text" | "number">>;

/** The types of columns; one that has neither in it takes `known`'s, else text. */
export function typesOf(columns: Columns, known: ColumnTypes = {}): ColumnTypes {
  return Object.fromEntries(
    Object.entries(columns).map(([name, cells]) => {
      const first = cells.find((cell) => cell !== null);
      const isText = known[name] === "text" || cells.some((cell) => typeof cell === "string");
      const seen = first === undefined ? undefined : "number";
      return [name, isText ? "text" : (seen ?? known[name] ?? "text")] as const;
    }),
  );
}

/** A column of words may have figures in it (a swept parameter that is a number here and a text there). */
export function typed(cells: readonly Cell[], type: "text" | "number"): Cell[] {
  return type === "number" ? [...cells] : cells.map((cell) => (cell === null ? null : String(cell)));
}

/** The table: words as they are, figures as a Float64Array where none is missing. */
export function typedTable(columns: Columns): ColumnTable {
  const types = typesOf(columns);
  return table(
    Object.fromEntries(
      Object.entries(columns).map(([name, cells]) => {
        const whole = types[name] === "number" && !cells.includes(null);
        return [name, whole ? Float64Array.from(cells as readonly number[]) : typed(cells, types[name])] as const;
      }),
    ),
  );
}

/** What a column says of a value: figures and words as they are, other things by their name or as JSON. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`;
  if (Array.isArray(value)) return JSON.stringify(value);
  const { name } = value as { readonly name?: unknown };
  if (typeof name === "string" && name !== "") return name;
  const text = String(value);
  return text.startsWith("[object ") ? JSON.stringify(value) : text;
}
