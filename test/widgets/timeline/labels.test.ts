// Names are cut to their room and never wider.
import fc from "fast-check";
import { expect, it } from "vitest";
import { LabelCutter } from "../../../widgets/timeline/labels.js";

/** A font in which an i takes 3, an emoji 12, and everything else 6. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (character === "i" ? 3 : character.length > 1 ? 12 : 6), 0);

it.each([
  ["gemm", 24, "gemm"],
  ["gemm", 23, "ge\u2026"],
  ["gemm", 17, ""],
  ["iiiiii", 17, "iii\u2026"],
  ["", 10, ""],
])("%j in %i is %j", (text, width, fitted) => {
  expect(new LabelCutter(widthOf).fit(text, width)).toBe(fitted);
});

it("never overflow, and lose no character that would fit", () => {
  const cutter = new LabelCutter(widthOf);
  const anyText = fc
    .array(fc.constantFrom("i", "m", "\u00e9", "\u{1f600}", "<"), { maxLength: 30 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(anyText, fc.nat(120), (text, width) => {
      const fitted = cutter.fit(text, width);
      expect(widthOf(fitted)).toBeLessThanOrEqual(width);
      expect(fitted).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
      if (widthOf(text) <= width) expect(fitted).toBe(text);
      else if (fitted !== "") {
        const kept = [...fitted.slice(0, -1)];
        expect(text.startsWith(kept.join(""))).toBe(true);
        expect(widthOf(`${[...text].slice(0, kept.length + 1).join("")}\u2026`)).toBeGreaterThan(width);
      }
    }),
  );
});
