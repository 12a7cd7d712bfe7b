import { describe, expect, it } from "vitest";
import { declarations, withParameters } from "../../../src/notebook/run/parameters.js";
import type { Cell, Notebook } from "../../../src/view/page/index.js";

function notebook(source: string, ...more: Partial<Cell>[]): Notebook {
  const cells = [{ source, metadata: { tags: ["parameters"] } }, { source: "n" }, ...more].map(
    (cell, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, ...cell }) as Cell,
  );
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

const set = (source: string, values: Record<string, string>) =>
  withParameters(notebook(source), values, "tour.ipynb").cells.map(({ source }) => source);

describe("the names that a cell declares", () => {
  it.each([
    ["const n = 1;", [["const", "n", "1"]]],
    [
      "let a: number = 1, b = [1, 2], c = f(3, 4);",
      [
        ["let", "a", "1"],
        ["let", "b", "[1, 2]"],
        ["let", "c", "f(3, 4)"],
      ],
    ],
    [
      'const s = "a;b, c" // d = 2\nconst t = `x`',
      [
        ["const", "s", '"a;b, c"'],
        ["const", "t", "`x`"],
      ],
    ],
    [
      "const long =\n  1 +\n  2\nlet next = 3",
      [
        ["const", "long", "1 +\n  2"],
        ["let", "next", "3"],
      ],
    ],
    ["export const e = 1e-3; // const no = 1", [["const", "e", "1e-3"]]],
    ["/* const gone = 1 */ console.log(1)", []],
    ["let many: { a: number, b: string }[] = []", [["let", "many", "[]"]]],
    [
      "let a = 1; let f: (n: number) => void = g, m: Map<string, number> = new Map()",
      [
        ["let", "a", "1"],
        ["let", "f", "g"],
        ["let", "m", "new Map()"],
      ],
    ],
    ["const { a, b } = c; let later: number", [["let", "later", ""]]],
    ["if (x) {\nvar inner = 1\n}", []],
    ["f({\n  const: 1,\n})", []],
  ])("%j", (source, expected) => {
    expect(declarations(source).map(({ keyword, name, value }) => [keyword, name, value])).toEqual(expected);
  });
});

describe("--set", () => {
  it("adds a cell after the tagged one, and nothing where nothing is set", () => {
    expect(set("const n = 1;", { n: "2" })).toEqual(["const n = 1;", "// Set by warplab run\nconst n = 2;", "n"]);
    expect(set("const n = 1;", {})).toEqual(["const n = 1;", "n"]);
  });

  it.each([
    ["const n = 1", "4096", "const n = 4096;"],
    ["let n = 0.5", "1e-3", "let n = 1e-3;"],
    ['const n = "a100"', "h100", 'const n = "h100";'],
    ['const n = "1"', "2", 'const n = "2";'],
    ['const n = "1"', '"quoted"', 'const n = "quoted";'],
    ["const n = true", "false", "const n = false;"],
    ["const n = [1]", "[1, 2]", "const n = [1,2];"],
    ["let n: number", "5", "let n: number = 5;"],
    ["let n: string", "5", 'let n: string = "5";'],
    [
      "let n: { a: number, b: string }[] = []",
      '[{"a": 1, "b": "x"}]',
      'let n: { a: number, b: string }[] = [{"a":1,"b":"x"}];',
    ],
    ["const n = null", "text", 'const n = "text";'],
    ["const n = f()", "null", "const n = null;"],
    ["const n = 10n", "7", "const n = 7n;"],
    ["const n = -10n", "-7n", "const n = -7n;"],
    ["const n: bigint = size()", "007", "const n: bigint = 7n;"],
    ["const n = 2n ** 40n", "+8_192", "const n = 8_192n;"],
    ["const n = 64 * 1024", "010", "const n = 10;"],
    ["const n = 0.5", "0.25", "const n = 0.25;"],
    ['const n: string = "a"', "b", 'const n: string = "b";'],
    ['const n: "a" | "b" = first()', "b", 'const n: "a" | "b" = "b";'],
    ['const n = "text".length', "4", "const n = 4;"],
    ["const n = { a: 1 }", '{"a": 2}', 'const n = {"a":2};'],
  ])("takes the value as the notebook's own is: %s with %s", (source, value, line) => {
    expect(set(source, { n: value })[1]).toBe(`// Set by warplab run\n${line}`);
  });

  it("replaces what an earlier run injected", () => {
    const earlier = notebook("const n = 1", { source: "const n = 5", metadata: { tags: ["injected-parameters"] } });
    expect(withParameters(earlier, { n: "2" }, "tour.ipynb").cells.map(({ source }) => source)).toEqual([
      "const n = 1",
      "// Set by warplab run\nconst n = 2;",
      "n",
    ]);
  });

  it.each([
    [
      "const size = 1",
      { sizes: "2" },
      'tour.ipynb: --set sizes: the notebook has no parameter of this name\nDid you mean "size"?',
    ],
    [
      "const a = 1, b = 2",
      { other: "2" },
      'tour.ipynb: --set other: the notebook has no parameter of this name\nIt has "a" or "b".',
    ],
    [
      "console.log()",
      { n: "2" },
      "tour.ipynb: --set n: the notebook has no parameter of this name\nIts cell tagged `parameters` declares none.",
    ],
    ["const n = 1", { n: "many" }, "tour.ipynb: --set n=many: this must be a number, like 1 in the notebook"],
    [
      "const n = 1",
      { n: "2; process.exit()" },
      "tour.ipynb: --set n=2; process.exit(): this must be a number, like 1 in the notebook",
    ],
  ])("in a notebook with %j refuses %j", (source, values, message) => {
    expect(() => set(source, values as Record<string, string>)).toThrow(expect.objectContaining({ message }));
  });

  it("needs a tagged cell", () => {
    const plain = { ...notebook(""), cells: [] };
    expect(() => withParameters(plain, { n: "1" }, "tour.ipynb")).toThrow(/no cell is tagged `parameters`/);
  });

  it.each([
    ["const n = true", "yes", "n=yes: this must be true or false, like true in the notebook"],
    ["let n: boolean", "1", "n=1: this must be true or false: the notebook says boolean"],
    ["const n = 10n", "many", "n=many: this must be a whole number, like 10n in the notebook"],
    ["const n = 10n", "1.5", "n=1.5: this must be a whole number, like 10n in the notebook"],
    ["const n = 10", "7n", "n=7n: this must be a number, like 10 in the notebook"],
    ["const n = [1]", "7", "n=7: this must be a list in JSON, like [1] in the notebook"],
    ["const n = { a: 1 }", "[1]", "n=[1]: this must be an object in JSON, like { a: 1 } in the notebook"],
    ["const n: readonly number[] = f()", "all", "n=all: this must be a list in JSON, like f() in the notebook"],
    ["let n: number = f()", "many", "n=many: this must be a number, like f() in the notebook"],
  ])("refuses what is not of the notebook's kind: %s with %s", (source, value, message) => {
    expect(() => set(source, { n: value })).toThrow(`tour.ipynb: --set ${message}`);
  });
});
