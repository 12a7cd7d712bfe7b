// The functions that PTX computes approximately: powers of two, logarithms, sine, cosine, hyperbolic tangent, reciprocals and roots,
// and the errors that the PTX manual allows them. They are computed in double, by additions, products, quotients and square roots
// alone, which every JavaScript engine does alike: Math.sin and its like are each engine's own, and a launch has to give the same
// bytes on every machine. In single precision what comes out is the nearest number but in a few cases close to halfway; `docs` has
// what was measured over all inputs. Knows nothing of registers.

/** What the manual promises of an instruction in a range. `ulp` counts units in the last place of the result. */
export interface ErrorBound {
  readonly instruction: string;
  readonly kind: "relative" | "absolute" | "ulp";
  readonly bound: number;
  /** In which inputs it holds, in the manual's sense. */
  readonly range: string;
  readonly holds: (a: number) => boolean;
}

const everywhere = (): boolean => true;
const positive = (a: number): boolean => a > 0 && a < Number.POSITIVE_INFINITY;

/** PTX ISA 8.x, of each instruction its section; where it gives ranges, one entry for each. */
export const documentedErrors: readonly ErrorBound[] = [
  { instruction: "rcp.approx.f32", kind: "ulp", bound: 1, range: "the full range", holds: everywhere },
  {
    instruction: "sqrt.approx.f32",
    kind: "relative",
    bound: 2 ** -23,
    range: "positive finite",
    holds: positive,
  },
  { instruction: "rsqrt.approx.f32", kind: "relative", bound: 2 ** -22.9, range: "positive finite", holds: positive },
  { instruction: "ex2.approx.f32", kind: "ulp", bound: 2, range: "the full range", holds: everywhere },
  {
    instruction: "lg2.approx.f32",
    kind: "absolute",
    bound: 2 ** -22,
    range: "(0.5, 2)",
    holds: (a) => a > 0.5 && a < 2,
  },
  {
    instruction: "lg2.approx.f32",
    kind: "relative",
    bound: 2 ** -22,
    range: "positive finite outside of (0.5, 2)",
    holds: (a) => positive(a) && !(a > 0.5 && a < 2),
  },
  ...["sin.approx.f32", "cos.approx.f32"].flatMap((instruction): ErrorBound[] => [
    {
      instruction,
      kind: "absolute",
      bound: 2 ** -20.5,
      range: "[-2 pi, 2 pi]",
      holds: (a) => Math.abs(a) <= 2 * Math.PI,
    },
    {
      instruction,
      kind: "absolute",
      bound: 2 ** -14.7,
      range: "[-100 pi, 100 pi]",
      holds: (a) => Math.abs(a) <= 100 * Math.PI,
    },
  ]),
  { instruction: "tanh.approx.f32", kind: "relative", bound: 2 ** -11, range: "the full range", holds: everywhere },
  { instruction: "tanh.approx.f16", kind: "absolute", bound: 2 ** -10.987, range: "the full range", holds: everywhere },
  { instruction: "tanh.approx.bf16", kind: "absolute", bound: 2 ** -8, range: "the full range", holds: everywhere },
  { instruction: "ex2.approx.f16", kind: "relative", bound: 2 ** -9.9, range: "the full range", holds: everywhere },
  { instruction: "ex2.approx.ftz.bf16", kind: "relative", bound: 2 ** -7, range: "the full range", holds: everywhere },
];

// Not in the table, since each gives the nearest number that its result can hold, which tests hold bit for bit: div.approx and
// div.full, of which the manual promises 2 ulp, and rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64, 2^-20 of a double's upper half.

const bits = new DataView(new ArrayBuffer(8));

/** 2^n for n from -1022 to 1023. */
function powerOfTwo(n: number): number {
  bits.setUint32(0, (n + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

// The exponential series without its first term; the last one is below 2^-60 for |t| <= ln 2 / 2.
function exponentialMinusOne(t: number): number {
  const square = t * t;
  const even =
    1 / 2 +
    square *
      (1 / 24 +
        square *
          (1 / 720 +
            square *
              (1 / 40_320 + square * (1 / 3_628_800 + square * (1 / 479_001_600 + (square * 1) / 87_178_291_200)))));
  const odd =
    1 / 6 +
    square *
      (1 / 120 +
        square * (1 / 5_040 + square * (1 / 362_880 + square * (1 / 39_916_800 + (square * 1) / 6_227_020_800))));
  return t + square * (even + t * odd);
}

/** 2 to the power of a single-precision number. */
export function exp2(a: number): number {
  if (!(a < 1000)) return Number.isNaN(a) ? a : Number.POSITIVE_INFINITY;
  if (a < -1000) return 0;
  const n = Math.floor(a + 0.5);
  // Exact: both have few bits.
  const rest = a - n;
  return (1 + exponentialMinusOne(rest * Math.LN2)) * powerOfTwo(n);
}

/** The binary logarithm, of a number that is not subnormal in double. */
export function log2(a: number): number {
  if (!(a > 0) || a === Number.POSITIVE_INFINITY) return a === 0 ? Number.NEGATIVE_INFINITY : a > 0 ? a : Number.NaN;
  bits.setFloat64(0, a);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xf_ffff) | 0x3ff0_0000);
  let mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  // ln m = 2 artanh s, with |s| < 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  const sum =
    square *
    (1 / 3 +
      square *
        (1 / 5 +
          square *
            (1 / 7 +
              square *
                (1 / 9 +
                  square *
                    (1 / 11 +
                      square *
                        (1 / 13 +
                          square *
                            (1 / 15 +
                              square * (1 / 17 + square * (1 / 19 + square * (1 / 21 + (square * 1) / 23))))))))));
  return exponent + (2 * s * (1 + sum)) / Math.LN2;
}

// sin r and cos r for |r| <= pi / 4: the last terms are below 2^-60.
function sineOf(r: number): number {
  const square = r * r;
  return (
    r +
    r *
      square *
      (-1 / 6 +
        square *
          (1 / 120 +
            square *
              (-1 / 5_040 +
                square *
                  (1 / 362_880 +
                    square *
                      (-1 / 39_916_800 +
                        square *
                          (1 / 6_227_020_800 +
                            square * (-1 / 1_307_674_368_000 + (square * 1) / 355_687_428_096_000)))))))
  );
}

function cosineOf(r: number): number {
  const square = r * r;
  return (
    1 -
    square *
      (0.5 -
        square *
          (1 / 24 +
            square *
              (-1 / 720 +
                square *
                  (1 / 40_320 +
                    square *
                      (-1 / 3_628_800 +
                        square *
                          (1 / 479_001_600 +
                            square *
                              (-1 / 87_178_291_200 +
                                square * (1 / 20_922_789_888_000 + (square * -1) / 6_402_373_705_728_000))))))))
  );
}

/** sin a or cos a of a single-precision number, however large: `quarters` is 0 for the sine and 1 for the cosine. */
function circular(a: number, quarters: 0 | 1): number {
  if (!Number.isFinite(a)) return Number.NaN;
  // A zero keeps its sign.
  if (a === 0) return quarters === 0 ? a : 1;
  const magnitude = Math.abs(a);
  if (magnitude < 0.7853981633974483) return quarters === 0 ? sineOf(a) : cosineOf(a);
  const { turns, rest } = reduce(magnitude);
  const quarter = (turns + quarters) & 3;
  const value = (quarter & 1) === 0 ? sineOf(rest) : cosineOf(rest);
  const signed = quarter >= 2 ? -value : value;
  return quarters === 0 && a < 0 ? -signed : signed;
}

export const sine = (a: number): number => circular(a, 0);
export const cosine = (a: number): number => circular(a, 1);

/** 2 / pi in units of 2^-320. */
const twoOverPi = 0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e0n;
const twoOverPiBits = 320;

/** By exponent e: 2^e * 2 / pi modulo 4, in four pieces of 29 bits, of units 2^-27, 2^-56, 2^-85 and 2^-114. */
const pieces: (Float64Array | undefined)[] = [];

function piecesOf(exponent: number): Float64Array {
  const index = exponent + 32;
  let found = pieces[index];
  if (found === undefined) {
    const shift = BigInt(twoOverPiBits - 114 - exponent);
    const product = (twoOverPi >> shift) & ((1n << 116n) - 1n);
    found = Float64Array.from([87n, 58n, 29n, 0n], (at) => Number((product >> at) & 0x1fff_ffffn));
    pieces[index] = found;
  }
  return found;
}

const reduced = { turns: 0, rest: 0 };

/**
 * a = turns * pi / 2 + rest, of turns the last two bits. The 24 bits of a times each piece are exact, and so is what is left of the
 * first two products without whole turns of four; no number of single precision comes so close to a multiple of pi / 2 that the pieces
 * do not reach (Payne and Hanek, 1983).
 */
function reduce(a: number): { readonly turns: number; readonly rest: number } {
  bits.setFloat64(0, a);
  const exponent = (bits.getUint32(0) >>> 20) - 1023 - 23;
  const mantissa = a / powerOfTwo(exponent);
  const [c0, c1, c2, c3] = piecesOf(exponent);
  const first = mantissa * c0 * 2 ** -27;
  const high = first - 4 * Math.floor(first / 4);
  const second = mantissa * c1 * 2 ** -56;
  const turns = Math.floor(high + second + 0.5);
  const start = high - turns;
  const sum = start + second;
  const part = sum - start;
  const lost = start - (sum - part) + (second - part);
  reduced.turns = turns;
  reduced.rest = (sum + (lost + mantissa * c2 * 2 ** -85 + mantissa * c3 * 2 ** -114)) * (Math.PI / 2);
  return reduced;
}

/** The hyperbolic tangent. */
export function tanh(a: number): number {
  if (Number.isNaN(a)) return a;
  const magnitude = Math.abs(a);
  // 1 - 2^-57 and more is nearest to 1 in every format.
  if (magnitude > 20) return a > 0 ? 1 : -1;
  const twice = 2 * magnitude;
  let minusOne: number;
  if (twice < 0.34) minusOne = exponentialMinusOne(twice);
  else {
    const n = Math.floor(twice / Math.LN2 + 0.5);
    // ln 2 in two parts, the first of 33 bits, so that its product with n is exact.
    const rest = twice - n * 0.6931471804855391 - n * 7.440617110012397e-11;
    minusOne = powerOfTwo(n) * (1 + exponentialMinusOne(rest)) - 1;
  }
  const result = minusOne / (minusOne + 2);
  return a < 0 || Object.is(a, -0) ? -result : result;
}

/** 1 / a, as div and rcp have it in single precision: the nearest double, rounded later. */
export function reciprocal(a: number): number {
  return 1 / a;
}

export function reciprocalRoot(a: number): number {
  return 1 / Math.sqrt(a);
}

/**
 * a / b as div.approx has it: a divisor of a magnitude above 2^126 counts as infinite, since its reciprocal would be subnormal.
 */
export function quotient(a: number, b: number): number {
  return Math.abs(b) > 2 ** 126 ? a / (b * Number.POSITIVE_INFINITY) : a / b;
}

/**
 * rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64: of the upper 32 bits of a double, the upper 32 bits of the result; subnormal numbers
 * count as zeros.
 */
export function gross(operation: (a: number) => number): (a: number) => number {
  return (a) => {
    if (Number.isNaN(a)) return a;
    bits.setFloat64(0, a);
    bits.setUint32(4, 0);
    const value = operation(normalOrZero(bits.getFloat64(0)));
    if (!Number.isFinite(value)) return value;
    bits.setFloat64(0, normalOrZero(value));
    const carry = bits.getUint32(4) >= 0x8000_0000 ? 1 : 0;
    bits.setUint32(0, bits.getUint32(0) + carry);
    bits.setUint32(4, 0);
    return bits.getFloat64(0);
  };
}

function normalOrZero(a: number): number {
  return Math.abs(a) < 2 ** -1022 ? a * 0 : a;
}
