// The parameters of a notebook: names that its cell tagged `parameters` declares, and the cell that gives them other values, in
// the manner of papermill. Knows no kernel.
import ts from "@tslab/typescript-for-tslab";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { type Cell, joinText, type Notebook } from "../../view/page/index.js";

interface Declaration {
  readonly keyword: "const" | "let" | "var";
  readonly name: string;
  /** The text of its type; empty where none is written. */
  readonly type: string;
  /** The text of the value that it has without `--set`. */
  readonly value: string;
}

/**
 * The notebook with a cell after the tagged one that sets the given names. Values are JSON where they read as JSON, else text.
 * Throws InputError for a name that the cell does not declare, and for a text where the notebook has a number.
 */
export function withParameters(notebook: Notebook, values: Readonly<Record<string, string>>, file: string): Notebook {
  const names = Object.keys(values);
  if (names.length === 0) return notebook;
  const at = notebook.cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, "parameters"));
  if (at < 0) {
    throw new InputError("no cell is tagged `parameters`, so nothing can be set", {
      where: file,
      fix: 'Give the cell that declares them the tag: "metadata": {"tags": ["parameters"]}.',
    });
  }
  const declared = declarations(joinText(notebook.cells[at].source));
  const lines = names.map((name) => assignment(name, values[name], declared, file));
  const injected: Cell = {
    cell_type: "code",
    id: freshId(notebook.cells),
    metadata: { tags: ["injected-parameters"] },
    source: `// Set by warplab run\n${lines.join("\n")}`,
    execution_count: null,
    outputs: [],
  };
  const cells = notebook.cells.filter((cell) => !hasTag(cell, "injected-parameters"));
  const place = cells.indexOf(notebook.cells[at]) + 1;
  return { ...notebook, cells: [...cells.slice(0, place), injected, ...cells.slice(place)] };
}

function assignment(name: string, text: string, declared: readonly Declaration[], file: string): string {
  const declaration = declared.find((candidate) => candidate.name === name);
  if (declaration === undefined) {
    const names = declared.map((candidate) => candidate.name);
    const close = nearest(name, names);
    throw new InputError(`--set ${name}: the notebook has no parameter of this name`, {
      where: file,
      fix:
        close !== undefined
          ? `Did you mean "${close}"?`
          : names.length === 0
            ? "Its cell tagged `parameters` declares none."
            : `It has ${listChoices(names)}.`,
    });
  }
  return `${declaration.keyword} ${name} = ${valueFor(declaration, text, file)};`;
}

/** The value as source text. Throws InputError where the notebook has a number or a boolean and this is none. */
function valueFor({ name, type, value }: Declaration, text: string, file: string): string {
  const refuse = (what: string): never => {
    const like = value === "" ? "" : `, like ${value} in the notebook`;
    throw new InputError(`--set ${name}=${text}: this must be ${what}${like}`, { where: file });
  };
  const written = text.trim();
  if (type === "string" || /^["'`]/.test(value)) {
    return JSON.stringify(isJsonString(text) ? JSON.parse(text) : text);
  }
  if (type === "number" || /^[-+]?[\d.]/.test(value)) {
    const isNumber = /^[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(written);
    return isNumber ? written : refuse("a number");
  }
  if (type === "boolean" || value === "true" || value === "false") {
    return written === "true" || written === "false" ? written : refuse("true or false");
  }
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return JSON.stringify(text);
  }
}

function isJsonString(text: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/.test(text);
}

/** The top-level `const`, `let` and `var` of a cell, several to a statement included. */
export function declarations(source: string): Declaration[] {
  const file = ts.createSourceFile("parameters.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  return file.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => {
    const { flags, declarations: declared } = declarationList;
    const keyword = flags & ts.NodeFlags.Const ? "const" : flags & ts.NodeFlags.Let ? "let" : "var";
    return declared.flatMap(({ name, type, initializer }) =>
      // A pattern takes a value apart: it has no value of its own that could be set.
      ts.isIdentifier(name)
        ? [{ keyword, name: name.text, type: type?.getText() ?? "", value: initializer?.getText() ?? "" }]
        : [],
    );
  });
}

function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

function freshId(cells: readonly Cell[]): string {
  const taken = new Set(cells.map((cell) => cell.id));
  for (let n = 0; ; n++) {
    const id = n === 0 ? "injected-parameters" : `injected-parameters-${n}`;
    if (!taken.has(id)) return id;
  }
}
