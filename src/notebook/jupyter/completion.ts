// Answers of the kernel about code that is being typed: completion, inspection, whether it is complete. Positions are
// Jupyter's, in Unicode characters. Knows nothing of running code.
import ts from "@tslab/typescript-for-tslab";
import { parse } from "./cell-compiler.js";
import type { CellLanguage, VisibleNames } from "./cell-language.js";
import { cellNames } from "./cell-names.js";

/** The content of complete_reply. */
export interface CompletionReply {
  readonly status: "ok";
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The content of inspect_reply. */
export interface InspectionReply {
  readonly status: "ok";
  readonly found: boolean;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The content of is_complete_reply. */
export type CompletenessReply =
  | { readonly status: "complete" | "invalid" | "unknown" }
  | { readonly status: "incomplete"; readonly indent: string };

/** The module number of code that is not run. */
const draft = 0;

export function complete(language: CellLanguage, code: string, cursor: number, visible: VisibleNames): CompletionReply {
  const offset = toOffset(code, cursor);
  const module = language.write(draft, code, notRedeclared(code, visible), []);
  const typed = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.exec(code.slice(0, offset))?.[0] ?? "";
  const rest = /^[\p{ID_Continue}$\u200c\u200d]*/u.exec(code.slice(offset))![0];
  const entries = language.completions(module, offset)?.entries ?? [];
  const ranked = entries
    .map((entry) => ({ entry, rank: rankOf(entry.name, typed) }))
    .filter(({ rank }) => rank < 3)
    .sort(
      (a, b) => a.rank - b.rank || compare(a.entry.sortText, b.entry.sortText) || compare(a.entry.name, b.entry.name),
    );
  const start = toCursor(code, offset - typed.length);
  const end = toCursor(code, offset + (typed === "" ? 0 : rest.length));
  return {
    status: "ok",
    matches: ranked.map(({ entry }) => entry.name),
    cursor_start: start,
    cursor_end: end,
    metadata: {
      _jupyter_types_experimental: ranked.map(({ entry }) => ({ start, end, text: entry.name, type: entry.kind })),
    },
  };
}

export function inspectCode(
  language: CellLanguage,
  code: string,
  cursor: number,
  visible: VisibleNames,
): InspectionReply {
  const offset = toOffset(code, cursor);
  const module = language.write(draft, code, notRedeclared(code, visible), []);
  // A cursor right after a name asks for the name.
  const known = (at: number): ts.QuickInfo | undefined => {
    const info = at < 0 ? undefined : language.quickInfo(module, at);
    // TypeScript's answer for a name that nothing declares.
    return info?.kind === ts.ScriptElementKind.unknown && ts.displayPartsToString(info.displayParts) === "any"
      ? undefined
      : info;
  };
  const info = known(offset) ?? known(offset - 1);
  const text = info === undefined ? signatureText(language.signatureHelp(module, offset)) : quickInfoText(info);
  if (text === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const { signature, documentation } = text;
  const markdown = `\`\`\`typescript\n${signature}\n\`\`\`${documentation === "" ? "" : `\n\n${documentation}`}`;
  const plain = documentation === "" ? signature : `${signature}\n\n${documentation}`;
  return { status: "ok", found: true, data: { "text/plain": plain, "text/markdown": markdown }, metadata: {} };
}

export function completeness(code: string): CompletenessReply {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  if (parseDiagnostics.length === 0) return { status: "complete" };
  const end = code.trimEnd().length;
  const wantsMore = parseDiagnostics.some(({ start, code: number }) => unterminated.has(number) || start >= end);
  if (!wantsMore) return { status: "invalid" };
  const lastLine = code.slice(code.lastIndexOf("\n") + 1);
  const indent = /^[ \t]*/.exec(lastLine)![0];
  return { status: "incomplete", indent: /[{([]\s*$/.test(lastLine) ? `${indent}  ` : indent };
}

/** "'*​/' expected.", "Unterminated template literal." */
const unterminated: ReadonlySet<number> = new Set([1010, 1160]);

interface Description {
  readonly signature: string;
  readonly documentation: string;
}

function quickInfoText(info: ts.QuickInfo): Description {
  return {
    // A name of an earlier cell is an import to TypeScript; to the reader it is what it was declared as.
    signature: ts.displayPartsToString(info.displayParts).replace(/^\(alias\) ([\s\S]*)\nimport [^\n]*$/, "$1"),
    documentation: documentationText(info.documentation, info.tags),
  };
}

function signatureText(help: ts.SignatureHelpItems | undefined): Description | undefined {
  if (help === undefined) return undefined;
  const item = help.items[help.selectedItemIndex];
  const parameters = item.parameters.map((parameter) => ts.displayPartsToString(parameter.displayParts));
  const separator = ts.displayPartsToString(item.separatorDisplayParts);
  const signature =
    ts.displayPartsToString(item.prefixDisplayParts) +
    parameters.join(separator) +
    ts.displayPartsToString(item.suffixDisplayParts);
  return { signature, documentation: documentationText(item.documentation, item.tags) };
}

function documentationText(parts: ts.SymbolDisplayPart[] | undefined, tags: ts.JSDocTagInfo[] | undefined): string {
  const told = (tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`.trimEnd());
  return [ts.displayPartsToString(parts), ...told].filter((line) => line !== "").join("\n");
}

function notRedeclared(code: string, visible: VisibleNames): VisibleNames {
  const { declared } = cellNames(parse(code));
  return new Map([...visible].filter(([name]) => !declared.has(name)));
}

function rankOf(name: string, typed: string): number {
  if (name.startsWith(typed)) return 0;
  const lower = name.toLowerCase();
  if (lower.startsWith(typed.toLowerCase())) return 1;
  return lower.includes(typed.toLowerCase()) ? 2 : 3;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toOffset(code: string, cursor: number): number {
  return [...code].slice(0, Math.max(0, cursor)).join("").length;
}

function toCursor(code: string, offset: number): number {
  return [...code.slice(0, offset)].length;
}
