import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentTexts } from "../../../src/trace/timeline/index.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe("texts of arguments in one pool", () => {
  it("are there as they were put in, as bytes or as text, of any length", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.nat(300).map((length) => "é".repeat(length)),
      fc.constantFrom(127, 128, 16_383, 16_384, 2_100_000, 5_000_000).map((length) => "x".repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ text, isBytes: fc.boolean() }), { maxLength: 40 }), (parts) => {
        const texts = new ArgumentTexts();
        const places = parts.map(({ text, isBytes }) => {
          if (!isBytes) return texts.addText(text);
          const bytes = encoder.encode(`before${text}after`);
          return texts.add(bytes, 6, bytes.length - 5);
        });
        const wanted = parts.map(({ text }) => decoder.decode(encoder.encode(text)));
        expect(places.map((at) => texts.text(at) === wanted[places.indexOf(at)])).toEqual(places.map(() => true));
        expect(places.every((at) => at > 0)).toBe(true);
        expect(new Set(places).size).toBe(places.length);
      }),
      { numRuns: 40 },
    );
  });

  it("are read by names: those without the first are not read, and one that only stands within a text is none", () => {
    const texts = new ArgumentTexts();
    const read = texts.reader(["op", "layer"]);
    expect(read(texts.addText('{"op":"gemm","layer":3}'))).toMatchObject({ op: "gemm", layer: 3 });
    expect(read(texts.addText('{"layer":3}'))).toBeUndefined();
    expect(read(texts.addText('{"text":"op","layer":3}'))).toBeUndefined();
    expect(read(texts.addText('{"text":["\\"op\\""]}'))).toBeUndefined();
  });
});
