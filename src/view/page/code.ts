// Code with its syntax marked up. Classes only: the page's style colours them for light, dark and print.
import core from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import { escapeHtml } from "./html.js";

core.registerLanguage("typescript", typescript);

const typescriptNames: ReadonlySet<string> = new Set(["ts", "typescript", "js", "javascript", "json", "tsx", "jsx"]);

/** HTML of a piece of code; a language that we do not know is escaped and left plain. */
export function highlight(code: string, language: string): string {
  if (!typescriptNames.has(language.trim().split(/\s/)[0].toLowerCase())) return escapeHtml(code);
  return core.highlight(code, { language: "typescript", ignoreIllegals: true }).value;
}
