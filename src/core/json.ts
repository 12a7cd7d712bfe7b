// JSON that a person wrote: read with the place of the first mistake. Knows nothing of what the JSON is about.
import { InputError, type SourcePlace } from "./errors.js";

/**
 * Parses JSON text. Throws InputError with line, column and the line quoted where it is not JSON; the engine's own message
 * is not used, since it differs between engines and often has no position.
 */
export function parseJson(text: string, file?: string): unknown {
  // Editors on Windows put a byte order mark in front, which JSON itself does not allow.
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const tooDeep = offsetOfDepth(body, deepest + 1);
  if (tooDeep !== -1) {
    throw new InputError(`lists and objects lie more than ${deepest} deep in one another`, {
      where: placeOf(body, tooDeep, file),
      fix: "No file of ours is so; see what wrote this one.",
    });
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    const mistake = new Scanner(body).findMistake();
    if (mistake === undefined) throw error;
    const place = placeOf(body, mistake.offset, file);
    const line = body.split(/\r\n|\r|\n/)[place.line - 1];
    throw new InputError(`not valid JSON: ${mistake.message}`, {
      where: place,
      // A whole file in one line would bury the message.
      ...(line.length <= 160 ? { quote: line } : {}),
    });
  }
}

/** No form of a file is near it; far beyond it what walks over values runs out of stack. */
const deepest = 500;

/** Where the bracket stands that opens so many levels; -1 where none does. */
function offsetOfDepth(text: string, depth: number): number {
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      // To the quote that ends the text: the next that an even number of backslashes is before.
      do at = text.indexOf('"', at + 1);
      while (at !== -1 && isEscaped(text, at));
      if (at === -1) return -1;
    } else if (code === 0x5b || code === 0x7b) {
      if (++level === depth) return at;
    } else if (code === 0x5d || code === 0x7d) level--;
  }
  return -1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === 0x5c) first--;
  return (at - first) % 2 === 1;
}

function placeOf(
  text: string,
  offset: number,
  file: string | undefined,
): Required<Omit<SourcePlace, "file">> & SourcePlace {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const place = { line: before.length, column: before[before.length - 1].length + 1 };
  return file === undefined ? place : { file, ...place };
}

class Mistake {
  constructor(
    readonly offset: number,
    readonly message: string,
  ) {}
}

/** Walks the grammar of RFC 8259 until the first character that does not fit. Runs only when JSON.parse has refused. */
class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  findMistake(): Mistake | undefined {
    try {
      this.value();
      this.space();
      if (this.at < this.text.length) this.fail(`nothing may follow the value, found ${this.found()}`);
      return undefined;
    } catch (error) {
      if (error instanceof Mistake) return error;
      throw error;
    }
  }

  private value(): void {
    this.space();
    const first = this.text[this.at];
    if (first === "{") this.members();
    else if (first === "[") this.elements();
    else if (first === '"') this.string();
    else if (!this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y)) {
      const word = /[\w.+-]+/y;
      word.lastIndex = this.at;
      const text = word.exec(this.text)?.[0];
      this.fail(
        first === "'"
          ? 'strings take double quotes, found "\'"'
          : `expected a value, found ${text === undefined ? this.found() : `"${text}"`}`,
      );
    }
  }

  private members(): void {
    this.at++;
    this.space();
    if (this.take("}")) return;
    for (;;) {
      this.space();
      if (this.text[this.at] === "}") this.fail("a comma may not stand before }");
      if (this.text[this.at] !== '"') this.fail(`expected a name in double quotes, found ${this.found()}`);
      this.string();
      this.space();
      if (!this.take(":")) this.fail(`expected ":" after the name, found ${this.found()}`);
      this.value();
      this.space();
      if (this.take("}")) return;
      if (!this.take(",")) this.fail(`expected "," or "}", found ${this.found()}`);
    }
  }

  private elements(): void {
    this.at++;
    this.space();
    if (this.take("]")) return;
    for (;;) {
      this.space();
      if (this.text[this.at] === "]") this.fail("a comma may not stand before ]");
      this.value();
      this.space();
      if (this.take("]")) return;
      if (!this.take(",")) this.fail(`expected "," or "]", found ${this.found()}`);
    }
  }

  private string(): void {
    const start = this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || c === "\n" || c === "\r") throw new Mistake(start, "this string does not end on its line");
      if (c < " ") this.fail("a control character must be escaped in a string");
      if (c === "\\") {
        if (!this.match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) this.fail("unknown escape in a string");
      } else {
        this.at++;
        if (c === '"') return;
      }
    }
  }

  private space(): void {
    this.match(/[ \t\r\n]+/y);
    if (this.text.startsWith("//", this.at) || this.text.startsWith("/*", this.at)) this.fail("JSON has no comments");
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private found(): string {
    return this.at >= this.text.length ? "the end of the text" : JSON.stringify(this.text[this.at]);
  }

  private fail(message: string): never {
    throw new Mistake(this.at, message);
  }
}
