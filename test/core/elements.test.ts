// Values of every dtype as bytes: what comes back, what is rounded, and how people read it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bf16, type DType, dtypes, e4m3, e5m2, f16, f32, hostZeros, isNarrowFloat } from "../../src/core/dtype.js";
import { decodeElements, encodeElements, formatElement, readElement, writeElement } from "../../src/core/elements.js";

const all = Object.values(dtypes) as DType[];

describe("elements", () => {
  it.each(all)("of $name: every pattern of bits comes back as the bits it was, but for NaN", (type) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: type.bytes, maxLength: type.bytes }), (bits) => {
        const values = decodeElements(type, bits);
        expect(values).toHaveLength(1);
        const back = encodeElements(type, values);
        if (Number.isNaN(values[0])) expect(decodeElements(type, back)[0]).toBeNaN();
        else expect([...back]).toEqual([...bits]);
        const again = new Uint8Array(type.bytes);
        writeElement(new DataView(again.buffer), 0, type, values[0] as number | bigint);
        if (!Number.isNaN(values[0])) expect([...again]).toEqual([...bits]);
        expect(readElement(new DataView(again.buffer), 0, type)).toEqual(values[0]);
      }),
    );
  });

  it.each([
    // 1 + 2^-11 lies half way between two numbers of f16; what is a little more goes up, which f32 on the way would lose.
    [f16, 1 + 2 ** -11, 1],
    [f16, 1 + 2 ** -11 + 2 ** -40, 1 + 2 ** -10],
    [f16, 65519, 65504],
    [f16, 65520, Number.POSITIVE_INFINITY],
    [bf16, 1 + 2 ** -8, 1],
    [bf16, 1 + 2 ** -8 + 2 ** -40, 1 + 2 ** -7],
    [e4m3, 464, 448],
    [e4m3, 465, Number.NaN],
    [e4m3, 2 ** -10, 0],
    [e4m3, 2 ** -9, 2 ** -9],
    [e5m2, 61439, 57344],
    [e5m2, 61440, Number.POSITIVE_INFINITY],
  ] as const)("of %o: %f is stored as %f", (type, value, stored) => {
    const bytes = new Uint8Array(type.bytes);
    writeElement(new DataView(bytes.buffer), 0, type, value);
    expect(decodeElements<"f16" | "bf16" | "e4m3" | "e5m2">(type, bytes)[0]).toBe(stored);
  });

  it("wrap around as integers do", () => {
    const view = new DataView(new ArrayBuffer(8));
    writeElement(view, 0, dtypes.i8, 200);
    expect(readElement(view, 0, dtypes.i8)).toBe(-56);
    writeElement(view, 0, dtypes.u64, -1n);
    expect(readElement(view, 0, dtypes.u64)).toBe(2n ** 64n - 1n);
  });

  it("are held in 32 bits where no typed array has them", () => {
    expect(all.filter(isNarrowFloat).map(({ name }) => name)).toEqual(["f16", "bf16", "e4m3", "e5m2"]);
    for (const type of all) {
      const zeros = hostZeros(type, 3);
      expect(zeros.BYTES_PER_ELEMENT).toBe(isNarrowFloat(type) ? 4 : type.bytes);
    }
  });

  it("are written in as few digits as tell them apart", () => {
    expect(formatElement(f32, Math.fround(0.1))).toBe("0.1");
    expect(formatElement(f16, 0.0999755859375)).toBe("0.1");
    expect(formatElement(e4m3, 0.1015625)).toBe("0.1");
    expect(formatElement(dtypes.i64, -5n)).toBe("-5");
  });
});
