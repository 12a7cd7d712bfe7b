// Rows as text that spreadsheets read. Knows nothing of what they say.

/** Lines of cells, as RFC 4180 has them; a cell with the separator, a quote or a line break stands in quotes. */
export function csvOf(rows: readonly (readonly (string | number)[])[], separator: "," | "\t"): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(separator)}\n`).join("");
}
