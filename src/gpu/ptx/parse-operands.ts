// Operands and guards of PTX instructions out of tokens. Knows which names the open scopes declare, and nothing of what an
// instruction takes.
import type { KernelBody } from "./kernel-body.js";
import type { Guard, Operand } from "./syntax.js";
import { readFloat, readInteger, type TokenReader } from "./token-reader.js";

/** `@p` or `@!p`, where the next token begins one. */
export function parseGuard(reader: TokenReader, body: KernelBody): Guard | undefined {
  if (!reader.accept("@")) return undefined;
  const negated = reader.accept("!");
  return { register: registerName(reader, body, "a predicate register"), negated };
}

/** One operand, `d|p` included. Throws InputError at what is none. */
export function parseOperand(reader: TokenReader, body: KernelBody): Operand {
  const operand = simpleOperand(reader, body);
  if (!reader.accept("|")) return operand;
  return { kind: "pair", first: operand, second: simpleOperand(reader, body) };
}

function simpleOperand(reader: TokenReader, body: KernelBody): Operand {
  const token = reader.peek;
  if (reader.accept("[")) return address(reader, body);
  if (reader.accept("{")) {
    const elements: Operand[] = [];
    do elements.push(simpleOperand(reader, body));
    while (reader.accept(","));
    reader.expect("}");
    return { kind: "vector", elements };
  }
  if (reader.accept("!")) {
    return { kind: "register", name: registerName(reader, body, "a predicate register"), negated: true };
  }
  if (token.kind === "word") {
    reader.next();
    const name = body.resolve(token.text) ?? token.text;
    // A register may be named without %, as in hand-written PTX.
    if (token.text.startsWith("%") || body.registers.has(name)) return { kind: "register", name, negated: false };
    return { kind: "symbol", name, offset: byteOffset(reader) };
  }
  return number(reader);
}

function address(reader: TokenReader, body: KernelBody): Operand {
  let base: string | undefined;
  let offset = 0;
  if (reader.peek.kind === "word") {
    base = registerName(reader, body, "a base");
    offset = byteOffset(reader);
  } else offset = Number(reader.signedInteger());
  reader.expect("]");
  return { kind: "address", base, offset };
}

function byteOffset(reader: TokenReader): number {
  if (reader.accept("+") || reader.peek.text === "-") return Number(reader.signedInteger());
  return 0;
}

// Whatever the name means where it stands; that it is a register at all is verified later.
function registerName(reader: TokenReader, body: KernelBody, what: string): string {
  const { text } = reader.expectKind("word", what);
  return body.resolve(text) ?? text;
}

function number(reader: TokenReader): Operand {
  const negative = reader.accept("-");
  const token = reader.next();
  if (token.kind === "integer") {
    const value = readInteger(token.text);
    return { kind: "integer", value: negative ? -value : value };
  }
  if (token.kind !== "float") reader.fail(token, `expected an operand, found "${token.text}"`);
  const { value, bits } = readFloat(token.text);
  if (bits !== undefined) return { kind: "float", value, bits };
  return { kind: "float", value: negative ? -value : value };
}
