// The approximate functions: against exact values on a sample that has every exponent, and as measured over all inputs.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  cosine,
  documentedErrors,
  exp2,
  log2,
  reciprocal,
  reciprocalRoot,
  sine,
  tanh,
} from "../../../src/gpu/arithmetic/approximate.js";

/** Fixed-point numbers of 200 bits behind the point: a route that shares nothing with doubles. */
const places = 200n;
const one = 1n << places;
const times = (a: bigint, b: bigint): bigint => (a * b) >> places;

function fixed(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const field = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (field === 0 ? 0n : 1n << 52n);
  const shift = BigInt(Math.max(field, 1) - 1075) + places;
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

/** a / b as a double, of fixed-point numbers. */
function ratio(a: bigint, b: bigint): number {
  return Number((a << 80n) / b) / 2 ** 80;
}

function series(start: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let [sum, term] = [0n, start];
  for (let n = 1n; term !== 0n && n < 400n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}

const arctanOfInverse = (n: bigint): bigint => {
  let [sum, power, k] = [0n, one / n, 0n];
  while (power !== 0n) {
    sum += (k % 2n === 0n ? power : -power) / (2n * k + 1n);
    power /= n * n;
    k++;
  }
  return sum;
};
/** Machin's formula, and the logarithm of 2 by artanh(1/3). */
const pi = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
const artanh = (s: bigint): bigint => {
  let [sum, power, k] = [0n, s, 1n];
  while (power !== 0n && k < 800n) {
    sum += power / k;
    power = times(times(power, s), s);
    k += 2n;
  }
  return sum;
};
const ln2 = 2n * artanh(one / 3n);
const exponential = (x: bigint): bigint => series(one, (term, n) => times(term, x) / n);

/** What a function is of a single-precision number, exactly to some 150 bits. */
const exact: Readonly<Record<string, (a: number) => bigint>> = {
  "rcp.approx.f32": (a) => (one * one) / fixed(a),
  "ex2.approx.f32": (a) => {
    const whole = Math.floor(a);
    const power = exponential(times(fixed(a - whole), ln2));
    return whole >= 0 ? power << BigInt(whole) : power >> BigInt(-whole);
  },
  "lg2.approx.f32": (a) => {
    let [mantissa, exponent] = [fixed(a), 0n];
    for (; mantissa >= 2n * one; exponent++) mantissa >>= 1n;
    for (; mantissa < one; exponent--) mantissa <<= 1n;
    return exponent * one + (2n * artanh(((mantissa - one) << places) / (mantissa + one)) * one) / ln2;
  },
  "sin.approx.f32": (a) => circular(fixed(a)),
  "cos.approx.f32": (a) => circular(fixed(a) + pi / 2n),
  "tanh.approx.f32": (a) => {
    const power = exponential(2n * fixed(a));
    return ((power - one) << places) / (power + one);
  },
};

function circular(angle: bigint): bigint {
  const turn = 2n * pi;
  let rest = angle % turn;
  if (rest > pi) rest -= turn;
  if (rest < -pi) rest += turn;
  return series(rest, (term, n) => -times(times(term, rest), rest) / (2n * n * (2n * n + 1n)));
}

const ours: Readonly<Record<string, (a: number) => number>> = {
  "rcp.approx.f32": reciprocal,
  "rsqrt.approx.f32": reciprocalRoot,
  "ex2.approx.f32": exp2,
  "lg2.approx.f32": log2,
  "sin.approx.f32": sine,
  "cos.approx.f32": cosine,
  "tanh.approx.f32": tanh,
};

/** Numbers with every exponent between two: the ends of each binade, and some within, the same in every run. */
function sample(leastExponent: number, mostExponent: number, negative: boolean): number[] {
  const numbers: number[] = [];
  let state = 12345;
  for (let exponent = leastExponent; exponent <= mostExponent; exponent++) {
    const fractions = [0, 1, 2 ** 22, 2 ** 23 - 1];
    for (let i = 0; i < 6; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      fractions.push(state >>> 9);
    }
    for (const fraction of fractions) numbers.push((1 + fraction * 2 ** -23) * 2 ** exponent);
  }
  return negative ? [...numbers, ...numbers.map((value) => -value)] : numbers;
}

/** The error of what a function rounds to, in units of the last place of the result. */
function ulps(result: number, wanted: bigint): number {
  const error = Math.abs(ratio(fixed(result) - wanted, one));
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(ratio(wanted, one)))), -126) - 23);
  return error / unit;
}

describe("an approximate function is the nearest number but close to halfway", () => {
  it.each([
    ["ex2.approx.f32", sample(-30, 6, true)],
    ["lg2.approx.f32", sample(-100, 127, false)],
    ["sin.approx.f32", sample(-20, 127, true)],
    ["cos.approx.f32", sample(-20, 127, true)],
    ["tanh.approx.f32", sample(-20, 3, true)],
    ["rcp.approx.f32", sample(-20, 40, true)],
  ] as const)("%s", (name, numbers) => {
    for (const a of numbers) {
      const wanted = exact[name](a);
      const result = Math.fround(ours[name](a));
      if (wanted === 0n) expect(result).toBe(0);
      else if (ulps(result, wanted) > 0.500001)
        expect.fail(`${name} of ${a} is ${result}: ${ulps(result, wanted)} ulp`);
    }
  });

  it("does not depend on what the engine's own functions give", () => {
    const source = readFileSync(new URL("../../../src/gpu/arithmetic/approximate.ts", import.meta.url), "utf8");
    const used = new Set(
      [...source.replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, "").matchAll(/Math\.([a-z]\w*)/g)].map(([, name]) => name),
    );
    // Exact everywhere: magnitudes, whole numbers, and the square root, which IEEE 754 rounds correctly.
    expect([...used].sort()).toEqual(["abs", "floor", "sqrt"]);
  });
});

interface Region {
  readonly range: string;
  readonly ulp: number;
  readonly absolute: number;
  readonly relative: number;
}
const measured = JSON.parse(readFileSync(new URL("./approximate-accuracy.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly regions: readonly Region[] }>
>;

describe("what was measured over all inputs keeps within what PTX allows", () => {
  it.each(documentedErrors.map((promise) => [`${promise.instruction} in ${promise.range}`, promise] as const))(
    "%s",
    (_, { instruction, range, kind, bound }) => {
      const region = measured[instruction]?.regions.find((each) => each.range === range);
      expect(region, `run npm run accuracy:approx ${instruction}`).toBeDefined();
      expect(region?.[kind]).toBeLessThanOrEqual(bound);
    },
  );
});
