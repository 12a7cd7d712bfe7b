// Bit instructions held against the PTX manual's pseudocode, written out bit by bit on big integers.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { execute } from "../one-instruction.js";

const word = (bits: 32 | 64): fc.Arbitrary<bigint> => {
  const top = 1n << BigInt(bits);
  const edges = [0n, 1n, top - 1n, top >> 1n, (top >> 1n) - 1n, 0x8000_0000n, 0xffn];
  return fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: top - 1n }));
};
const small = fc.oneof(fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 255, 256), fc.integer({ min: 0, max: 80 }));
const bitsOf = (value: bigint, width: number): bigint[] =>
  Array.from({ length: width }, (_, i) => (value >> BigInt(i)) & 1n);
const fromBits = (bits: readonly bigint[]): bigint => bits.reduce((sum, bit, i) => sum | (bit << BigInt(i)), 0n);
const runs = { numRuns: 60 };

describe.each([32, 64] as const)("%d bits", (width) => {
  it("popc, clz and brev", () => {
    fc.assert(
      fc.property(word(width), (a) => {
        const digits = bitsOf(a, width);
        expect(execute(`popc.b${width}`, [32, width], a)).toBe(digits.reduce((sum, bit) => sum + bit, 0n));
        const highest = digits.lastIndexOf(1n);
        expect(execute(`clz.b${width}`, [32, width], a)).toBe(BigInt(width - 1 - highest));
        expect(execute(`brev.b${width}`, [width, width], a)).toBe(fromBits(digits.reverse()));
      }),
      runs,
    );
  });

  it.each(["u", "s"])("bfind.%s", (sign) => {
    fc.assert(
      fc.property(word(width), (a) => {
        const digits = bitsOf(a, width);
        const ignored = sign === "s" && digits[width - 1] === 1n ? 1n : 0n;
        const place = digits.findLastIndex((bit) => bit !== ignored);
        const none = 0xffff_ffffn;
        expect(execute(`bfind.${sign}${width}`, [32, width], a)).toBe(place < 0 ? none : BigInt(place));
        expect(execute(`bfind.shiftamt.${sign}${width}`, [32, width], a)).toBe(
          place < 0 ? none : BigInt(width - 1 - place),
        );
      }),
      runs,
    );
  });

  it.each(["u", "s"])("bfe.%s", (sign) => {
    fc.assert(
      fc.property(word(width), small, small, (a, b, c) => {
        const [pos, len, msb] = [b & 0xff, c & 0xff, width - 1];
        const digits = bitsOf(a, width);
        const sbit = sign === "u" || len === 0 ? 0n : digits[Math.min(pos + len - 1, msb)];
        const expected = digits.map((_, i) => (i < len && pos + i <= msb ? digits[pos + i] : sbit));
        expect(execute(`bfe.${sign}${width}`, [width, width, 32, 32], a, BigInt(b), BigInt(c))).toBe(
          fromBits(expected),
        );
      }),
      runs,
    );
  });

  it("bfi", () => {
    fc.assert(
      fc.property(word(width), word(width), small, small, (a, b, c, d) => {
        const [pos, len, msb] = [c & 0xff, d & 0xff, width - 1];
        const [from, into] = [bitsOf(a, width), bitsOf(b, width)];
        for (let i = 0; i < len && pos + i <= msb; i++) into[pos + i] = from[i] ?? 0n;
        expect(execute(`bfi.b${width}`, [width, width, width, 32, 32], a, b, BigInt(c), BigInt(d))).toBe(
          fromBits(into),
        );
      }),
      runs,
    );
  });
});

it.each([
  ["clamp", 4n, 8n, 0xff0n],
  ["clamp", 0n, 32n, 0xffff_ffffn],
  ["clamp", 28n, 8n, 0xf000_0000n],
  ["clamp", 32n, 1n, 0n],
  ["clamp", 5n, 0n, 0n],
  ["wrap", 36n, 8n, 0xff0n],
  ["wrap", 0n, 32n, 0n],
  ["wrap", 28n, 36n, 0xf000_0000n],
])("bmsk.%s of %d and %d", (mode, a, b, expected) => {
  expect(execute(`bmsk.${mode}.b32`, [32, 32, 32], a, b)).toBe(expected);
});

describe("prmt", () => {
  const a = 0x33_22_91_80n; // bytes 0 to 3
  const b = 0xf7_66_55_44n; // bytes 4 to 7
  it.each([
    ["", 0x3210n, a],
    ["", 0x7654n, b],
    ["", 0x0123n, 0x80_91_22_33n],
    ["", 0xf8_a9n, 0xff_ff_00_ffn],
    [".f4e", 1n, 0x44_33_22_91n],
    [".f4e", 3n, 0x66_55_44_33n],
    [".b4e", 0n, 0x55_66_f7_80n],
    [".b4e", 2n, 0xf7_80_91_22n],
    [".rc8", 2n, 0x22_22_22_22n],
    [".ecl", 2n, 0x33_22_22_22n],
    [".ecr", 1n, 0x91_91_91_80n],
    [".rc16", 1n, 0x33_22_33_22n],
    [".rc16", 2n, 0x91_80_91_80n],
  ])("b32%s by %d", (mode, control, expected) => {
    expect(execute(`prmt.b32${mode}`, [32, 32, 32, 32], a, b, control)).toBe(expected);
  });
});

test("lop3 is its truth table", () => {
  const [ta, tb, tc] = [0xf0n, 0xccn, 0xaan];
  const formulas: [bigint, (a: bigint, b: bigint, c: bigint) => bigint][] = [
    [ta & tb & tc, (a, b, c) => a & b & c],
    [ta | tb | tc, (a, b, c) => a | b | c],
    [ta & tb & (0xffn ^ tc), (a, b, c) => a & b & ~c],
    [(ta & tb) | tc, (a, b, c) => (a & b) | c],
    [ta ^ tb ^ tc, (a, b, c) => a ^ b ^ c],
  ];
  fc.assert(
    fc.property(word(32), word(32), word(32), fc.constantFrom(...formulas), (a, b, c, [table, formula]) => {
      expect(execute("lop3.b32", [32, 32, 32, 32, 32], a, b, c, table)).toBe(BigInt.asUintN(32, formula(a, b, c)));
    }),
    runs,
  );
});

test.each(["l", "r"])("shf.%s takes a word of the shifted pair", (direction) => {
  fc.assert(
    fc.property(word(32), word(32), small, fc.constantFrom("wrap", "clamp"), (a, b, c, mode) => {
      const by = BigInt(mode === "wrap" ? c & 31 : Math.min(c, 32));
      const pair = (b << 32n) | a;
      const expected = direction === "l" ? ((pair << by) >> 32n) & 0xffff_ffffn : (pair >> by) & 0xffff_ffffn;
      expect(execute(`shf.${direction}.${mode}.b32`, [32, 32, 32, 32], a, b, BigInt(c))).toBe(expected);
    }),
    runs,
  );
});

test("dp4a and dp2a sum products of bytes, each operand with its own sign", () => {
  const byte = (value: bigint, at: number, signed: boolean, bits = 8): bigint => {
    const raw = BigInt.asUintN(bits, value >> BigInt(bits * at));
    return signed ? BigInt.asIntN(bits, raw) : raw;
  };
  const type = fc.constantFrom("u32", "s32");
  fc.assert(
    fc.property(word(32), word(32), word(32), type, type, (a, b, c, first, second) => {
      const [sa, sb] = [first === "s32", second === "s32"];
      const sum4 = [0, 1, 2, 3].reduce((sum, i) => sum + byte(a, i, sa) * byte(b, i, sb), c);
      expect(execute(`dp4a.${first}.${second}`, [32, 32, 32, 32], a, b, c)).toBe(BigInt.asUintN(32, sum4));
      for (const [half, skip] of [
        ["lo", 0],
        ["hi", 2],
      ] as const) {
        const sum2 = [0, 1].reduce((sum, i) => sum + byte(a, i, sa, 16) * byte(b, i + skip, sb), c);
        expect(execute(`dp2a.${half}.${first}.${second}`, [32, 32, 32, 32], a, b, c)).toBe(BigInt.asUintN(32, sum2));
      }
    }),
    runs,
  );
});

test("sad, mul24 and mad24", () => {
  fc.assert(
    fc.property(word(32), word(32), word(32), (a, b, c) => {
      const [sa, sb] = [BigInt.asIntN(32, a), BigInt.asIntN(32, b)];
      const abs = (x: bigint): bigint => (x < 0n ? -x : x);
      expect(execute("sad.u32", [32, 32, 32, 32], a, b, c)).toBe(BigInt.asUintN(32, c + abs(a - b)));
      expect(execute("sad.s32", [32, 32, 32, 32], a, b, c)).toBe(BigInt.asUintN(32, c + abs(sa - sb)));
      for (const [type, read] of [
        ["u32", BigInt.asUintN],
        ["s32", BigInt.asIntN],
      ] as const) {
        const product = read(24, a) * read(24, b);
        for (const [half, drop] of [
          ["lo", 0n],
          ["hi", 16n],
        ] as const) {
          const low = product >> drop;
          expect(execute(`mul24.${half}.${type}`, [32, 32, 32], a, b)).toBe(BigInt.asUintN(32, low));
          expect(execute(`mad24.${half}.${type}`, [32, 32, 32, 32], a, b, c)).toBe(BigInt.asUintN(32, low + c));
        }
      }
    }),
    runs,
  );
});

test.each([
  ["copysign.f32", 32, 0x8000_0000n, 0x3f80_0000n, 0xbf80_0000n],
  ["copysign.f32", 32, 0x3f80_0000n, 0xffc0_0001n, 0x7fc0_0001n],
  ["copysign.f64", 64, 0x8000_0000_0000_0000n, 0x3ff0_0000_0000_0001n, 0xbff0_0000_0000_0001n],
] as const)("%s (%d bits) of %d and %d", (name, width, a, b, expected) => {
  const load =
    width === 32
      ? ["mov.b32 %fa, %r1;", "mov.b32 %fb, %r2;", "mov.b32 %r0, %fd;"]
      : ["mov.b64 %da, %rd1;", "mov.b64 %db, %rd2;", "mov.b64 %rd0, %dd;"];
  const names = width === 32 ? "%fd, %fa, %fb" : "%dd, %da, %db";
  const text = `.reg .f32 %fa, %fb, %fd; .reg .f64 %da, %db, %dd; ${load[0]} ${load[1]} ${name} ${names}; ${load[2]}`;
  expect(execute({ text }, [width, width, width], a, b)).toBe(expected);
});
