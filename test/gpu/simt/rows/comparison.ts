// Comparisons and choices, against exact fractions and big integers.
import { compare, decode, edges, type Format, flush, formats } from "./exact.js";
import { integerEdges } from "./integer.js";
import { combinations, type Form, type Width } from "./run.js";

type Holds = (a: bigint, b: bigint) => boolean;

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};
const unsignedOrders: Readonly<Record<string, string>> = { lo: "lt", ls: "le", hi: "gt", hs: "ge" };

/** A kind of comparison: its type, the width of its operands, what it compares, and when each of its orders holds. */
interface Compared {
  readonly type: string;
  readonly width: Width;
  readonly edges: readonly bigint[];
  readonly orders: Readonly<Record<string, Holds>>;
}

function ofIntegers(kind: "s" | "u" | "b", bits: 16 | 32 | 64): Compared {
  const read = kind === "s" ? BigInt.asIntN : BigInt.asUintN;
  const holds =
    (name: string): Holds =>
    (a, b) => {
      const [x, y] = [read(bits, a), read(bits, b)];
      return orders[name](x < y ? -1 : x > y ? 1 : 0);
    };
  const names = kind === "b" ? ["eq", "ne"] : Object.keys(orders);
  const others = kind === "u" ? Object.entries(unsignedOrders) : [];
  return {
    type: `${kind}${bits}`,
    width: bits,
    edges: integerEdges(bits),
    orders: Object.fromEntries(
      [...names.map((name) => [name, name]), ...others].map(([name, as]) => [name, holds(as)]),
    ),
  };
}

function ofFloats(type: keyof typeof formats, ftz = false): Compared {
  const format: Format = formats[type];
  const keep = (1n << BigInt(format.bits)) - 1n;
  const order: (a: bigint, b: bigint) => number | undefined = (a, b) => {
    const [x, y] = [a, b].map((word) => decode(format, ftz ? flush(format, word & keep) : word & keep));
    return compare(x, y);
  };
  const ordered = Object.entries(orders).map(([name, holds]): [string, Holds] => [
    name,
    (a, b) => {
      const found = order(a, b);
      return found !== undefined && holds(found);
    },
  ]);
  const unordered = Object.entries(orders).map(([name, holds]): [string, Holds] => [
    `${name}u`,
    (a, b) => {
      const found = order(a, b);
      return found === undefined || holds(found);
    },
  ]);
  return {
    type: `${ftz ? "ftz." : ""}${type}`,
    width: format.bits as Width,
    edges: edges(format),
    orders: Object.fromEntries([
      ...ordered,
      ...unordered,
      ["num", (a: bigint, b: bigint) => order(a, b) !== undefined],
      ["nan", (a: bigint, b: bigint) => order(a, b) === undefined],
    ]),
  };
}

const all: readonly Compared[] = [
  ...([16, 32, 64] as const).flatMap((bits) => (["s", "u", "b"] as const).map((kind) => ofIntegers(kind, bits))),
  ofFloats("f32"),
  ofFloats("f32", true),
  ofFloats("f64"),
  ofFloats("f16"),
  ofFloats("f16", true),
  ofFloats("bf16"),
];

const combined: Readonly<Record<string, (a: boolean, b: boolean) => boolean>> = {
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  xor: (a, b) => a !== b,
};

const name16 = (width: Width): string => (width === 16 ? "%h" : width === 32 ? "%r" : "%rd");
const isHalf = (type: string): boolean => type.includes("f16");

// d is 1 where p holds, plus 2 where q does.
const written = "selp.u32 %r0, 1, 0, %p1; @%p2 add.u32 %r0, %r0, 2;";

const setps: Form[] = all.flatMap(({ type, width, edges: values, orders: each }) =>
  Object.entries(each).flatMap(([cmp, holds]): Form[] => {
    const r = name16(width);
    const two = isHalf(type) ? "%p1" : "%p1|%p2";
    const other = (value: boolean): bigint => (isHalf(type) || !value ? 0n : 2n);
    const plain: Form = {
      text: `setp.${cmp}.${type} ${two}, ${r}1, ${r}2;`,
      widths: [32, width, width],
      inputs: combinations(values, values),
      after: written,
      law: (a, b) => (holds(a, b) ? 1n : 0n) + other(!holds(a, b)),
    };
    // One of the ways to combine for each order, so that all come by.
    const ways = Object.entries(combined);
    const [bool, combine] = ways[Object.keys(each).indexOf(cmp) % ways.length];
    const withThird = [0, 1].map(
      (c): Form => ({
        ...plain,
        text: `setp.${cmp}.${bool}.${type} ${two}, ${r}1, ${r}2, %p3;`,
        before: `setp.ne.u32 %p3, ${c}, 0;`,
        law: (a, b) => (combine(holds(a, b), c === 1) ? 1n : 0n) + other(combine(!holds(a, b), c === 1)),
      }),
    );
    return [plain, ...withThird];
  }),
);

const halves = all.filter(({ type }) => isHalf(type));
const swapped = (word: bigint): bigint => ((word & 0xffffn) << 16n) | (word >> 16n);

/** Pairs of halves: the lower ones are the edges, the upper ones the edges from behind. */
function pairsOf(values: readonly bigint[]): bigint[][] {
  return combinations(values, values).map(([a, b], i) => {
    const [c, d] = [values[(i * 5 + 1) % values.length], values[(i * 3 + 2) % values.length]];
    return [a | (c << 16n), b | (d << 16n)];
  });
}

const setpHalves: Form[] = halves.flatMap(({ type, edges: values, orders: each }) =>
  Object.entries(each).flatMap(([cmp, holds]): Form[] => {
    const plain: Form = {
      text: `setp.${cmp}.${type}x2 %p1|%p2, %r1, %r2;`,
      widths: [32, 32, 32],
      inputs: pairsOf(values),
      after: written,
      law: (a, b) => (holds(a, b) ? 1n : 0n) + (holds(swapped(a), swapped(b)) ? 2n : 0n),
    };
    return [
      plain,
      {
        ...plain,
        text: `setp.${cmp}.xor.${type}x2 %p1|%p2, %r1, %r2, %p3;`,
        before: "setp.eq.u32 %p3, 0, 0;",
        law: (a, b) => (holds(a, b) ? 0n : 1n) + (holds(swapped(a), swapped(b)) ? 0n : 2n),
      },
    ];
  }),
);

const ones: Readonly<Record<string, readonly [Width, bigint]>> = {
  u32: [32, 0xffff_ffffn],
  s32: [32, 0xffff_ffffn],
  f32: [32, 0x3f80_0000n],
  u16: [16, 0xffffn],
  s16: [16, 0xffffn],
  f16: [16, 0x3c00n],
  bf16: [16, 0x3f80n],
};

function destinations(type: string): string[] {
  if (!isHalf(type)) return ["u32", "s32", "f32"];
  return [type.replace("ftz.", ""), "u16", "s16", "u32", "s32"];
}

const sets: Form[] = all.flatMap(({ type, width, edges: values, orders: each }) =>
  Object.entries(each).flatMap(([cmp, holds], i): Form[] => {
    const names = destinations(type);
    const dtype = names[i % names.length];
    const [dwidth, yes] = ones[dtype];
    const [ftz, atype] = type.startsWith("ftz.") ? [".ftz", type.slice(4)] : ["", type];
    const r = name16(width);
    const plain: Form = {
      text: `set.${cmp}${ftz}.${dtype}.${atype}`,
      widths: [dwidth, width, width],
      inputs: combinations(values, values),
      law: (a, b) => (holds(a, b) ? yes : 0n),
    };
    const ways = Object.entries(combined);
    const [bool, combine] = ways[i % ways.length];
    return [
      plain,
      {
        ...plain,
        text: `set.${cmp}.${bool}${ftz}.${dtype}.${atype} ${name16(dwidth)}0, ${r}1, ${r}2, !%p3;`,
        before: "setp.eq.u32 %p3, 0, 0;",
        law: (a, b) => (combine(holds(a, b), false) ? yes : 0n),
      },
    ];
  }),
);

const setHalves: Form[] = halves.flatMap(({ type, edges: values, orders: each }) =>
  Object.entries(each).flatMap(([cmp, holds], i): Form[] => {
    const [ftz, atype] = type.startsWith("ftz.") ? [".ftz", type.slice(4)] : ["", type];
    const [dtype, yes]: [string, bigint] = i % 2 === 0 ? [`${atype}x2`, ones[atype][1]] : ["u32", 0xffffn];
    const law =
      (wanted: boolean) =>
      (a: bigint, b: bigint): bigint =>
        (holds(a, b) === wanted ? yes : 0n) | (holds(swapped(a), swapped(b)) === wanted ? yes << 16n : 0n);
    return [
      {
        text: `set.${cmp}${ftz}.${dtype}.${atype}x2`,
        widths: [32, 32, 32],
        inputs: pairsOf(values),
        law: law(true),
      },
      {
        text: `set.${cmp}.xor${ftz}.${dtype}.${atype}x2 %r0, %r1, %r2, %p3;`,
        widths: [32, 32, 32],
        inputs: pairsOf(values),
        before: "setp.eq.u32 %p3, 0, 0;",
        law: law(false),
      },
    ];
  }),
);

const choices: Form[] = (["b16", "u32", "s64", "f32", "f64", "b32", "b64", "s16"] as const).flatMap((type): Form[] => {
  const width = Number(type.slice(1)) as Width;
  const r = name16(width);
  const two = [0x1234n, BigInt.asUintN(width, -5n)];
  return [
    {
      text: `selp.${type} ${r}0, ${r}1, ${r}2, %p1;`,
      widths: [width, width, width, 32],
      inputs: combinations(two, [99n], [0n, 1n]),
      before: "setp.ne.u32 %p1, %r3, 0;",
      law: (a, b, c) => (c === 1n ? a : b),
    },
    {
      text: `slct.${type}.s32`,
      widths: [width, width, width, 32],
      inputs: combinations(two, [99n], [0n, 1n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn]),
      law: (a, b, c) => (c < 0x8000_0000n ? a : b),
    },
    {
      text: `slct.${type}.f32`,
      widths: [width, width, width, 32],
      inputs: combinations(two, [99n], edges(formats.f32)),
      law: (a, b, c) => ((compare(decode(formats.f32, c), decode(formats.f32, 0n)) ?? -1) >= 0 ? a : b),
    },
    {
      text: `slct.ftz.${type}.f32`,
      widths: [width, width, width, 32],
      inputs: combinations(two, [99n], edges(formats.f32)),
      law: (a, b, c) =>
        (compare(decode(formats.f32, flush(formats.f32, c)), decode(formats.f32, 0n)) ?? -1) >= 0 ? a : b,
    },
  ];
});

const kinds: Readonly<Record<string, (field: bigint, rest: bigint, top: bigint) => boolean>> = {
  finite: (field, _, top) => field !== top,
  infinite: (field, rest, top) => field === top && rest === 0n,
  number: (field, rest, top) => field !== top || rest === 0n,
  notanumber: (field, rest, top) => field === top && rest !== 0n,
  // Zero is neither.
  normal: (field, _, top) => field !== top && field !== 0n,
  subnormal: (field, rest) => field === 0n && rest !== 0n,
};

const tests: Form[] = (["f32", "f64"] as const).flatMap((type) =>
  Object.entries(kinds).map(([test, holds]): Form => {
    const { bits, fraction } = formats[type];
    const top = (1n << BigInt(bits - 1 - fraction)) - 1n;
    return {
      text: `testp.${test}.${type} %p1, ${name16(bits)}1;`,
      widths: [32, bits],
      inputs: edges(formats[type]).map((word) => [word]),
      after: "selp.u32 %r0, 1, 0, %p1;",
      law: (word) => (holds((word >> BigInt(fraction)) & top, word & ((1n << BigInt(fraction)) - 1n), top) ? 1n : 0n),
    };
  }),
);

export const comparisonForms: readonly Form[] = [...setps, ...setpHalves, ...sets, ...setHalves, ...choices, ...tests];
