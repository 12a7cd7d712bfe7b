// PTX text into tokens, each with its line and column. Knows nothing of grammar.
import { InputError } from "../../core/errors.js";
import { quoteAround } from "./quote.js";

export type TokenKind = "word" | "directive" | "integer" | "float" | "string" | "punctuation" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** The characters; for a directive with its dot, for a string with its quotes, so that nothing takes it for punctuation. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Where the token begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

// A word takes its dotted modifiers along: `ld.global.v2.f32`, `%tid.x`, `@` and `!` stay apart.
const pattern =
  /(?<space>[ \t\r\f\v]+|\/\/[^\n]*)|(?<newline>\n)|(?<comment>\/\*)|(?<float>0[fF][0-9a-fA-F]{8}|0[dD][0-9a-fA-F]{16}|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?<integer>0[xX][0-9a-fA-F]+U?|0[bB][01]+U?|\d+U?)|(?<word>(?:[a-zA-Z_$][\w$]*|%[\w$]+)(?:(?:\.|::)[\w$]+)*)|(?<directive>\.[a-zA-Z_][\w]*(?:::[\w]+)*)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<punctuation>[{}()[\],;:=<>+\-*/|@!~&^?#%])/y;

/** All tokens of a module, with an `end` token last. Throws InputError at a character that PTX does not have. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  const fail: (what: string, fix?: string) => never = (what, fix) => {
    const column = at - lineStart + 1;
    throw new InputError(what, {
      where: { file: "PTX", line, column },
      ...quoteAround(lineAt(text, lineStart), column),
      ...(fix === undefined ? {} : { fix }),
    });
  };
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) fail(`PTX has no character ${JSON.stringify(text[at])} here`);
    const groups = match.groups as Record<string, string | undefined>;
    const kind = tokenKinds.find((name) => groups[name] !== undefined);
    if (kind !== undefined) {
      tokens.push({
        kind,
        text: match[0],
        line,
        column: at - lineStart + 1,
        start: at,
        end: at + match[0].length,
      });
    } else if (groups["newline"] !== undefined) {
      line++;
      lineStart = at + 1;
    } else if (groups["comment"] !== undefined) {
      // Looked for by itself, since an expression would go back over the whole text where the end is missing.
      const close = text.indexOf("*/", at + 2);
      if (close < 0) fail("this comment is not closed", "Add the missing */.");
      for (let next = text.indexOf("\n", at); next >= 0 && next < close; next = text.indexOf("\n", next + 1)) {
        line++;
        lineStart = next + 1;
      }
      at = close + 2;
      continue;
    }
    at = pattern.lastIndex;
  }
  tokens.push({ kind: "end", text: "the end of the text", line, column: at - lineStart + 1, start: at, end: at });
  return tokens;
}

const tokenKinds = ["float", "integer", "word", "directive", "string", "punctuation"] as const;

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? undefined : end);
}
