import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiplyHighSigned, multiplyHighUnsigned } from "../../../src/gpu/arithmetic/exact.js";
import { fma32 } from "../../../src/gpu/arithmetic/rounded.js";
import { instructionTable } from "../../../src/gpu/ptx/instructions/index.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { executableOpcodes } from "../../../src/gpu/simt/program.js";
import { kernelPtx, launchImage } from "../launches.js";
import { formsOf, moduleOf } from "../ptx/forms.js";
import { execute } from "./one-instruction.js";

describe("the instruction table", () => {
  it("has no opcode that nothing executes, and nothing executes an opcode that it lacks", () => {
    expect(new Set(instructionTable.map(({ opcode }) => opcode))).toEqual(executableOpcodes);
  });

  it.each(
    instructionTable
      // Textures need one: host/textures.test.ts.
      .filter(({ opcode }) => !["trap", "tex", "txq", "suq", "suld", "sust"].includes(opcode))
      .map((row) => [`${row.opcode} ${row.modifiers.map(({ name }) => name).join(".")}: ${row.does}`, row] as const),
  )("every form runs: %s", (_, row) => {
    for (const form of formsOf(row)) {
      const ptx = moduleOf(form);
      // One thread alone makes an end of a barrier.
      const block = form.startsWith("mbarrier.inval") ? 1 : 32;
      const machine = new Machine(
        launchImage({
          ptx,
          block,
          arrays: [{ label: "out", dtype: "u8", data: new Uint8Array(256) }],
        }),
      );
      expect(() => machine.run(), form).not.toThrow();
    }
  });
});

const bitsOf = (value: number): bigint => BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]);
const floatOf = (bits: bigint): number => new Float32Array(Uint32Array.of(Number(bits)).buffer)[0];
const doubleBits = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0];

const edges = (bits: 16 | 32 | 64) => {
  const top = 1n << BigInt(bits);
  const special = [0n, 1n, 2n, top - 1n, top - 2n, top / 2n, top / 2n - 1n, top / 2n + 1n, 0xffn, 0x8000n];
  return fc.oneof(
    fc.constantFrom(...special.map((value) => BigInt.asUintN(bits, value))),
    fc.bigInt({ min: 0n, max: top - 1n }),
  );
};

describe("integer arithmetic agrees with big integers", () => {
  const widths = [16, 32, 64] as const;
  type Law = (a: bigint, b: bigint, bits: number) => bigint;
  const truncate =
    (signed: boolean, law: Law): Law =>
    (a, b, bits) => {
      const read = (value: bigint) => (signed ? BigInt.asIntN(bits, value) : value);
      return BigInt.asUintN(bits, law(read(a), read(b), bits));
    };
  const laws: readonly [string, boolean, Law][] = [
    ["add.u", false, (a, b) => a + b],
    ["sub.s", true, (a, b) => a - b],
    ["mul.lo.s", true, (a, b) => a * b],
    ["mul.hi.s", true, (a, b, bits) => (a * b) >> BigInt(bits)],
    ["mul.hi.u", false, (a, b, bits) => (a * b) >> BigInt(bits)],
    ["min.s", true, (a, b) => (a < b ? a : b)],
    ["max.u", false, (a, b) => (a > b ? a : b)],
    ["div.s", true, (a, b) => (b === 0n ? -1n : a / b)],
    ["div.u", false, (a, b) => (b === 0n ? -1n : a / b)],
    ["rem.s", true, (a, b) => (b === 0n ? a : a % b)],
    ["and.b", false, (a, b) => a & b],
    ["xor.b", false, (a, b) => a ^ b],
  ];
  it.each(
    laws.flatMap(([name, signed, law]) =>
      widths.map((bits) => [`${name}${bits}`, bits, truncate(signed, law)] as const),
    ),
  )("%s", (name, bits, law) => {
    fc.assert(
      fc.property(edges(bits), edges(bits), (a, b) => {
        expect(execute(name, [bits, bits, bits], a, b)).toBe(law(a, b, bits));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ["mul.wide.s32", true],
    ["mul.wide.u32", false],
  ] as const)("%s", (name, signed) => {
    const read = (value: bigint) => (signed ? BigInt.asIntN(32, value) : value);
    fc.assert(
      fc.property(edges(32), edges(32), (a, b) => {
        expect(execute(name, [64, 32, 32], a, b)).toBe(BigInt.asUintN(64, read(a) * read(b)));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["shl.b", (a: bigint, n: bigint) => a << n],
    ["shr.u", (a: bigint, n: bigint) => a >> n],
    ["shr.s", (a: bigint, n: bigint, bits: number) => BigInt.asIntN(bits, a) >> n],
  ] as const)("%s shifts by the width and beyond give zeros or the sign", (name, law) => {
    for (const bits of widths) {
      fc.assert(
        fc.property(edges(bits), fc.integer({ min: 0, max: 80 }), (a, count) => {
          expect(execute(`${name}${bits}`, [bits, bits, 32], a, BigInt(count))).toBe(
            BigInt.asUintN(bits, law(a, BigInt(count), bits)),
          );
        }),
        { numRuns: 30 },
      );
    }
  });

  it("the high half of a product is exact", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(multiplyHighSigned(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
        expect(multiplyHighUnsigned(a >>> 0, b >>> 0)).toBe(Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n));
      }),
    );
  });
});

/** A finite double as an exact fraction. */
function exact(value: number): { mantissa: bigint; exponent: number } {
  const bits = doubleBits(value);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (biased === 0 ? 0n : 1n << 52n);
  return { mantissa: bits >> 63n === 1n ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** Whether `result` is the nearest to a * b + c among its neighbours, by exact integers. */
function isNearest(
  result: number,
  step: (value: number, by: 1 | -1) => number,
  a: number,
  b: number,
  c: number,
): boolean {
  const [x, y, z] = [exact(a), exact(b), exact(c)];
  const low = Math.min(x.exponent + y.exponent, z.exponent, -1200);
  const at = ({ mantissa, exponent }: { mantissa: bigint; exponent: number }): bigint =>
    mantissa << BigInt(exponent - low);
  const wanted = ((x.mantissa * y.mantissa) << BigInt(x.exponent + y.exponent - low)) + at(z);
  const distance = (value: number): bigint => {
    const gap = at(exact(value)) - wanted;
    return gap < 0n ? -gap : gap;
  };
  const own = distance(result);
  return [step(result, 1), step(result, -1)].every((other) => !Number.isFinite(other) || own <= distance(other));
}

const neighbour32 = (value: number, by: 1 | -1): number => {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  if (value === 0) return by * 2 ** -149;
  bits[0] += value > 0 ? by : -by;
  return new Float32Array(bits.buffer)[0];
};
describe("floating point rounds once", () => {
  const floats = fc.float({ noNaN: true, noDefaultInfinity: true });

  it("fma.rn.f32 gives the nearest float, near cancellations too", () => {
    const near = fc.tuple(floats, floats, fc.constantFrom(-1, 1), fc.integer({ min: -2, max: 2 }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(floats, floats, floats),
          near.map(([a, b, sign, ulps]) => {
            let c = Math.fround(sign * a * b);
            for (let i = 0; i < Math.abs(ulps); i++) c = neighbour32(c, ulps > 0 ? 1 : -1);
            return [a, b, c] as [number, number, number];
          }),
        ),
        ([a, b, c]) => {
          const result = fma32(a, b, c);
          fc.pre(Number.isFinite(result) && Number.isFinite(c));
          expect(isNearest(result, neighbour32, a, b, c), `fma(${a}, ${b}, ${c}) = ${result}`).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("fma.rn.f32 where computing in double and rounding again is wrong", () => {
    // 1 + 2^-24 exactly half way, and a product below the last bit of the double that decides.
    const [a, b, c] = [Math.fround(2 ** -60), Math.fround(1), Math.fround(1 + 2 ** -23)];
    expect(fma32(2 ** -24, 1 + 2 ** -23, 1)).toBe(Math.fround(1 + 2 ** -23));
    expect(fma32(a, b, c)).toBe(c);
  });

  it.each<[string, number, number, number]>([
    ["min.f32", 0, -0, -0],
    ["max.f32", -0, 0, 0],
    ["min.f32", Number.NaN, 3, 3],
    ["max.f32", 3, Number.NaN, 3],
    ["min.NaN.f32", 3, Number.NaN, Number.NaN],
    ["add.ftz.f32", 2 ** -140, 0, 0],
    ["add.rp.f32", 1, 2 ** -60, 1 + 2 ** -23],
    ["add.rm.f32", 1, -(2 ** -60), 1 - 2 ** -24],
    ["sub.rm.f32", 1, 1, -0],
    ["mul.rz.f32", 1 + 2 ** -23, 1 + 2 ** -23, 1 + 2 ** -22],
    ["mul.rp.ftz.f32", 2 ** -100, 2 ** -100, 0],
    ["div.rp.f32", 1, 3, Math.fround(1 / 3)],
    ["div.rm.f32", 1, 3, Math.fround(1 / 3) - 2 ** -25],
    ["add.f32", 2 ** -140, 0, 2 ** -140],
    ["add.sat.f32", 2, 3, 1],
    ["sub.sat.f32", 2, 3, 0],
    ["mul.f32", 3.4e38, 10, Number.POSITIVE_INFINITY],
    ["div.rn.f32", 1, 3, Math.fround(1 / 3)],
  ])("%s of %f and %f", (name, a, b, expected) => {
    expect(Object.is(floatOf(execute(name, [32, 32, 32], bitsOf(a), bitsOf(b))), Math.fround(expected))).toBe(true);
  });

  it("gives the canonical NaN, whatever NaN came in", () => {
    expect(execute("add.f32", [32, 32, 32], 0x7f80_0001n, bitsOf(1))).toBe(0x7fff_ffffn);
    expect(execute("mul.f32", [32, 32, 32], bitsOf(0), bitsOf(Number.POSITIVE_INFINITY))).toBe(0x7fff_ffffn);
  });
});

describe("conversions", () => {
  it.each<[string, readonly (16 | 32 | 64)[], bigint, bigint]>([
    ["cvt.rzi.s32.f32", [32, 32], bitsOf(-2.9), 0xffff_fffen],
    ["cvt.rni.s32.f32", [32, 32], bitsOf(2.5), 2n],
    ["cvt.rzi.s32.f32", [32, 32], bitsOf(3e9), 0x7fff_ffffn],
    ["cvt.rzi.u32.f32", [32, 32], bitsOf(-1), 0n],
    ["cvt.rzi.s32.f32", [32, 32], bitsOf(Number.NaN), 0n],
    ["cvt.rzi.s32.f64", [32, 64], doubleBits(Number.NaN), 0x8000_0000n],
    ["cvt.rzi.u32.f64", [32, 64], doubleBits(Number.NaN), 0x8000_0000n],
    ["cvt.rzi.s64.f32", [64, 32], bitsOf(Number.NaN), 0x8000_0000_0000_0000n],
    ["cvt.rn.f32.s32", [32, 32], 16777217n, bitsOf(16777216)],
    ["cvt.rp.f32.s32", [32, 32], 16777217n, bitsOf(16777218)],
    ["cvt.rm.f32.s32", [32, 32], 0xfeff_ffffn, bitsOf(-16777218)],
    ["cvt.rz.f32.u64", [32, 64], 0xffff_ffff_ffff_ffffn, bitsOf(2 ** 64 - 2 ** 40)],
    ["cvt.rp.f64.u64", [64, 64], (1n << 53n) + 1n, doubleBits(2 ** 53 + 2)],
    ["cvt.rz.f64.s64", [64, 64], -(1n << 53n) - 1n, doubleBits(-(2 ** 53))],
    ["cvt.rp.f32.f64", [32, 64], doubleBits(1 + 2 ** -40), bitsOf(1 + 2 ** -23)],
    ["cvt.rm.f32.f64", [32, 64], doubleBits(1e300), bitsOf(3.4028234663852886e38)],
    ["cvt.rn.f32.u64", [32, 64], (1n << 63n) + (1n << 39n) + 1n, bitsOf(2 ** 63 + 2 ** 40)],
    ["cvt.rn.f64.s64", [64, 64], BigInt.asUintN(64, -3n), doubleBits(-3)],
    ["cvt.f64.f32", [64, 32], bitsOf(1.5), doubleBits(1.5)],
    ["cvt.rn.f32.f64", [32, 64], doubleBits(0.1), bitsOf(0.1)],
    ["cvt.s64.s32", [64, 32], 0xffff_ffffn, 0xffff_ffff_ffff_ffffn],
    ["cvt.u64.u32", [64, 32], 0xffff_ffffn, 0xffff_ffffn],
    ["cvt.u32.u64", [32, 64], 0x1_2345_6789n, 0x2345_6789n],
    ["cvt.s32.s8", [32, 32], 0x80n, 0xffff_ff80n],
    ["cvt.sat.u8.s32", [32, 32], 300n, 255n],
    ["cvt.rmi.f32.f32", [32, 32], bitsOf(-0.5), bitsOf(-1)],
  ])("%s", (name, widths, input, expected) => {
    expect(execute(name, widths, input)).toBe(expected);
  });
});

describe("addresses of variables and complements of predicates", () => {
  const outOf = (body: string): number => {
    const ptx = kernelPtx(
      1,
      0,
      `.reg .pred %p<4>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .shared .align 8 .b8 room[8]; .shared .align 4 .b32 t[8];
      ld.param.u64 %rd8, [p0]; setp.eq.u32 %p1, %r1, %r1; ${body} st.global.u32 [%rd8], %r2; ret;`,
    );
    const machine = new Machine(
      launchImage({ ptx, block: 1, arrays: [{ label: "out", dtype: "u32", data: new Uint32Array(1) }] }),
    );
    machine.run();
    return new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)[0];
  };
  it.each([
    ["mov.u32 %r2, t;", 8],
    ["mov.u32 %r2, t+12;", 20],
    ["mov.pred %p2, !%p1; selp.b32 %r2, 1, 2, %p2;", 2],
    ["selp.b32 %r2, 1, 2, !%p1;", 2],
    ["and.pred %p2, %p1, !%p1; selp.b32 %r2, 1, 2, %p2;", 2],
    ["not.pred %p2, %p1; selp.b32 %r2, 1, 2, %p2;", 2],
    ["vote.sync.ballot.b32 %r2, !%p1, 1;", 0],
  ])("%s", (body, expected) => {
    expect(outOf(body)).toBe(expected);
  });
});
