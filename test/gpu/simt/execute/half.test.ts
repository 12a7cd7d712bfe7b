// Half precision against an independent way: exact rationals of doubles, rounded by comparing with neighbours in a table of all
// 65,536 numbers.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { decodeFloat, floatFormats } from "../../../../src/core/float-format.js";
import { Machine } from "../../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../../launches.js";
import { execute } from "../one-instruction.js";

type Half = "f16" | "bf16";

/** All finite numbers of a format, ascending, with their bits. */
function sorted(name: Half): { value: number; bits: number }[] {
  const all = Array.from({ length: 65536 }, (_, bits) => ({ bits, value: decodeFloat(floatFormats[name], bits) }));
  return all.filter(({ value, bits }) => Number.isFinite(value) && bits !== 0x8000).sort((a, b) => a.value - b.value);
}
const tables = { f16: sorted("f16"), bf16: sorted("bf16") };

/** The bits of the number nearest to n / d * 2^e, ties to even, found by bisection over the whole table. */
function nearest(name: Half, n: bigint, d: bigint): number {
  const table = tables[name];
  const scale = 1n << 200n;
  const fixed = (value: number): bigint => {
    let [mantissa, shift] = [value, 0];
    while (!Number.isInteger(mantissa)) {
      mantissa *= 2;
      shift++;
    }
    return (BigInt(mantissa) * scale) >> BigInt(shift);
  };
  const target = n * scale;
  let [low, high] = [0, table.length - 1];
  const { largest } = floatFormats[name];
  const step = fixed(largest) - fixed(table[table.length - 2].value);
  if (2n * target >= (2n * fixed(largest) + step) * d) return name === "f16" ? 0x7c00 : 0x7f80;
  if (2n * target <= -(2n * fixed(largest) + step) * d) return name === "f16" ? 0xfc00 : 0xff80;
  if (target >= fixed(largest) * d) return table[high].bits;
  if (target <= -fixed(largest) * d) return table[0].bits;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fixed(table[middle].value) * d <= target) low = middle;
    else high = middle;
  }
  const below = target - fixed(table[low].value) * d;
  const above = fixed(table[high].value) * d - target;
  if (below === above) return (table[low].bits & 1) === 0 ? table[low].bits : table[high].bits;
  return below < above ? table[low].bits : table[high].bits;
}

const rational = (value: number): [bigint, bigint] => {
  let [mantissa, shift] = [value, 0];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift++;
  }
  return [BigInt(mantissa), 1n << BigInt(shift)];
};

describe.each<Half>(["f16", "bf16"])("%s", (name) => {
  const format = floatFormats[name];
  const bits = fc
    .oneof(fc.integer({ min: 0, max: 65535 }), fc.constantFrom(0, 1, 0x3ff, 0x400, 0x3c00, 0x3c01, 0x7bff, 0xfbff))
    .filter((word) => Number.isFinite(decodeFloat(format, word)));
  const value = (word: number): [bigint, bigint] => rational(decodeFloat(format, word));

  it("adds, subtracts, multiplies and fuses with one rounding", () => {
    fc.assert(
      fc.property(bits, bits, bits, (a, b, c) => {
        const [x, y, z] = [value(a), value(b), value(c)];
        const inputs = [a, b, c].map(BigInt);
        const check = (instruction: string, n: bigint, d: bigint, count: number): void => {
          const widths = Array.from({ length: count + 1 }, () => 16 as const);
          const got = execute(`${instruction}.${name}`, widths, ...inputs.slice(0, count));
          // A number that is too small is a zero of its sign.
          const zero = n < 0n ? 0x8000 : 0;
          if (n !== 0n) expect([instruction, got]).toEqual([instruction, BigInt(nearest(name, n, d) || zero)]);
          else expect(Number(got) & 0x7fff).toBe(0);
        };
        check("add.rn", x[0] * y[1] + y[0] * x[1], x[1] * y[1], 2);
        check("sub.rn", x[0] * y[1] - y[0] * x[1], x[1] * y[1], 2);
        check("mul.rn", x[0] * y[0], x[1] * y[1], 2);
        check("fma.rn", x[0] * y[0] * z[1] + z[0] * x[1] * y[1], x[1] * y[1] * z[1], 3);
      }),
      { numRuns: 150 },
    );
  });

  it("does in pairs what it does alone", () => {
    const word = fc.integer({ min: 0, max: 65535 });
    fc.assert(
      fc.property(word, word, word, word, word, word, (a, b, c, x, y, z) => {
        const pair = (high: number, low: number): bigint => (BigInt(high) << 16n) | BigInt(low);
        for (const [instruction, count] of [
          ["add", 2],
          ["mul", 2],
          ["fma.rn", 3],
          ["min", 2],
          ["max.NaN", 2],
          ["neg", 1],
          ["abs", 1],
        ] as const) {
          const alone = (...inputs: number[]): bigint =>
            execute(
              `${instruction}.${name}`,
              Array.from({ length: count + 1 }, () => 16 as const),
              ...inputs.slice(0, count).map(BigInt),
            );
          const both = execute(
            `${instruction}.${name}x2`,
            Array.from({ length: count + 1 }, () => 32 as const),
            ...[pair(a, x), pair(b, y), pair(c, z)].slice(0, count),
          );
          expect([instruction, both]).toEqual([instruction, (alone(a, b, c) << 16n) | alone(x, y, z)]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("goes to and from single precision, every number of it", () => {
    const convert = `cvt.rn.${name}.f32 %h1, %f; cvt.f32.${name} %g, %h1;`;
    for (const word of [0, 1, 0x3c00, 0x8000, 0x7bff, 0x0400, 0x7f7f, 0x0080]) {
      const number = decodeFloat(format, word);
      if (!Number.isFinite(number)) continue;
      const single = BigInt(new Uint32Array(Float32Array.of(number).buffer)[0]);
      const text = `.reg .f32 %f, %g; mov.b32 %f, %r1; ${convert} mov.b32 %r0, %g;`;
      expect(execute({ text }, [32, 32], single)).toBe(single);
    }
  });
});

const one = { f16: 0x3c00n, bf16: 0x3f80n };
const nan = 0x7fffn;

it.each<[string, bigint, bigint, bigint]>([
  ["add.f16", 0x7c00n, 0xfc00n, nan],
  ["add.sat.f16", one.f16, one.f16, one.f16],
  ["sub.sat.f16", 0n, one.f16, 0n],
  ["add.sat.f16", nan, one.f16, 0n],
  ["add.ftz.f16", 0x0001n, 0x0001n, 0n],
  ["add.f16", 0x0001n, 0x0001n, 0x0002n],
  ["mul.ftz.f16", 0x8400n, 0x3800n, 0x8000n],
  ["min.f16", nan, one.f16, one.f16],
  ["min.NaN.f16", nan, one.f16, nan],
  ["max.f16", 0x8000n, 0n, 0n],
  ["min.xorsign.abs.f16", 0xc000n, 0x4200n, 0xc000n],
  ["max.xorsign.abs.f16", 0xc000n, 0xc200n, 0x4200n],
  ["max.bf16", one.bf16, 0xbf80n, one.bf16],
])("%s of %d and %d", (name, a, b, expected) => {
  expect(execute(name, [16, 16, 16], a, b)).toBe(expected);
});

it.each<[string, bigint, bigint, bigint, bigint]>([
  ["fma.rn.relu.f16", one.f16, 0xbc00n, 0n, 0n],
  ["fma.rn.relu.f16", nan, one.f16, 0n, nan],
  ["fma.rn.relu.bf16", one.bf16, one.bf16, one.bf16, 0x4000n],
  // 2^-24 * 2^-24 is far below f16, and its sign decides a tie.
  ["fma.rn.f16", 0x0001n, 0x0001n, one.f16, one.f16],
])("%s", (name, a, b, c, expected) => {
  expect(execute(name, [16, 16, 16, 16], a, b, c)).toBe(expected);
});

describe("approximate functions stay inside PTX's error", () => {
  it.each<[Half, string, (x: number) => number, number]>([
    ["f16", "ex2.approx.f16", (x) => 2 ** x, 2 ** -9.9],
    ["bf16", "ex2.approx.ftz.bf16", (x) => 2 ** x, 2 ** -7],
    ["f16", "tanh.approx.f16", Math.tanh, 2 ** -10.987],
    ["bf16", "tanh.approx.bf16", Math.tanh, 2 ** -8],
  ])("%s: %s, every number", (name, instruction, exact, bound) => {
    const format = floatFormats[name];
    const words = tables[name].filter(({ value }) => value > -14 && value < 15).map(({ bits }) => bits);
    const results = inLanes(instruction, words);
    // The documented bound is relative for ex2 and absolute for tanh in half precision.
    words.forEach((word, i) => {
      const [wanted, got] = [exact(decodeFloat(format, word)), decodeFloat(format, results[i])];
      const error = Math.abs(got - wanted) / (instruction.startsWith("ex2") ? wanted : 1);
      if (error > bound) expect([word, got]).toEqual([word, wanted]);
    });
  });
});

/** An instruction of one 16-bit operand for a list of inputs, a lane each. */
function inLanes(instruction: string, words: readonly number[]): Uint16Array {
  const ptx = kernelPtx(
    2,
    0,
    `.reg .b16 %h<2>; .reg .b32 %r<4>; .reg .b64 %rd<4>; ld.param.u64 %rd1, [p0]; ld.param.u64 %rd2, [p1];
    mov.u32 %r1, %ctaid.x; mov.u32 %r2, %tid.x; shl.b32 %r1, %r1, 8; add.u32 %r1, %r1, %r2; mul.wide.u32 %rd3, %r1, 2;
    add.u64 %rd1, %rd1, %rd3; add.u64 %rd2, %rd2, %rd3; ld.global.b16 %h0, [%rd1]; ${instruction} %h1, %h0;
    st.global.b16 [%rd2], %h1; ret;`,
  );
  const blocks = Math.ceil(words.length / 256);
  const input = new Uint16Array(256 * blocks);
  input.set(words);
  const machine = new Machine(
    launchImage({
      ptx,
      grid: blocks,
      block: 256,
      arrays: [
        { label: "in", dtype: "u16", data: input },
        { label: "out", dtype: "u16", data: new Uint16Array(256 * blocks) },
      ],
    }),
  );
  machine.run();
  return new Uint16Array(machine.memory.allocations[1].bytes.slice().buffer);
}

describe("comparisons", () => {
  it.each<[string, bigint, bigint, bigint]>([
    ["setp.lt.f16", 0xbc00n, one.f16, 1n],
    ["setp.eq.f16", 0x8000n, 0n, 1n],
    ["setp.eq.f16", nan, nan, 0n],
    ["setp.neu.f16", nan, nan, 1n],
    ["setp.gt.ftz.f16", 0x0001n, 0n, 0n],
    ["setp.gt.bf16", one.bf16, 0n, 1n],
  ])("%s of %d and %d", (name, a, b, expected) => {
    const text = `.reg .pred %p; ${name} %p, %h1, %h2; selp.b32 %r0, 1, 0, %p;`;
    expect(execute({ text }, [32, 16, 16], a, b)).toBe(expected);
  });

  it("of two halves give two predicates, the lower one first", () => {
    const text =
      ".reg .pred %p, %q; setp.lt.f16x2 %p|%q, %r1, %r2; selp.b32 %r0, 1, 0, %p; selp.b32 %r3, 2, 0, %q; or.b32 %r0, %r0, %r3;";
    const [small, large] = [one.f16, 0x4000n];
    expect(execute({ text }, [32, 32, 32], (large << 16n) | small, (small << 16n) | large)).toBe(1n);
    expect(execute({ text }, [32, 32, 32], (small << 16n) | large, (large << 16n) | small)).toBe(2n);
  });

  it("into a register give 1.0 or all ones in each half", () => {
    const [a, b] = [(0x4000n << 16n) | one.f16, (one.f16 << 16n) | one.f16];
    expect(execute("set.gt.f16x2.f16x2", [32, 32, 32], a, b)).toBe(one.f16 << 16n);
    expect(execute("set.gt.u32.f16x2", [32, 32, 32], a, b)).toBe(0xffff_0000n);
    expect(execute({ text: "set.ge.u16.f16 %h0, %h1, %h2;" }, [16, 16, 16], 0x4000n, one.f16)).toBe(0xffffn);
  });

  it("of two halves into one predicate is refused", () => {
    const text = ".reg .pred %p; setp.lt.f16x2 %p, %r1, %r2;";
    expect(() => execute({ text }, [32, 32, 32], 0n, 0n)).toThrow(
      /two halves give two predicates\n[\s\S]*Write %p\|%q/,
    );
  });
});

describe("conversions", () => {
  const f = (value: number): bigint => BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]);
  const fromSingles = (name: string, out: string, ...values: number[]): bigint => {
    const moves = values.map((_, i) => `mov.b32 %f${i + 1}, %r${i + 1};`).join(" ");
    const names = values.map((_, i) => `%f${i + 1}`).join(", ");
    return execute(
      { text: `.reg .f32 %f<4>; ${moves} ${name} ${out}, ${names};` },
      [out === "%h0" ? 16 : 32, 32, 32].slice(0, values.length + 1) as (16 | 32)[],
      ...values.map(f),
    );
  };

  it.each<[string, number, bigint]>([
    ["cvt.rn.f16.f32", 65520, 0x7c00n],
    ["cvt.rz.f16.f32", 65520, 0x7bffn],
    ["cvt.rp.f16.f32", 1.0001, 0x3c01n],
    ["cvt.rm.f16.f32", -1.0001, 0xbc01n],
    ["cvt.rn.sat.f16.f32", 3, 0x3c00n],
    ["cvt.rn.relu.f16.f32", -3, 0n],
    ["cvt.rn.f16.f32", Number.NaN, 0x7fffn],
    ["cvt.rn.bf16.f32", 1 + 2 ** -8, 0x3f80n],
    ["cvt.rz.bf16.f32", 1.999, 0x3fffn],
  ])("%s of %d", (name, value, expected) => {
    expect(fromSingles(name, "%h0", value)).toBe(expected);
  });

  it.each<[string, bigint, bigint]>([
    ["cvt.rn.f16.s32 %h0, %r1;", 2049n, 0x6800n],
    ["cvt.rp.f16.u32 %h0, %r1;", 2049n, 0x6801n],
    ["cvt.rn.f16.s32 %h0, %r1;", 0xffff_fffen, 0xc000n],
  ])("%s of %d", (text, value, expected) => {
    expect(execute({ text }, [16, 32], value)).toBe(expected);
  });

  it.each<[string, bigint, bigint]>([
    ["cvt.rzi.s32.f16 %r0, %h1;", 0xc180n, 0xffff_fffen],
    ["cvt.rni.u32.f16 %r0, %h1;", 0x4100n, 2n],
    ["cvt.rzi.s32.f16 %r0, %h1;", 0x7c00n, 0x7fff_ffffn],
  ])("%s of %d", (text, value, expected) => {
    expect(execute({ text }, [32, 16], value)).toBe(expected);
  });

  it("two numbers into one register, the first above", () => {
    expect(fromSingles("cvt.rn.f16x2.f32", "%r0", 1, -2)).toBe(0x3c00_c000n);
    expect(fromSingles("cvt.rn.relu.bf16x2.f32", "%r0", 1, -2)).toBe(0x3f80_0000n);
  });

  it("tf32 rounds half away from zero and leaves zeros below", () => {
    expect(fromSingles("cvt.rna.tf32.f32", "%r0", 1 + 2 ** -11)).toBe(0x3f80_2000n);
  });

  it("eight bits: the largest finite number for what is too large", () => {
    expect(fromSingles("cvt.rn.satfinite.e4m3x2.f32", "%h0", 1, 1000)).toBe(0x387en);
    expect(fromSingles("cvt.rn.satfinite.e5m2x2.f32", "%h0", -1e9, 1)).toBe(0xfb3cn);
    expect(fromSingles("cvt.rn.satfinite.e4m3x2.f32", "%h0", Number.NaN, -0)).toBe(0x7f80n);
    expect(execute({ text: "cvt.rn.f16x2.e4m3x2 %r0, %h1;" }, [32, 16], 0x387en)).toBe(0x3c00_5f00n);
    expect(execute({ text: "cvt.rn.satfinite.e4m3x2.f16x2 %h0, %r1;" }, [16, 32], 0x3c00_7c00n)).toBe(0x387en);
  });
});

test("half precision counts as flop_f16, two for each element of a fused multiply-add", async () => {
  const { VirtualGPU } = await import("../../../../src/gpu/host/index.js");
  const gpu = new VirtualGPU("h100");
  const body =
    ".reg .b32 %r<3>; .reg .b16 %h<3>; mov.b32 %r0, 0; mov.b16 %h0, 0; fma.rn.f16x2 %r1, %r0, %r0, %r0; add.bf16 %h1, %h0, %h0; ret;";
  const { counters } = gpu.launch(gpu.load(kernelPtx(0, 0, body)).kernel("k"), { grid: 1, block: 32 }, []);
  expect([counters.flop_f16, counters.flop_f32]).toEqual([32 * 5, 0]);
});
