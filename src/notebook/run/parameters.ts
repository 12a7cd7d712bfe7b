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
  /** Where neither type nor value tells, any will do. */
  readonly kind: Kind | undefined;
}

type Kind = "string" | "number" | "bigint" | "boolean" | "list" | "object";

/**
 * The notebook with a cell after the tagged one that sets the given names. Values are JSON where they read as JSON, else text.
 * Throws InputError for a name that the cell does not declare, and for a value of another kind than the notebook's own.
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
  const type = declaration.type === "" ? "" : `: ${declaration.type}`;
  return `${declaration.keyword} ${name}${type} = ${valueFor(declaration, text, file)};`;
}

/** The value as source text. Throws InputError where it is not of the kind that the notebook has. */
function valueFor({ name, kind, type, value }: Declaration, text: string, file: string): string {
  const refuse = (what: string): never => {
    const like = value !== "" ? `, like ${value} in the notebook` : type !== "" ? `: the notebook says ${type}` : "";
    throw new InputError(`--set ${name}=${text}: this must be ${what}${like}`, { where: file });
  };
  const written = text.trim();
  switch (kind) {
    case "string":
      return JSON.stringify(isJsonString(text) ? JSON.parse(text) : text);
    case "number":
      return /^[-+]?(\d+(_\d+)*\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(written)
        ? withoutLeadingZeros(written)
        : refuse("a number");
    case "bigint":
      return /^[-+]?\d+(_\d+)*n?$/.test(written)
        ? `${withoutLeadingZeros(written).replace(/^\+|n$/g, "")}n`
        : refuse("a whole number");
    case "boolean":
      return written === "true" || written === "false" ? written : refuse("true or false");
  }
  const json = jsonValue(text);
  if (kind === "list" && !Array.isArray(json)) refuse("a list in JSON");
  if (kind === "object" && (typeof json !== "object" || json === null || Array.isArray(json))) {
    refuse("an object in JSON");
  }
  return JSON.stringify(json ?? (written === "null" ? null : text));
}

/** JavaScript takes 010 for eight, or not at all. */
function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^([-+]?)0[0_]*(?=\d)/, "$1");
}

/** Undefined where the text is no JSON. */
function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
        ? [
            {
              keyword,
              name: name.text,
              type: type?.getText() ?? "",
              value: initializer?.getText() ?? "",
              kind: (type && kindOfType(type)) ?? (initializer && kindOfValue(initializer)),
            },
          ]
        : [],
    );
  });
}

function kindOfType(type: ts.TypeNode): Kind | undefined {
  if (ts.isParenthesizedTypeNode(type)) return kindOfType(type.type);
  if (ts.isTypeOperatorNode(type)) return kindOfType(type.type);
  if (ts.isArrayTypeNode(type) || ts.isTupleTypeNode(type)) return "list";
  if (ts.isTypeLiteralNode(type)) return "object";
  if (ts.isLiteralTypeNode(type)) return kindOfValue(type.literal as ts.Expression);
  if (ts.isUnionTypeNode(type)) {
    const kinds = new Set(type.types.map(kindOfType));
    return kinds.size === 1 ? [...kinds][0] : undefined;
  }
  const text = type.getText();
  return (["string", "number", "bigint", "boolean"] as const).find((kind) => kind === text);
}

/** By what is written alone: a name or a call does not tell. */
function kindOfValue(value: ts.Expression): Kind | undefined {
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) {
    return kindOfValue(value.expression);
  }
  if (ts.isStringLiteralLike(value) || ts.isTemplateExpression(value)) return "string";
  if (ts.isBigIntLiteral(value)) return "bigint";
  if (ts.isNumericLiteral(value)) return "number";
  if (value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword) return "boolean";
  if (ts.isArrayLiteralExpression(value)) return "list";
  if (ts.isObjectLiteralExpression(value)) return "object";
  // -1 and 64 * 1024.
  if (ts.isPrefixUnaryExpression(value)) return numeric(kindOfValue(value.operand));
  if (ts.isBinaryExpression(value) && /^(\*\*?|[-/%]|<<)$/.test(value.operatorToken.getText())) {
    return numeric(kindOfValue(value.left));
  }
  return undefined;
}

function numeric(kind: Kind | undefined): Kind | undefined {
  return kind === "number" || kind === "bigint" ? kind : undefined;
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
