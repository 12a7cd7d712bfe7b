// Light colouring of source and PTX: which part of a line is a keyword, a number, a name. Knows no grammar.

export type TokenKind = "text" | "comment" | "string" | "number" | "keyword" | "register" | "label" | "directive";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export type Language = "typescript" | "javascript" | "cuda" | "ptx";

const scriptWords =
  "as async await break case const continue default do else export extends for from function if import in interface let new of return switch this type typeof var void while true false null undefined";
const cudaWords =
  "__constant__ __device__ __forceinline__ __global__ __host__ __restrict__ __shared__ __syncthreads auto bool break case char class const constexpr continue default do double else enum extern float for half if inline int int32_t int64_t long return short signed size_t sizeof static struct switch template typename uint32_t uint64_t unsigned using void volatile while true false nullptr";

const scriptStrings = String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|${"`"}(?:[^${"`"}\\]|\\.)*${"`"}?`;
const blockComment = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))`;
const number = String.raw`\b0[xX][\da-fA-F]+\b|\b\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?[a-zA-Z]?\b`;
const word = String.raw`[A-Za-z_$][\w$]*`;

type Rule = readonly [TokenKind, string];

function written(words: string, strings: string): readonly Rule[] {
  return [
    ["comment", blockComment],
    ["string", strings],
    ["keyword", String.raw`\b(?:${words.replaceAll(" ", "|")})\b`],
    ["number", number],
    ["text", word],
  ];
}

const script: readonly Rule[] = written(scriptWords, scriptStrings);
const rules: Readonly<Record<Language, readonly Rule[]>> = {
  typescript: script,
  javascript: script,
  cuda: written(cudaWords, String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`),
  ptx: [
    ["comment", blockComment],
    ["string", String.raw`"[^"\n]*"?`],
    ["label", String.raw`(?<=^[ \t]*)[A-Za-z_$%][\w$]*(?=:)|(?<=\bbra(?:\.uni)?[ \t]+)[A-Za-z_$%][\w$]*`],
    ["register", String.raw`%[\w$]+(?:\.[xyzw])?`],
    ["directive", String.raw`(?<![\w$])\.[a-z]\w*`],
    ["number", String.raw`\b0[fFdDxX][\da-fA-F]+\b|\b\d[\w.]*`],
    ["keyword", String.raw`(?<=^[ \t]*(?:@!?%\w+[ \t]+)?)[a-z][\w]*(?:\.[\w:]+)*`],
    ["text", word],
  ],
};

/** The tokens of each line; a comment or string that spans lines is cut at their ends. The texts joined are the line. */
export function tokenise(text: string, language: Language): Token[][] {
  const table = rules[language];
  const pattern = new RegExp(table.map(([, source]) => `(${source})`).join("|"), "gm");
  const lines: Token[][] = [[]];
  const put = (kind: TokenKind, piece: string): void => {
    for (const [index, part] of piece.split("\n").entries()) {
      if (index > 0) lines.push([]);
      const line = lines[lines.length - 1];
      if (part === "") continue;
      const last = line.at(-1);
      if (last?.kind === kind) line[line.length - 1] = { kind, text: last.text + part };
      else line.push({ kind, text: part });
    }
  };
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    put("text", text.slice(end, match.index));
    put(table[match.slice(1).findIndex((group) => group !== undefined)][0], match[0]);
    end = match.index + match[0].length;
  }
  put("text", text.slice(end));
  return lines;
}
