import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinText, parseNotebook, splitText } from "../../../src/view/page/index.js";

const read = (value: unknown) => parseNotebook(JSON.stringify(value), "tour.ipynb");
const cell = (fields: object = {}) => ({ cell_type: "code", source: "1", metadata: {}, ...fields });

describe("a notebook is read", () => {
  it("with ids for the cells that have none", () => {
    const { cells } = read({ nbformat: 4, cells: [cell(), cell({ id: "mine" })] });
    expect(cells.map(({ id }) => id)).toEqual(["cell-1", "mine"]);
  });

  it.each([
    ["no JSON", "{", /tour\.ipynb, line 1, column 2: not valid JSON/],
    ["no cells", '{"nbformat": 4}', /tour\.ipynb: cells: is missing/],
    [
      "a cell of an unknown kind",
      { nbformat: 4, cells: [{ cell_type: "sql", source: "" }] },
      /cells\[0\]\.cell_type: must be "code", "markdown" or "raw"/,
    ],
    [
      "a source that is no text",
      { nbformat: 4, cells: [cell({ source: 5 })] },
      /cells\[0\]\.source: must be a text or a list/,
    ],
    [
      "a line that is no text",
      { nbformat: 4, cells: [cell({ source: ["a", 1] })] },
      /cells\[0\]\.source\[1\]: must be a text/,
    ],
    [
      "an old format",
      { nbformat: 3, nbformat_minor: 0, metadata: {}, worksheets: [{ cells: [] }] },
      /nbformat: version 3 of the notebook format is not supported\n.*save it/,
    ],
    [
      "one id twice",
      { nbformat: 4, cells: [cell({ id: "a" }), cell({ id: "a" })] },
      /cells\[1\]\.id: cell id "a" is used twice/,
    ],
  ])("and refused for %s, naming the field", (_, value, message) => {
    expect(() => parseNotebook(typeof value === "string" ? value : JSON.stringify(value), "tour.ipynb")).toThrow(
      message,
    );
  });
});

it("splitting a text into lines and joining them gives the text", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\n", "\r\n", " ", "é")), (parts) => {
      const text = parts.join("");
      const lines = splitText(text);
      expect(joinText(lines)).toBe(text);
      expect(lines.slice(0, -1).every((line) => line.endsWith("\n"))).toBe(true);
    }),
  );
});
