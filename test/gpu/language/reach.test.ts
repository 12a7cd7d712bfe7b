// The language beyond plain arithmetic: the virtual GPU and the reference give the same bytes, and what the reference does not
// have is held against what it must be.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DTypeName, dtypes } from "../../../src/core/dtype.js";
import { floatFormats, roundTo } from "../../../src/core/float-format.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { agree } from "./both.js";
import { reach } from "./reach.js";

const i32 = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -40, max: 40 }));
const u32 = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 40 }));
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const f32 = fc.oneof(fc.float(), fc.float({ min: -8, max: 8 }));
const f64 = fc.oneof(fc.double(), fc.double({ min: -8, max: 8 }));
const narrow = (name: "f16" | "bf16") =>
  fc
    .oneof(fc.float({ min: -70000, max: 70000 }), fc.float({ min: -4, max: 4 }), fc.float())
    .map((x) => roundTo(floatFormats[name], x));

describe("PTX on the virtual GPU and the reference give the same bytes", () => {
  it("half precision", () => {
    const f16 = narrow("f16");
    fc.assert(
      fc.property(f16, f16, i32, f64, f16, (a, b, n, d, c) => {
        const x = Float32Array.of(c, b);
        const arrays = { out: new Float32Array(16), wide: new Float32Array(2), whole: new Int32Array(3) };
        agree(reach.halves, 1, { a, b, n, d, x, ...arrays });
      }),
      { numRuns: 300 },
    );
  });

  it("bfloat16", () => {
    const bf16 = narrow("bf16");
    fc.assert(
      fc.property(bf16, bf16, i32, f64, bf16, (a, b, n, d, c) => {
        const x = Float32Array.of(c, b);
        const arrays = { out: new Float32Array(11), wide: new Float32Array(2), whole: new Int32Array(2) };
        agree(reach.brains, 1, { a, b, n, d, x, ...arrays });
      }),
      { numRuns: 300 },
    );
  });

  it("bits", () => {
    fc.assert(
      fc.property(i32, i32, u32, u32, i64, u64, (a, b, u, v, l, w) => {
        const arrays = {
          out: new Int32Array(12),
          uout: new Uint32Array(9),
          lout: new BigInt64Array(3),
          wout: new BigUint64Array(2),
        };
        agree(reach.bits, 1, { a, b, u, v, l, w, ...arrays });
      }),
      { numRuns: 300 },
    );
  });

  it("roundings", () => {
    fc.assert(
      fc.property(f32, f32, f32, f64, f64, i32, i64, (a, b, c, d, e, n, l) => {
        const arrays = { out: new Float32Array(12), dout: new Float64Array(5), iout: new Int32Array(2) };
        agree(reach.rounded, 1, { a, b, c, d, e, n, l, ...arrays });
      }),
      { numRuns: 300 },
    );
  });

  it("vectors", () => {
    const steps = (count: number) => Array.from({ length: count }, (_, i) => i * 1.25);
    agree(reach.vectors, 4, {
      x: Float32Array.from(steps(16)),
      h: Float32Array.from(steps(8)),
      b: Uint8Array.from(steps(16)),
      d: Float64Array.from(steps(8)),
      out: new Float32Array(20),
      hout: new Float32Array(8),
      bout: new Uint8Array(16),
      dout: new Float64Array(8),
    });
  });

  it("dynamic shared memory, which all its arrays see", () => {
    const x = Float32Array.from({ length: 16 }, (_, i) => i * 3 - 9);
    agree(reach.dynamic, 16, { x, out: new Float32Array(48), n: 32 }, 96);
  });

  it("called functions, with local arrays and inlined ones inside", () => {
    const x = Float32Array.of(3, -1, 4, -1.5, 9, 2);
    agree(reach.calls, 6, { x, h: Float32Array.of(1, 2, 3, 4, 5, 6), out: new Float32Array(6), n: 6 });
  });

  it("a function that calls itself", () => {
    agree(reach.recursive, 8, { out: new Int32Array(8) });
    const out = new Int32Array(8);
    reach.recursive.reference.run({ grid: 1, block: 8 }, { out } as never);
    expect([...out]).toEqual([1, 1, 2, 6, 24, 120, 720, 5040]);
  });

  it("labels, switches and loops that leave each other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 5 }), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: -2, max: 8 }),
        (x, n) => agree(reach.control, 8, { n, x: Int32Array.from(x), out: new Int32Array(8) }),
      ),
    );
  });

  it("atomics that count around, and on floats and 64 bits", () => {
    agree(reach.counting, 16, {
      c: Uint32Array.of(3, 9),
      f: Float32Array.of(1, 0),
      l: BigUint64Array.of(3n, 13n),
      out: new Uint32Array(33),
    });
  });
});

/** Runs a kernel of the reach on a device, and gives its arrays. */
function run(name: string, block: number, args: Readonly<Record<string, unknown>>, device: "a100" = "a100") {
  const gpu = new VirtualGPU(device);
  const arrays: Record<string, { toArray(): ArrayLike<number> }> = {};
  const given = Object.entries(args).map(([key, value]) => {
    if (typeof value !== "object" || value === null) return [key, value];
    const { type, data } = value as { type: DTypeName; data: number[] };
    arrays[key] = gpu.array(dtypes[type] as never, data as never) as never;
    return [key, arrays[key]];
  });
  const launch = gpu.launch(reach[name], { grid: 1, block }, Object.fromEntries(given) as never);
  return {
    launch,
    arrays: Object.fromEntries(Object.entries(arrays).map(([key, array]) => [key, [...Array.from(array.toArray())]])),
  };
}
const zeros = (type: DTypeName, count: number) => ({ type, data: new Array<number>(count).fill(0) });

describe("what the reference has not got, on the virtual GPU", () => {
  it("the blocks of a grid, which meet twice", () => {
    const gpu = new VirtualGPU("a100");
    const [x, out] = [gpu.zeros(dtypes.i32, 128), gpu.zeros(dtypes.i32, 128)];
    gpu.launch(reach.grid, { grid: 4, block: 32, cooperative: true }, { x, out } as never);
    expect([...out.toArray()]).toEqual(Array.from({ length: 128 }, (_, t) => (127 - t) ** 2));
    expect([...x.toArray()]).toEqual(Array.from({ length: 128 }, (_, t) => t ** 2 + 1));
  });

  it("matrix products of the Tensor Cores, in f16 and in bf16 from shared memory", () => {
    const gpu = new VirtualGPU("a100");
    const n = 32;
    const data = (seed: number, count: number) => Array.from({ length: count }, (_, i) => ((i * seed) % 13) - 6);
    const [a, b] = [data(7, n * n), data(5, n * n)];
    const c = gpu.zeros(dtypes.f32, n * n);
    const given = { a: gpu.array(dtypes.f16, a), b: gpu.array(dtypes.f16, b), c, n };
    gpu.launch(reach.tensors, { grid: 4, block: 32 }, given as never);
    const product = (size: number, left: number[], right: (k: number, j: number) => number) =>
      left.map((_, at) => {
        const [i, j] = [Math.floor(at / size), at % size];
        return Array.from({ length: size }, (_, k) => left[i * size + k] * right(k, j)).reduce((x, y) => x + y);
      });
    expect([...c.toArray()]).toEqual(product(n, a, (k, j) => b[j * n + k]));
    const small = data(3, 256);
    const d = gpu.zeros(dtypes.f32, 256);
    gpu.launch(reach.brainTensors, { grid: 1, block: 32 }, { a: gpu.array(dtypes.bf16, small), c: d } as never);
    expect([...d.toArray()]).toEqual(product(16, small, (k, j) => small[k * 16 + j]).map((each) => each + 1));
  });

  it("what a kernel prints", () => {
    const gpu = new VirtualGPU("a100");
    const launch = gpu.launch(reach.printing, { grid: 1, block: 2 }, { n: -3, a: 2.625, l: 2n ** 40n } as never);
    const line = "-3:  2.62 of 1099511627776, 7%\n";
    expect(launch.printed).toBe(`block begins\nblock begins\n${line}${line}0.500000 3\n`);
  });

  it("barriers by number, at which one warp does not wait", () => {
    const { arrays } = run("named", 64, { out: zeros("i32", 32) });
    expect(arrays["out"]).toEqual(Array.from({ length: 32 }, (_, t) => (31 - t) ** 2));
  });

  it("matches, reductions, votes, and shuffles of every width", () => {
    const values = Array.from({ length: 32 }, (_, lane) => (lane % 3) * 7 - 5);
    const d = values.map((value) => value * 1e10 + 0.125);
    const { arrays } = run("together", 32, {
      x: { type: "i32", data: values },
      d: { type: "f64", data: d },
      h: { type: "f16", data: values },
      out: zeros("u32", 129),
      sums: zeros("i32", 3),
      far: zeros("f64", 32),
      hout: zeros("f16", 32),
    });
    const bits = (holds: (value: number) => boolean) =>
      values.reduce((mask, value, lane) => (holds(value) ? mask | (1 << lane) : mask), 0) >>> 0;
    const unsigned = values.map((value) => value >>> 0);
    expect(arrays["out"].slice(0, 32)).toEqual(values.map((value) => bits((each) => each === value)));
    expect(arrays["out"].slice(32, 64)).toEqual(values.map(() => 0));
    expect(arrays["out"].slice(64, 96)).toEqual(values.map(() => 0xffffffff));
    expect(arrays["out"][96]).toBe((Math.max(...unsigned) + 1) >>> 0);
    expect(arrays["sums"]).toEqual([values.reduce((a, b) => a + b), -5, 9]);
    const all = unsigned.reduce((a, b) => a & b) ^ unsigned.reduce((a, b) => a | b) ^ unsigned.reduce((a, b) => a ^ b);
    expect(arrays["out"][128]).toBe(all >>> 0);
    expect(arrays["far"]).toEqual(d.map((_, lane) => d[lane ^ 1] + d[lane & ~7]));
    expect(arrays["hout"]).toEqual(values.map((value, lane) => (lane % 16 === 15 ? value : values[lane + 1])));
  });
});
