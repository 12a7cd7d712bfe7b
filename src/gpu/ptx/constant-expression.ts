// Constant expressions of PTX out of tokens: `4*8+1`, `(.u64)-1 >> 60`, `1.0/3.0`, `WARP_SZ`. Whole numbers have 64 bits and are
// signed unless a U, a cast or their size says otherwise; floating-point numbers are double precision (PTX ISA, constants). Knows
// nothing of where they stand.
import type { Token } from "./lexer.js";
import type { Operand } from "./syntax.js";
import { readFloat, type TokenReader } from "./token-reader.js";

/** A whole number, or a floating-point one, with its bits where they are written and nothing is computed with them. */
export type Constant =
  | { readonly kind: "integer"; readonly value: bigint; readonly unsigned: boolean }
  | Extract<Operand, { kind: "float" }>;

/** Parentheses, signs and questions within each other beyond which an expression is refused. */
const deepest = 100;

/** Whether a token can begin an expression. */
export function beginsConstant(token: Token): boolean {
  return (
    token.kind === "integer" ||
    token.kind === "float" ||
    token.text === "WARP_SZ" ||
    (token.kind === "punctuation" && "-+~!(".includes(token.text))
  );
}

/** Reads an expression and says what it is. Throws InputError at what is none. */
export function parseConstant(reader: TokenReader): Constant {
  return new ConstantReader(reader).conditional();
}

/** Reads an expression that has to be whole. */
export function parseWholeConstant(reader: TokenReader): bigint {
  const first = reader.peek;
  const constant = parseConstant(reader);
  if (constant.kind !== "integer") reader.fail(first, "expected a whole number, found a floating-point one");
  return constant.value;
}

/** From the loosest to the tightest; `>>` and its kin are two tokens. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

class ConstantReader {
  private depth = 0;

  constructor(private readonly reader: TokenReader) {}

  conditional(): Constant {
    const { reader } = this;
    if (++this.depth > deepest) reader.fail(reader.peek, `more than ${deepest} expressions within each other`);
    const condition = this.binary(0);
    let result = condition;
    if (reader.peek.text === "?") {
      const question = reader.next();
      const yes = this.conditional();
      reader.expect(":");
      const no = this.conditional();
      const whole = this.whole(question, condition);
      const chosen = whole !== 0n ? yes : no;
      const unsigned = yes.kind === "integer" && no.kind === "integer" && (yes.unsigned || no.unsigned);
      result = unsigned ? integer((chosen as { value: bigint }).value, true) : chosen;
    }
    this.depth--;
    return result;
  }

  private binary(level: number): Constant {
    if (level === levels.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.operator(levels[level]);
      if (operator === undefined) return left;
      const token = this.reader.before;
      left = this.combine(token, operator, left, this.binary(level + 1));
    }
  }

  private unary(): Constant {
    const { reader } = this;
    const token = reader.next();
    const sign = token.kind === "punctuation" && "-+~!".includes(token.text) ? token.text : undefined;
    if (sign !== undefined) {
      if (++this.depth > deepest) reader.fail(token, `more than ${deepest} expressions within each other`);
      const operand = this.unary();
      this.depth--;
      return this.signed(token, sign, operand);
    }
    if (token.text === "(") {
      const type = reader.peek;
      if (type.text === ".s64" || type.text === ".u64") {
        reader.next();
        reader.expect(")");
        if (++this.depth > deepest) reader.fail(token, `more than ${deepest} expressions within each other`);
        const operand = this.unary();
        this.depth--;
        return integer(this.whole(type, operand), type.text === ".u64");
      }
      const inner = this.conditional();
      reader.expect(")");
      return inner;
    }
    if (token.text === "WARP_SZ") return integer(32n, false);
    if (token.kind === "integer") {
      const value = reader.integerOf(token);
      return integer(value, /U$/.test(token.text) || value >= 1n << 63n);
    }
    if (token.kind !== "float") reader.fail(token, `expected an operand, found "${token.text}"`);
    return { kind: "float", ...readFloat(token.text) };
  }

  private signed(token: Token, sign: string, operand: Constant): Constant {
    if (sign === "+") return operand;
    if (operand.kind === "float") {
      if (sign !== "-") this.reader.fail(token, `"${sign}" takes a whole number`);
      return negated(operand);
    }
    if (sign === "!") return integer(operand.value === 0n ? 1n : 0n, false);
    return sign === "-" ? integer(-operand.value, operand.unsigned) : integer(~operand.value, true);
  }

  private combine(token: Token, operator: string, left: Constant, right: Constant): Constant {
    if (left.kind === "float" || right.kind === "float") {
      if (left.kind !== right.kind) {
        this.reader.fail(token, `"${operator}" between a whole number and a floating-point one`, "Write 2.0 for 2.");
      }
      const [a, b] = [left.value as number, right.value as number];
      const compared = comparison(operator, a, b);
      if (compared !== undefined) return integer(compared ? 1n : 0n, false);
      const value = { "+": a + b, "-": a - b, "*": a * b, "/": a / b }[operator];
      if (value === undefined) this.reader.fail(token, `"${operator}" takes whole numbers`);
      return { kind: "float", value };
    }
    const either = left.unsigned || right.unsigned;
    const [a, b] = either ? [left, right].map(({ value }) => BigInt.asUintN(64, value)) : [left.value, right.value];
    const compared = comparison(operator, a, b);
    if (compared !== undefined) return integer(compared ? 1n : 0n, false);
    switch (operator) {
      case "+":
        return integer(a + b, either);
      case "-":
        return integer(a - b, either);
      case "*":
        return integer(a * b, either);
      case "&":
        return integer(a & b, either);
      case "|":
        return integer(a | b, either);
      case "^":
        return integer(a ^ b, either);
      case "<<":
      case ">>": {
        const by = right.value;
        if (by < 0n || by > 63n) this.reader.fail(token, `a shift by ${by}, where the number has 64 bits`);
        return integer(operator === "<<" ? left.value << by : left.value >> by, left.unsigned);
      }
      default:
        if (b === 0n) this.reader.fail(token, "a division by zero");
        return integer(operator === "/" ? a / b : a % b, either);
    }
  }

  private whole(token: Token, constant: Constant): bigint {
    if (constant.kind === "integer") return constant.value;
    this.reader.fail(token, "expected a whole number, found a floating-point one");
  }

  /** One of these operators, where it stands here. */
  private operator(operators: readonly string[]): string | undefined {
    const { reader } = this;
    const [first, second] = [reader.peek, reader.after];
    if (first.kind !== "punctuation") return undefined;
    const joined = second.kind === "punctuation" && second.start === first.end ? first.text + second.text : "";
    const known = twoCharacters.has(joined) ? joined : first.text;
    if (!operators.includes(known)) return undefined;
    for (let i = 0; i < known.length; i++) reader.next();
    return known;
  }
}

const twoCharacters: ReadonlySet<string> = new Set(["||", "&&", "==", "!=", "<=", ">=", "<<", ">>"]);

function integer(value: bigint, unsigned: boolean): Constant {
  return { kind: "integer", value: unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), unsigned };
}

function negated({ value, bits }: Extract<Constant, { kind: "float" }>): Constant {
  if (bits === undefined) return { kind: "float", value: -value };
  return { kind: "float", value: -value, bits: { ...bits, value: bits.value ^ (1n << BigInt(bits.width - 1)) } };
}

function comparison<T extends number | bigint>(operator: string, a: T, b: T): boolean | undefined {
  switch (operator) {
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "&&":
      return isTrue(a) && isTrue(b);
    case "||":
      return isTrue(a) || isTrue(b);
    default:
      return undefined;
  }
}

function isTrue(value: number | bigint): boolean {
  return value !== 0 && value !== 0n;
}
