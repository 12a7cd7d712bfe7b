// The parameters of a notebook: names that its cell tagged `parameters` declares, and the cell that gives them other values, in
// the manner of papermill. Knows no kernel.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { type Cell, joinText, type Notebook } from "../../view/page/index.js";

interface Declaration {
  readonly keyword: "const" | "let" | "var";
  readonly name: string;
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
  const value = valueFor(declaration, text);
  if (value === undefined) {
    throw new InputError(`--set ${name}=${text}: this must be a number, like ${declaration.value} in the notebook`, {
      where: file,
    });
  }
  return `${declaration.keyword} ${name} = ${value};`;
}

/** The value as source text; undefined where the notebook has a number and this is none. */
function valueFor({ value }: Declaration, text: string): string | undefined {
  if (/^["'`]/.test(value)) return JSON.stringify(isJsonString(text) ? JSON.parse(text) : text);
  const isNumber = /^[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text.trim());
  if (/^[-+]?[\d.]/.test(value)) return isNumber ? text.trim() : undefined;
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
  const found: Declaration[] = [];
  const code = withoutComments(source);
  for (const match of code.matchAll(/^(?:export\s+)?(const|let|var)\s+/gm)) {
    for (const part of splitDeclarators(code.slice(match.index + match[0].length))) {
      const declarator = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*!?\s*(?::[^=]*)?(?:=\s*([\s\S]*))?$/u.exec(part);
      if (declarator === null) continue;
      found.push({
        keyword: match[1] as Declaration["keyword"],
        name: declarator[1],
        value: (declarator[2] ?? "").trim(),
      });
    }
  }
  return found;
}

/** What stands between the commas of one statement, up to its end. */
function splitDeclarators(code: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of code.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[([{]|[)\]}]|[,;\n]/g)) {
    const [text] = token;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    else if (depth > 0) continue;
    else if (text === ",") {
      parts.push(code.slice(start, token.index));
      start = token.index + 1;
    } else if (text === ";" || (text === "\n" && endsStatement(code.slice(start, token.index)))) {
      parts.push(code.slice(start, token.index));
      return parts;
    }
  }
  parts.push(code.slice(start));
  return parts;
}

function endsStatement(text: string): boolean {
  return text.trim() !== "" && !/[=+\-*/,&|<?:]\s*$/.test(text);
}

function withoutComments(source: string): string {
  return source.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, text) => text ?? " ",
  );
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
