import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { parseJson } from "../../src/core/json.js";

describe("parseJson", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("reads a text with a byte order mark", () => {
    expect(parseJson("\uFEFF[1]")).toEqual([1]);
  });

  it("quotes the line and points at the place", () => {
    expect(() => parseJson('{\n  "a": 1,\n  "b": tru\n}', "b.json")).toThrow(
      'b.json, line 3, column 8: not valid JSON: expected a value, found "tru"\n      "b": tru\n           ^',
    );
  });

  it("says of what is too deep for any walk over it where that is", () => {
    const nested = (levels: number, inside = "") => "[".repeat(levels) + inside + "]".repeat(levels);
    expect(parseJson(nested(500, '"[[[\\\\\\"[[["'))).toEqual(JSON.parse(nested(500, '"[[[\\\\\\"[[["')));
    expect(parseJson(`[${'"[\\\\",{"{":"["},'.repeat(600)}1]`)).toHaveLength(1201);
    const message = "line 1, column 501: lists and objects lie more than 500 deep in one another";
    for (const text of [nested(501), nested(200_000), "[".repeat(200_000), `${nested(501)} nonsense`]) {
      expect(() => parseJson(text)).toThrow(message);
    }
    expect(() => parseJson('{"a":'.repeat(501))).toThrow("column 2501: lists and objects lie more than 500 deep");
  });

  it.each([
    ["", "line 1, column 1: not valid JSON: expected a value, found the end of the text"],
    ['{"a": 1,}', "line 1, column 9: not valid JSON: a comma may not stand before }"],
    ["[1, 2,]", "line 1, column 7: not valid JSON: a comma may not stand before ]"],
    ["[1 2]", 'line 1, column 4: not valid JSON: expected "," or "]", found "2"'],
    ["{a: 1}", 'line 1, column 2: not valid JSON: expected a name in double quotes, found "a"'],
    ["['x']", "line 1, column 2: not valid JSON: strings take double quotes"],
    ['{"a" 1}', 'line 1, column 6: not valid JSON: expected ":" after the name, found "1"'],
    ["[01]", 'line 1, column 2: not valid JSON: expected a value, found "01"'],
    ["[NaN]", 'line 1, column 2: not valid JSON: expected a value, found "NaN"'],
    ["[1] // done", "line 1, column 5: not valid JSON: JSON has no comments"],
    ['["a\\x"]', "line 1, column 4: not valid JSON: unknown escape in a string"],
    ['["abc', "line 1, column 2: not valid JSON: this string does not end on its line"],
    ["1 2", 'line 1, column 3: not valid JSON: nothing may follow the value, found "2"'],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => parseJson(text)).toThrow(InputError);
    expect(() => parseJson(text)).toThrow(message);
  });

  it("finds a place in every text that JSON.parse refuses", () => {
    const broken = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "x", "\\"))
      .map(([value, cut, junk]) => {
        const text = JSON.stringify(value);
        const at = cut % (text.length + 1);
        return text.slice(0, at) + junk + text.slice(at + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        let refused = false;
        try {
          JSON.parse(text);
        } catch {
          refused = true;
        }
        if (refused) expect(() => parseJson(text)).toThrow(/^line \d+, column \d+: not valid JSON/);
        else expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });
});
