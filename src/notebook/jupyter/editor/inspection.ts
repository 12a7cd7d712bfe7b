// Answers what stands at a place of code that is being typed: its type, its documentation, the argument that comes next.
// Positions are Jupyter's. Knows nothing of running code.
import ts from "@tslab/typescript-for-tslab";
import { type CellLanguage, draft, type VisibleNames } from "../cells/language.js";
import { cellNames } from "../cells/names.js";
import { parse } from "../cells/syntax.js";
import { toOffset } from "./cursor.js";

/** The content of inspect_reply. */
export interface InspectionReply {
  readonly status: "ok";
  readonly found: boolean;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function inspectCode(
  language: CellLanguage,
  code: string,
  cursor: number,
  visible: VisibleNames,
  detail = 0,
): InspectionReply {
  const offset = toOffset(code, cursor);
  let module = language.write(draft, code, namesUsed(code, visible), []);
  // A cursor right after a name asks for the name.
  const known = (at: number): ts.QuickInfo | undefined => {
    const info = at < 0 ? undefined : language.quickInfo(module, at);
    // TypeScript's answer for a name that nothing declares.
    return info?.kind === ts.ScriptElementKind.unknown && ts.displayPartsToString(info.displayParts) === "any"
      ? undefined
      : info;
  };
  // Right after a parenthesis or a comma a person asks what comes next, not what stood before.
  const asksForArgument = /[(,]\s*$/.test(code.slice(0, offset)) && !/^[\p{ID_Start}$_]/u.test(code.slice(offset));
  const help = asksForArgument ? language.signatureHelp(module, offset) : undefined;
  let at = known(offset) === undefined ? offset - 1 : offset;
  let info = help === undefined ? known(at) : undefined;
  if (info === undefined && help === undefined) {
    // A type stands where no value of its name is: in a cell that only asks for it.
    const before = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, offset))![0];
    const word = before + /^[\p{ID_Continue}$]*/u.exec(code.slice(offset))![0];
    if (visible.has(word) && code.trim() === word) {
      module = language.write(draft, `type $ = ${word}`, new Map([[word, visible.get(word)!]]), []);
      at = "type $ = ".length;
      info = known(at);
    }
  }
  const text = info === undefined ? signatureText(help ?? language.signatureHelp(module, offset)) : quickInfoText(info);
  if (text === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const { signature, documentation } = text;
  const source = detail > 0 && info !== undefined ? language.declaration(module, at) : undefined;
  const fenced = (code: string): string => `\`\`\`typescript\n${code}\n\`\`\``;
  const parts = documentation === "" ? [] : [documentation];
  const markdown = [fenced(signature), ...parts, ...(source === undefined ? [] : [fenced(source)])].join("\n\n");
  const plain = [signature, ...parts, ...(source === undefined ? [] : [source])].join("\n\n");
  return { status: "ok", found: true, data: { "text/plain": plain, "text/markdown": markdown }, metadata: {} };
}

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
  const current = item.parameters[Math.min(help.argumentIndex, item.parameters.length - 1)];
  const documentation = documentationText(item.documentation, item.tags);
  if (current === undefined) return { signature, documentation };
  const told = ts.displayPartsToString(current.documentation);
  const place = `Argument ${help.argumentIndex + 1}: ${ts.displayPartsToString(current.displayParts)}${told === "" ? "" : `: ${told}`}`;
  return { signature, documentation: [place, documentation].filter((part) => part !== "").join("\n\n") };
}

function documentationText(parts: ts.SymbolDisplayPart[] | undefined, tags: ts.JSDocTagInfo[] | undefined): string {
  const told = (tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`.trimEnd());
  return [ts.displayPartsToString(parts), ...told].filter((line) => line !== "").join("\n");
}

/** The earlier cells' names that a cell uses. */
function namesUsed(code: string, visible: VisibleNames): VisibleNames {
  const { declared, mentioned } = cellNames(parse(code));
  return new Map([...visible].filter(([name]) => mentioned.has(name) && !declared.has(name)));
}
