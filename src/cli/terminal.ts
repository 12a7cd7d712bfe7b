// Text for a terminal: aligned tables and colours that are there only for eyes. Knows nothing of what is printed.
import { formatNumber as formatForPeople } from "../view/table.js";

export type Style = "bold" | "dim" | "inverse" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

/** Gives a text a style, or leaves it as it is where nobody would see it. */
export type Paint = (style: Style, text: string) => string;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "left" | "right";
  /** The style of a cell; its width is that of the bare text. */
  readonly style?: (row: Row) => Style | undefined;
}

/** Lines of columns as wide as their widest cell, two spaces apart, under a dim heading. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paint: Paint): string {
  const texts = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, i) =>
    Math.max(displayWidth(column.title), ...texts.map((cells) => displayWidth(cells[i]))),
  );
  const line = (cells: readonly string[], painted: (text: string, i: number) => string) =>
    cells
      .map((text, i) => {
        const padding = " ".repeat(widths[i] - displayWidth(text));
        const isLast = i === cells.length - 1;
        return columns[i].align === "right" ? padding + painted(text, i) : painted(text, i) + (isLast ? "" : padding);
      })
      .join("  ");
  const heading = line(
    columns.map(({ title }) => title),
    (text) => (text === "" ? "" : paint("dim", text)),
  );
  const body = rows.map((row, r) =>
    line(texts[r], (text, i) => {
      const style = columns[i].style?.(row);
      return style === undefined ? text : paint(style, text);
    }),
  );
  return [heading, ...body].map((text) => text.trimEnd()).join("\n");
}

/** Colours for a stream: on a terminal, unless NO_COLOR says otherwise; FORCE_COLOR asks for them elsewhere. */
export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const noColor = environment["NO_COLOR"] ?? "";
  const forceColor = environment["FORCE_COLOR"] ?? "";
  if (noColor !== "" || environment["TERM"] === "dumb") return plain;
  if (forceColor !== "" && forceColor !== "0") return colored;
  return stream.isTTY ? colored : plain;
}

/** A number to four significant digits, whole ones in full and without separators, so that other programs can read it. */
export function formatNumber(value: number): string {
  return formatForPeople(value).replace(/[,\u2009]/g, "");
}

function displayWidth(text: string): number {
  return [...text].length;
}

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

const plain: Paint = (_style, text) => text;

const colored: Paint = (style, text) => {
  const [on, off] = codes[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};
