// Operands and guards of PTX instructions out of tokens. Knows which names the open scopes declare, and nothing of what an
// instruction takes.
import { beginsConstant, parseConstant, parseWholeConstant } from "./constant-expression.js";
import type { KernelBody } from "./kernel-body.js";
import type { Guard, Operand } from "./syntax.js";
import type { TokenReader } from "./token-reader.js";

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
  if (reader.accept("{")) return vector(reader, body);
  if (token.text === "!" && reader.after.kind === "word") {
    reader.next();
    return { kind: "register", name: registerName(reader, body, "a predicate register"), negated: true };
  }
  if (token.kind === "word" && token.text !== "WARP_SZ") {
    reader.next();
    const elements = body.vector(token.text);
    if (elements !== undefined) {
      return { kind: "vector", elements: elements.map((name) => ({ kind: "register", name, negated: false })) };
    }
    const name = body.resolve(token.text) ?? token.text;
    const selected = body.resolve(token.text) === undefined ? selection(token.text, body) : undefined;
    if (selected !== undefined) return selected;
    // A register may be named without %, as in hand-written PTX.
    if (token.text.startsWith("%") || body.registers.has(name)) return { kind: "register", name, negated: false };
    return { kind: "symbol", name, offset: byteOffset(reader) };
  }
  if (token.text === "-" && reader.after.kind === "word" && reader.after.text !== "WARP_SZ") {
    reader.next();
    const operand = simpleOperand(reader, body);
    if (operand.kind !== "register") reader.fail(token, "only a number or a register can have a minus before it");
    return { ...operand, minus: true };
  }
  return number(reader);
}

/** `%r1.b0` or `%r1.h10`: which bytes or halves of a register a video instruction takes. */
function selection(text: string, body: KernelBody): Operand | undefined {
  const [, base, selector] = /^(.+)\.([bh][0-7]{1,4})$/.exec(text) ?? [];
  const name = base === undefined ? undefined : body.resolve(base);
  if (name === undefined || !body.registers.has(name)) return undefined;
  return { kind: "register", name, negated: false, selector };
}

/** From behind the opening brace on. */
function vector(reader: TokenReader, body: KernelBody): Operand {
  const elements: Operand[] = [];
  do {
    if (reader.peek.text === "{") reader.fail(reader.peek, "a vector within a vector");
    elements.push(simpleOperand(reader, body));
  } while (reader.accept(","));
  reader.expect("}");
  return { kind: "vector", elements };
}

/** From behind the opening bracket on. */
function address(reader: TokenReader, body: KernelBody): Operand {
  let base: string | undefined;
  let offset = 0;
  if (reader.peek.kind === "word") {
    base = registerName(reader, body, "a base");
    offset = byteOffset(reader);
  } else offset = bytes(reader);
  // Where a texture or a tensor is read: `[texture, {%f1, %f2}]`.
  const coordinates: Operand[] = [];
  while (reader.accept(",")) {
    if (reader.peek.text === "[") reader.fail(reader.peek, "an address within an address");
    coordinates.push(simpleOperand(reader, body));
  }
  reader.expect("]");
  return { kind: "address", base, offset, ...(coordinates.length === 0 ? {} : { coordinates }) };
}

function byteOffset(reader: TokenReader): number {
  if (reader.accept("+") || reader.peek.text === "-") return bytes(reader);
  return 0;
}

// An offset counts as signed, so that what is written as a large unsigned number goes back.
function bytes(reader: TokenReader): number {
  const first = reader.peek;
  const offset = BigInt.asIntN(64, parseWholeConstant(reader));
  if (offset > BigInt(Number.MAX_SAFE_INTEGER) || offset < BigInt(Number.MIN_SAFE_INTEGER)) {
    reader.fail(first, `an offset of ${offset} bytes, which is beyond all memory`);
  }
  return Number(offset);
}

// Whatever the name means where it stands; that it is a register at all is verified later.
function registerName(reader: TokenReader, body: KernelBody, what: string): string {
  const { text } = reader.expectKind("word", what);
  return body.resolve(text) ?? text;
}

function number(reader: TokenReader): Operand {
  const token = reader.peek;
  if (!beginsConstant(token)) reader.fail(token, `expected an operand, found "${token.text}"`);
  const constant = parseConstant(reader);
  return constant.kind === "integer" ? { kind: "integer", value: constant.value } : constant;
}
