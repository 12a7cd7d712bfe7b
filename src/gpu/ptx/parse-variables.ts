// Variable declarations of PTX out of tokens: state space, alignment, type, extents and what they hold at first. Knows nothing of
// where variables lie.
import { encodeFloat, floatFormats, roundTo } from "../../core/float-format.js";
import { beginsConstant, parseConstant, parseWholeConstant } from "./constant-expression.js";
import type { Token } from "./lexer.js";
import type { AddressReference, Initialiser, Variable } from "./syntax.js";
import type { TokenReader } from "./token-reader.js";
import type { PtxType } from "./types.js";

const spaces: ReadonlySet<string> = new Set([".global", ".shared", ".local", ".const", ".param"]);

export function isStateSpace(text: string): boolean {
  return spaces.has(text);
}

/** Alignments beyond which a variable is refused: more than any allocation has. */
const largestAlignment = 1 << 20;

/** Bytes beyond which a variable is refused: more than any GPU's memory. */
const mostBytes = 2 ** 44;

/** `.align 16`, from behind the word on. */
export function parseAlignment(reader: TokenReader): number {
  const token = reader.peek;
  const alignment = reader.count("bytes of alignment", largestAlignment);
  if (alignment === 0 || (alignment & (alignment - 1)) !== 0) {
    reader.fail(token, `an alignment of ${alignment}, which is no power of two`);
  }
  return alignment;
}

/**
 * `.shared .align 4 .f32 tile[256];`, `.const .b8 table[4] = {1, 2}, other;` from the state space on: the variables that one
 * declaration declares.
 */
export function parseVariables(reader: TokenReader, external: boolean): Variable[] {
  const space = reader.next();
  if (!spaces.has(space.text)) reader.fail(space, `expected a state space such as .shared, found "${space.text}"`);
  let alignment = 0;
  let vector = 1;
  let type: PtxType | undefined;
  while (reader.peek.kind === "directive") {
    const directive = reader.next();
    if (directive.text === ".align") alignment = parseAlignment(reader);
    else if (directive.text === ".v2" || directive.text === ".v4") vector = Number(directive.text.slice(2));
    else if (opaqueTypes.has(directive.text)) {
      reader.fail(directive, `variables of type ${directive.text} are not supported`, "Read memory through a pointer.");
    }
    // How memory is shared among devices and hosts, which is the same memory here.
    else if (directive.text !== ".attribute") type = reader.typeOf(directive);
    else skipAttribute(reader);
  }
  if (type === undefined) reader.fail(reader.peek, "a variable has no type", "Write .b32 or another before its name.");
  if (type.kind === "predicate") reader.fail(reader.before, "a predicate lies in no memory", "Write .b32.");
  const variables: Variable[] = [];
  do variables.push(...declarator(reader, { space, external, alignment, vector, type }));
  while (reader.accept(","));
  reader.expect(";");
  return variables;
}

/** What stands before the name in a declaration. */
interface Declared {
  readonly space: Token;
  readonly external: boolean;
  readonly alignment: number;
  readonly vector: number;
  readonly type: PtxType;
}

/** `tile[4][8] = {...}`, or `a<4>`, which is a0 to a3. */
function declarator(reader: TokenReader, { space, external, alignment, vector, type }: Declared): Variable[] {
  const name = reader.expectKind("word", "a variable's name");
  let copies: number | undefined;
  if (reader.accept("<")) {
    copies = reader.count("variables", mostCopies);
    reader.expect(">");
  }
  const extents: (number | undefined)[] = [];
  while (reader.accept("[")) {
    if (extents.length === mostExtents) reader.fail(reader.before, `more than ${mostExtents} extents`);
    if (reader.peek.text === "]" && extents.length > 0)
      reader.fail(reader.peek, "only the first extent may be left open");
    extents.push(reader.peek.text === "]" ? undefined : reader.count("elements", mostBytes));
    reader.expect("]");
  }
  const elementBytes = type.bytes * vector;
  const inner = extents.slice(1).reduce<number>((count, extent) => count * (extent ?? 0), 1);
  let elements = (extents.length === 0 ? 1 : (extents[0] ?? 0)) * inner;
  if (elements * elementBytes > mostBytes) {
    reader.fail(name, `"${name.text}" has ${elements * elementBytes} bytes, more than any memory`);
  }
  let initial: Initialiser | undefined;
  if (reader.peek.text === "=") {
    const equals = reader.next();
    if (space.text !== ".global" && space.text !== ".const") {
      reader.fail(equals, `"${name.text}" lies in ${space.text} memory, which has no initial values`);
    }
    if (external) reader.fail(equals, `"${name.text}" is defined elsewhere, where its values are`);
    const open = extents.length > 0 && extents[0] === undefined;
    const read = new Initialisers(reader, type).read([
      ...(open ? [undefined] : extents.slice(0, 1)),
      ...extents.slice(1),
      ...(vector === 1 ? [] : [vector]),
    ]);
    if (open) elements = Math.ceil(read.bytes.length / elementBytes / inner) * inner;
    initial = read;
  }
  if (elements === 0 && !external) {
    reader.fail(name, `"${name.text}" has no elements`, "Say how many, or write .extern before its space.");
  }
  const variable = {
    space: space.text.slice(1) as Variable["space"],
    type,
    bytes: elements * elementBytes,
    alignment: Math.max(alignment, elementBytes),
    external,
    initial,
    ptxLine: name.line,
  };
  const names = copies === undefined ? [name.text] : Array.from({ length: copies }, (_, i) => `${name.text}${i}`);
  return names.map((each) => ({ ...variable, name: each, symbol: each }));
}

/** Variables that one `name<count>` may declare. */
const mostCopies = 65_536;
const mostExtents = 32;

// Handles of textures, samplers and surfaces.
const opaqueTypes: ReadonlySet<string> = new Set([".texref", ".samplerref", ".surfref"]);

export function skipAttribute(reader: TokenReader): void {
  reader.expect("(");
  for (let depth = 1; depth > 0; ) {
    const token = reader.next();
    if (token.kind === "end") reader.fail(token, "an .attribute is not closed");
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
  }
}

/** Bytes of values that a variable can begin with. */
const mostInitialBytes = 2 ** 30;

/** Reads nested braces of values into bytes, row by row. */
class Initialisers {
  private bytes: Uint8Array = new Uint8Array(64);
  /** One past the last value. */
  private end = 0;
  private readonly addresses: AddressReference[] = [];

  constructor(
    private readonly reader: TokenReader,
    private readonly type: PtxType,
  ) {}

  /** `extents` from the outermost in, the first undefined where the values say it. What is past the last value is 0. */
  read(extents: readonly (number | undefined)[]): Initialiser {
    this.fill(extents, 0);
    return { bytes: this.bytes.slice(0, this.end), addresses: this.addresses };
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

  private grow(end: number): void {
    this.end = Math.max(this.end, end);
    if (end <= this.bytes.length) return;
    if (end > mostInitialBytes) {
      this.reader.fail(
        this.reader.peek,
        `a value at byte ${end}, where ${mostInitialBytes} are the most that can be given`,
      );
    }
    const larger = new Uint8Array(Math.max(end, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  private value(at: number): void {
    const { reader, type } = this;
    this.grow(at + type.bytes);
    const view = new DataView(this.bytes.buffer);
    const token = reader.peek;
    if (token.kind === "word" && token.text !== "WARP_SZ") {
      this.address(at);
      return;
    }
    if (!beginsConstant(token)) {
      reader.fail(token, `expected a ${type.kind === "float" ? "" : "whole "}number, found "${token.text}"`);
    }
    if (type.kind !== "float" && token.kind !== "float" && token.text !== "-") {
      const value = parseWholeConstant(reader);
      if (reader.peek.text === "(") {
        reader.fail(reader.peek, "a part of an address among a variable's values is not supported");
      }
      writeBits(view, at, type, value);
      return;
    }
    const constant = parseConstant(reader);
    const exact = constant.kind === "float" && constant.bits?.width === type.bytes * 8;
    if (exact && type.kind === "float") writeBits(view, at, type, constant.bits?.value as bigint);
    else if (type.kind === "float") writeFloat(view, at, type, Number(constant.value));
    else if (constant.kind === "integer") writeBits(view, at, type, constant.value);
    else if (type.kind === "bits" && constant.bits?.width === type.bytes * 8) {
      writeBits(view, at, type, constant.bits.value);
    } else if (type.kind === "bits" && type.bytes >= 4) writeFloat(view, at, type, constant.value);
    else reader.fail(token, `expected a whole number, found "${token.text}"`);
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
    const offset = reader.accept("+") || reader.peek.text === "-" ? Number(parseWholeConstant(reader)) : 0;
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
