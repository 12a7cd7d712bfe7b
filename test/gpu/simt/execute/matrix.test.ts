// Matrix instructions against exact arithmetic in big integers, with fragments laid out by the formulas of the PTX manual as they
// stand there, one shape at a time, rather than by the one rule that the source makes of them.
import { describe, expect, it } from "vitest";
import {
  decodeFloat,
  encodeFloat,
  type FloatFormatName,
  floatFormats,
  roundTo,
} from "../../../../src/core/float-format.js";
import { CounterObserver } from "../../../../src/gpu/analysis/counters.js";
import { fragmentOf } from "../../../../src/gpu/ptx/fragments.js";
import { LaunchFault } from "../../../../src/gpu/simt/fault.js";
import type { ReconvergencePolicy } from "../../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../../launches.js";

type Layout = (lane: number, i: number) => readonly [row: number, column: number];
interface Manual {
  readonly a: Layout;
  readonly b: Layout;
  readonly c: Layout;
}

const group = (lane: number): number => lane >> 2;
const member = (lane: number): number => lane % 4;
const c16: Layout = (lane, i) => [i < 2 ? group(lane) : group(lane) + 8, member(lane) * 2 + (i & 1)];
const c8: Layout = (lane, i) => [group(lane), member(lane) * 2 + (i & 1)];
const low4 = (i: number): boolean => i < 4 || (i >= 8 && i < 12);
const low8 = (i: number): boolean => i < 8 || (i >= 16 && i < 24);

// PTX ISA, the sections "Matrix Fragments for mma.mMnNkK".
const manual: Readonly<Record<string, Manual>> = {
  "m16n8k8 of 16 bits": {
    a: (l, i) => [i < 2 ? group(l) : group(l) + 8, member(l) * 2 + (i & 1)],
    b: (l, i) => [member(l) * 2 + i, group(l)],
    c: c16,
  },
  "m16n8k16 of 16 bits": {
    a: (l, i) => [
      i < 2 || (i >= 4 && i < 6) ? group(l) : group(l) + 8,
      i < 4 ? member(l) * 2 + (i & 1) : member(l) * 2 + (i & 1) + 8,
    ],
    b: (l, i) => [i < 2 ? member(l) * 2 + (i & 1) : member(l) * 2 + (i & 1) + 8, group(l)],
    c: c16,
  },
  "m16n8k4 of 32 bits": {
    a: (l, i) => [i === 0 ? group(l) : group(l) + 8, member(l)],
    b: (l) => [member(l), group(l)],
    c: c16,
  },
  "m16n8k8 of 32 bits": {
    a: (l, i) => [i % 2 === 0 ? group(l) : group(l) + 8, i < 2 ? member(l) : member(l) + 4],
    b: (l, i) => [i === 0 ? member(l) : member(l) + 4, group(l)],
    c: c16,
  },
  "m8n8k4 of f64": { a: (l) => [group(l), member(l)], b: (l) => [member(l), group(l)], c: c8 },
  "m16n8k16 of f64": {
    a: (l, i) => [i % 2 === 0 ? group(l) : group(l) + 8, i % 2 === 0 ? i * 2 + member(l) : i * 2 - 2 + member(l)],
    b: (l, i) => [member(l) + i * 4, group(l)],
    c: c16,
  },
  "m8n8k16 of 8 bits": {
    a: (l, i) => [group(l), member(l) * 4 + i],
    b: (l, i) => [member(l) * 4 + i, group(l)],
    c: c8,
  },
  "m16n8k16 of 8 bits": {
    a: (l, i) => [i < 4 ? group(l) : group(l) + 8, member(l) * 4 + (i & 3)],
    b: (l, i) => [member(l) * 4 + i, group(l)],
    c: c16,
  },
  "m16n8k32 of 8 bits": {
    a: (l, i) => [low4(i) ? group(l) : group(l) + 8, member(l) * 4 + (i & 3) + (i < 8 ? 0 : 16)],
    b: (l, i) => [member(l) * 4 + (i & 3) + (i < 4 ? 0 : 16), group(l)],
    c: c16,
  },
  "m8n8k32 of 4 bits": {
    a: (l, i) => [group(l), member(l) * 8 + i],
    b: (l, i) => [member(l) * 8 + i, group(l)],
    c: c8,
  },
  "m16n8k32 of 4 bits": {
    a: (l, i) => [i < 8 ? group(l) : group(l) + 8, member(l) * 8 + (i & 7)],
    b: (l, i) => [member(l) * 8 + i, group(l)],
    c: c16,
  },
  "m16n8k64 of 4 bits": {
    a: (l, i) => [low8(i) ? group(l) : group(l) + 8, member(l) * 8 + (i & 7) + (i < 16 ? 0 : 32)],
    b: (l, i) => [member(l) * 8 + (i & 7) + (i < 8 ? 0 : 32), group(l)],
    c: c16,
  },
  "m8n8k128 of 1 bit": {
    a: (l, i) => [group(l), member(l) * 32 + i],
    b: (l, i) => [member(l) * 32 + i, group(l)],
    c: c8,
  },
  "m16n8k256 of 1 bit": {
    a: (l, i) => [
      i < 32 || (i >= 64 && i < 96) ? group(l) : group(l) + 8,
      member(l) * 32 + (i & 31) + (i < 64 ? 0 : 128),
    ],
    b: (l, i) => [member(l) * 32 + (i & 31) + (i < 32 ? 0 : 128), group(l)],
    c: c16,
  },
};

interface Product {
  readonly instruction: string;
  readonly layout: string;
  readonly types: { readonly a: string; readonly b: string; readonly d: string };
}

const product = (instruction: string, layout: string, a: string, d: string, b = a): Product => ({
  instruction,
  layout,
  types: { a, b, d },
});
const floating: readonly Product[] = [
  product("m16n8k8.row.col.f32.f16.f16.f32", "m16n8k8 of 16 bits", "f16", "f32"),
  product("m16n8k8.row.col.f16.f16.f16.f16", "m16n8k8 of 16 bits", "f16", "f16"),
  product("m16n8k16.row.col.f32.f16.f16.f32", "m16n8k16 of 16 bits", "f16", "f32"),
  product("m16n8k16.row.col.f16.f16.f16.f16", "m16n8k16 of 16 bits", "f16", "f16"),
  product("m16n8k8.row.col.f32.bf16.bf16.f32", "m16n8k8 of 16 bits", "bf16", "f32"),
  product("m16n8k16.row.col.f32.bf16.bf16.f32", "m16n8k16 of 16 bits", "bf16", "f32"),
  product("m16n8k4.row.col.f32.tf32.tf32.f32", "m16n8k4 of 32 bits", "tf32", "f32"),
  product("m16n8k8.row.col.f32.tf32.tf32.f32", "m16n8k8 of 32 bits", "tf32", "f32"),
  product("m16n8k32.row.col.f32.e4m3.e4m3.f32", "m16n8k32 of 8 bits", "e4m3", "f32"),
  product("m16n8k32.row.col.f32.e5m2.e4m3.f32", "m16n8k32 of 8 bits", "e5m2", "f32", "e4m3"),
  product("m16n8k32.row.col.f16.e4m3.e5m2.f16", "m16n8k32 of 8 bits", "e4m3", "f16", "e5m2"),
  product("m16n8k16.row.col.f32.e4m3.e5m2.f32", "m16n8k16 of 8 bits", "e4m3", "f32", "e5m2"),
];
const whole: readonly Product[] = [
  ...["s8", "u8"].flatMap((a) =>
    ["s8", "u8"].flatMap((b) =>
      ["m8n8k16", "m16n8k16", "m16n8k32"].flatMap((shape) =>
        ["", ".satfinite"].map((sat) =>
          product(`${shape}.row.col${sat}.s32.${a}.${b}.s32`, `${shape} of 8 bits`, a, "s32", b),
        ),
      ),
    ),
  ),
  ...["m8n8k32", "m16n8k32", "m16n8k64"].flatMap((shape) =>
    ["", ".satfinite"].map((sat) =>
      product(`${shape}.row.col${sat}.s32.s4.u4.s32`, `${shape} of 4 bits`, "s4", "s32", "u4"),
    ),
  ),
  ...["m8n8k128", "m16n8k256"].flatMap((shape) =>
    ["and", "xor"].map((op) => product(`${shape}.row.col.s32.b1.b1.s32.${op}.popc`, `${shape} of 1 bit`, "b1", "s32")),
  ),
];

const bitsOf: Readonly<Record<string, number>> = {
  f16: 16,
  bf16: 16,
  tf32: 32,
  f32: 32,
  e4m3: 8,
  e5m2: 8,
  s8: 8,
  u8: 8,
  s4: 4,
  u4: 4,
  b1: 1,
  s32: 32,
};

function extentsOf(instruction: string): { m: number; n: number; k: number } {
  const [m, n, k] = (/m(\d+)n(\d+)k(\d+)/.exec(instruction) as RegExpExecArray).slice(1).map(Number);
  return { m, n, k };
}

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Raw bits of a matrix's elements by row and column. */
type Bits = (row: number, column: number) => number;

function decodeElement(type: string, bits: number): number {
  if (type === "s32") return bits | 0;
  if (type === "s8" || type === "s4") return (bits << (32 - bitsOf[type])) >> (32 - bitsOf[type]);
  if (type === "u8" || type === "u4" || type === "b1") return bits;
  return decodeFloat(floatFormats[type as FloatFormatName], bits);
}

/** Each lane's registers of a fragment, by the manual's layout. */
function dealt(layout: Layout, type: string, elements: number, matrix: Bits): Uint32Array {
  const each = 32 / bitsOf[type];
  const registers = Math.ceil(elements / each);
  const words = new Uint32Array(32 * registers);
  for (let lane = 0; lane < 32; lane++) {
    for (let i = 0; i < elements; i++) {
      const [row, column] = layout(lane, i);
      words[lane * registers + Math.floor(i / each)] |= matrix(row, column) << (bitsOf[type] * (i % each));
    }
  }
  return words;
}

/** Runs one mma.sync on fragments in memory and gives d's registers of every lane. */
function multiply(
  { instruction, types }: Product,
  a: Uint32Array,
  b: Uint32Array,
  c: Uint32Array,
  options: { policy?: ReconvergencePolicy; count?: CounterObserver } = {},
): Uint32Array {
  const count = { a: a.length / 32, b: b.length / 32, c: c.length / 32 };
  const kind = types.d === "f32" ? "f" : "r";
  const names = (letter: string, from: number, n: number): string[] =>
    Array.from({ length: n }, (_, i) => `%${letter}${from + i}`);
  const registers = {
    a: names("r", 10, count.a),
    b: names("r", 20, count.b),
    c: names(kind, 30, count.c),
    d: names(kind, 40, count.c),
  };
  const address = (pointer: number, n: number): string =>
    `ld.param.u64 %rd1, [p${pointer}]; mul.wide.u32 %rd2, %r1, ${4 * n}; add.u64 %rd1, %rd1, %rd2;`;
  const load = (pointer: number, list: string[]): string =>
    address(pointer, list.length) +
    list.map((name, i) => `ld.global.${name[1] === "f" ? "f32" : "b32"} ${name}, [%rd1+${4 * i}];`).join(" ");
  const ptx = kernelPtx(
    4,
    0,
    `.reg .b32 %r<60>; .reg .f32 %f<60>; .reg .b64 %rd<3>; mov.u32 %r1, %laneid;
    ${load(0, registers.a)} ${load(1, registers.b)} ${load(2, registers.c)}
    mma.sync.aligned.${instruction} {${registers.d}}, {${registers.a}}, {${registers.b}}, {${registers.c}};
    ${address(3, count.c)} ${registers.d.map((name, i) => `st.global.${kind === "f" ? "f32" : "b32"} [%rd1+${4 * i}], ${name};`).join(" ")} ret;`,
  );
  const arrays = [a, b, c, new Uint32Array(c.length)].map((data, i) => ({
    label: "abcd"[i],
    dtype: "u32" as const,
    data,
  }));
  const machine = new Machine(
    launchImage({ ptx, arrays, policy: options.policy ?? "independent" }),
    options.count === undefined ? [] : [options.count],
  );
  machine.run();
  return new Uint32Array(machine.memory.allocations[3].bytes.slice().buffer);
}

function run(which: Product, matrices: { a: Bits; b: Bits; c: Bits }): Bits {
  const { m, n, k } = extentsOf(which.instruction);
  const { types } = which;
  const layout = manual[which.layout];
  const d = multiply(
    which,
    dealt(layout.a, types.a, (m * k) / 32, matrices.a),
    dealt(layout.b, types.b, (n * k) / 32, matrices.b),
    dealt(layout.c, types.d, (m * n) / 32, matrices.c),
  );
  const each = 32 / bitsOf[types.d];
  const registers = (m * n) / 32 / each;
  const result = new Map<number, number>();
  for (let lane = 0; lane < 32; lane++) {
    for (let i = 0; i < (m * n) / 32; i++) {
      const [row, column] = layout.c(lane, i);
      const word = d[lane * registers + Math.floor(i / each)];
      result.set(row * n + column, each === 1 ? word : (word >>> (16 * (i % 2))) & 0xffff);
    }
  }
  return (row, column) => result.get(row * n + column) as number;
}

function table(rows: number, columns: number, pick: () => number): Bits {
  const values = Array.from({ length: rows * columns }, pick);
  return (row, column) => values[row * columns + column];
}

const unit = 2n ** 400n;
/** A finite double times 2^400, which is whole for all that occurs here. */
const scaled = (value: number): bigint => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (biased === 0n ? 0n : 1n << 52n);
  const shifted = (mantissa * unit * 2n ** ((biased === 0n ? 1n : biased) + 2000n)) / 2n ** 3075n;
  return bits >> 63n === 1n ? -shifted : shifted;
};
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** Whether no neighbour of `bits` in the format is nearer to the exact value. */
function isNearest(format: FloatFormatName, bits: number, exact: bigint): boolean {
  const distance = (each: number): bigint => magnitude(scaled(decodeFloat(floatFormats[format], each)) - exact);
  return [bits + 1, bits - 1].every((each) => {
    const value = decodeFloat(floatFormats[format], each >>> 0);
    return !Number.isFinite(value) || distance(bits) <= distance(each >>> 0);
  });
}

describe("the layouts of fragments", () => {
  it.each([...floating, ...whole.filter(({ types }) => types.a !== "b1")])(
    "$instruction is the manual's",
    ({ instruction, layout, types }) => {
      const { m, n, k } = extentsOf(instruction);
      const modifiers = {
        shape: `m${m}n${n}k${k}`,
        atype: types.a,
        btype: types.b,
        ctype: types.d,
        dtype: types.d,
      };
      for (const [name, columns, elements] of [
        ["a", k, (m * k) / 32],
        ["b", n, (n * k) / 32],
        ["c", n, (m * n) / 32],
        ["d", n, (m * n) / 32],
      ] as const) {
        const { place, registers, perRegister } = fragmentOf("mma", modifiers, name);
        expect(registers * perRegister).toBe(elements);
        for (let lane = 0; lane < 32; lane++) {
          for (let i = 0; i < elements; i++) {
            const [row, column] = manual[layout][name === "d" ? "c" : name](lane, i);
            expect(place(lane, i)).toBe(row * columns + column);
          }
        }
      }
    },
  );

  it.each(["m8n8k4", "m16n8k16"])("of f64 %s is the manual's", (shape) => {
    const { m, n, k } = extentsOf(shape);
    const modifiers = { shape, atype: "f64", btype: "f64", ctype: "f64", dtype: "f64" };
    const layout = manual[`${shape} of f64`];
    for (const [name, columns, elements] of [
      ["a", k, (m * k) / 32],
      ["b", n, (n * k) / 32],
      ["c", n, (m * n) / 32],
    ] as const) {
      const { place } = fragmentOf("mma", modifiers, name);
      for (let lane = 0; lane < 32; lane++) {
        for (let i = 0; i < elements; i++) {
          const [row, column] = layout[name](lane, i);
          expect(place(lane, i)).toBe(row * columns + column);
        }
      }
    }
  });

  it.each(["m16n16k16", "m32n8k16", "m8n32k16"])("of wmma %s hold every element, in f16 repeated", (shape) => {
    const { m, n, k } = extentsOf(shape);
    for (const [matrix, type, size] of [
      ["a", "f16", m * k],
      ["b", "s8", n * k],
      ["c", "f32", m * n],
    ] as const) {
      for (const layout of ["row", "col"]) {
        const { place, registers, perRegister } = fragmentOf("wmma", { shape, matrix, type, layout }, "");
        const held = new Set<number>();
        for (let lane = 0; lane < 32; lane++) {
          for (let i = 0; i < registers * perRegister; i++) held.add(place(lane, i));
        }
        expect([held.size, Math.max(...held)]).toEqual([size, size - 1]);
      }
    }
  });
});

describe("mma.sync of floating point", () => {
  it.each(floating)("$instruction is the exact sum, rounded once", (which) => {
    const { m, n, k } = extentsOf(which.instruction);
    const { types } = which;
    const number = (type: string, spread: number) => (): number => {
      const format = floatFormats[type as FloatFormatName];
      const value = (2 * random() - 1) * 2 ** Math.floor(spread * (random() - 0.5));
      return encodeFloat(format, Math.max(-format.largest, Math.min(format.largest, roundTo(format, value))));
    };
    // Neighbours in size, and so far apart that no double holds their sum.
    for (const spread of [2, 8, types.a === "bf16" || types.a === "tf32" ? 120 : 28]) {
      const a = table(m, k, number(types.a, spread));
      const b = table(k, n, number(types.b, spread));
      const c = table(m, n, number(types.d, spread));
      const d = run(which, { a, b, c });
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let exact = scaled(decodeElement(types.d, c(i, j)));
          for (let l = 0; l < k; l++) {
            exact += (scaled(decodeElement(types.a, a(i, l))) * scaled(decodeElement(types.b, b(l, j)))) / unit;
          }
          const result = decodeElement(types.d, d(i, j));
          if (!Number.isFinite(result)) {
            expect(magnitude(exact)).toBeGreaterThanOrEqual(scaled(floatFormats[types.d as FloatFormatName].largest));
          } else expect(isNearest(types.d as FloatFormatName, d(i, j), exact), `${i}, ${j}`).toBe(true);
        }
      }
    }
  });

  const f16 = (value: number): number => encodeFloat(floatFormats.f16, value);
  const f32 = (value: number): number => encodeFloat(floatFormats.f32, value);
  const one = floating[2];
  /** a has these in its first row and b ones in its first column; c is the same everywhere. */
  const firstOf = (row: readonly number[], c: number): number =>
    decodeElement(
      "f32",
      run(one, {
        a: (i, l) => (i === 0 ? f16(row[l] ?? 0) : 0),
        b: () => f16(1),
        c: () => f32(c),
      })(0, 0),
    );

  it.each<[string, readonly number[], number, number]>([
    ["a sum that no double holds", [2 ** -24, 32768, -32768], 2 ** 60, 2 ** 60],
    ["what is lost on the way and comes back", [1, 32768, -32768], 2 ** 60, 2 ** 60],
    ["a tie, to even", [2 ** -24], 1, 1],
    ["a little more than a tie", [2 ** -24, 2 ** -24], 2 ** 1 - 2 ** -23, 2],
    ["subnormal factors", [2 ** -24], 0, 2 ** -24],
    ["infinity", [Number.POSITIVE_INFINITY, 1], 1, Number.POSITIVE_INFINITY],
    ["infinities that cancel", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 1, Number.NaN],
    ["NaN", [Number.NaN], 1, Number.NaN],
    ["what is too large", [65504, 65504], 3.4028234663852886e38, 3.4028234663852886e38],
    ["zeros of both signs", [-0], -0, 0],
  ])("%s", (_, row, c, expected) => {
    expect(firstOf(row, c)).toBe(expected);
  });

  it("gives the canonical NaN, and infinity where f16 ends", () => {
    const nan = run(one, { a: () => f16(Number.NaN), b: () => f16(1), c: () => 0 });
    expect(nan(3, 3)).toBe(0x7fff_ffff);
    const half = run(floating[3], { a: () => f16(60000), b: () => f16(1), c: () => 0 });
    expect(half(15, 7)).toBe(0x7c00);
  });

  it("ignores the low 13 bits of tf32", () => {
    const d = run(floating[6], { a: () => 0x3f80_1fff, b: () => 0x3f80_1fff, c: () => 0 });
    expect(decodeElement("f32", d(0, 0))).toBe(4);
  });
});

describe("mma.sync of integers", () => {
  it.each(whole)("$instruction is exact", (which) => {
    const { m, n, k } = extentsOf(which.instruction);
    const { types } = which;
    const pick = (type: string) => (): number =>
      type === "s32"
        ? random() < 0.3
          ? 0x7fff_ffff
          : random() < 0.3
            ? 0x8000_0000
            : Math.floor(random() * 2 ** 32)
        : Math.floor(random() * 2 ** bitsOf[type]);
    const [a, b, c] = [table(m, k, pick(types.a)), table(k, n, pick(types.b)), table(m, n, pick("s32"))];
    const d = run(which, { a, b, c });
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let exact = BigInt(c(i, j) | 0);
        for (let l = 0; l < k; l++) {
          const [x, y] = [decodeElement(types.a, a(i, l)), decodeElement(types.b, b(l, j))];
          exact += BigInt(types.a !== "b1" ? x * y : which.instruction.includes("and") ? x & y : x ^ y);
        }
        const top = 2n ** 31n;
        const bounded = exact >= top ? top - 1n : exact < -top ? -top : exact;
        expect(BigInt(d(i, j) | 0)).toBe(which.instruction.includes("satfinite") ? bounded : BigInt.asIntN(32, exact));
      }
    }
  });
});

describe("mma.sync.m8n8k4", () => {
  // PTX ISA, "Matrix Fragments for mma.m8n8k4 with .f16 floating point type".
  const upper = (l: number): number => (l < 16 ? 0 : 4);
  const a: Readonly<Record<string, Layout>> = {
    row: (l, i) => [(l % 4) + upper(l), i],
    col: (l, i) => [(i % 4) + upper(l), l % 4],
  };
  const b: Readonly<Record<string, Layout>> = {
    row: (l, i) => [l % 4, i + upper(l)],
    col: (l, i) => [i, (l % 4) + upper(l)],
  };
  const c: Readonly<Record<string, Layout>> = {
    f16: (l, i) => [(l % 4) + upper(l), i],
    f32: (l, i) => [(l & 1) + (i & 2) + upper(l), (i & 4) + (l & 2) + (i & 1)],
  };
  const pairOf = (lane: number): number => (lane >> 2) % 4;

  it.each(["row", "col"].flatMap((x) => ["row", "col"].flatMap((y) => ["f16", "f32"].map((d) => [x, y, d] as const))))(
    "multiplies four pairs of f16, %s by %s into %s",
    (x, y, d) => {
      // Small whole numbers: every order of summing is exact.
      const number = (seed: number) => (pair: number, row: number, column: number) =>
        ((seed * 7 + pair * 5 + row * 3 + column * 11) % 9) - 4;
      const [ma, mb, mc] = [number(1), number(2), number(3)];
      const encoded = (type: string, value: number): number =>
        encodeFloat(floatFormats[type as FloatFormatName], value);
      const deal = (layout: Layout, type: string, elements: number, from: typeof ma): Uint32Array => {
        const each = 32 / bitsOf[type];
        const words = new Uint32Array((32 * elements) / each);
        for (let lane = 0; lane < 32; lane++) {
          for (let i = 0; i < elements; i++) {
            const [row, column] = layout(lane, i);
            words[(lane * elements) / each + Math.floor(i / each)] |=
              encoded(type, from(pairOf(lane), row, column)) << (bitsOf[type] * (i % each));
          }
        }
        return words;
      };
      const which = product(`m8n8k4.${x}.${y}.${d}.f16.f16.${d}`, "", "f16", d);
      const result = multiply(which, deal(a[x], "f16", 4, ma), deal(b[y], "f16", 4, mb), deal(c[d], d, 8, mc));
      const expected = deal(c[d], d, 8, (pair, row, column) => {
        let sum = mc(pair, row, column);
        for (let l = 0; l < 4; l++) sum += ma(pair, row, l) * mb(pair, l, column);
        return sum;
      });
      expect(result).toEqual(expected);
    },
  );
});

describe("mma.sync of f64", () => {
  const body = (rounding: string): string => `.reg .b32 %r<2>; .reg .b64 %rd<4>; .reg .f64 %d<9>;
    mov.u32 %r1, %laneid; ld.param.u64 %rd1, [p0]; mul.wide.u32 %rd2, %r1, 8; add.u64 %rd3, %rd1, %rd2;
    ld.global.f64 %d1, [%rd3]; ld.param.u64 %rd1, [p1]; add.u64 %rd3, %rd1, %rd2; ld.global.f64 %d2, [%rd3];
    mov.f64 %d3, 0d3FF0000000000000; mov.f64 %d4, %d3;
    mma.sync.aligned.m8n8k4.row.col${rounding}.f64.f64.f64.f64 {%d5, %d6}, {%d1}, {%d2}, {%d3, %d4};
    ld.param.u64 %rd1, [p2]; mul.wide.u32 %rd2, %r1, 16; add.u64 %rd3, %rd1, %rd2; st.global.v2.f64 [%rd3], {%d5, %d6}; ret;`;
  const launch = (rounding: string): Float64Array => {
    const [a, b] = [
      Float64Array.from({ length: 32 }, () => random()),
      Float64Array.from({ length: 32 }, () => random()),
    ];
    a[0] = 2 ** -60;
    const ptx = kernelPtx(3, 0, body(rounding));
    const arrays = [a, b, new Float64Array(64)].map((data, i) => ({ label: `${i}`, dtype: "f64" as const, data }));
    const machine = new Machine(launchImage({ ptx, arrays }));
    machine.run();
    const d = new Float64Array(machine.memory.allocations[2].bytes.slice().buffer);
    // lane = 4 * row + k holds a[row][k], and 4 * column + k holds b[k][column].
    return Float64Array.from({ length: 64 }, (_, at) => {
      const [row, column] = [at >> 3, at & 7];
      const step = rounding === ".rp" ? 1n : rounding === ".rz" || rounding === ".rm" ? -1n : 0n;
      let sum = 1;
      for (let l = 0; l < 4; l++) {
        const exact = (scaled(a[4 * row + l]) * scaled(b[4 * column + l])) / unit + scaled(sum);
        // Of the doubles around the exact value the one that the rounding names.
        const near = Number(exact) / 2 ** 400;
        const view = new BigInt64Array(Float64Array.of(near).buffer);
        const too = scaled(near) - exact;
        if (step > 0n && too < 0n) view[0] += 1n;
        if (step < 0n && too > 0n) view[0] -= 1n;
        sum = new Float64Array(view.buffer)[0];
      }
      return d[at] - sum;
    });
  };
  it.each(["", ".rn", ".rz", ".rm", ".rp"])("is a chain of fused multiply-adds%s", (rounding) => {
    expect([...launch(rounding)].every((difference) => difference === 0)).toBe(true);
  });
});

describe("ldmatrix and stmatrix", () => {
  // PTX ISA, ldmatrix: of row r of a matrix the lanes 4 r to 4 r + 3 hold two elements each; the address of row r of matrix j is lane
  // 8 j + r's.
  const moved = (
    count: number,
    trans: string,
    apart: number,
    store: boolean,
  ): { words: number[]; conflicts: number } => {
    const names = Array.from({ length: count }, (_, i) => `%r${10 + i}`);
    const load = `ldmatrix.sync.aligned.m8n8.x${count}${trans}.shared.b16 {${names}}, [%r5];`;
    const back = `stmatrix.sync.aligned.m8n8.x${count}${trans}.shared.b16 [%r6], {${names}};`;
    const give = store
      ? `${back} bar.warp.sync -1; ld.shared.v4.u32 {%r10,%r11,%r12,%r13}, [%r6];`
      : names.map((name) => `or.b32 ${name}, ${name}, 0;`).join(" ");
    const kept = store ? ["%r10", "%r11", "%r12", "%r13"] : names;
    // Lane l writes the eight elements 8 l, 8 l + 1, ... to a row of its own.
    const ptx = kernelPtx(
      1,
      0,
      `.reg .b32 %r<40>; .reg .b64 %rd<4>; .shared .align 16 .b8 rows[4096]; .shared .align 16 .b8 copy[4096]; mov.u32 %r1, %laneid;
      mov.u32 %r4, rows; mad.lo.u32 %r5, %r1, ${apart}, %r4; mov.u32 %r4, copy; mad.lo.u32 %r6, %r1, ${apart}, %r4;
      mul.lo.u32 %r20, %r1, 0x00080008; add.u32 %r20, %r20, 0x00010000; add.u32 %r21, %r20, 0x00020002; add.u32 %r22, %r21, 0x00020002; add.u32 %r23, %r22, 0x00020002;
      st.shared.v4.u32 [%r5], {%r20,%r21,%r22,%r23}; bar.warp.sync -1; ${load} ${give}
      ld.param.u64 %rd1, [p0]; mul.wide.u32 %rd2, %r1, ${4 * kept.length}; add.u64 %rd1, %rd1, %rd2;
      ${kept.map((name, i) => `st.global.b32 [%rd1+${4 * i}], ${name};`).join(" ")} ret;`,
    );
    const count8 = new CounterObserver();
    const out = { label: "out", dtype: "u32" as const, data: new Uint32Array(128) };
    const machine = new Machine(launchImage({ ptx, arrays: [out] }), [count8]);
    machine.run();
    return {
      words: [...new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)].slice(0, 32 * kept.length),
      conflicts: count8.result(machine.program.operations).shared_load_conflicts,
    };
  };
  const element = (matrix: number, row: number, column: number): number => 8 * (8 * matrix + row) + column;

  it.each([1, 2, 4].flatMap((count) => ["", ".trans"].map((trans) => [count, trans] as const)))(
    "x%i%s give each lane its elements",
    (count, trans) => {
      const wanted = Array.from({ length: 32 }, (_, lane) =>
        Array.from({ length: count }, (_, j) => {
          const [row, column] = [lane >> 2, 2 * (lane % 4)];
          return trans === ""
            ? element(j, row, column) | (element(j, row, column + 1) << 16)
            : element(j, column, row) | (element(j, column + 1, row) << 16);
        }),
      ).flat();
      expect(moved(count, trans, 16, false).words).toEqual(wanted);
      // And back: the rows that were loaded, the others untouched.
      const rows = Array.from({ length: 128 }, (_, at) => {
        const first = 2 * at;
        return at < 32 * count ? first | ((first + 1) << 16) : 0;
      });
      expect(moved(count, trans, 16, true).words).toEqual(rows);
    },
  );

  it("take a pass for each matrix where its rows lie in different banks, and more where they share them", () => {
    expect(moved(4, "", 16, false).conflicts).toBe(0);
    expect(moved(4, "", 128, false).conflicts).toBe(4 * 7);
    expect(moved(2, "", 64, false).conflicts).toBe(2 * 3);
    expect(moved(1, ".trans", 80, false).conflicts).toBe(0);
  });
});

describe("a matrix instruction", () => {
  const which = floating[2];
  const zeros = (n: number): Uint32Array => new Uint32Array(32 * n);

  it("counts 2 m n k operations for the warp, under each policy", () => {
    for (const policy of ["stack", "lowest-pc", "independent"] as const) {
      const count = new CounterObserver();
      multiply(which, zeros(4), zeros(2), zeros(4), { policy, count });
      const ptx = kernelPtx(
        0,
        0,
        ".reg .b32 %r<9>; .reg .f32 %f<5>; mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f1,%f2,%f3,%f4}, {%r1,%r2,%r3,%r4}, {%r1,%r2}, {%f1,%f2,%f3,%f4}; ret;",
      );
      const observer = new CounterObserver();
      const machine = new Machine(launchImage({ ptx, block: 64, policy }), [observer]);
      machine.run();
      expect(observer.result(machine.program.operations)).toMatchObject({
        flop_tensor: 2 * 2 * 16 * 8 * 16,
        flop_f32: 0,
      });
    }
  });

  const divergent = kernelPtx(
    0,
    0,
    `.reg .b32 %r<9>; .reg .pred %p<2>; mov.u32 %r1, %laneid; setp.lt.u32 %p1, %r1, 5; @%p1 bra out;
    movmatrix.sync.aligned.m8n8.trans.b16 %r2, %r3; out: ret;`,
  );
  it.each<[string, { ptx: string; block?: number; policy?: ReconvergencePolicy }, RegExp]>([
    [
      "in a branch",
      { ptx: divergent, policy: "stack" },
      /movmatrix\.sync is executed by 27 of the 32 lanes of its warp, and needs them all/,
    ],
    ["after lanes have ended", { ptx: divergent }, /executed by 27 of the 32 lanes/],
    ["in a warp that is not full", { ptx: divergent, block: 20 }, /executed by 15 of the 32 lanes/],
  ])("is a fault %s", (_, launch, message) => {
    expect(() => new Machine(launchImage(launch)).run()).toThrow(message);
    expect(() => new Machine(launchImage(launch)).run()).toThrow(LaunchFault);
  });

  it("waits for the lanes that come later", () => {
    const ptx = kernelPtx(
      1,
      0,
      `.reg .b32 %r<9>; .reg .b64 %rd<3>; .reg .pred %p<2>; mov.u32 %r1, %laneid; setp.lt.u32 %p1, %r1, 5; mov.u32 %r2, %r1;
      @%p1 bra on; mul.lo.u32 %r2, %r1, 1; on: movmatrix.sync.aligned.m8n8.trans.b16 %r3, %r2;
      ld.param.u64 %rd1, [p0]; mul.wide.u32 %rd2, %r1, 4; add.u64 %rd1, %rd1, %rd2; st.global.b32 [%rd1], %r3; ret;`,
    );
    for (const policy of ["stack", "lowest-pc", "independent"] as const) {
      const machine = new Machine(
        launchImage({ ptx, policy, arrays: [{ label: "out", dtype: "u32", data: new Uint32Array(32) }] }),
      );
      machine.run();
      // Lane l holds elements 2 (l % 4) and the next of row l / 4: l and 0.
      const transposed = Array.from({ length: 32 }, (_, lane) => {
        const element = (row: number, column: number): number => (column % 2 === 0 ? 4 * row + column / 2 : 0);
        const [row, column] = [lane >> 2, 2 * (lane % 4)];
        return element(column, row) | (element(column + 1, row) << 16);
      });
      expect([...new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)]).toEqual(transposed);
    }
  });
});
