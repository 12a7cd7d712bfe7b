import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, f64, i32, i64, u32 } from "../../../src/core/dtype.js";
import { binary, convert } from "../../../src/gpu/language/arithmetic.js";
import { fma } from "../../../src/gpu/language/exact.js";
import { kernel, setFunctionSourceProvider } from "../../../src/gpu/language/index.js";
import {
  blockSum,
  mandelbrot,
  matmul,
  plainBlockSum,
  plainMandelbrot,
  plainMatmul,
  plainSaxpy,
  saxpy,
} from "../kernels.js";
import { everything } from "./everything.js";

const random = (count: number, seed = 1) =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(seed * 91.7 + i * 12.9898) * 10));

describe("the reference agrees with a plain computation", () => {
  it("saxpy, with a tail", () => {
    const [x, y] = [random(100), random(100, 2)];
    const expected = plainSaxpy(2.5, x, y);
    saxpy.reference.run({ grid: 4, block: 32 }, { n: 100, a: 2.5, x, y });
    expect(y).toEqual(expected);
  });

  it("a block reduction in shared memory", () => {
    const x = random(1000);
    const sums = new Float32Array(4);
    blockSum.reference.run({ grid: 4, block: 256 }, { n: 1000, x, sums });
    expect(sums).toEqual(plainBlockSum(x));
  });

  it("a tiled matrix multiply that is no multiple of the tile", () => {
    const n = 37;
    const [a, b, c] = [random(n * n), random(n * n, 2), new Float32Array(n * n)];
    matmul.reference.run({ grid: [3, 3], block: [16, 16] }, { n, a, b, c });
    expect(c).toEqual(plainMatmul(n, a, b));
  });

  it("a divergent Mandelbrot", () => {
    const out = new Int32Array(40 * 40);
    mandelbrot.reference.run({ grid: [3, 3], block: [16, 16] }, { n: 40, limit: 60, out });
    expect(out).toEqual(plainMandelbrot(40, 60));
  });

  it("helpers", () => {
    const x = Float32Array.from([3, -5, 4]);
    const out = new Float32Array(3);
    everything.helpers.reference.run({ grid: 1, block: 1 }, { x, out, n: 3 });
    expect([...out]).toEqual([1 - 1, 4, 1]);
  });

  it("atomics", () => {
    const [i, u, l] = [new Int32Array(3), new Uint32Array(4), new BigInt64Array(2)];
    const [f, d, out] = [new Float32Array(4), new Float64Array(1), new Int32Array(17)];
    u[1] = 7;
    everything.atomics.reference.run({ grid: 1, block: 16 }, { i, u, l, f, d, out });
    expect([...i]).toEqual([-120, -3, 1]);
    expect([...u]).toEqual([7, 6, 4, 0]);
    expect([...l]).toEqual([80n, 0n]);
    expect([...f]).toEqual([8, -16, -16, 9]);
    expect([...d]).toEqual([120]);
    expect([...out.subarray(0, 4), out[16]]).toEqual([0, 0, 0, 1, 120]);
  });

  it("narrow integers wrap in memory and are i32 in registers", () => {
    const [a, b, c, d] = [
      Int8Array.of(100, -100, 7, 127),
      Uint8Array.of(100, 2, 3, 4),
      Int16Array.of(0, -30000, 1, 2),
      new Uint16Array(4),
    ];
    const out = new Int32Array(4);
    everything.narrow.reference.run({ grid: 1, block: 4 }, { a, b, c, d, s: -1, w: 3, out });
    expect([...a]).toEqual([101, -99, 8, -128]);
    expect([...b]).toEqual([44, 202, 203, 204]);
    expect([...c]).toEqual([-30000, 5536, -29999, -29998]);
    expect([...d]).toEqual([65533, 65533, 65533, 65533]);
    expect([...out]).toEqual([44, 212, 21, 125].map((byte) => byte + 44 + 234));
  });
});

describe("the reference refuses", () => {
  it("an access outside of an array, with block and thread", () => {
    const y = new Float32Array(3);
    expect(() => saxpy.reference.run({ grid: 1, block: 4 }, { n: 4, a: 1, x: new Float32Array(4), y })).toThrow(
      "block (0), thread (3): element 3 of y (global memory) is outside: it has 3",
    );
  });
  it("missing, extra and wrongly typed arguments", () => {
    const launch = { grid: 1, block: 1 };
    const x = new Float32Array(1);
    expect(() => saxpy.reference.run(launch, { n: 1, a: 1, x } as never)).toThrow(
      "argument y must be a Float32Array (f32.ptr)",
    );
    expect(() => saxpy.reference.run(launch, { n: 1, a: 1, x, y: x, z: x } as never)).toThrow(
      "saxpy takes no argument z",
    );
    expect(() => saxpy.reference.run(launch, { n: 1.5, a: 1, x, y: x })).toThrow(
      "argument n: 1.5 is not a whole number",
    );
    expect(() => saxpy.reference.run(launch, { n: 1, a: 1, x: new Float64Array(1) as never, y: x })).toThrow(
      "argument x",
    );
  });
  it("warps", () => {
    const args = { x: new Float32Array(32), out: new Uint32Array(32), sums: new Float32Array(32) };
    expect(() => everything.warps.reference.run({ grid: 1, block: 32 }, args)).toThrow(
      "the JavaScript reference has no warps",
    );
  });
});

/** Expressions as text together with what they should give, computed beside the compiler. */
interface Sample {
  readonly text: string;
  readonly value: number;
}

const operators = {
  i32: {
    "+": (a, b) => (a + b) | 0,
    "-": (a, b) => (a - b) | 0,
    "*": Math.imul,
    "&": (a, b) => a & b,
    "|": (a, b) => a | b,
    "^": (a, b) => a ^ b,
    "<<": (a, b) => a << b,
    ">>": (a, b) => a >> b,
  },
  u32: {
    "+": (a, b) => (a + b) >>> 0,
    "-": (a, b) => (a - b) >>> 0,
    "*": (a, b) => Math.imul(a, b) >>> 0,
    "&": (a, b) => (a & b) >>> 0,
    "^": (a, b) => (a ^ b) >>> 0,
    "<<": (a, b) => (a << b) >>> 0,
    ">>>": (a, b) => a >>> b,
  },
  f32: {
    "+": (a, b) => Math.fround(a + b),
    "-": (a, b) => Math.fround(a - b),
    "*": (a, b) => Math.fround(a * b),
    "/": (a, b) => Math.fround(a / b),
  },
} as const satisfies Record<string, Record<string, (a: number, b: number) => number>>;

const literals = {
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  u32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  f32: fc.float({ noNaN: true, noDefaultInfinity: true }),
} as const;

/** An expression over a, b and literals that meet them, so that their type is theirs. */
function expression(type: keyof typeof operators, a: number, b: number): fc.Arbitrary<Sample> {
  const variable = fc.constantFrom({ text: "a", value: a }, { text: "b", value: b });
  const names = Object.keys(operators[type]);
  const apply = operators[type] as Record<string, (a: number, b: number) => number>;
  return fc.letrec<{ tree: Sample; node: Sample; withLiteral: Sample }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, variable, tie("node"), tie("withLiteral")),
    node: fc.tuple(tie("tree"), fc.constantFrom(...names), tie("tree")).map(([left, name, right]) => ({
      text: `(${left.text} ${name} ${right.text})`,
      value: apply[name](left.value, right.value),
    })),
    withLiteral: fc
      .tuple(tie("tree"), fc.constantFrom(...names.filter((name) => !/[<>]/.test(name))), literals[type], fc.boolean())
      .map(([tree, name, literal, first]) => {
        const [left, right] = first ? [literal, tree.value] : [tree.value, literal];
        const text = Object.is(literal, -0) ? "-0" : `${literal}`;
        return {
          text: first ? `(${text} ${name} ${tree.text})` : `(${tree.text} ${name} ${text})`,
          value: apply[name](left, right),
        };
      }),
  })).tree;
}

function compileText(text: string, types: Record<string, unknown>) {
  setFunctionSourceProvider(() => ({ text, code: text, origin: "test", firstLine: 1 }));
  try {
    return kernel("k", types as never, () => {});
  } finally {
    setFunctionSourceProvider(undefined);
  }
}

describe("each operation is rounded in its static type", () => {
  const types = { i32, u32, f32 } as const;
  const arrays = { i32: Int32Array, u32: Uint32Array, f32: Float32Array } as const;
  for (const type of ["i32", "u32", "f32"] as const) {
    it(`random ${type} expressions agree with a direct evaluation`, () => {
      const sample = fc
        .tuple(literals[type], literals[type])
        .chain(([a, b]) => expression(type, a, b).map((tree) => ({ a, b, tree })));
      fc.assert(
        fc.property(sample, ({ a, b, tree }) => {
          const compiled = compileText(`({ a, b, out }) => {\n  out[0] = ${tree.text};\n}`, {
            a: types[type],
            b: types[type],
            out: types[type].ptr,
          });
          const out = new arrays[type](1);
          compiled.reference.run({ grid: 1, block: 1 }, { a, b, out } as never);
          const expected = new arrays[type]([tree.value]);
          expect(out).toEqual(expected);
        }),
        { numRuns: 200 },
      );
    });
  }

  it("idiv and % truncate, also where they wrap", () => {
    const run = (a: number, b: number) => {
      const out = new Int32Array(2);
      divide.reference.run({ grid: 1, block: 1 }, { a, b, out });
      return [...out];
    };
    const divide = kernel("divide", { a: i32, b: i32, out: i32.ptr }, ({ a, b, out }, { idiv }) => {
      out[0] = idiv(a, b);
      out[1] = a % b;
    });
    expect(run(-7, 2)).toEqual([-3, -1]);
    expect(run(7, -2)).toEqual([-3, 1]);
    expect(run(-(2 ** 31), -1)).toEqual([-(2 ** 31), 0]);
  });

  it("also where all of it is known when the kernel is compiled", () => {
    const constants = kernel("constants", { x: f32.ptr, out: i32.ptr }, ({ x, out }, { i32, u32, f32 }) => {
      const most = i32(2147483647);
      const least = i32(-2147483648);
      x[0] = f32(u32(3) - u32(5));
      x[1] = f32(most + 1);
      x[2] = f32(16777216) + f32(1) + 1;
      out[0] = -least;
      out[1] = i32(f32(16777216) + f32(1));
      out[2] = (most + 1) >> 31;
    });
    const [x, out] = [new Float32Array(3), new Int32Array(3)];
    constants.reference.run({ grid: 1, block: 1 }, { x, out });
    expect([...x]).toEqual([2 ** 32, -(2 ** 31), 2 ** 24]);
    expect([...out]).toEqual([-(2 ** 31), 2 ** 24, -1]);
  });

  it("64-bit integers wrap and keep all their bits", () => {
    const product = kernel("product", { a: i64, b: i64, out: i64.ptr }, ({ a, b, out }) => {
      out[0] = a * b + 1;
    });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (a, b) => {
          const out = new BigInt64Array(1);
          product.reference.run({ grid: 1, block: 1 }, { a, b, out });
          expect(out[0]).toBe(BigInt.asIntN(64, a * b + 1n));
        },
      ),
    );
  });

  it("f32 with f64 is done in f64", () => {
    const mixed = kernel("mixed", { a: f32, d: f64, out: f64.ptr }, ({ a, d, out }) => {
      out[0] = a * d + 0.1;
    });
    const out = new Float64Array(1);
    mixed.reference.run({ grid: 1, block: 1 }, { a: 0.1, d: 3, out });
    expect(out[0]).toBe(Math.fround(0.1) * 3 + 0.1);
  });
});

describe("arithmetic", () => {
  it("fma rounds once, in f32", () => {
    // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: with +2^-60 the tie of the last bit is broken upwards.
    const a = 1 + 2 ** -12;
    expect(fma("f32", a, a, 2 ** -60)).toBe(1 + 2 ** -11 + 2 ** -23);
    expect(fma("f32", a, a, 0)).toBe(1 + 2 ** -11);
    expect(Math.fround(a * a + 2 ** -60)).toBe(1 + 2 ** -11);
  });
  it("fma rounds once, in f64", () => {
    const a = 1 + 2 ** -27;
    expect(fma("f64", a, a, -1 - 2 ** -26)).toBe(2 ** -54);
    expect(fma("f64", 1e308, 10, -Infinity)).toBe(-Infinity);
    expect(fma("f64", 2 ** 1000, 2 ** 1000, 0)).toBe(Infinity);
    expect(fma("f64", 2 ** -600, 2 ** -474, 0)).toBe(2 ** -1074);
  });
  it("fma of a product that is exact is the sum", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, c) => {
        expect(fma("f64", a, 1, c)).toBe(a + c);
      }),
    );
  });
  it("a 64-bit integer becomes the nearest f32, not the nearest of the nearest f64", () => {
    expect(convert("i64", "f32", 2n ** 60n + 2n ** 36n + 1n)).toBe(2 ** 60 + 2 ** 37);
    expect(convert("i64", "f32", -3n)).toBe(-3);
  });
  it("floats truncate and saturate into integers", () => {
    expect(convert("f32", "i32", 3e9)).toBe(2 ** 31 - 1);
    expect(convert("f32", "u32", -2.5)).toBe(0);
    expect(convert("f32", "i32", Number.NaN)).toBe(0);
    expect(convert("f64", "i64", 1e30)).toBe(2n ** 63n - 1n);
    expect(convert("f32", "i32", -1.9)).toBe(-1);
  });
  it("by zero the quotient has all bits set and the remainder is the dividend", () => {
    for (const [type, ones] of [
      ["i32", -1],
      ["u32", 2 ** 32 - 1],
    ] as const) {
      expect([binary("div", type, 7, 0), binary("rem", type, 7, 0)]).toEqual([ones, 7]);
    }
    expect([binary("div", "i64", -7n, 0n), binary("rem", "i64", -7n, 0n)]).toEqual([-1n, -7n]);
    expect([binary("div", "u64", 7n, 0n), binary("rem", "u64", 7n, 0n)]).toEqual([2n ** 64n - 1n, 7n]);
  });
  it("shifts count modulo the width", () => {
    expect(binary("shl", "i32", 1, 33)).toBe(2);
    expect(binary("shr", "u64", 2n ** 63n, 65)).toBe(2n ** 62n);
  });
});
