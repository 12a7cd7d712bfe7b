// A module's tokens, read one after another, with the errors for what is not there. Knows nothing of what they say.
import { InputError } from "../../core/errors.js";
import { type Token, tokenize } from "./lexer.js";
import { cutWords, quoteAround } from "./quote.js";
import { type PtxType, ptxTypes } from "./types.js";

export class TokenReader {
  readonly tokens: readonly Token[];
  private readonly lines: readonly string[];
  /** The index of the next token. */
  protected at = 0;

  constructor(readonly text: string) {
    this.tokens = tokenize(text);
    this.lines = text.split("\n");
  }

  type(): PtxType {
    return this.typeOf(this.next());
  }

  typeOf(token: Token): PtxType {
    const type = ptxTypes.get(token.text.slice(1));
    if (token.kind !== "directive" || type === undefined) {
      this.fail(token, `expected a type such as .f32, found "${token.text}"`);
    }
    return type;
  }

  integer(): bigint {
    return this.integerOf(this.expectKind("integer", "a whole number"));
  }

  /** The value of a whole number's token; it has to fit 64 bits. */
  integerOf(token: Token): bigint {
    const digits = token.text.replace(/U$/, "");
    const octal = /^0\d/.test(digits);
    if (octal && /[89]/.test(digits)) {
      this.fail(token, `${digits} begins with 0 and is octal, where ${/[89]/.exec(digits)?.[0]} is no digit`);
    }
    // Longer ones are not even computed: that takes time.
    const value = digits.length > 66 ? 1n << 64n : BigInt(octal ? `0o${digits}` : digits);
    if (value >= 1n << 64n) this.fail(token, "this number does not fit 64 bits");
    return value;
  }

  /** A whole number that counts something, at most `most` of them. */
  count(what: string, most: number): number {
    const token = this.peek;
    const value = this.integer();
    if (value > BigInt(most)) this.fail(token, `${value} ${what}, where ${most.toLocaleString("en-US")} are the most`);
    return Number(value);
  }

  get peek(): Token {
    return this.tokens[this.at];
  }

  /** The token behind the next one. */
  get after(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)];
  }

  /** The token that was read last. */
  get before(): Token {
    return this.tokens[Math.max(this.at - 1, 0)];
  }

  next(): Token {
    const token = this.tokens[this.at];
    if (token.kind !== "end") this.at++;
    return token;
  }

  /** What a string says, without its quotes. */
  string(what: string): string {
    return this.expectKind("string", what).text.slice(1, -1);
  }

  accept(text: string): boolean {
    const token = this.peek;
    if (token.text !== text) return false;
    this.at++;
    return true;
  }

  expect(text: string): Token {
    const token = this.next();
    if (token.text !== text) this.fail(token, `expected "${text}", found "${token.text}"`);
    return token;
  }

  expectKind(kind: Token["kind"], what: string): Token {
    const token = this.next();
    if (token.kind !== kind) this.fail(token, `expected ${what}, found "${token.text}"`);
    return token;
  }

  fail(token: Token, what: string, fix?: string): never {
    throw new InputError(cutWords(what), {
      where: { file: "PTX", line: token.line, column: token.column },
      ...quoteAround(this.lines[token.line - 1] ?? "", token.column),
      ...(fix === undefined ? {} : { fix: cutWords(fix) }),
    });
  }
}

/** A floating-point number as PTX writes it, with its bits where they are written: 1.5, 0f3FC00000, 0d3FF8000000000000. */
export function readFloat(text: string): {
  readonly value: number;
  readonly bits?: { readonly width: 32 | 64; readonly value: bigint };
} {
  const isSingle = /^0[fF]/.test(text);
  if (!isSingle && !/^0[dD]/.test(text)) return { value: Number(text) };
  const value = BigInt(`0x${text.slice(2)}`);
  return isSingle
    ? { value: new Float32Array(Uint32Array.of(Number(value)).buffer)[0], bits: { width: 32, value } }
    : { value: new Float64Array(BigUint64Array.of(value).buffer)[0], bits: { width: 64, value } };
}
