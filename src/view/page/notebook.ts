// A Jupyter notebook as data: nbformat 4, read with the name of the field that is wrong. Knows nothing of files or kernels.
import { InputError } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import { checkSchema, type Schema } from "../../core/schema.js";

/** nbformat writes long texts as lists of lines; both are read, lists are written. */
export type MultilineText = string | readonly string[];

export type MimeData = Record<string, unknown>;

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: MultilineText;
}

export interface DisplayOutput {
  output_type: "display_data";
  data: MimeData;
  metadata: Record<string, unknown>;
}

export interface ResultOutput {
  output_type: "execute_result";
  execution_count: number | null;
  data: MimeData;
  metadata: Record<string, unknown>;
}

export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: readonly string[];
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CellMetadata {
  tags?: readonly string[];
  [name: string]: unknown;
}

export interface Cell {
  cell_type: "code" | "markdown" | "raw";
  id?: string;
  metadata: CellMetadata;
  source: MultilineText;
  execution_count?: number | null;
  outputs?: Output[];
  attachments?: Record<string, MimeData>;
}

export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: Cell[];
}

// In a function, so that a bundle which reads no notebook leaves it out.
const notebookSchema = (): Schema => ({
  type: "object",
  required: ["nbformat", "cells"],
  properties: {
    nbformat: { type: "integer", description: 'A Jupyter notebook has `"nbformat": 4`.' },
    nbformat_minor: { type: "integer" },
    metadata: { type: "object" },
    cells: {
      type: "array",
      description: "The list of cells.",
      items: {
        type: "object",
        required: ["cell_type", "source"],
        properties: {
          cell_type: { type: "string", enum: ["code", "markdown", "raw"] },
          source: {
            type: ["string", "array"],
            items: { type: "string" },
            description: "The cell's text, as a string or a list of lines.",
          },
          id: { type: "string", pattern: "^[a-zA-Z0-9_-]{1,64}$" },
          metadata: {
            type: "object",
            properties: { tags: { type: "array", items: { type: "string" } } },
            additionalProperties: {},
          },
          outputs: { type: "array", items: { type: "object" } },
          execution_count: { type: ["integer", "null"] },
        },
        additionalProperties: {},
      },
    },
  },
  additionalProperties: {},
});

/** Widget states by model id, as Jupyter saves them in a notebook's metadata. */
export const widgetStateType: string = "application/vnd.jupyter.widget-state+json";

/** Reads a notebook; a mistake is an InputError that names the file and the field. Cells without an id get one by position. */
export function parseNotebook(text: string, file: string): Notebook {
  const value = parseJson(text, file);
  // First: an older version has other fields, and its version is what is wrong with them.
  const { nbformat } = (value ?? {}) as { nbformat?: unknown };
  if (Number.isInteger(nbformat) && nbformat !== 4) {
    throw new InputError(`version ${nbformat} of the notebook format is not supported`, {
      where: `${file}: nbformat`,
      fix: "Open the notebook in Jupyter and save it: that makes it version 4.",
    });
  }
  checkSchema(value, notebookSchema(), file);
  const notebook = value as Notebook;
  return {
    ...notebook,
    nbformat_minor: notebook.nbformat_minor ?? 5,
    metadata: notebook.metadata ?? {},
    cells: withIds(notebook, file),
  };
}

export function joinText(text: MultilineText): string {
  return typeof text === "string" ? text : text.join("");
}

/** The lines of a text, each with its newline, as nbformat stores them. */
export function splitText(text: string): string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+/g) ?? []);
}

function withIds(notebook: Notebook, file: string): Cell[] {
  const taken = new Set<string>();
  return notebook.cells.map((cell, index) => {
    const id = cell.id ?? `cell-${index + 1}`;
    if (taken.has(id)) {
      throw new InputError(`cell id "${id}" is used twice`, {
        where: `${file}: cells[${index}].id`,
        fix: "Give each cell its own id, or remove the ids.",
      });
    }
    taken.add(id);
    return { ...cell, id, metadata: cell.metadata ?? {} };
  });
}
