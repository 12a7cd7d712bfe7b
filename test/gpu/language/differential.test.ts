// The two things made of one typed tree, PTX on the virtual GPU and JavaScript, give the same bytes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtypes } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { agree } from "./both.js";
import { everything } from "./everything.js";

const i32 = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -40, max: 40 }));
const u32 = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 40 }));
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const f32 = fc.oneof(fc.float(), fc.float({ min: -8, max: 8 }));
const f64 = fc.oneof(fc.double(), fc.double({ min: -8, max: 8 }));

describe("PTX on the virtual GPU and the reference give the same bytes", () => {
  const { integers, wide, floats, flow, helpers, narrow, atomics, names, unicode, before, expressionBody } = everything;

  it("integers of 32 bits", () => {
    fc.assert(
      fc.property(i32, i32, u32, u32, (a, b, u, v) => {
        agree(integers, 1, { a, b, u, v, out: new Int32Array(16), uout: new Uint32Array(8) });
      }),
    );
  });

  it("integers of 64 bits", () => {
    fc.assert(
      fc.property(i64, i64, u64, i32, (a, b, u, n) => {
        agree(wide, 1, { a, b, u, n, out: new BigInt64Array(8), uout: new BigUint64Array(4) });
      }),
    );
  });

  it("integers divided by zero, and what remains", () => {
    agree(integers, 1, { a: -7, b: 0, u: 7, v: 0, out: new Int32Array(16), uout: new Uint32Array(8) });
    agree(wide, 1, { a: -7n, b: 0n, u: 7n, n: 1, out: new BigInt64Array(8), uout: new BigUint64Array(4) });
  });

  it("floats", () => {
    fc.assert(
      fc.property(f32, f32, f64, i32, u32, (a, b, d, n, u) => {
        const args = { a, b, d, n, u, out: new Float32Array(11), dout: new Float64Array(4), iout: new Int32Array(4) };
        agree(floats, 1, args);
      }),
    );
  });

  it("loops, jumps and conditions", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (x, n) => {
          agree(flow, 4, { n, x: Int32Array.from(x), out: new Int32Array(4) });
        },
      ),
    );
  });

  it("helpers", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 6 }), (x) => {
        agree(helpers, 1, { x: Float32Array.from(x), out: new Float32Array(3), n: x.length });
      }),
    );
  });

  it("narrow integers in global and shared memory", () => {
    const arrays = () => ({
      a: Int8Array.of(100, -100, 7, 127),
      b: Uint8Array.of(100, 2, 3, 4),
      c: Int16Array.of(0, -30000, 1, 2),
      d: new Uint16Array(4),
    });
    agree(narrow, 4, { ...arrays(), s: -1, w: 3, out: new Int32Array(4) });
  });

  it("atomics", () => {
    agree(atomics, 16, {
      i: new Int32Array(3),
      u: Uint32Array.of(0, 7, 0, 0),
      l: new BigInt64Array(2),
      f: new Float32Array(4),
      d: new Float64Array(1),
      out: new Int32Array(17),
    });
  });

  it("elements before a pointer", () => {
    agree(before, 1, { x: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), out: new Int32Array(2) });
  });

  it("names that clash, and a body that is one expression", () => {
    agree(names, 1, { tid: 3, r1: 4, f: 0.5, out: new Float32Array(2) });
    agree(unicode, 1, { α: 3, β: 1, out: new Float32Array(1) });
    agree(expressionBody, 32, { out: new Int32Array(32) });
  });
});

describe("what the reference has not got, on the virtual GPU", () => {
  it("shuffles and votes", () => {
    const gpu = new VirtualGPU("a100");
    const x = gpu.array(
      dtypes.f32,
      Array.from({ length: 32 }, (_, lane) => lane),
    );
    const [out, sums] = [gpu.zeros(dtypes.u32, 32), gpu.zeros(dtypes.f32, 32)];
    gpu.launch(everything.warps, { grid: 1, block: 32 }, { x, out, sums } as never);
    expect([...out.toArray()].slice(0, 2)).toEqual([(0xffffffff + 7) >>> 0, (0xffffffff + 7) >>> 0]);
  });
});
