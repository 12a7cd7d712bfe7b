// What each intrinsic computes, as JavaScript: the reference of the tests. Knows nothing of PTX or trees.
import { reciprocalRoot } from "../arithmetic/approximate.js";
import type { Scalar } from "./arithmetic.js";
import { add, divide, multiply, squareRoot } from "./exact.js";
import type { IntrinsicName } from "./intrinsics.js";
import type { FloatType, Rounding, ScalarType } from "./tree.js";

/** The value of an intrinsic whose first operand has the type `of`. */
export function intrinsicValue(
  name: IntrinsicName,
  of: ScalarType,
  rounding: Rounding | undefined,
  ...operands: readonly Scalar[]
): Scalar {
  const [x, y] = operands as readonly number[];
  const type = of as FloatType;
  switch (name) {
    case "roundedAdd":
      return add(type, x, y, rounding);
    case "roundedSub":
      return add(type, x, -y, rounding);
    case "roundedMul":
      return multiply(type, x, y, rounding);
    case "roundedDiv":
      return divide(type, x, y, rounding);
    case "roundedSqrt":
      return squareRoot(type, x, rounding);
    case "saturate":
      // A NaN becomes 0, and no zero is negative.
      return x > 0 ? Math.min(x, 1) : 0;
    case "copysign":
      return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
    case "rsqrt":
      return Math.fround(reciprocalRoot(x));
    default:
      return integerValue(name, of, operands);
  }
}

type IntegerName = Exclude<
  IntrinsicName,
  "roundedAdd" | "roundedSub" | "roundedMul" | "roundedDiv" | "roundedSqrt" | "saturate" | "copysign" | "rsqrt"
>;

function integerValue(name: IntegerName, of: ScalarType, operands: readonly Scalar[]): Scalar {
  const width = of === "i64" || of === "u64" ? 64 : 32;
  const signed = of === "i32" || of === "i64";
  const [a, b, c, d] = operands.map((each) => BigInt.asUintN(width, BigInt(each)));
  const wrap = (value: bigint): Scalar => {
    const held = signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
    return width === 64 ? held : Number(held);
  };
  const digits = a.toString(2).padStart(width, "0");
  switch (name) {
    case "popc":
      return digits.replaceAll("0", "").length;
    case "clz":
      return a === 0n ? width : digits.indexOf("1");
    case "brev":
      return wrap(BigInt(`0b${[...digits].reverse().join("")}`));
    case "bfe":
      return wrap(extracted(a, Number(b & 255n), Number(c & 255n), width, signed));
    case "bfi": {
      const [start, length] = [Number(c & 255n), Number(d & 255n)];
      if (start >= width) return wrap(b);
      const ones = ((1n << BigInt(Math.min(length, width - start))) - 1n) << BigInt(start);
      return wrap((b & ~ones) | ((a << BigInt(start)) & ones));
    }
    case "rotl":
      return wrap((((a << 32n) | a) << (b & 31n)) >> 32n);
    case "rotr":
      return wrap(((a << 32n) | a) >> (b & 31n));
    case "funnelShiftL":
      return wrap((((b << 32n) | a) << (c & 31n)) >> 32n);
    case "funnelShiftR":
      return wrap(((b << 32n) | a) >> (c & 31n));
    case "bytePerm":
      return wrap(permuted((b << 32n) | a, c));
    case "mulhi":
      return wrap((BigInt(operands[0]) * BigInt(operands[1])) >> BigInt(width));
    case "dp4a":
      return wrap([0n, 8n, 16n, 24n].reduce((sum, at) => sum + byteAt(a, at, signed) * byteAt(b, at, signed), c));
  }
}

/** Bits from `start` on; a signed type repeats the last of them, or the type's highest bit where they reach beyond it. */
function extracted(bits: bigint, start: number, length: number, width: number, signed: boolean): bigint {
  if (length === 0) return 0n;
  const filled = signed ? BigInt.asIntN(width, bits) : bits;
  const shifted = filled >> BigInt(start);
  const kept = Math.min(length, Math.max(width - start, 1));
  return signed ? BigInt.asIntN(kept, shifted) : BigInt.asUintN(kept, start >= width ? 0n : shifted);
}

/** Four bytes of eight, each chosen by the low three bits of a digit; its fourth repeats the byte's highest bit instead. */
function permuted(bytes: bigint, selector: bigint): bigint {
  let result = 0n;
  for (const at of [0n, 1n, 2n, 3n]) {
    const digit = (selector >> (4n * at)) & 15n;
    const byte = (bytes >> (8n * (digit & 7n))) & 255n;
    result |= (digit < 8n ? byte : byte >= 128n ? 255n : 0n) << (8n * at);
  }
  return result;
}

function byteAt(word: bigint, at: bigint, signed: boolean): bigint {
  const byte = (word >> at) & 255n;
  return signed ? BigInt.asIntN(8, byte) : byte;
}

/** The bits of a number as another type of the same width. */
export function bitcast(from: ScalarType, to: ScalarType, value: Scalar): Scalar {
  const view = new DataView(new ArrayBuffer(8));
  accessors[from].set(view, value);
  return accessors[to].get(view);
}

interface Accessor {
  readonly set: (view: DataView, value: Scalar) => void;
  readonly get: (view: DataView) => Scalar;
}

const accessors: Readonly<Record<Exclude<ScalarType, "f16" | "bf16">, Accessor>> & Readonly<Record<string, Accessor>> =
  {
    i32: { set: (view, value) => view.setInt32(0, value as number), get: (view) => view.getInt32(0) },
    u32: { set: (view, value) => view.setUint32(0, value as number), get: (view) => view.getUint32(0) },
    f32: { set: (view, value) => view.setFloat32(0, value as number), get: (view) => view.getFloat32(0) },
    i64: { set: (view, value) => view.setBigInt64(0, value as bigint), get: (view) => view.getBigInt64(0) },
    u64: { set: (view, value) => view.setBigUint64(0, value as bigint), get: (view) => view.getBigUint64(0) },
    f64: { set: (view, value) => view.setFloat64(0, value as number), get: (view) => view.getFloat64(0) },
  };
