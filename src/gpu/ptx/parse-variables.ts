// Variable declarations of PTX out of tokens: state space, alignment, type, extents and what they hold at first. Knows nothing of
// where variables lie.
import { encodeFloat, floatFormats, roundTo } from "../../core/float-format.js";
import type { Token } from "./lexer.js";
import type { AddressReference, Initialiser, Variable } from "./syntax.js";
import { readFloat, readInteger, type TokenReader } from "./token-reader.js";
import type { PtxType } from "./types.js";

const spaces: ReadonlySet<string> = new Set([".global", ".shared", ".local", ".const", ".param"]);

export function isStateSpace(text: string): boolean {
  return spaces.has(text);
}

/** `.shared .align 4 .f32 tile[256];`, `.const .b8 table[4] = {1, 2};` from the state space on. */
export function parseVariable(reader: TokenReader, external: boolean): Variable {
  const space = reader.next();
  if (!spaces.has(space.text)) reader.fail(space, `expected a state space such as .shared, found "${space.text}"`);
  let alignment = 0;
  let vector = 1;
  let type: PtxType | undefined;
  while (reader.peek.kind === "directive") {
    const directive = reader.next();
    if (directive.text === ".align") alignment = Number(reader.integer());
    else if (directive.text === ".v2" || directive.text === ".v4") vector = Number(directive.text.slice(2));
    // How memory is shared among devices and hosts, which is the same memory here.
    else if (directive.text !== ".attribute") type = reader.typeOf(directive);
    else skipAttribute(reader);
  }
  const name = reader.expectKind("word", "a variable's name");
  if (type === undefined) reader.fail(name, `variable "${name.text}" has no type`);
  const extents: (number | undefined)[] = [];
  while (reader.accept("[")) {
    extents.push(reader.peek.text === "]" ? undefined : Number(reader.integer()));
    reader.expect("]");
  }
  const scalar: PtxType = type;
  const elementBytes = scalar.bytes * vector;
  const inner = extents.slice(1).reduce<number>((count, extent) => count * (extent ?? 0), 1);
  let elements = (extents.length === 0 ? 1 : (extents[0] ?? 0)) * inner;
  let initial: Initialiser | undefined;
  if (reader.peek.text === "=") {
    const equals = reader.next();
    if (space.text !== ".global" && space.text !== ".const") {
      reader.fail(equals, `"${name.text}" lies in ${space.text} memory, which has no initial values`);
    }
    const open = extents.length > 0 && extents[0] === undefined;
    initial = new Initialisers(reader, scalar).read(
      [...(open ? [undefined] : extents.slice(0, 1)), ...extents.slice(1), ...(vector === 1 ? [] : [vector])],
      elements * elementBytes,
    );
    if (open) elements = Math.ceil(initial.bytes.length / elementBytes / inner) * inner;
  }
  reader.expect(";");
  return {
    name: name.text,
    space: space.text.slice(1) as Variable["space"],
    type: scalar,
    bytes: elements * elementBytes,
    alignment: Math.max(alignment, elementBytes),
    external: external || elements === 0,
    symbol: name.text,
    initial,
    ptxLine: name.line,
  };
}

function skipAttribute(reader: TokenReader): void {
  reader.expect("(");
  while (!reader.accept(")")) if (reader.next().kind === "end") reader.fail(reader.peek, "an .attribute is not closed");
}

/** Reads nested braces of values into bytes, row by row. */
class Initialisers {
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly addresses: AddressReference[] = [];

  constructor(
    private readonly reader: TokenReader,
    private readonly type: PtxType,
  ) {}

  /** `extents` from the outermost in, the first undefined where the values say it; `bytes` of all of them. */
  read(extents: readonly (number | undefined)[], bytes: number): Initialiser {
    this.bytes = new Uint8Array(bytes);
    this.fill(extents, 0);
    return { bytes: this.bytes, addresses: this.addresses };
  }

  private fill(extents: readonly (number | undefined)[], at: number): void {
    const { reader } = this;
    if (extents.length === 0) {
      this.value(at);
      return;
    }
    const [extent, ...inner] = extents;
    const step = inner.reduce<number>((size, each) => size * (each ?? 0), this.type.bytes);
    const open = reader.expect("{");
    let count = 0;
    while (!reader.accept("}")) {
      if (count > 0) reader.expect(",");
      if (count === extent) {
        reader.fail(reader.peek, `more than the ${extent} value${extent === 1 ? "" : "s"} that were declared`);
      }
      if (reader.peek.kind === "end") reader.fail(open, "these values are not closed", "Add the missing }.");
      this.fill(inner, at + count * step);
      count++;
    }
  }

  private grow(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const larger = new Uint8Array(bytes);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  private value(at: number): void {
    const { reader, type } = this;
    this.grow(at + type.bytes);
    const view = new DataView(this.bytes.buffer);
    const token = reader.peek;
    if (token.kind === "word") {
      this.address(at);
      return;
    }
    const negative = reader.accept("-");
    const literal: Token = reader.next();
    if (type.kind === "float") {
      if (literal.kind !== "float" && literal.kind !== "integer") {
        reader.fail(literal, `expected a number, found "${literal.text}"`);
      }
      const value = literal.kind === "integer" ? Number(readInteger(literal.text)) : readFloat(literal.text).value;
      writeFloat(view, at, type, negative ? -value : value);
      return;
    }
    if (literal.kind === "float" && type.kind === "bits") {
      const { bits } = readFloat(literal.text);
      if (bits?.width === type.bytes * 8 && !negative) {
        writeBits(view, at, type, bits.value);
        return;
      }
    }
    if (literal.kind !== "integer") reader.fail(literal, `expected a whole number, found "${literal.text}"`);
    const value = readInteger(literal.text);
    writeBits(view, at, type, negative ? -value : value);
  }

  /** `name`, `name+8` or `generic(name)+8`: the address of a variable; it is known when the module is loaded. */
  private address(at: number): void {
    const { reader, type } = this;
    const first = reader.next();
    let name = first;
    if (first.text === "generic" && reader.accept("(")) {
      name = reader.expectKind("word", "a variable's name");
      reader.expect(")");
    }
    const offset = reader.accept("+") || reader.peek.text === "-" ? Number(reader.signedInteger()) : 0;
    if (type.bytes !== 8 || type.kind === "float") {
      reader.fail(first, `the address of "${name.text}" has 64 bits and does not fit .${type.name}`);
    }
    this.addresses.push({ at, name: name.text, offset, ptxLine: name.line });
  }
}

function writeFloat(view: DataView, at: number, type: PtxType, value: number): void {
  if (type.bytes === 8) view.setFloat64(at, value, true);
  else if (type.bytes === 4) view.setFloat32(at, value, true);
  else view.setUint16(at, encodeFloat(floatFormats.f16, roundTo(floatFormats.f16, value)), true);
}

function writeBits(view: DataView, at: number, type: PtxType, value: bigint): void {
  for (let byte = 0; byte < type.bytes; byte++) {
    view.setUint8(at + byte, Number(BigInt.asUintN(8, value >> BigInt(8 * byte))));
  }
}
