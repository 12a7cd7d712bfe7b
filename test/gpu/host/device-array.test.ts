// Device memory as the host holds it: allocations, views, pointers, atomics, and what is refused.

import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, dtypes, e4m3, f16, f32, f64, i8, i16, i32, u8, u16, u32, u64 } from "../../../src/core/dtype.js";
import { decodeElements } from "../../../src/core/elements.js";
import { type DeviceArray, VirtualGPU } from "../../../src/gpu/host/index.js";

const all = Object.values(dtypes) as DType[];

describe("allocations", () => {
  it("never overlap, nor come where another has been, whatever is freed in between", () => {
    const step = fc.record({
      type: fc.constantFrom(...all),
      length: fc.integer({ min: 0, max: 400 }),
      free: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const gpu = new VirtualGPU("h100");
        const live: DeviceArray[] = [];
        const taken: { from: number; to: number }[] = [];
        for (const { type, length, free } of steps) {
          const array = gpu.zeros(type, length);
          expect(array.address % 256).toBe(0);
          const [from, to] = [array.address, array.address + array.byteLength];
          for (const other of taken) expect(to < other.from || from > other.to).toBe(true);
          taken.push({ from, to });
          live.push(array);
          if (free < live.length) live.splice(free, 1)[0].free();
        }
        expect(gpu.memory.allocatedBytes).toBe(live.reduce((sum, { byteLength }) => sum + byteLength, 0));
        expect(gpu.memory.stats.allocations).toBe(live.length);
        expect(gpu.memory.stats.freed).toBe(steps.length - live.length);
      }),
      { numRuns: 50 },
    );
  });

  it("make a table and figures", () => {
    const gpu = new VirtualGPU("h100", { memory: 4096 });
    const x = gpu.array(f32, [1, 2], { label: "x" });
    gpu.malloc(100, { label: "bytes" });
    x.free();
    expect(gpu.memory.table).toEqual([
      { label: "x", address: "0x700000000000", dtype: "f32", length: 2, bytes: 8, by: "host", state: "freed" },
      { label: "bytes", address: "0x700000000200", dtype: "u8", length: 100, bytes: 100, by: "host", state: "live" },
    ]);
    expect(gpu.memory.stats).toEqual({ used: 100, peak: 108, capacity: 4096, allocations: 1, allocated: 2, freed: 1 });
    expect(() => gpu.malloc(1000, { dtype: f32 })).toThrow(
      "4,000 bytes do not fit: H100 SXM has 4,096, of which 100 are in use",
    );
  });
});

describe("copies", () => {
  it.each(all)("bring every value of $name back", (type) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 256 }), (bytes) => {
        const whole = bytes.slice(0, bytes.length - (bytes.length % 8));
        const values = decodeElements(type, whole);
        const gpu = new VirtualGPU("h100");
        const array = gpu.array(type, values);
        expect(array.toArray()).toEqual(values);
        for (let i = 0; i < Math.min(4, array.length); i++) expect(array.get(i)).toEqual(values[i]);
        const other = gpu.zeros(type, array.length);
        other.set(array.toArray());
        expect(other.toArray()).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a view", () => {
  const gpu = new VirtualGPU("h100");

  it("shares its memory, both ways, for any part", () => {
    fc.assert(
      fc.property(fc.nat(19), fc.nat(19), fc.nat(1000), (a, b, value) => {
        const [begin, end] = [Math.min(a, b), Math.max(a, b) + 1];
        const x = gpu.array(
          i32,
          Array.from({ length: 20 }, (_, i) => -i),
        );
        const view = x.subarray(begin, end);
        expect([...view.toArray()]).toEqual([...x.toArray()].slice(begin, end));
        view.put(0, value);
        expect(x.get(begin)).toBe(value);
        x.put(end - 1, value + 1);
        expect(view.at(-1)).toBe(value + 1);
        expect(view.address).toBe(x.address + 4 * begin);
        x.free();
        expect(view.freed).toBe(true);
      }),
    );
  });

  it("reads the same bytes as another dtype", () => {
    const x = gpu.array(f32, [1, -2], { label: "x" });
    expect([...x.view(u32).toArray()]).toEqual([0x3f800000, 0xc0000000]);
    expect([...x.view(u8).subarray(2, 4).toArray()]).toEqual([0x80, 0x3f]);
    x.view(u16).put(3, 0x4040);
    expect(x.get(1)).toBe(3);
    expect(x.view(f16).length).toBe(4);
    expect(inspect(x.view(u8).subarray(2, 4))).toBe("x as u8[2..4]: u8[2] on the device [128, 63]");
  });

  it("is refused where it does not fit", () => {
    const x = gpu.zeros(u8, 10, { label: "x" });
    expect(() => x.view(f32)).toThrow('"x" as f32: 10 bytes are no whole number of elements of 4 bytes');
    expect(() => x.subarray(2, 6).view(f32)).toThrow("it begins at an address that is no multiple of 4");
    expect(() => x.subarray(2, 11)).toThrow('view of "x": elements 2 to 11 are not within it: it has 10');
    expect(() => x.add(8).view(3)).toThrow('view of u8.ptr to x[8]: 3 elements do not fit: "x" has 10 bytes');
  });
});

describe("a pointer", () => {
  const gpu = new VirtualGPU("h100");
  const x = gpu.array(f64, [1, 2, 3, 4], { label: "x" });

  it("moves, reads and writes, and knows its distance to others", () => {
    const p = x.add(1);
    expect([p.get(), p.get(2), p.at(-1), p.add(2).sub(1).get()]).toEqual([2, 4, 1, 3]);
    p.put(1, 30);
    expect(x.get(2)).toBe(30);
    p.put(1, 3);
    expect(x.add(3).minus(p)).toBe(2);
    expect(p.minus(x)).toBe(1);
    expect(p.equals(x.subarray(1))).toBe(true);
    expect(p.equals(x)).toBe(false);
    expect([x.add(3), x.add(0), p].sort((a, b) => a.compare(b)).map(({ offset }) => offset)).toEqual([0, 1, 3]);
    expect(inspect(p)).toBe("f64.ptr to x[1]");
    expect([...p.view(2).toArray()]).toEqual([2, 3]);
  });

  it("can be cast, and then points to elements of the other type", () => {
    const p = x.add(1).cast(u64);
    expect(p.get()).toBe(0x4000000000000000n);
    expect(p.cast(u8).add(7).get()).toBe(0x40);
    expect(inspect(p.cast(u8).add(7))).toBe("u8.ptr to x + 15 bytes");
  });

  it.each<[string, () => unknown, string]>([
    ["behind the end", () => x.add(4).get(), 'f64.ptr to x[4]: element 0 lies outside "x", which has 32 bytes'],
    ["before the start", () => x.add(0).get(-1), 'element -1 lies outside "x"'],
    ["half an element", () => x.add(0.5), "a pointer moves by a whole number of elements, got 0.5"],
    ["unaligned", () => x.add(0).cast(u8).add(1).cast(f32).get(), "an address that is no multiple of 4"],
    ["into another array", () => x.add(0).minus(gpu.zeros(f64, 1)), "different allocations have no distance"],
    ["a wrong value", () => x.view(i8).put(0, 200), "200 is not a whole number from -128 to 127, as i8 needs"],
    ["no index", () => x.get(4), '"x": there is no element 4: it has 4'],
  ])("refuses %s", (_, work, message) => {
    expect(work).toThrow(message);
  });
});

describe("freeing", () => {
  const gpu = new VirtualGPU("h100");
  const make = () => gpu.zeros(f32, 8, { label: "x" });

  it.each<[string, () => unknown, string]>([
    [
      "twice",
      () => {
        const x = make();
        x.free();
        x.free();
      },
      '"x" has been freed already',
    ],
    ["a view", () => make().subarray(2).free(), '"x[2..8]" is a view of "x": only the whole array can be freed'],
    [
      "an interior pointer",
      () => gpu.free(make().add(2)),
      "f32.ptr to x[2] points into the allocation, not to its start",
    ],
    [
      "what was freed by a pointer",
      () => {
        const x = make();
        gpu.free(x.add(1).sub(1));
        x.get(0);
      },
      '"x" has been freed and cannot be read',
    ],
    [
      "another GPU's",
      () => gpu.free(new VirtualGPU("h100").zeros(f32, 1, { label: "y" })),
      '"y" is an array of another GPU',
    ],
  ])("refuses to free %s", (_, work, message) => {
    expect(work).toThrow(message);
  });
});

describe("an atomic of the host", () => {
  const gpu = new VirtualGPU("h100");

  it("returns the old value and wraps integers around", () => {
    const x = gpu.array(i32, [2 ** 31 - 1, 5]);
    expect(x.atomicAdd(0, 1)).toBe(2 ** 31 - 1);
    expect(x.get(0)).toBe(-(2 ** 31));
    expect(x.atomicSub(0, 1)).toBe(-(2 ** 31));
    expect(x.get(0)).toBe(2 ** 31 - 1);
    expect([x.atomicMin(1, 3), x.atomicMax(1, 4), x.atomicExchange(1, -7), x.get(1)]).toEqual([5, 3, 4, -7]);
    expect([x.atomicCas(1, 0, 9), x.get(1), x.atomicCas(1, -7, 9), x.get(1)]).toEqual([-7, -7, -7, 9]);
  });

  it("adds as BigInt does, modulo the width, for every integer dtype", () => {
    const integers = all.filter(({ kind }) => kind !== "float");
    fc.assert(
      fc.property(fc.constantFrom(...integers), fc.bigInt(), fc.bigInt(), (type, a, b) => {
        const bits = 8 * type.bytes;
        const wrapped = (value: bigint) =>
          type.kind === "signed" ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
        const given = (value: bigint) => (bits === 64 ? wrapped(value) : Number(wrapped(value)));
        const x = gpu.zeros(type, 1);
        x.put(0, given(a) as number);
        expect(x.atomicAdd(0, given(b) as number)).toBe(given(a));
        expect(BigInt(x.get(0))).toBe(wrapped(wrapped(a) + wrapped(b)));
        x.free();
      }),
    );
  });

  it("rounds floats to their type", () => {
    const x = gpu.array(f32, [1]);
    x.atomicAdd(0, 2 ** -24 + 2 ** -40);
    expect(x.get(0)).toBe(Math.fround(1 + Math.fround(2 ** -24 + 2 ** -40)));
    const h = gpu.array(f16, [1]);
    h.atomicAdd(0, 2 ** -11);
    expect(h.get(0)).toBe(1);
    expect(gpu.array(f32, [Number.NaN]).atomicMin(0, 3)).toBeNaN();
    expect(gpu.array(e4m3, [0]).atomicCas(0, -0, 1)).toBe(0);
  });
});

it("fills with one value of the dtype", () => {
  const gpu = new VirtualGPU("h100");
  const x = gpu.zeros(i16, 5);
  x.subarray(1, 4).fill(-2);
  expect([...x.toArray()]).toEqual([0, -2, -2, -2, 0]);
});
