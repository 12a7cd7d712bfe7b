// Tables as files: CSV, Arrow, Parquet. Columns go in part by part, so that a large table need not be in memory as a whole where its
// format allows. The same columns give the same bytes.
import { closeSync, openSync, writeSync } from "node:fs";
import { float64, type Table, tableFromArrays, tableFromIPC, tableToIPC, utf8 } from "@uwdata/flechette";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { InputError, listChoices } from "../../core/errors.js";
import { type Cell, type Columns, type ColumnTypes, typed } from "./columns.js";

export const tableFormats = ["parquet", "arrow", "csv"] as const;
export type TableFormat = (typeof tableFormats)[number];

/** The format that a file's ending asks for. Throws InputError that lists them. */
export function formatOf(path: string): TableFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  const found = tableFormats.find((format) => format === ending);
  if (found !== undefined) return found;
  throw new InputError(
    `a sweep cannot be written as ${ending === undefined ? "a file without an ending" : `.${ending}`}`,
    {
      where: path,
      fix: `Give a file that ends in ${listChoices(
        tableFormats.map((format) => `.${format}`),
        false,
      )}.`,
    },
  );
}

/** Columns as Arrow's file format. */
export function toArrow(columns: Columns, types: ColumnTypes): Uint8Array {
  const table = tableFromArrays(
    Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, typed(cells, types[name])])),
    {
      types: Object.fromEntries(
        Object.entries(types).map(([name, type]) => [name, type === "number" ? float64() : utf8()]),
      ),
    },
  );
  return tableToIPC(table, { format: "file" }) as Uint8Array;
}

/** The columns of Arrow's file format. */
export function fromArrow(bytes: Uint8Array): Columns {
  const table: Table = tableFromIPC(bytes);
  return Object.fromEntries(
    table.names.map((name) => [String(name), Array.from(table.getChild(name).toArray() as ArrayLike<Cell>)]),
  );
}

/** Writes a table from its parts, in their order, into a file of this format. */
export function writeTable(path: string, format: TableFormat, types: ColumnTypes, parts: Iterable<Columns>): void {
  const file = openSync(path, "w");
  try {
    const write = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    };
    if (format === "csv") writeCsv(write, types, parts);
    else if (format === "parquet") writeParquet(write, types, parts);
    else writeArrow(write, types, parts);
  } finally {
    closeSync(file);
  }
}

type Write = (bytes: Uint8Array) => void;

// RFC 4180.
function writeCsv(write: Write, types: ColumnTypes, parts: Iterable<Columns>): void {
  const encoder = new TextEncoder();
  const names = Object.keys(types);
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  write(encoder.encode(`${names.map(quote).join(",")}\n`));
  for (const columns of parts) {
    const cells = names.map((name) => columns[name]);
    const lines: string[] = [];
    for (let row = 0; row < cells[0].length; row++) {
      lines.push(cells.map((column) => (column[row] === null ? "" : quote(String(column[row])))).join(","));
    }
    write(encoder.encode(`${lines.join("\n")}\n`));
  }
}

// Each part is a row group.
function writeParquet(write: Write, types: ColumnTypes, parts: Iterable<Columns>): void {
  const buffer = new ByteWriter();
  const writer = new ParquetWriter({
    writer: buffer,
    schema: [
      { name: "root", num_children: Object.keys(types).length },
      ...Object.entries(types).map(([name, type]) => ({
        name,
        repetition_type: "OPTIONAL" as const,
        ...(type === "number"
          ? { type: "DOUBLE" as const }
          : { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const }),
      })),
    ],
  });
  for (const columns of parts) {
    writer.write({
      columnData: Object.entries(types).map(([name, type]) => ({ name, data: typed(columns[name], type) as never })),
    });
  }
  writer.finish();
  write(new Uint8Array(buffer.getBuffer()));
}

function writeArrow(write: Write, types: ColumnTypes, parts: Iterable<Columns>): void {
  const whole: Record<string, Cell[]> = Object.fromEntries(Object.keys(types).map((name) => [name, []]));
  for (const columns of parts)
    for (const [name, cells] of Object.entries(whole)) for (const cell of columns[name]) cells.push(cell);
  write(toArrow(whole, types));
}
