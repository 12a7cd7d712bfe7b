// Arithmetic, minima and approximate functions in all floating-point formats, against exact fractions.
import {
  add,
  compare,
  decode,
  divide,
  edges,
  encode,
  type Format,
  finite,
  flush,
  formats,
  multiply,
  nan,
  negate,
  type Rounding,
  root,
  saturate,
  type Value,
} from "./exact.js";
import { combinations, type Form, type Width } from "./run.js";

type Law = (rounding: Rounding, ...values: Value[]) => Value;

interface Options {
  readonly ftz?: boolean;
  readonly sat?: boolean;
  readonly relu?: boolean;
}

/** The result of a law on words of a format: flushed before and after with .ftz, then clamped. */
function onWords(format: Format, law: Law, rounding: Rounding, options: Options = {}): (...words: bigint[]) => bigint {
  const keep = (1n << BigInt(format.bits)) - 1n;
  return (...words) => {
    const values = words.map((word) => decode(format, options.ftz ? flush(format, word & keep) : word & keep));
    let result = encode(format, law(rounding, ...values), rounding);
    if (options.ftz && result !== format.nan) result = flush(format, result);
    if (options.sat) result = encode(format, saturate(decode(format, result)));
    const value = decode(format, result);
    if (options.relu && value.kind !== "nan" && (compare(value, finite(0n)) as number) <= 0) return 0n;
    return result;
  };
}

/** All NaNs of a format are one. */
export function sameNumber(format: Format): (result: bigint, wanted: bigint) => boolean {
  return (result, wanted) => decode(format, result).kind === "nan" && decode(format, wanted).kind === "nan";
}

const laws: Readonly<Record<string, readonly [inputs: number, law: Law]>> = {
  add: [2, (rounding, a, b) => add(a, b, rounding)],
  sub: [2, (rounding, a, b) => add(a, negate(b), rounding)],
  mul: [2, (_, a, b) => multiply(a, b)],
  fma: [3, (rounding, a, b, c) => add(multiply(a, b), c, rounding)],
  mad: [3, (rounding, a, b, c) => add(multiply(a, b), c, rounding)],
  div: [2, (_, a, b) => divide(a, b)],
  rcp: [1, (_, a) => divide(finite(1n), a)],
  sqrt: [1, (_, a) => root(a)],
  neg: [1, (_, a) => negate(a)],
  abs: [1, (_, a) => (a.kind === "nan" ? nan : { ...a, negative: false })],
};

function form(
  op: string,
  type: "f32" | "f64",
  law: Law,
  inputs: number,
  rounding: Rounding,
  options: Options = {},
): Form {
  const format = formats[type];
  return {
    text: `${op}.${type}`,
    widths: Array.from({ length: inputs + 1 }, () => format.bits as Width),
    inputs: combinations(...Array.from({ length: inputs }, () => edges(format))),
    law: onWords(format, law, rounding, options),
    ...(type === "f64" ? { same: sameNumber(format) } : {}),
  };
}

const roundings = ["rn", "rz", "rm", "rp"] as const;

const arithmetic: Form[] = ["add", "sub", "mul", "fma", "mad", "div", "rcp", "sqrt"].flatMap((op) => {
  const [inputs, law] = laws[op];
  const saturates = ["add", "sub", "mul", "fma", "mad"].includes(op);
  return [
    ...roundings.flatMap((rounding) => [
      form(`${op}.${rounding}`, "f32", law, inputs, rounding),
      form(`${op}.${rounding}`, "f64", law, inputs, rounding),
      form(`${op}.${rounding}.ftz`, "f32", law, inputs, rounding, { ftz: true }),
      ...(saturates ? [form(`${op}.${rounding}.sat`, "f32", law, inputs, rounding, { sat: true })] : []),
    ]),
    ...(saturates ? [form(`${op}.rn.ftz.sat`, "f32", law, inputs, "rn", { ftz: true, sat: true })] : []),
  ];
});

const signs: Form[] = ["neg", "abs"].flatMap((op) => {
  const [, law] = laws[op];
  return [
    form(op, "f32", law, 1, "rn"),
    form(`${op}.ftz`, "f32", law, 1, "rn", { ftz: true }),
    form(op, "f64", law, 1, "rn"),
  ];
});

/** min and max: of a number and a NaN the number, unless .NaN; -0 below +0. */
function extremum(op: "min" | "max", strict: boolean, xorsign = false): Law {
  const pick = (a: Value, b: Value): Value => {
    if (a.kind === "nan") return strict ? nan : b;
    if (b.kind === "nan") return strict ? nan : a;
    const order = compare(a, b) as number;
    const below = order < 0 || (order === 0 && a.negative);
    return below === (op === "min") ? a : b;
  };
  if (!xorsign) return (_, a, b) => pick(a, b);
  return (_, a, b) => {
    const magnitude = (value: Value): Value => (value.kind === "nan" ? nan : { ...value, negative: false });
    const picked = pick(magnitude(a), magnitude(b));
    if (picked.kind === "nan") return nan;
    const sign = (value: Value): boolean => value.kind !== "nan" && value.negative;
    return { ...picked, negative: sign(a) !== sign(b) };
  };
}

// What sign a NaN has decides of .xorsign.abs and is nowhere defined: it is left out there.
const numbersOnly = (format: Format): bigint[] => edges(format).filter((word) => decode(format, word).kind !== "nan");

const extrema: Form[] = (["min", "max"] as const).flatMap((op) => [
  form(op, "f32", extremum(op, false), 2, "rn"),
  form(`${op}.NaN`, "f32", extremum(op, true), 2, "rn"),
  form(`${op}.ftz`, "f32", extremum(op, false), 2, "rn", { ftz: true }),
  {
    ...form(`${op}.xorsign.abs`, "f32", extremum(op, false, true), 2, "rn"),
    inputs: combinations(numbersOnly(formats.f32), numbersOnly(formats.f32)),
  },
  form(op, "f64", extremum(op, false), 2, "rn"),
]);

// In halves, alone and in pairs: the upper half has the inputs the other way round.
function inHalves(op: string, type: "f16" | "bf16", law: Law, inputs: number, options: Options = {}): Form[] {
  const format = formats[type];
  const one = onWords(format, law, "rn", options);
  const rows = combinations(...Array.from({ length: inputs }, () => edges(format)));
  return [
    {
      text: `${op}.${type}`,
      widths: Array.from({ length: inputs + 1 }, () => 16),
      inputs: rows,
      law: one,
      same: sameNumber(format),
    },
    {
      text: `${op}.${type}x2`,
      widths: Array.from({ length: inputs + 1 }, () => 32),
      inputs: rows.map((row, i) => row.map((word, at) => word | (rows[(7 * i + 3) % rows.length][at] << 16n))),
      law: (...words) =>
        one(...words.map((word) => word & 0xffffn)) | (one(...words.map((word) => word >> 16n)) << 16n),
      same: (result, wanted) =>
        [0n, 16n].every((shift) => {
          const [a, b] = [(result >> shift) & 0xffffn, (wanted >> shift) & 0xffffn];
          return a === b || sameNumber(format)(a, b);
        }),
    },
  ];
}

const halves: Form[] = (["f16", "bf16"] as const).flatMap((type) => {
  const short = ["add", "sub", "mul", "neg", "abs"].flatMap((op) => {
    const [inputs, law] = laws[op];
    const flushed = type === "f16" ? inHalves(`${op}.ftz`, type, law, inputs, { ftz: true }) : [];
    const clamped =
      type === "f16" && inputs === 2 ? inHalves(`${op}.ftz.sat`, type, law, inputs, { ftz: true, sat: true }) : [];
    return [...inHalves(op, type, law, inputs), ...flushed, ...clamped];
  });
  const [, fused] = laws["fma"];
  return [
    ...short,
    ...inHalves("fma.rn", type, fused, 3),
    ...inHalves("fma.rn.relu", type, fused, 3, { relu: true }),
    ...(type === "f16" ? inHalves("fma.rn.ftz.sat", type, fused, 3, { ftz: true, sat: true }) : []),
    ...(["min", "max"] as const).flatMap((op) => [
      ...inHalves(op, type, extremum(op, false), 2),
      ...inHalves(`${op}.NaN`, type, extremum(op, true), 2),
    ]),
  ];
});

const copied: Form[] = (["f32", "f64"] as const).map((type): Form => {
  const { bits } = formats[type];
  const sign = 1n << BigInt(bits - 1);
  return {
    text: `copysign.${type}`,
    widths: [bits, bits, bits],
    inputs: combinations(edges(formats[type]), edges(formats[type])),
    law: (a, b) => (a & sign) | (b & ~sign),
  };
});

// The approximate functions: within what the manual allows of values that are known exactly. All inputs are tried elsewhere.
const word32 = (value: number): bigint => BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]);

function known(
  op: string,
  type: "f32" | "f16" | "bf16",
  values: readonly (readonly [input: number, output: number])[],
): Form {
  const format = formats[type];
  const words = (value: number): bigint => {
    if (type === "f32") return word32(value);
    return encode(format, decode(formats.f32, word32(value)));
  };
  const results = new Map(values.map(([input, output]) => [words(input), words(output)]));
  const width = format.bits as Width;
  return {
    text: `${op}.${type}`,
    widths: [width, width],
    inputs: [...results.keys()].map((input) => [input]),
    law: (input) => results.get(input) as bigint,
    same: sameNumber(format),
  };
}

const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity, NaN: notANumber } = Number;
const tiny = 2 ** -140;
const approximate: Form[] = [
  known("sqrt.approx", "f32", [
    [0, 0],
    [-0, -0],
    [4, 2],
    [tiny, 2 ** -70],
    [infinity, infinity],
    [-1, notANumber],
  ]),
  known("sqrt.approx.ftz", "f32", [
    [tiny, 0],
    [-tiny, -0],
    [2 ** -126, 2 ** -63],
    [notANumber, notANumber],
  ]),
  known("rcp.approx", "f32", [
    [0, infinity],
    [-0, minusInfinity],
    [2, 0.5],
    [2 ** 127, 2 ** -127],
    [infinity, 0],
  ]),
  known("rcp.approx.ftz", "f32", [
    [tiny, infinity],
    [-tiny, minusInfinity],
    [2 ** 127, 0],
    [-(2 ** 127), -0],
  ]),
  known("rsqrt.approx", "f32", [
    [0, infinity],
    [-0, minusInfinity],
    [0.25, 2],
    [tiny, 2 ** 70],
    [infinity, 0],
    [-1, notANumber],
  ]),
  known("rsqrt.approx.ftz", "f32", [
    [tiny, infinity],
    [-tiny, minusInfinity],
    [4, 0.5],
  ]),
  known("ex2.approx", "f32", [
    [0, 1],
    [-0, 1],
    [-149, 2 ** -149],
    [-151, 0],
    [127, 2 ** 127],
    [128, infinity],
    [2000, infinity],
    [minusInfinity, 0],
    [infinity, infinity],
    [notANumber, notANumber],
  ]),
  known("ex2.approx.ftz", "f32", [
    [tiny, 1],
    [-127, 0],
    [-126, 2 ** -126],
  ]),
  known("lg2.approx", "f32", [
    [1, 0],
    [0, minusInfinity],
    [-0, minusInfinity],
    [tiny, -140],
    [2 ** 127, 127],
    [infinity, infinity],
    [-1, notANumber],
  ]),
  known("lg2.approx.ftz", "f32", [
    [tiny, minusInfinity],
    [2 ** -126, -126],
  ]),
  known("sin.approx", "f32", [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [Math.PI / 6, 0.5],
    [infinity, notANumber],
    [notANumber, notANumber],
  ]),
  known("sin.approx.ftz", "f32", [
    [tiny, 0],
    [-tiny, -0],
  ]),
  known("cos.approx", "f32", [
    [0, 1],
    [-0, 1],
    [tiny, 1],
    [Math.fround(Math.PI), -1],
    [minusInfinity, notANumber],
  ]),
  known("cos.approx.ftz", "f32", [[tiny, 1]]),
  known("tanh.approx", "f32", [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [20, 1],
    [-20, -1],
    [infinity, 1],
    [minusInfinity, -1],
    [notANumber, notANumber],
  ]),
  ...(["f16", "bf16"] as const).flatMap((type): Form[] => {
    const powers = known(type === "f16" ? "ex2.approx" : "ex2.approx.ftz", type, [
      [0, 1],
      [-3, 0.125],
      [13, 8192],
      [infinity, infinity],
      [minusInfinity, 0],
    ]);
    const tangents = known("tanh.approx", type, [
      [0, 0],
      [-0, -0],
      [20, 1],
      [minusInfinity, -1],
    ]);
    const twice = (single: Form): Form => ({
      ...single,
      text: `${single.text}x2`,
      widths: [32, 32],
      inputs: single.inputs.map(([word], i) => [word | (single.inputs[(i + 1) % single.inputs.length][0] << 16n)]),
      law: (word) => single.law(word & 0xffffn) | (single.law(word >> 16n) << 16n),
    });
    return [powers, twice(powers), tangents, twice(tangents)];
  }),
];

// div.approx and div.full give the nearest number here, and div.approx zeros beyond 2^126.
const [, quotient] = laws["div"];
const large = (value: Value): boolean =>
  (compare(value, finite(1n << 126n)) ?? 0) > 0 || (compare(value, finite(-(1n << 126n))) ?? 0) < 0;
const divisions: Form[] = [
  form("div.full", "f32", quotient, 2, "rn"),
  form("div.full.ftz", "f32", quotient, 2, "rn", { ftz: true }),
  form(
    "div.approx",
    "f32",
    (_, a, b) => (large(b) ? divide(a, multiply(b, { kind: "infinite", negative: false })) : divide(a, b)),
    2,
    "rn",
  ),
];

// Of doubles the upper half alone.
const upper = (word: bigint): bigint => (word >> 32n) << 32n;
function gross(op: string, law: Law): Form {
  const format = formats.f64;
  return {
    text: `${op}.approx.ftz.f64`,
    widths: [64, 64],
    inputs: [...edges(format), 0x3fd5_5555_5555_5555n, 0x4340_0000_0000_0000n, 0x7fd1_2345_ffff_ffffn].map((word) => [
      word,
    ]),
    law: (word) => {
      const value = law(
        "rn",
        decode(format, flush(format, upper(word) === 0x7ff0_0000_0000_0000n ? word : upper(word))),
      );
      return value.kind === "finite"
        ? flush(format, encode({ ...format, bits: 32, fraction: 20 }, value) << 32n)
        : encode(format, value);
    },
    same: sameNumber(format),
  };
}

const inverseRoot: Law = (_, a) => {
  if (a.kind === "finite" && a.top === 0n) return { kind: "infinite", negative: a.negative };
  return divide(finite(1n), root(a));
};
const doubles: Form[] = [
  gross("rcp", laws["rcp"][1]),
  gross("rsqrt", inverseRoot),
  {
    ...form("rsqrt.approx", "f64", inverseRoot, 1, "rn"),
    // One unit in the last place may be off.
    same: (result, wanted) => sameNumber(formats.f64)(result, wanted) || (result - wanted) ** 2n <= 1n,
  },
];

export const floatForms: readonly Form[] = [
  ...arithmetic,
  ...signs,
  ...extrema,
  ...halves,
  ...copied,
  ...approximate,
  ...divisions,
  ...doubles,
];
