// Edits to a text, and the way back to the places as they were.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blanked,
  type Edit,
  EditedText,
  lineStarts,
  placeAt,
} from "../../../src/notebook/jupyter/errors/edited-text.js";

test("replaces, inserts and drops what another edit covers", () => {
  const edited = new EditedText("abcdef", [
    { start: 1, end: 2, text: "BB" },
    { start: 3, end: 3, text: "(" },
    { start: 3, end: 5, text: "_" },
    { start: 4, end: 5, text: "lost" },
  ]);
  expect(edited.text).toBe("aBBc(_f");
});

test("a place in the result goes back to the place in the original", () => {
  const edited = new EditedText("x\nf(a)\ny", [{ start: 2, end: 3, text: "(0, exports.f)" }]);
  expect(edited.text).toBe("x\n(0, exports.f)(a)\ny");
  expect(edited.originalPlace({ line: 2, column: 16 })).toEqual({ line: 2, column: 3 });
  expect(edited.originalPlace({ line: 2, column: 5 })).toEqual({ line: 2, column: 1 });
  expect(edited.originalPlace({ line: 4, column: 1 })).toBeUndefined();
  expect(edited.originalPlace({ line: 1, column: -8 })).toBeUndefined();
});

describe("laws", () => {
  const cases = fc
    .tuple(
      fc.stringMatching(/^[a-z\n ]{1,40}$/),
      fc.array(fc.tuple(fc.nat(39), fc.stringMatching(/^[A-Z]{0,5}$/)), { maxLength: 6 }),
    )
    .map(([text, insertions]) => ({
      text,
      edits: insertions.map(
        ([at, inserted]): Edit => ({ start: at % text.length, end: at % text.length, text: inserted }),
      ),
    }));

  test("every character that stays is found again", () => {
    fc.assert(
      fc.property(cases, ({ text, edits }) => {
        const edited = new EditedText(text, edits);
        const starts = lineStarts(edited.text);
        const originals = lineStarts(text);
        let at = 0;
        for (let i = 0; i < edited.text.length; i++) {
          if (/[A-Z]/.test(edited.text[i])) continue;
          expect(edited.originalPlace(placeAt(starts, i))).toEqual(placeAt(originals, at++));
        }
        expect(at).toBe(text.length);
      }),
    );
  });

  test("blanking keeps length and lines", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(blanked(text).length).toBe(text.length);
        expect(lineStarts(blanked(text))).toEqual(lineStarts(text));
        expect(blanked(text).trim()).toBe("");
      }),
    );
  });
});
