// Integers and bits: every row with all of its types and forms, against big integers.
import { combinations, type Form, type Width } from "./run.js";

const widths = [16, 32, 64] as const;

export function integerEdges(bits: number): bigint[] {
  const top = 1n << BigInt(bits);
  const some = bits === 16 ? [0x1234n, 0xa5a5n] : bits === 32 ? [0x1234_5678n, 0xdead_beefn] : [0x0123_4567_89ab_cdefn];
  return [0n, 1n, 2n, 7n, top / 2n - 1n, top / 2n, top / 2n + 1n, top - 2n, top - 1n, ...some];
}

const wrap = BigInt.asUintN;

type Law = (bits: number, ...inputs: bigint[]) => bigint;

/** The form of each type: inputs as numbers of the type, the result wrapped around. */
function everyType(op: string, kinds: string, inputs: number, law: Law, only: readonly number[] = widths): Form[] {
  return only.flatMap((bits) =>
    [...kinds].map((kind): Form => {
      const read = kind === "s" ? BigInt.asIntN : BigInt.asUintN;
      const edges = integerEdges(bits);
      return {
        text: `${op}.${kind}${bits}`,
        widths: Array.from({ length: inputs + 1 }, () => bits as Width),
        inputs: combinations(...Array.from({ length: inputs }, () => edges)),
        law: (...values) => wrap(bits, law(bits, ...values.map((value) => read(bits, value)))),
      };
    }),
  );
}

const absolute = (a: bigint): bigint => (a < 0n ? -a : a);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const clamp32 = (a: bigint): bigint => most(least(a, 0x7fff_ffffn), -0x8000_0000n);
const s32 = (a: bigint): bigint => BigInt.asIntN(32, a);

const arithmetic: Form[] = [
  ...everyType("add", "su", 2, (_, a, b) => a + b),
  ...everyType("sub", "su", 2, (_, a, b) => a - b),
  ...everyType("mul.lo", "su", 2, (_, a, b) => a * b),
  ...everyType("mul.hi", "su", 2, (bits, a, b) => (a * b) >> BigInt(bits)),
  ...everyType("mad.lo", "su", 3, (_, a, b, c) => a * b + c),
  ...everyType("mad.hi", "su", 3, (bits, a, b, c) => ((a * b) >> BigInt(bits)) + c),
  // What PTX leaves open: a division by zero gives ones, and its remainder the dividend.
  ...everyType("div", "su", 2, (_, a, b) => (b === 0n ? -1n : a / b)),
  ...everyType("rem", "su", 2, (_, a, b) => (b === 0n ? a : a % b)),
  ...everyType("abs", "s", 1, (_, a) => absolute(a)),
  ...everyType("neg", "s", 1, (_, a) => -a),
  ...everyType("min", "su", 2, (_, a, b) => least(a, b)),
  ...everyType("max", "su", 2, (_, a, b) => most(a, b)),
  ...everyType("sad", "su", 3, (_, a, b, c) => c + absolute(a - b)),
  ...everyType("add.sat", "s", 2, (_, a, b) => clamp32(a + b), [32]),
  ...everyType("sub.sat", "s", 2, (_, a, b) => clamp32(a - b), [32]),
  ...everyType("min.relu", "s", 2, (_, a, b) => most(least(a, b), 0n), [32]),
  ...everyType("max.relu", "s", 2, (_, a, b) => most(most(a, b), 0n), [32]),
  ...everyType("mad.hi.sat", "s", 3, (_, a, b, c) => clamp32(((a * b) >> 32n) + c), [32]),
  ...everyType("and", "b", 2, (_, a, b) => a & b),
  ...everyType("or", "b", 2, (_, a, b) => a | b),
  ...everyType("xor", "b", 2, (_, a, b) => a ^ b),
  ...everyType("not", "b", 1, (_, a) => ~a),
  ...everyType("cnot", "b", 1, (_, a) => (a === 0n ? 1n : 0n)),
];

// Twice the width.
const wide: Form[] = ([16, 32] as const).flatMap((bits) =>
  ["s", "u"].flatMap((kind): Form[] => {
    const read = kind === "s" ? BigInt.asIntN : BigInt.asUintN;
    const double = (2 * bits) as Width;
    const edges = integerEdges(bits);
    return [
      {
        text: `mul.wide.${kind}${bits}`,
        widths: [double, bits, bits],
        inputs: combinations(edges, edges),
        law: (a, b) => wrap(double, read(bits, a) * read(bits, b)),
      },
      {
        text: `mad.wide.${kind}${bits}`,
        widths: [double, bits, bits, double],
        inputs: combinations(edges, edges, integerEdges(double)),
        law: (a, b, c) => wrap(double, read(bits, a) * read(bits, b) + c),
      },
    ];
  }),
);

/** Two halves of a word, each on its own. */
function halves(kind: "s" | "u", law: (a: bigint, b: bigint) => bigint): (a: bigint, b: bigint) => bigint {
  const read = kind === "s" ? BigInt.asIntN : BigInt.asUintN;
  const part = (a: bigint, b: bigint): bigint => wrap(16, law(read(16, a), read(16, b)));
  return (a, b) => part(a, b) | (part(a >> 16n, b >> 16n) << 16n);
}

const pairs = [0n, 0x0001_ffffn, 0x7fff_8000n, 0x8000_7fffn, 0xffff_ffffn, 0x1234_fedcn, 0x8001_0001n];
const packed: Form[] = (["s", "u"] as const).flatMap((kind) => {
  const form = (op: string, law: (a: bigint, b: bigint) => bigint): Form => ({
    text: `${op}.${kind}16x2`,
    widths: [32, 32, 32],
    inputs: combinations(pairs, pairs),
    law: halves(kind, law),
  });
  const signed = [form("min.relu", (a, b) => most(least(a, b), 0n)), form("max.relu", (a, b) => most(most(a, b), 0n))];
  return [form("add", (a, b) => a + b), form("min", least), form("max", most), ...(kind === "s" ? signed : [])];
});

// The carry comes from a sum of ones, and goes into another sum, so that both can be seen.
const carries: Form[] = ([32, 64] as const).flatMap((bits) =>
  ["s", "u"].flatMap((kind) => {
    const type = `${kind}${bits}`;
    const r = bits === 32 ? "%r" : "%rd";
    const edges = integerEdges(bits);
    const top = 1n << BigInt(bits);
    const read = kind === "s" ? BigInt.asIntN : BigInt.asUintN;
    const two = (text: string, law: (a: bigint, b: bigint, c: bigint) => bigint, after = "", before = ""): Form => ({
      text: `${text} ${r}0, ${r}1, ${r}2;`,
      widths: [bits, bits, bits, bits],
      inputs: combinations(edges, edges, edges.slice(-3)),
      law: (a, b, c) => wrap(bits, law(a, b, c)),
      before,
      after,
    });
    const three = (text: string, law: (a: bigint, b: bigint, c: bigint) => bigint, after = "", before = ""): Form => ({
      ...two("x", law, after, before),
      text: `${text} ${r}0, ${r}1, ${r}2, ${r}3;`,
    });
    // c + c carries, or borrows, where c is large.
    const carryIn = `add.cc.u${bits} ${r}4, ${r}3, ${r}3;`;
    const borrowIn = `sub.cc.u${bits} ${r}4, ${r}1, ${r}3;`;
    const carryOut = `addc.u${bits} ${r}0, ${r}0, ${r}0;`;
    const borrowOut = `subc.u${bits} ${r}0, ${r}0, ${r}0;`;
    const carried = (sum: bigint): bigint => 2n * wrap(bits, sum) + (sum >= top ? 1n : 0n);
    const carryOf = (c: bigint): bigint => (2n * c >= top ? 1n : 0n);
    const low = (a: bigint, b: bigint): bigint => wrap(bits, a * b);
    const high = (a: bigint, b: bigint): bigint => wrap(bits, (read(bits, a) * read(bits, b)) >> BigInt(bits));
    return [
      two(`add.cc.${type}`, (a, b) => carried(a + b), carryOut),
      two(`addc.${type}`, (a, b, c) => a + b + carryOf(c), "", carryIn),
      two(`addc.cc.${type}`, (a, b, c) => carried(a + b + carryOf(c)), carryOut, carryIn),
      two(`sub.cc.${type}`, (a, b) => (a < b ? -1n : 0n), borrowOut),
      two(`subc.${type}`, (a, b, c) => a - b - (a < c ? 1n : 0n), "", borrowIn),
      two(`subc.cc.${type}`, (a, b, c) => (a - b - (a < c ? 1n : 0n) < 0n ? -1n : 0n), borrowOut, borrowIn),
      three(`mad.lo.cc.${type}`, (a, b, c) => carried(low(a, b) + c), carryOut),
      three(`mad.hi.cc.${type}`, (a, b, c) => carried(high(a, b) + c), carryOut),
      three(`madc.lo.${type}`, (a, b, c) => low(a, b) + c + carryOf(c), "", carryIn),
      three(`madc.hi.cc.${type}`, (a, b, c) => carried(high(a, b) + c + carryOf(c)), carryOut, carryIn),
    ];
  }),
);

const counts = [0n, 1n, 5n, 15n, 16n, 31n, 32n, 33n, 63n, 64n, 65n, 0x8000_0000n, 0xffff_ffffn];
const limited = (count: bigint, bits: number): bigint => least(count, BigInt(bits));
const shifts: Form[] = widths.flatMap((bits) =>
  ["shl.b", "shr.b", "shr.u", "shr.s"].map((op): Form => {
    const signed = op === "shr.s";
    return {
      text: `${op}${bits}`,
      widths: [bits, bits, 32],
      inputs: combinations(integerEdges(bits), counts),
      law: (a, n) =>
        wrap(bits, op === "shl.b" ? a << limited(n, bits) : (signed ? BigInt.asIntN(bits, a) : a) >> limited(n, bits)),
    };
  }),
);

const digits = (a: bigint, bits: number): string => a.toString(2).padStart(bits, "0");
const counting: Form[] = ([32, 64] as const).flatMap((bits) => {
  const inputs = combinations(integerEdges(bits));
  const count = (op: string, law: (a: bigint) => bigint): Form => ({ text: op, widths: [32, bits], inputs, law });
  const find = (kind: string, shift: boolean) => (a: bigint) => {
    const value = kind === "s" && BigInt.asIntN(bits, a) < 0n ? wrap(bits, ~a) : a;
    if (value === 0n) return 0xffff_ffffn;
    const place = BigInt(value.toString(2).length - 1);
    return shift ? BigInt(bits - 1) - place : place;
  };
  return [
    count(`popc.b${bits}`, (a) => BigInt([...digits(a, bits)].filter((digit) => digit === "1").length)),
    count(`clz.b${bits}`, (a) => BigInt(a === 0n ? bits : bits - a.toString(2).length)),
    {
      text: `brev.b${bits}`,
      widths: [bits, bits],
      inputs,
      law: (a) => BigInt(`0b${[...digits(a, bits)].reverse().join("")}`),
    },
    ...["s", "u"].flatMap((kind) => [
      count(`bfind.${kind}${bits}`, find(kind, false)),
      count(`bfind.shiftamt.${kind}${bits}`, find(kind, true)),
    ]),
  ];
});

const places = [0n, 1n, 8n, 31n, 32n, 33n, 63n, 64n, 255n, 256n, 300n];
const fields: Form[] = ([32, 64] as const).flatMap((bits) => [
  ...["s", "u"].map(
    (kind): Form => ({
      text: `bfe.${kind}${bits}`,
      widths: [bits, bits, 32, 32],
      inputs: combinations(integerEdges(bits), places, places),
      law: (a, position, size) => {
        const [at, count] = [position & 255n, size & 255n];
        const msb = BigInt(bits - 1);
        const last = least(at + count - 1n, msb);
        const sign = kind === "u" || count === 0n ? 0n : (a >> last) & 1n;
        let d = 0n;
        for (let i = 0n; i <= msb; i++) d |= (i < count && at + i <= msb ? (a >> (at + i)) & 1n : sign) << i;
        return d;
      },
    }),
  ),
  {
    text: `bfi.b${bits}`,
    widths: [bits, bits, bits, 32, 32],
    inputs: combinations(integerEdges(bits), integerEdges(bits).slice(-3), places, places),
    law: (a, b, position, size) => {
      const [at, count] = [position & 255n, size & 255n];
      let d = b;
      for (let i = 0n; i < count && at + i < BigInt(bits); i++) {
        d = (d & ~(1n << (at + i))) | (((a >> i) & 1n) << (at + i));
      }
      return d;
    },
  },
]);

const words = integerEdges(32);
const byte = (word: bigint, i: number): bigint => (word >> BigInt(8 * i)) & 255n;

function permuted(mode: string, a: bigint, b: bigint, c: bigint): bigint {
  const all = (b << 32n) | a;
  const from = Number(c & 3n);
  const picks: Readonly<Record<string, readonly number[]>> = {
    f4e: [0, 1, 2, 3].map((i) => from + i),
    b4e: [0, 1, 2, 3].map((i) => (from - i + 8) % 8),
    rc8: [from, from, from, from],
    ecl: [0, 1, 2, 3].map((i) => Math.max(i, from)),
    ecr: [0, 1, 2, 3].map((i) => Math.min(i, from)),
    rc16: [0, 1, 0, 1].map((i) => i + 2 * (from & 1)),
  };
  const chosen = picks[mode] ?? [0, 1, 2, 3].map((i) => Number((c >> BigInt(4 * i)) & 15n));
  return chosen.reduce((d, pick, i) => {
    const value = byte(all, pick & 7);
    const replicated = mode === "" && pick >= 8;
    return d | ((replicated ? (value >= 128n ? 255n : 0n) : value) << BigInt(8 * i));
  }, 0n);
}

const bytes: Form[] = [
  ...["", "f4e", "b4e", "rc8", "ecl", "ecr", "rc16"].map(
    (mode): Form => ({
      text: `prmt.b32${mode === "" ? "" : `.${mode}`}`,
      widths: [32, 32, 32, 32],
      inputs: combinations(words.slice(-4), words.slice(-5), [0n, 1n, 2n, 3n, 0x3210n, 0x7654n, 0xfedcn, 0x8a3fn, 7n]),
      law: (a, b, c) => permuted(mode, a, b, c),
    }),
  ),
  ...[0x00n, 0x80n, 0xe8n, 0x96n, 0xcan, 0xffn].map(
    (table): Form => ({
      text: `lop3.b32 %r0, %r1, %r2, %r3, ${table};`,
      widths: [32, 32, 32, 32],
      inputs: combinations(words, words.slice(-4), words.slice(-3)),
      law: (a, b, c) => lookedUp(a, b, c, table),
    }),
  ),
  ...["or", "and"].flatMap((bool) =>
    [0n, 1n].map(
      (q): Form => ({
        text: `lop3.${bool}.b32 %r0|%p1, %r1, %r2, %r3, 0x80, %p2;`,
        widths: [32, 32, 32, 32],
        inputs: combinations([0n, 1n, 0xffff_ffffn], [0n, 1n, 2n], [1n, 3n]),
        before: `setp.ne.u32 %p2, ${q}, 0;`,
        after: "@%p1 add.u32 %r0, %r0, 1000;",
        law: (a, b, c) => {
          const d = a & b & c;
          const holds = bool === "or" ? d !== 0n || q === 1n : d !== 0n && q === 1n;
          return wrap(32, d + (holds ? 1000n : 0n));
        },
      }),
    ),
  ),
  ...["l", "r"].flatMap((dir) =>
    ["clamp", "wrap"].map(
      (mode): Form => ({
        text: `shf.${dir}.${mode}.b32`,
        widths: [32, 32, 32, 32],
        inputs: combinations(words, words.slice(-4), counts),
        law: (a, b, c) => {
          const n = mode === "wrap" ? c & 31n : least(c, 32n);
          const both = (b << 32n) | a;
          return wrap(32, dir === "l" ? (both << n) >> 32n : both >> n);
        },
      }),
    ),
  ),
  ...["clamp", "wrap"].map(
    (mode): Form => ({
      text: `bmsk.${mode}.b32`,
      widths: [32, 32, 32],
      inputs: combinations(counts, counts),
      law: (a, b) => {
        const [at, count] = mode === "wrap" ? [a & 31n, b & 31n] : [least(a, 32n), least(b, 32n)];
        return wrap(32, ((1n << count) - 1n) << at);
      },
    }),
  ),
  ...["clamp", "wrap"].flatMap((mode) =>
    ["s", "u"].map(
      (kind): Form => ({
        text: `szext.${mode}.${kind}32`,
        widths: [32, 32, 32],
        inputs: combinations(words, counts),
        law: (a, b) => {
          const n = Number(mode === "wrap" ? b & 31n : least(b, 32n));
          return wrap(32, kind === "s" ? BigInt.asIntN(n, a) : BigInt.asUintN(n, a));
        },
      }),
    ),
  ),
  {
    text: "fns.b32",
    widths: [32, 32, 32, 32],
    inputs: combinations(
      [0n, 1n, 0xaaaa_aaaan, 0x8000_0001n, 0xffff_ffffn],
      [0n, 1n, 2n, 3n, 30n, 31n],
      [0n, 1n, 2n, 17n, 32n, 33n, 0xffff_ffffn, 0xffff_fffen, 0xffff_ffe0n],
    ),
    law: (mask, base, offset) => {
      const n = Number(s32(offset));
      const ones = Array.from({ length: 32 }, (_, i) => i).filter((i) => (mask >> BigInt(i)) & 1n);
      const start = Number(base);
      if (n === 0) return ones.includes(start) ? base : 0xffff_ffffn;
      const ahead = n > 0 ? ones.filter((i) => i >= start) : ones.filter((i) => i <= start).reverse();
      return BigInt(ahead[Math.abs(n) - 1] ?? 0xffff_ffff);
    },
  },
];

function lookedUp(a: bigint, b: bigint, c: bigint, table: bigint): bigint {
  let d = 0n;
  for (let i = 0n; i < 32n; i++) {
    const entry = (((a >> i) & 1n) << 2n) | (((b >> i) & 1n) << 1n) | ((c >> i) & 1n);
    d |= ((table >> entry) & 1n) << i;
  }
  return d;
}

const read = (kind: string, bits: number, value: bigint): bigint =>
  kind === "s" ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);

const products: Form[] = ["s", "u"].flatMap((first): Form[] => [
  ...["s", "u"].flatMap((second): Form[] => [
    {
      text: `dp4a.${first}32.${second}32`,
      widths: [32, 32, 32, 32],
      inputs: combinations(words, words, words.slice(-4)),
      law: (a, b, c) =>
        wrap(
          32,
          [0, 1, 2, 3].reduce((sum, i) => sum + read(first, 8, byte(a, i)) * read(second, 8, byte(b, i)), c),
        ),
    },
    ...[0, 1].map(
      (half): Form => ({
        text: `dp2a.${half === 0 ? "lo" : "hi"}.${first}32.${second}32`,
        widths: [32, 32, 32, 32],
        inputs: combinations(words, words, words.slice(-4)),
        law: (a, b, c) =>
          wrap(
            32,
            [0, 1].reduce(
              (sum, i) => sum + read(first, 16, a >> BigInt(16 * i)) * read(second, 8, byte(b, 2 * half + i)),
              c,
            ),
          ),
      }),
    ),
  ]),
  ...["lo", "hi"].flatMap((half): Form[] => {
    const product = (a: bigint, b: bigint): bigint =>
      (read(first, 24, a) * read(first, 24, b)) >> (half === "hi" ? 16n : 0n);
    return [
      {
        text: `mul24.${half}.${first}32`,
        widths: [32, 32, 32],
        inputs: combinations([...words, 0x80_0000n, 0xff_ffffn], words),
        law: (a, b) => wrap(32, product(a, b)),
      },
      {
        text: `mad24.${half}.${first}32`,
        widths: [32, 32, 32, 32],
        inputs: combinations([...words, 0x80_0000n, 0xff_ffffn], words, words.slice(-4)),
        law: (a, b, c) => wrap(32, product(a, b) + c),
      },
    ];
  }),
]);

const clamped24: Form = {
  text: "mad24.hi.sat.s32",
  widths: [32, 32, 32, 32],
  inputs: combinations([...words, 0x80_0000n, 0x7f_ffffn], words, words),
  law: (a, b, c) => wrap(32, clamp32(((read("s", 24, a) * read("s", 24, b)) >> 16n) + s32(c))),
};

export const integerForms: readonly Form[] = [
  ...arithmetic,
  ...wide,
  ...packed,
  ...carries,
  ...shifts,
  ...counting,
  ...fields,
  ...bytes,
  ...products,
  clamped24,
];
