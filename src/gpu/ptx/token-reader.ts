// A module's tokens, read one after another, with the errors for what is not there. Knows nothing of what they say.
import { InputError } from "../../core/errors.js";
import { type Token, tokenize } from "./lexer.js";
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
    return readInteger(this.expectKind("integer", "a whole number").text);
  }

  signedInteger(): bigint {
    return this.accept("-") ? -this.integer() : this.integer();
  }

  get peek(): Token {
    return this.tokens[this.at];
  }

  next(): Token {
    const token = this.tokens[this.at];
    if (token.kind !== "end") this.at++;
    return token;
  }

  accept(text: string): boolean {
    const token = this.peek;
    if (token.text !== text || token.kind === "string") return false;
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
    throw new InputError(what, {
      where: { file: "PTX", line: token.line, column: token.column },
      quote: this.lines[token.line - 1] ?? "",
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

/** A whole number as PTX writes it: decimal, 0x, 0b or with a leading 0 octal, and a U where it is unsigned. */
export function readInteger(text: string): bigint {
  const digits = text.replace(/U$/, "");
  return BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
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
