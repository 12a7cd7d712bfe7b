// Functions of Math that are no instruction, written in the kernel language itself: what is compiled to PTX and what the
// JavaScript reference runs are the same steps. Where no source is named, the method is the textbook's: reduce the argument,
// sum a Taylor series, put the parts together. Their errors are measured by a test, which says the bounds.
import { dtypes } from "../../core/dtype.js";
import type { HelperSource } from "./check/scope.js";
import type { FunctionSource } from "./source.js";
import type { ScalarType } from "./tree.js";

type Float = "f32" | "f64";

/** The library's function of this name for the type; undefined where it has none. */
export function libraryFunction(name: string, type: ScalarType): HelperSource | undefined {
  const key = `${name}.${type}`;
  const found = made.get(key);
  if (found !== undefined) return found;
  const text = textOf(name, type);
  if (text === undefined) return undefined;
  const [parameters, body] = text;
  const names = parameters.split(" ");
  const code = `({ ${names.join(", ")} }, { f32, f64, i32, i64, u32, fma, idiv, bitcast, copysign }) => {${body}}`;
  const shown = { text: code, origin: `Math.${name}`, firstLine: 1, language: "javascript" } as const;
  const source: FunctionSource = { shown, code };
  const helper: HelperSource = {
    name,
    parameters: names.map((each) => ({ name: each, type: dtypes[type] })),
    result: type,
    source,
    use: {},
    called: false,
  };
  made.set(key, helper);
  return helper;
}

const made = new Map<string, HelperSource>();

type Text = readonly [parameters: string, body: string];

function textOf(name: string, type: ScalarType): Text | undefined {
  if (name === "sign") return ["x", signs[type] ?? "return x > 0 ? 1 : x < 0 ? -1 : x;"];
  if (type !== "f32" && type !== "f64") return undefined;
  return functions[name]?.(type) ?? (type === "f64" ? inDouble[name] : undefined);
}

/** What the library has besides `exp2`, which is no function of JavaScript's Math. */
export const libraryNames: readonly string[] = [
  "sign",
  "round",
  "cbrt",
  "hypot",
  "sinh",
  "cosh",
  "tanh",
  "asin",
  "acos",
  "atan",
  "atan2",
  "asinh",
  "acosh",
  "atanh",
  "expm1",
  "log1p",
];

const signs: Readonly<Partial<Record<ScalarType, string>>> = {
  u32: "return x > 0 ? 1 : 0;",
  u64: "return x > 0 ? 1 : 0;",
  i32: "return x > 0 ? 1 : x < 0 ? -1 : 0;",
  i64: "return x > 0 ? 1 : x < 0 ? -1 : 0;",
};

/** c[0] + z (c[1] + z (c[2] + ...)), each step an fma. */
function series(type: Float, variable: string, coefficients: readonly string[]): string {
  const [first, ...rest] = coefficients.map((each) => `${type}(${each})`).reverse();
  return rest.reduce((sum, each) => `fma(${sum}, ${variable}, ${each})`, first);
}

/** Odd numbers from 3 to `last`, as the coefficients 1/3, 1/5 ... with the signs given. */
function oddReciprocals(last: number, alternating: boolean): string[] {
  const count = (last - 1) / 2;
  return Array.from({ length: count }, (_, k) => `${(alternating && k % 2 === 0 ? -1 : 1) / (2 * k + 3)}`);
}

/** 1/n! for n = from, from + step ..., with alternating signs from a negative one on where asked. */
function factorials(from: number, last: number, step: number, alternating: boolean): string[] {
  const found: string[] = [];
  for (let n = from, sign = -1; n <= last; n += step, sign = -sign) {
    let product = 1;
    for (let k = 2; k <= n; k++) product *= k;
    found.push(`${(alternating ? sign : 1) / product}`);
  }
  return found;
}

const halfPi = "1.5707963267948966";
const pi = "3.141592653589793";

/** In both types, with as many terms as each needs. */
const functions: Readonly<Record<string, (type: Float) => Text>> = {
  // Halves go up, as in JavaScript; x - floor(x) is exact where it matters.
  round: () => ["x", "const whole = Math.floor(x); return copysign(x - whole >= 0.5 ? whole + 1 : whole, x);"],
  // The longer side, times the root of 1 and the square of the ratio.
  hypot: () => [
    "x y",
    `const a = Math.max(Math.abs(x), Math.abs(y));
     const b = Math.min(Math.abs(x), Math.abs(y));
     if (a === Infinity) return a;
     if (x !== x || y !== y) return NaN;
     if (a === 0) return a;
     const ratio = b / a;
     return a * Math.sqrt(fma(ratio, ratio, 1));`,
  ],
  // A third of the exponent's bits is a first guess; Newton's steps do the rest. Subnormal numbers are scaled up before.
  cbrt: (type) => {
    const [guess, steps, up, down, tiny] =
      type === "f32"
        ? ["idiv(bitcast(i32, a), 3) + 709921077", 3, "16777216", "0.00390625", "1.1754943508222875e-38"]
        : [
            "idiv(bitcast(i64, a), 3) + (i64(715094163) << 32)",
            5,
            "18014398509481984",
            "0.000003814697265625",
            "2.2250738585072014e-308",
          ];
    return [
      "x",
      `if (x === 0 || x !== x || Math.abs(x) === Infinity) return x;
       const small = Math.abs(x) < ${tiny};
       const a = small ? Math.abs(x) * ${up} : Math.abs(x);
       let t = bitcast(${type}, ${guess});
       for (let k = 0; k < ${steps}; k++) t = t - (t - a / (t * t)) / 3;
       return copysign(small ? t * ${down} : t, x);`,
    ];
  },
  // The angle of what is left after subtracting the angles pi/2 and pi/4.
  atan: (type) => {
    const terms = oddReciprocals(type === "f32" ? 17 : 43, true);
    return [
      "x",
      `const a = Math.abs(x);
       const inverted = a > 1;
       const b = inverted ? 1 / a : a;
       const turned = b > 0.41421356237309503;
       const t = turned ? (b - 1) / (b + 1) : b;
       const z = t * t;
       const tail = z * ${series(type, "z", terms)};
       const part = fma(t, tail, t);
       const angle = turned ? 0.7853981633974483 + (part + ${type}(${type === "f64" ? "3.061616997868383e-17" : "-2.1855694e-8"})) : part;
       const whole = inverted ? ${halfPi} - (angle - ${type}(${type === "f64" ? "6.123233995736766e-17" : "-4.371139e-8"})) : angle;
       return copysign(whole, x);`,
    ];
  },
  atan2: () => [
    "y x",
    `if (x !== x || y !== y) return NaN;
     const far = Math.abs(x) === Infinity && Math.abs(y) === Infinity;
     const none = x === 0 && y === 0;
     const ratio = far ? 1 : none ? 0 : Math.abs(y) / Math.abs(x);
     const angle = Math.atan(ratio);
     return copysign(copysign(1, x) < 0 ? ${pi} - angle : angle, y);`,
  ],
  asin: () => ["x", "return Math.atan(x / Math.sqrt((1 - x) * (1 + x)));"],
  acos: () => ["x", "return 2 * Math.atan(Math.sqrt((1 - x) / (1 + x)));"],
  sinh: (type) => [
    "x",
    `const a = Math.abs(x);
     if (a < 1) {
       const z = x * x;
       const tail = z * ${series(type, "z", factorials(3, type === "f32" ? 9 : 19, 2, false))};
       return fma(x, tail, x);
     }
     const root = Math.exp(a * 0.5);
     const grown = root * 0.5 * root;
     return copysign(grown - 0.25 / grown, x);`,
  ],
  cosh: () => [
    "x",
    "const root = Math.exp(Math.abs(x) * 0.5); const grown = root * 0.5 * root; return grown + 0.25 / grown;",
  ],
  tanh: (type) =>
    type === "f64"
      ? [
          "x",
          `if (Math.abs(x) > 22) return copysign(1, x);
           const grown = Math.expm1(2 * Math.abs(x));
           return copysign(grown / (grown + 2), x);`,
        ]
      : [
          "x",
          `const a = Math.abs(x);
           if (a < 0.4) {
             const z = x * x;
             const tail = z * ${series("f32", "z", [-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075].map(String))};
             return fma(x, tail, x);
           }
           return copysign(1 - 2 / (Math.exp(2 * a) + 1), x);`,
        ],
  asinh: (type) =>
    type === "f32"
      ? ["x", "return f32(Math.asinh(f64(x)));"]
      : [
          "x",
          `const a = Math.abs(x);
           if (a > 1e150) return copysign(Math.log(a) + ${Math.LN2}, x);
           const z = a * a;
           return copysign(Math.log1p(a + z / (1 + Math.sqrt(1 + z))), x);`,
        ],
  acosh: (type) =>
    type === "f32"
      ? ["x", "return f32(Math.acosh(f64(x)));"]
      : [
          "x",
          `if (x < 1) return NaN;
           if (x > 1e150) return Math.log(x) + ${Math.LN2};
           const t = x - 1;
           return Math.log1p(t + Math.sqrt(2 * t + t * t));`,
        ],
  atanh: (type) =>
    type === "f32"
      ? ["x", "return f32(Math.atanh(f64(x)));"]
      : ["x", "const a = Math.abs(x); return copysign(0.5 * Math.log1p(2 * a / (1 - a)), x);"],
  expm1: (type) =>
    type === "f32"
      ? ["x", "return f32(Math.expm1(f64(x)));"]
      : [
          "x",
          `if (Math.abs(x) < 0.35) {
             const tail = x * ${series("f64", "x", factorials(2, 15, 1, false))};
             return fma(x, tail, x);
           }
           return Math.exp(x) - 1;`,
        ],
  // As Kahan has it: what 1 + x loses of x, the quotient gives back.
  log1p: (type) =>
    type === "f32"
      ? ["x", "return f32(Math.log1p(f64(x)));"]
      : [
          "x",
          `const u = 1 + x;
           if (u === 1) return x;
           if (u === Infinity) return u;
           return Math.log(u) * (x / (u - 1));`,
        ],
};

/** m and e with x = m 2^e and m between the roots of 1/2 and 2, for x above 0; subnormal numbers are brought up by 2^54 first. */
const mantissaAndExponent = `const small = x < 2.2250738585072014e-308;
     const bits = bitcast(i64, small ? x * 18014398509481984 : x);
     let e = i32(bits >> 52) - (small ? 1077 : 1023);
     let m = bitcast(f64, (bits & 4503599627370495) | (i64(1023) << 52));
     if (m > 1.4142135623730951) {
       m = m * 0.5;
       e = e + 1;
     }`;

/** e^r for |r| up to ln 2 / 2, times 2^k in two steps, so that neither factor leaves the range. */
const scaledExponential = `
  const tail = r * ${series("f64", "r", factorials(2, 14, 1, false))};
  const grown = 1 + fma(r, tail, r);
  const k = i64(whole);
  const half = k >> 1;
  return grown * bitcast(f64, (half + 1023) << 52) * bitcast(f64, (k - half + 1023) << 52);`;

/** The octant of x, and what is left: three parts of pi / 2, of 53 bits each, times a whole number. */
const reduced = `
  const whole = Math.floor(fma(x, ${2 / Math.PI}, 0.5));
  const r = fma(-whole, -1.4973849048591698e-33, fma(-whole, 6.123233995736766e-17, fma(-whole, ${halfPi}, x)));
  const quadrant = i32(i64(whole) & 3);
  const z = r * r;
  const sine = fma(r, z * ${series("f64", "z", factorials(3, 19, 2, true))}, r);
  const cosine = fma(z, fma(z, ${series(
    "f64",
    "z",
    factorials(4, 20, 2, true).map((each) => `${-Number(each)}`),
  )}, -0.5), 1);`;

/** In double precision only; in single there are instructions. */
const inDouble: Readonly<Record<string, Text>> = {
  exp: [
    "x",
    `if (x !== x) return x;
     if (x > 709.79) return Infinity;
     if (x < -745.2) return 0;
     const whole = Math.floor(fma(x, ${Math.LOG2E}, 0.5));
     const r = fma(-whole, 1.9082149292705877e-10, fma(-whole, 0.6931471803691238, x));
     ${scaledExponential}`,
  ],
  exp2: [
    "x",
    `if (x !== x) return x;
     if (x >= 1024) return Infinity;
     if (x < -1076) return 0;
     const whole = Math.floor(x + 0.5);
     const r = (x - whole) * ${Math.LN2};
     ${scaledExponential}`,
  ],
  // m 2^e with m around 1: log m = 2 artanh((m - 1) / (m + 1)).
  log: [
    "x",
    `if (x < 0 || x !== x) return NaN;
     if (x === 0) return -Infinity;
     if (x === Infinity) return x;
     ${mantissaAndExponent}
     const f = m - 1;
     const s = f / (m + 1);
     const z = s * s;
     const tail = z * ${series("f64", "z", oddReciprocals(23, false))};
     const part = f - s * (f - 2 * tail);
     return fma(f64(e), 0.6931471803691238, part + f64(e) * 1.9082149292705877e-10);`,
  ],
  log2: ["x", logarithm("1", "0", Math.LOG2E)],
  log10: ["x", logarithm("0.3010299955494702", "1.1451100898021838e-10", Math.LOG10E)],
  sin: [
    "x",
    `${reduced}
     const value = (quadrant & 1) === 0 ? sine : cosine;
     return x === 0 ? x : (quadrant & 2) === 0 ? value : -value;`,
  ],
  cos: [
    "x",
    `${reduced}
     const value = (quadrant & 1) === 0 ? cosine : sine;
     return quadrant === 1 || quadrant === 2 ? -value : value;`,
  ],
  tan: ["x", `${reduced} return x === 0 ? x : (quadrant & 1) === 0 ? sine / cosine : -cosine / sine;`],
  // Whole exponents by multiplication; else e^(y log x), whose error grows with y log x.
  pow: [
    "x y",
    `if (y === 0) return 1;
     const whole = Math.floor(y) === y;
     if (whole && Math.abs(y) <= 64) {
       let n = i32(Math.abs(y));
       let power = f64(1);
       let square = x;
       while (n > 0) {
         if (n & 1) power = power * square;
         n = n >> 1;
         if (n > 0) square = square * square;
       }
       return y < 0 ? 1 / power : power;
     }
     const odd = whole && Math.floor(y * 0.5) * 2 !== y;
     if (x < 0 && !whole && x !== -Infinity) return NaN;
     if (Math.abs(x) === 1) return Math.abs(y) === Infinity || y !== y ? NaN : odd ? x : 1;
     const log = Math.log(Math.abs(x));
     const product = y * log;
     const lost = fma(y, log, -product);
     const size = Math.exp(product);
     const value = size === Infinity || size === 0 ? size : fma(size, lost, size);
     return odd ? copysign(value, x) : value;`,
  ],
};

/** A logarithm in another base: the exponent's part in two pieces, of which the first is exact. */
function logarithm(high: string, low: string, factor: number): string {
  return `if (x <= 0 || x === Infinity || x !== x) return Math.log(x);
     ${mantissaAndExponent}
     return fma(f64(e), ${high}, fma(Math.log(m), ${factor}, f64(e) * f64(${low})));`;
}
