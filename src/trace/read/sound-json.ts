// Makes JSON of what some tools write instead of it: words such as NaN become texts, raw control characters in strings are escaped, and a
// backslash that escapes nothing stands for itself. Knows nothing of traces.

/** The same in sound JSON, for a text that `JsonScanner` passes and calls unsound. */
export function soundJson(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith('"') ? soundString(token) : soundWord(token)));
}

/** A string, or a word that stands for a value. */
const tokens = /"(?:[^"\\]|\\[\s\S])*"|[^\s"{}[\],:]+/g;

function soundWord(word: string): string {
  return soundWords.test(word) ? word : JSON.stringify(word);
}

const soundWords = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

function soundString(token: string): string {
  const inside = token
    .slice(1, -1)
    .replace(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\/g, (pair) => (pair === "\\" ? "\\\\" : pair))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${inside}"`;
}
