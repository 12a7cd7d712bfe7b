// Video instructions, step by step as the manual's pseudocode has them, in big integers.
import { integerEdges } from "./integer.js";
import { combinations, type Form } from "./run.js";

const words = [...integerEdges(32), 0x80ff_7f01n, 0x7fff_8000n];
const few = words.slice(-5);
const wrap = (value: bigint): bigint => BigInt.asUintN(32, value);
const bigger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const absolute = (a: bigint): bigint => (a < 0n ? -a : a);
const read = (type: string, bits: number, value: bigint): bigint =>
  (type === "s32" ? BigInt.asIntN : BigInt.asUintN)(bits, value);

/** What `.b2` or `.h1` picks, or all of the word. */
function selected(type: string, selector: string, word: bigint): bigint {
  if (selector === "") return read(type, 32, word);
  const bits = selector[1] === "b" ? 8 : 16;
  return read(type, bits, word >> BigInt(bits * Number(selector[2])));
}

function clamped(type: string, bits: number, value: bigint): bigint {
  const top = 1n << BigInt(bits);
  const [low, high] = type === "s32" ? [-top / 2n, top / 2n - 1n] : [0n, top - 1n];
  return bigger(smaller(value, high), low);
}

const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  vadd: (a, b) => a + b,
  vsub: (a, b) => a - b,
  vabsdiff: (a, b) => absolute(a - b),
  vmin: smaller,
  vmax: bigger,
  vavrg: (a, b) => (a + b >= 0n ? (a + b + 1n) >> 1n : (a + b) >> 1n),
};

interface Scalar {
  /** The instruction's name, with what stands between its types and its end. */
  readonly name: (sat: string, op2: string) => string;
  readonly dtype: string;
  readonly atype: string;
  readonly btype: string;
  readonly operate: (a: bigint, b: bigint) => bigint;
  readonly clamps?: boolean;
}

/** An operation with selectors, clamped or not, with a second operation or a merge into a part of c. */
function scalar({ name, dtype, atype, btype, operate, clamps = true }: Scalar): Form[] {
  const make = (sat: boolean, op2: string, dsel: string, asel: string, bsel: string): Form => {
    const third = op2 !== "" || dsel !== "";
    return {
      text: `${name(sat ? ".sat" : "", op2)} %r0${dsel}, %r1${asel}, %r2${bsel}${third ? ", %r3" : ""};`,
      widths: [32, 32, 32, 32],
      inputs: combinations(words, words, third ? few : [0n]),
      law: (a, b, c) => {
        const exact = operate(selected(atype, asel, a), selected(btype, bsel, b));
        const bits = dsel === "" ? 32 : dsel[1] === "b" ? 8 : 16;
        const value = sat ? clamped(dtype, bits, exact) : exact;
        if (dsel !== "") {
          const shift = BigInt(bits * Number(dsel[2]));
          const keep = ((1n << BigInt(bits)) - 1n) << shift;
          return (c & ~keep) | (wrap(value << shift) & keep);
        }
        const [x, y] = [read(dtype, 32, value), read(dtype, 32, c)];
        if (op2 === ".add") return wrap(value + c);
        return wrap(op2 === ".min" ? smaller(x, y) : op2 === ".max" ? bigger(x, y) : value);
      },
    };
  };
  return (clamps ? [false, true] : [false]).flatMap((sat) => [
    make(sat, "", "", "", ""),
    make(sat, "", "", ".b1", ".h1"),
    make(sat, ".add", "", ".h0", ".b3"),
    make(sat, ".min", "", "", ""),
    make(sat, ".max", "", "", ".b2"),
    make(sat, "", ".b0", "", ""),
    make(sat, "", ".h1", ".b0", ""),
  ]);
}

const types = ["u32", "s32"];
const pairs = types.flatMap((atype) => types.map((btype) => [atype, btype] as const));
// Each type of each operand with each type of the others, the destination's in turn.
const triples = pairs.map(([atype, btype], i) => [types[(i + (i >> 1)) % 2], atype, btype] as const);

const plain: Form[] = ["vadd", "vsub", "vabsdiff", "vmin", "vmax"].flatMap((op) =>
  triples.flatMap(([dtype, atype, btype]) =>
    scalar({
      name: (sat, op2) => `${op}.${dtype}.${atype}.${btype}${sat}${op2}`,
      dtype,
      atype,
      btype,
      operate: operations[op],
    }),
  ),
);

const shifts: Form[] = ["vshl", "vshr"].flatMap((op) =>
  ["clamp", "wrap"].flatMap((mode) =>
    pairs.flatMap(([dtype, atype]) =>
      scalar({
        name: (sat, op2) => `${op}.${dtype}.${atype}.u32${sat}.${mode}${op2}`,
        dtype,
        atype,
        btype: "u32",
        operate: (a, b) => {
          const n = mode === "wrap" ? b & 31n : smaller(b, 32n);
          return op === "vshl" ? a << n : a >> n;
        },
      }),
    ),
  ),
);

const compared: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};
const comparisons = Object.entries(compared);

const sets: Form[] = comparisons.flatMap(([cmp, holds], i) => {
  const [atype, btype] = pairs[i % pairs.length];
  return scalar({
    name: (_, op2) => `vset.${atype}.${btype}.${cmp}${op2}`,
    dtype: "u32",
    atype,
    btype,
    operate: (a, b) => (holds(a, b) ? 1n : 0n),
    clamps: false,
  });
});

const factors: Form[] = pairs.flatMap(([atype, btype]): Form[] => {
  const make = (tail: string, minus: readonly [boolean, boolean, boolean], asel = "", bsel = ""): Form => {
    const sign = (i: 0 | 1 | 2): string => (minus[i] ? "-" : "");
    const negative = minus[0] !== minus[1];
    const signedProduct = atype === "s32" || btype === "s32" || negative;
    const signed = signedProduct || minus[2];
    return {
      text: `vmad.s32.${atype}.${btype}${tail} %r0, ${sign(0)}%r1${asel}, ${sign(1)}%r2${bsel}, ${sign(2)}%r3;`,
      widths: [32, 32, 32, 32],
      inputs: combinations(words, words, words),
      law: (a, b, c) => {
        const product = selected(atype, asel, a) * selected(btype, bsel, b) * (negative ? -1n : 1n);
        const addend = read(signedProduct ? "s32" : "u32", 32, c) * (minus[2] ? -1n : 1n);
        const sum = product + addend + (tail.includes(".po") ? 1n : 0n);
        const scaled = sum >> (tail.includes("shr15") ? 15n : tail.includes("shr7") ? 7n : 0n);
        return wrap(tail.includes(".sat") ? clamped(signed ? "s32" : "u32", 32, scaled) : scaled);
      },
    };
  };
  const none = [false, false, false] as const;
  return [
    make("", none),
    make(".po", none, ".b3", ".h0"),
    make(".sat.shr7", none, ".h1"),
    make(".sat.shr15", [true, false, false]),
    make(".sat", [false, false, true]),
    make("", [true, true, false], "", ".b2"),
    make(".po.sat.shr7", none),
  ];
});

/** Two halves or four bytes: each result takes the place of its part of c, or all are added to c. */
function inParts(
  count: 2 | 4,
  name: string,
  operate: (a: bigint, b: bigint) => bigint,
  [dtype, atype, btype]: readonly [string, string, string],
  clamps: boolean,
): Form[] {
  const bits = 32 / count;
  const letter = count === 2 ? "h" : "b";
  const defaults = count === 2 ? ["10", "32"] : ["3210", "7654"];
  const make = (tail: string, mask: string, asel: string, bsel: string): Form => ({
    text: `${name}${tail} %r0${mask === "" ? "" : `.${letter}${mask}`}, %r1${asel === "" ? "" : `.${letter}${asel}`}, %r2${bsel === "" ? "" : `.${letter}${bsel}`}, %r3;`,
    widths: [32, 32, 32, 32],
    inputs: combinations(words, words, few),
    law: (a, b, c) => {
      const both = (b << 32n) | a;
      const element = (selector: string, type: string, i: number): bigint =>
        read(type, bits, both >> BigInt(bits * Number(selector[selector.length - 1 - i])));
      let d = tail === ".add" ? c : 0n;
      for (let i = 0; i < count; i++) {
        const taken = mask === "" || mask.includes(String(i));
        const exact = operate(element(asel || defaults[0], atype, i), element(bsel || defaults[1], btype, i));
        const value = tail === ".sat" ? clamped(dtype, bits, exact) : exact;
        const at = BigInt(bits * i);
        if (tail === ".add") d += taken ? value : 0n;
        else d |= BigInt.asUintN(bits, taken ? value : c >> at) << at;
      }
      return wrap(d);
    },
  });
  const masks = count === 2 ? ["0", "1"] : ["0", "31"];
  const selectors = count === 2 ? ["20", "31"] : ["7610", "0123"];
  return [
    make("", "", "", ""),
    make("", masks[0], selectors[0], ""),
    make("", masks[1], "", selectors[1]),
    make(".add", "", "", ""),
    make(".add", masks[1], selectors[1], selectors[0]),
    ...(clamps ? [make(".sat", "", "", ""), make(".sat", masks[0], "", selectors[0])] : []),
  ];
}

const parts: Form[] = ([2, 4] as const).flatMap((count) => [
  ...Object.entries(operations).flatMap(([op, operate]) =>
    triples.flatMap((each) => inParts(count, `${op}${count}.${each.join(".")}`, operate, each, true)),
  ),
  ...comparisons.flatMap(([cmp, holds], i) => {
    const [atype, btype] = pairs[i % pairs.length];
    return inParts(
      count,
      `vset${count}.${atype}.${btype}.${cmp}`,
      (a, b) => (holds(a, b) ? 1n : 0n),
      ["u32", atype, btype],
      false,
    );
  }),
]);

export const videoForms: readonly Form[] = [...plain, ...shifts, ...sets, ...factors, ...parts];
