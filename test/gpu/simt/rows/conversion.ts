// Conversions and moves, against exact fractions and big integers.
import {
  compare,
  decode,
  edges,
  encode,
  type Format,
  finite,
  flush,
  formats,
  type Rounding,
  saturate,
  toInteger,
  type Value,
} from "./exact.js";
import { sameNumber } from "./float.js";
import { integerEdges } from "./integer.js";
import { combinations, type Form, type Width } from "./run.js";

type FloatName = keyof typeof formats;

const integerTypes = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"] as const;
type IntegerName = (typeof integerTypes)[number];

const bitsOf = (type: string): number => Number(/\d+/.exec(type)?.[0]);
/** The register that holds a type. */
const widthOf = (type: string): Width => (bitsOf(type) === 8 ? 32 : (bitsOf(type) as Width));
const isSigned = (type: string): boolean => type.startsWith("s");
const read = (type: IntegerName, word: bigint): bigint =>
  (isSigned(type) ? BigInt.asIntN : BigInt.asUintN)(bitsOf(type), word);
/** What a register holds of a whole number: extended to its width. */
const held = (type: IntegerName, value: bigint): bigint => BigInt.asUintN(widthOf(type), value);

function rangeOf(type: IntegerName): [bigint, bigint] {
  const top = 1n << BigInt(bitsOf(type));
  return isSigned(type) ? [-top / 2n, top / 2n - 1n] : [0n, top - 1n];
}

const clamp = (value: bigint, [low, high]: [bigint, bigint]): bigint =>
  value < low ? low : value > high ? high : value;

const betweenIntegers: Form[] = integerTypes.flatMap((to) =>
  integerTypes.flatMap((from): Form[] => {
    const inputs = integerEdges(bitsOf(from) === 8 ? 16 : bitsOf(from)).map((word) => [word]);
    const plain: Form = {
      text: `cvt.${to}.${from}`,
      widths: [widthOf(to), widthOf(from)],
      inputs,
      law: (word) => held(to, read(to, read(from, word))),
    };
    const sat: Form = {
      ...plain,
      text: `cvt.sat.${to}.${from}`,
      law: (word) => held(to, clamp(read(from, word), rangeOf(to))),
    };
    return [plain, sat];
  }),
);

const roundings = ["rn", "rz", "rm", "rp"] as const;

function toFloat(name: FloatName, from: IntegerName, rounding: Rounding, sat = false): Form {
  const format = formats[name];
  return {
    text: `cvt.${rounding}${sat ? ".sat" : ""}.${name}.${from}`,
    widths: [format.bits as Width, widthOf(from)],
    inputs: [...integerEdges(bitsOf(from) === 8 ? 16 : bitsOf(from)), 16777217n, 2049n, 0xffff_ffff_ffff_f800n].map(
      (word) => [word],
    ),
    law: (word) => {
      const value = finite(read(from, word));
      return encode(format, sat ? saturate(value) : value, rounding);
    },
  };
}

/** Out of range goes to the nearest end; a NaN gives 0 from 32 bits and fewer to as many, and else the top bit. */
function toWhole(to: IntegerName, name: FloatName, rounding: Rounding, ftz = false): Form {
  const format: Format = formats[name];
  const bits = BigInt(bitsOf(to));
  const some = [0.5, 1.5, 2.5, 126.5, 127.5, 255.5, 32767.5, 65535.5, 2147483647.5, 4294967295.5, 1e10, 9.2e18, 1.9e19];
  const word64 = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0];
  const more = some.flatMap((value) =>
    [value, -value].map((each) => encode(format, decode(formats.f64, word64(each)))),
  );
  return {
    text: `cvt.${rounding}i${ftz ? ".ftz" : ""}.${to}.${name}`,
    widths: [widthOf(to), format.bits as Width],
    inputs: [...edges(format), ...more].map((word) => [word]),
    law: (word) => {
      const value = decode(format, ftz ? flush(format, word) : word);
      const [low, high] = rangeOf(to);
      if (value.kind === "nan") {
        if (format.bits !== 64 && bits <= 32n) return 0n;
        return held(to, isSigned(to) ? low : 1n << (bits - 1n));
      }
      if (value.kind === "infinite") return held(to, value.negative ? low : high);
      return held(to, clamp(toInteger(value, rounding), [low, high]));
    },
  };
}

interface Options {
  readonly sat?: boolean;
  readonly ftz?: boolean;
  readonly relu?: boolean;
  readonly finite?: boolean;
}

const isPositive = (value: Value): boolean => value.kind !== "nan" && (compare(value, finite(0n)) as number) > 0;

/** A number of one format in another. */
function narrowed(to: Format, from: Format, rounding: Rounding, options: Options = {}): (word: bigint) => bigint {
  return (word) => {
    let value = decode(from, options.ftz && from.bits === 32 ? flush(from, word) : word);
    if (options.relu && value.kind !== "nan" && !isPositive(value)) value = finite(0n);
    const largest = encode(to, { kind: "infinite", negative: value.kind !== "nan" && value.negative }) - 1n;
    let result = encode(to, value, rounding);
    if (options.finite && decode(to, result).kind === "infinite") result = largest;
    if (options.ftz && to.bits === 32 && result !== to.nan) result = flush(to, result);
    return options.sat ? encode(to, saturate(decode(to, result))) : result;
  };
}

// Numbers around those of the narrower format, with bits beyond it.
function around(from: Format, to: Format): bigint[] {
  const shift = BigInt(Math.max(from.fraction - to.fraction, 0));
  const half = shift === 0n ? 0n : 1n << (shift - 1n);
  const own = edges(to).map((word) => encode(from, decode(to, word)));
  return [...edges(from), ...own, ...own.map((word) => word + half), ...own.map((word) => word + half + 1n)].map(
    (word) => BigInt.asUintN(from.bits, word),
  );
}

function betweenFloats(
  to: FloatName,
  from: FloatName,
  modifiers: string,
  rounding: Rounding,
  options: Options = {},
): Form {
  return {
    text: `cvt${modifiers}.${to}.${from}`,
    widths: [formats[to].bits as Width, formats[from].bits as Width],
    inputs: around(formats[from], formats[to]).map((word) => [word]),
    law: narrowed(formats[to], formats[from], rounding, options),
    same: sameNumber(formats[to]),
  };
}

function integral(name: FloatName, rounding: Rounding, ftz = false): Form {
  const format: Format = formats[name];
  const some = [0.5, 1.5, 2.5, 3.75].map((value) => new BigUint64Array(Float64Array.of(value).buffer)[0]);
  const inputs = [...edges(format), ...some.map((word) => encode(format, decode(formats.f64, word)))];
  const sign = 1n << BigInt(format.bits - 1);
  return {
    text: `cvt.${rounding}i${ftz ? ".ftz" : ""}.${name}.${name}`,
    widths: [format.bits as Width, format.bits as Width],
    inputs: [...inputs, ...inputs.map((word) => word ^ sign)].map((word) => [word]),
    law: (word) => {
      const value = decode(format, ftz ? flush(format, word) : word);
      if (value.kind !== "finite") return encode(format, value);
      return encode(format, finite(toInteger(value, rounding), 1n, value.negative));
    },
    same: sameNumber(format),
  };
}

const floats: Form[] = roundings.flatMap((rounding): Form[] => [
  ...integerTypes.flatMap((from) => [
    toFloat("f32", from, rounding),
    toFloat("f64", from, rounding),
    toFloat("f16", from, rounding),
    ...(bitsOf(from) === 8 ? [] : [toFloat("bf16", from, rounding)]),
  ]),
  ...integerTypes.flatMap((to) => [
    toWhole(to, "f32", rounding),
    toWhole(to, "f64", rounding),
    toWhole(to, "f16", rounding),
    ...(bitsOf(to) === 8 ? [] : [toWhole(to, "bf16", rounding)]),
  ]),
  toFloat("f32", "s32", rounding, true),
  toWhole("s32", "f32", rounding, true),
  ...(["f32", "f64", "f16", "bf16"] as const).map((name) => integral(name, rounding)),
  integral("f32", rounding, true),
  ...(
    [
      ["f32", "f64"],
      ["f16", "f32"],
      ["f16", "f64"],
      ["bf16", "f32"],
      ["bf16", "f64"],
      ["f16", "bf16"],
      ["bf16", "f16"],
      ["f32", "bf16"],
      ["f64", "bf16"],
    ] as const
  ).map(([to, from]) => betweenFloats(to, from, `.${rounding}`, rounding)),
  betweenFloats("f32", "f64", `.${rounding}.ftz`, rounding, { ftz: true }),
  betweenFloats("f16", "f32", `.${rounding}.sat`, rounding, { sat: true }),
  betweenFloats("bf16", "f32", `.${rounding}.ftz`, rounding, { ftz: true }),
]);

const widening: Form[] = [
  betweenFloats("f64", "f32", "", "rn"),
  betweenFloats("f64", "f32", ".ftz.sat", "rn", { ftz: true, sat: true }),
  betweenFloats("f32", "f32", ".ftz", "rn", { ftz: true }),
  betweenFloats("f32", "f32", ".sat", "rn", { sat: true }),
  betweenFloats("f32", "f16", "", "rn"),
  betweenFloats("f32", "f16", ".sat", "rn", { sat: true }),
  betweenFloats("f64", "f16", "", "rn"),
  betweenFloats("f64", "f64", ".sat", "rn", { sat: true }),
  betweenFloats("f16", "f16", ".sat", "rn", { sat: true }),
  betweenFloats("bf16", "bf16", "", "rn"),
  betweenFloats("f16", "bf16", "", "rn"),
  betweenFloats("bf16", "f16", "", "rn"),
  betweenFloats("f32", "bf16", "", "rn"),
  betweenFloats("f64", "bf16", "", "rn"),
  ...(["f16", "bf16"] as const).flatMap((to) =>
    (["rn", "rz"] as const).flatMap((rounding) => [
      betweenFloats(to, "f32", `.${rounding}.relu`, rounding, { relu: true }),
      betweenFloats(to, "f32", `.${rounding}.satfinite`, rounding, { finite: true }),
      betweenFloats(to, "f32", `.${rounding}.relu.satfinite`, rounding, { relu: true, finite: true }),
    ]),
  ),
];

// Two numbers into one register, the first above.
const e4m3 = { bits: 8, fraction: 3, least: -6, most: 8, nan: 0x7fn } as const;
const e5m2 = { bits: 8, fraction: 2, least: -14, most: 15, nan: 0x7fn } as const;

/** e4m3 has no infinities: the exponent of ones is a number but for the last, and what is too large is 448. */
function toEight(name: "e4m3" | "e5m2", value: Value): bigint {
  if (name === "e5m2") {
    const word = encode(e5m2, value);
    const result = decode(e5m2, word);
    return result.kind === "infinite" ? word - 1n : word;
  }
  if (value.kind === "nan") return 0x7fn;
  const sign = value.negative ? 0x80n : 0n;
  if (value.kind === "infinite" || (compare({ ...value, negative: false }, finite(448n)) as number) > 0)
    return sign | 0x7en;
  // As in a format with one exponent more, which it shares all of its numbers with.
  return sign | (encode({ ...e4m3, bits: 16, most: 15, fraction: 3 } as Format, { ...value, negative: false }) & 0x7fn);
}

function fromEight(name: "e4m3" | "e5m2", word: bigint): Value {
  if (name === "e5m2") return decode(e5m2, word);
  const negative = (word & 0x80n) !== 0n;
  const [field, rest] = [Number((word >> 3n) & 15n), word & 7n];
  if (field === 15 && rest === 7n) return { kind: "nan" };
  return finite(field === 0 ? rest : (8n + rest) << BigInt(field - 1), 512n, negative);
}

const singles = [
  ...edges(formats.f32),
  0x43e0_0000n,
  0x43e8_0000n,
  0x43f0_0000n,
  0x4780_0000n,
  0x3c80_0001n,
  0x3a80_0000n,
  0xc3f1_0000n,
];
const relu = (value: Value): Value => (value.kind === "nan" || isPositive(value) ? value : finite(0n));

const packs: Form[] = [
  ...(["f16", "bf16"] as const).flatMap((to) =>
    (["rn", "rz"] as const).flatMap((rounding) =>
      [{}, { relu: true }, { finite: true }].map((options: Options): Form => {
        const one = narrowed(formats[to], formats.f32, rounding, options);
        const words = around(formats.f32, formats[to]);
        return {
          text: `cvt.${rounding}${options.relu ? ".relu" : ""}${options.finite ? ".satfinite" : ""}.${to}x2.f32`,
          widths: [32, 32, 32],
          inputs: words.map((word, i) => [word, words[(7 * i + 3) % words.length]]),
          law: (a, b) => (one(a) << 16n) | one(b),
        };
      }),
    ),
  ),
  ...(["e4m3", "e5m2"] as const).flatMap((to) =>
    ["", ".relu"].flatMap((extra): Form[] => {
      const positive = extra === "" ? (value: Value): Value => value : relu;
      const single = (word: bigint): bigint => toEight(to, positive(decode(formats.f32, word)));
      const half = (word: bigint): bigint => toEight(to, positive(decode(formats.f16, word & 0xffffn)));
      const wide = (word: bigint): bigint => encode(formats.f16, positive(fromEight(to, word & 255n)));
      return [
        {
          text: `cvt.rn.satfinite${extra}.${to}x2.f32`,
          widths: [16, 32, 32],
          inputs: singles.map((word, i) => [word, singles[(5 * i + 1) % singles.length]]),
          law: (a, b) => (single(a) << 8n) | single(b),
        },
        {
          text: `cvt.rn.satfinite${extra}.${to}x2.f16x2`,
          widths: [16, 32],
          inputs: combinations(edges(formats.f16), edges(formats.f16)).map(([a, b]) => [a | (b << 16n)]),
          law: (word) => (half(word >> 16n) << 8n) | half(word),
        },
        {
          text: `cvt.rn${extra}.f16x2.${to}x2`,
          widths: [32, 16],
          inputs: Array.from({ length: 256 }, (_, i) => [BigInt(i | (((i * 37 + 11) & 255) << 8))]),
          law: (word) => (wide(word >> 8n) << 16n) | wide(word),
        },
      ];
    }),
  ),
];

/** The ten bits of fraction of tf32, in a register of 32 bits. */
function tf32(modifiers: string, rounding: Rounding, options: Options = {}): Form {
  const format = { bits: 19, fraction: 10, least: -126, most: 127, nan: 0x7fff_ffffn } as const;
  const largest = (0xffn << 23n) - (1n << 13n);
  return {
    text: `cvt${modifiers}.tf32.f32`,
    widths: [32, 32],
    inputs: [...edges(formats.f32), 0x3f80_1000n, 0x3f80_3000n, 0x3f80_0fffn, 0x3f80_1001n].map((word) => [word]),
    law: (word) => {
      const value = options.relu ? relu(decode(formats.f32, word)) : decode(formats.f32, word);
      if (value.kind === "nan") return 0x7fff_ffffn;
      const sign = value.negative ? 1n << 31n : 0n;
      const narrow = encode(format, { ...value, negative: false }, rounding);
      // The format of 19 bits has its exponent right above ten bits of fraction.
      const spread = narrow << 13n;
      return sign | (options.finite && spread === 0xffn << 23n ? largest : spread);
    },
  };
}

const narrowTf32: Form[] = [
  tf32(".rna", "rna"),
  tf32(".rna.satfinite", "rna", { finite: true }),
  tf32(".rn", "rn"),
  tf32(".rz", "rz"),
  tf32(".rn.relu", "rn", { relu: true }),
];

const integers: Form[] = ["s16", "u16", "u8", "s8", "u4", "s4", "u2", "s2"].map((to): Form => {
  const bits = Number(to.slice(1));
  const top = 1n << BigInt(bits);
  const range: [bigint, bigint] = isSigned(to) ? [-top / 2n, top / 2n - 1n] : [0n, top - 1n];
  const one = (word: bigint): bigint => BigInt.asUintN(bits, clamp(BigInt.asIntN(32, word), range));
  const values = [...integerEdges(32), 3n, 8n, 0xffff_fffdn, 0xffff_fff8n];
  const two = bits === 16;
  return {
    text: `cvt.pack.sat.${to}.s32${two ? "" : ".b32"}`,
    widths: two ? [32, 32, 32] : [32, 32, 32, 32],
    inputs: two ? combinations(values, values) : combinations(values, values, [0n, 0x1234_5678n]),
    law: (a, b, c = 0n) => BigInt.asUintN(32, (c << BigInt(2 * bits)) | (one(a) << BigInt(bits)) | one(b)),
  };
});

const sharedWindow = 0x1000_0000_0000n;
const moves: Form[] = [
  { text: "mov.b16", widths: [16, 16], inputs: [[0n], [0xffffn]], law: (a) => a },
  { text: "mov.u32", widths: [32, 32], inputs: [[0n], [0xffff_ffffn]], law: (a) => a },
  { text: "mov.b64", widths: [64, 64], inputs: [[0n], [0xffff_ffff_ffff_fffen]], law: (a) => a },
  {
    text: "mov.b64 %rd0, {%r1, %r2};",
    widths: [64, 32, 32],
    inputs: [[1n, 0xffff_ffffn]],
    law: (a, b) => a | (b << 32n),
  },
  {
    text: "mov.b64 %rd0, {%h1, %h2, %h3, %h4};",
    widths: [64, 16, 16, 16, 16],
    inputs: [[1n, 0xffffn, 0x8000n, 7n]],
    law: (a, b, c, d) => a | (b << 16n) | (c << 32n) | (d << 48n),
  },
  { text: "mov.b32 {_, %h0}, %r1;", widths: [16, 32], inputs: [[0x1234_8765n]], law: (a) => a >> 16n },
  {
    text: "mov.b128 %q1, {%rd1, %rd2};",
    widths: [64, 64, 64],
    inputs: [[5n, 0xffff_ffff_ffff_ffffn]],
    after: "mov.b128 %q2, %q1; mov.b128 {%rd3, %rd4}, %q2; shl.b64 %rd4, %rd4, 4; xor.b64 %rd0, %rd3, %rd4;",
    law: (a, b) => BigInt.asUintN(64, a ^ (b << 4n)),
  },
  {
    text: "mov.b128 {%r1, %r2, %r3, %r4}, %q1;",
    widths: [32, 64, 64],
    inputs: [[0x1_0000_0002n, 0x3_0000_0004n]],
    before: "mov.b128 %q1, {%rd1, %rd2};",
    after: "mad.lo.u32 %r0, %r1, 1000, %r2; mad.lo.u32 %r0, %r3, 100, %r0; mad.lo.u32 %r0, %r4, 10, %r0;",
    law: () => 2001n + 400n + 30n,
  },
  { text: "mov.u32 %r0, tile+4;", widths: [32], inputs: [[]], law: () => 4n },
  { text: "cvta.shared.u64 %rd0, tile+8;", widths: [64], inputs: [[]], law: () => sharedWindow + 8n },
  { text: "cvta.to.shared.u64", widths: [64, 64], inputs: [[sharedWindow + 12n]], law: () => 12n },
  { text: "cvta.global.u64", widths: [64, 64], inputs: [[0x7000_0000_0000n]], law: (a) => a },
  { text: "cvta.local.u64 %rd0, room;", widths: [64], inputs: [[]], law: () => 2n * sharedWindow },
];

export const conversionForms: readonly Form[] = [
  ...betweenIntegers,
  ...floats,
  ...widening,
  ...packs,
  ...narrowTf32,
  ...integers,
  ...moves,
];
