// memcpy, memcpy2D, memset and constant memory: every direction, parts, conversions, and what is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bf16, f16, f32, f64, i32, u8, u16 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { saxpy } from "../kernels.js";

describe("memcpy", () => {
  const gpu = new VirtualGPU("h100");

  it("copies to the device, within it and back", () => {
    const [x, y] = [gpu.zeros(f32, 4), gpu.zeros(f32, 4)];
    gpu.memcpy(x, Float32Array.of(1, 2, 3, 4));
    gpu.memcpy(y, x);
    const back = new Float32Array(4);
    gpu.memcpy(back, y);
    expect([...back]).toEqual([1, 2, 3, 4]);
  });

  it("copies parts through pointers and views", () => {
    const [x, y] = [gpu.array(i32, [1, 2, 3, 4]), gpu.zeros(i32, 4)];
    gpu.memcpy(y.add(2), x.add(1), { count: 2 });
    expect([...y.toArray()]).toEqual([0, 0, 2, 3]);
    gpu.memcpy(y.subarray(0, 2), x.subarray(2, 4));
    expect([...y.toArray()]).toEqual([3, 4, 2, 3]);
    gpu.memcpy(y.add(3), Int32Array.of(9));
    expect(y.get(3)).toBe(9);
  });

  it("moves within one array as if by way of another", () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(6), (from, to, count) => {
        const values = Array.from({ length: 16 }, (_, i) => i);
        const x = gpu.array(i32, values);
        gpu.memcpy(x.add(to), x.add(from), { count });
        const expected = [...values];
        expected.splice(to, count, ...values.slice(from, from + count));
        expect([...x.toArray()]).toEqual(expected);
        x.free();
      }),
    );
  });

  it("takes a Uint8Array as bytes, and a Float32Array as the values of a narrow float", () => {
    const h = gpu.zeros(f16, 2);
    gpu.memcpy(h, Uint8Array.of(0x00, 0x3c, 0x00, 0xc0));
    expect([...h.toArray()]).toEqual([1, -2]);
    gpu.memcpy(h, Float32Array.of(0.5, 2049));
    expect([...h.view(u16).toArray()]).toEqual([0x3800, 0x6800]);
    const back = new Float32Array(2);
    gpu.memcpy(back, h);
    expect([...back]).toEqual([0.5, 2048]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a wrong kind",
      () => gpu.memcpy(gpu.zeros(f32, 2), new Float64Array(2)),
      "a Float64Array does not hold f32 values",
    ],
    [
      "too much",
      () => gpu.memcpy(gpu.zeros(f32, 2, { label: "x" }).add(1), new Float32Array(2)),
      "8 bytes do not fit: f32.ptr to x[1] has 4 from there on",
    ],
    [
      "sizes that differ",
      () => gpu.memcpy(gpu.zeros(f64, 2, { label: "x" }), gpu.zeros(f32, 2, { label: "y" })),
      '"y" has 8 bytes, "x" 16',
    ],
    [
      "two pointers without a count",
      () => gpu.memcpy(gpu.zeros(u8, 2).add(0), gpu.zeros(u8, 2).add(0)),
      "two pointers do not say how much is copied",
    ],
    [
      "two ends on the host",
      () => gpu.memcpy(new Float32Array(1), new Float32Array(1)),
      "both ends of the copy are on the host",
    ],
    [
      "a list",
      () => gpu.memcpy(gpu.zeros(u8, 2), [1, 2] as never),
      "the source is neither an array, nor a pointer, nor a typed array of the host",
    ],
    [
      "half a count",
      () => gpu.memcpy(gpu.zeros(u8, 2), gpu.zeros(u8, 2), { count: 0.5 }),
      "a copy takes a whole number of elements, got 0.5",
    ],
    [
      "another GPU's array",
      () => gpu.memcpy(gpu.zeros(u8, 2), new VirtualGPU("h100").zeros(u8, 2, { label: "z" })),
      "is an array of another GPU",
    ],
    [
      "what was freed",
      () => {
        const x = gpu.zeros(u8, 2, { label: "gone" });
        x.free();
        gpu.memcpy(x, Uint8Array.of(1, 2));
      },
      '"gone" has been freed',
    ],
  ])("refuses %s", (_, work, message) => {
    expect(work).toThrow(message);
  });
});

describe("memcpy2D", () => {
  const gpu = new VirtualGPU("h100");

  it("copies a part of a matrix into rows with a pitch", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(4),
        fc.nat(4),
        (width, height, a, b) => {
          const [fromPitch, toPitch] = [width + a, width + b];
          const source = Uint8Array.from({ length: fromPitch * height + width }, (_, i) => i + 1);
          const x = gpu.zeros(u8, toPitch * height + width);
          gpu.memcpy2D(x, source, { toPitch, fromPitch, width, height });
          const expected = new Uint8Array(x.length);
          for (let row = 0; row < height; row++)
            for (let at = 0; at < width; at++) expected[row * toPitch + at] = source[row * fromPitch + at];
          expect(x.toArray()).toEqual(expected);
          x.free();
        },
      ),
    );
  });

  it("refuses rows that overlap, and rows that do not fit", () => {
    const x = gpu.zeros(u8, 10, { label: "x" });
    const shape = { toPitch: 4, fromPitch: 4, width: 4, height: 2 };
    expect(() => gpu.memcpy2D(x, new Uint8Array(8), { ...shape, toPitch: 3 })).toThrow(
      "memcpy2D, toPitch: rows of 4 bytes overlap: they are 3 bytes apart",
    );
    expect(() => gpu.memcpy2D(x, new Uint8Array(8), { ...shape, height: 3 })).toThrow(
      'memcpy2D, toPitch: 3 rows take 12 bytes: "x" has 10',
    );
    expect(() => gpu.memcpy2D(x, new Uint8Array(8), { ...shape, width: 0.5 })).toThrow(
      "memcpy2D, width: must be a whole number",
    );
  });
});

describe("memset", () => {
  const gpu = new VirtualGPU("h100");

  it("sets bytes", () => {
    const x = gpu.array(i32, [1, 2, 3]);
    gpu.memset(x, 0xff);
    gpu.memset(x.add(1), 1, { count: 5 });
    expect([...x.toArray()]).toEqual([-1, 0x01010101, 0xffffff01 | 0]);
  });

  it("refuses what is no byte, and a pointer without a count", () => {
    const x = gpu.zeros(i32, 3);
    expect(() => gpu.memset(x, 256)).toThrow("memset sets bytes, from 0 to 255, got 256");
    expect(() => gpu.memset(x.add(0), 0)).toThrow("a pointer does not say how many bytes are set");
  });
});

describe("constant memory", () => {
  it("is written and read by offset, and a kernel takes a pointer to it", () => {
    const gpu = new VirtualGPU("h100");
    expect(gpu.memory.table).toEqual([]);
    gpu.constant.write(64, f32, [1, 2, 3, 4]);
    gpu.constant.write(80, Uint8Array.of(0, 0, 0x80, 0x3f));
    expect([...gpu.constant.read(78, 6)]).toEqual([0x80, 0x40, 0, 0, 0x80, 0x3f]);
    const y = gpu.zeros(f32, 5);
    gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 5, a: 2, x: gpu.constant.array(f32, 64, 5), y });
    expect([...y.toArray()]).toEqual([2, 4, 6, 8, 2]);
    expect(gpu.memory.allocatedBytes).toBe(20);
    expect(gpu.memory.table[0]).toMatchObject({ label: "constant memory", bytes: 65536, by: "constant bank" });
  });

  it("ends at 64 KiB, and is not freed", () => {
    const gpu = new VirtualGPU("h100");
    expect(() => gpu.constant.write(65532, f32, [1, 2])).toThrow(
      "constant memory: 8 bytes at offset 65532 are not within its 65536 bytes",
    );
    expect(() => gpu.constant.read(-1, 2)).toThrow("2 bytes at offset -1");
    expect(() => gpu.free(gpu.constant.array(u8, 0, 65536))).toThrow('"constant memory" is the device\'s own');
  });
});

it("refuses an array of another dtype, and says how to pass its bytes", () => {
  const gpu = new VirtualGPU("h100");
  const x = gpu.zeros(bf16, 4, { label: "x" });
  expect(() => gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 2, a: 1, x: x as never, y: gpu.zeros(f32, 2) })).toThrow(
    'needs an array of f32 on the device, got "x" of bf16\nWhere its bytes are meant, pass x.view(f32).',
  );
  gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 2, a: 1, x: x.view(f32), y: gpu.zeros(f32, 2) });
});
