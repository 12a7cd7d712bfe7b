import { table } from "arquero";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { measured, validate } from "../../src/model/index.js";
import {
  formatNumber,
  isRecords,
  rowsOf,
  tableHtml,
  tableText,
  toTable,
  validationTable,
} from "../../src/view/index.js";

describe("a list of records", () => {
  it.each<[string, unknown, boolean]>([
    [
      "with the same fields",
      [
        { a: 1, b: "x" },
        { a: null, b: undefined },
      ],
      true,
    ],
    ["with extents and times", [{ grid: [1, 2, 3], at: new Date(0) }], true],
    ["with other fields", [{ a: 1 }, { b: 1 }], false],
    ["with objects in them", [{ a: { b: 1 } }], false],
    ["with long lists in them", [{ a: [1, 2, 3, 4] }], false],
    [
      "of a class",
      [
        new (class Point {
          x = 1;
        })(),
      ],
      false,
    ],
    ["without fields", [{}], false],
    ["that are numbers", [1, 2], false],
    ["of which there is none", [], false],
  ])("%s", (_, value, expected) => {
    expect(isRecords(value)).toBe(expected);
  });
});

describe("toTable", () => {
  const wanted = [
    { a: 1, b: "x" },
    { a: 2, b: "y" },
  ];

  it("makes an Arquero table of rows, of columns, of typed arrays, and keeps one that is there", () => {
    expect(rowsOf(toTable(wanted))).toEqual(wanted);
    expect(rowsOf(toTable({ a: [1, 2], b: ["x", "y"] }))).toEqual(wanted);
    expect(rowsOf(toTable({ a: new Float32Array([1, 2]), b: ["x", "y"] }))).toEqual(wanted);
    const arquero = table({ a: [1] });
    expect(toTable(arquero)).toBe(arquero);
  });

  it("takes instances of classes, by their own fields", () => {
    const { predictions } = validate(measured("gb10"));
    expect(toTable(predictions).columnNames()).toEqual(Object.keys(predictions[0]));
  });

  it.each([[{}], [{ a: [1], b: [1, 2] }], [{ a: 1 }], [3], [null], [[1, 2]]])("refuses %j", (data) => {
    expect(() => toTable(data as never)).toThrow(InputError);
  });
});

describe("a number", () => {
  it.each([
    [0, "0"],
    [0.16494, "0.1649"],
    [14301.93, "14,302"],
    [1234567, "1,234,567"],
    [-1234.5, "-1,235"],
    [62, "62"],
    [0.00001234, "1.234e-5"],
    [Number.POSITIVE_INFINITY, "Infinity"],
  ])("%d is written %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("a table as HTML", () => {
  const html = tableHtml([{ name: "<b>&", time: 1234.567 }], { caption: "Times" });

  it("has a caption, heads with a scope, and figures to the right", () => {
    expect(html).toContain("<caption>Times</caption>");
    expect(html).toContain('<th scope="col">name</th><th scope="col" class="figure">time</th>');
    expect(html).toContain('<td class="figure">1,235</td>');
  });

  it("lets columns of sentences have several lines", () => {
    expect(tableHtml([{ a: "one\ntwo", b: "three" }], { sentences: ["a"] })).toContain(
      '<tr><td class="sentences">one\ntwo</td><td>three</td></tr>',
    );
  });

  it("escapes what is in it", () => {
    expect(html).toContain("<td>&lt;b&gt;&amp;</td>");
    expect(html).not.toContain("<b>");
  });

  it("says how many rows it leaves out", () => {
    const long = { n: Array.from({ length: 300 }, (_, i) => i) };
    expect(tableHtml(long)).toContain("100 more rows.");
    expect(tableHtml(long, { rows: 1000 })).not.toContain("more rows");
    expect(tableHtml(long, { rows: 299 })).toContain("<p>1 more row.</p>");
  });

  it("is aligned in text, figures to the right, and says how much there is", () => {
    expect(tableText({ device: ["gb10", "h100"], time: [1.5, 1200], note: ["a\nb", null] })).toBe(
      "device   time  note\ngb10      1.5  a b\nh100    1,200\n2 rows",
    );
    expect(tableText({ a: [1] })).toBe("a\n1\n1 row");
  });

  it("is bounded in text, down, across and in each cell", () => {
    const long = tableText({ n: Array.from({ length: 3000 }, (_, i) => i), t: Array(3000).fill("x".repeat(100)) });
    expect(long.split("\n")).toHaveLength(22);
    expect(long.split("\n").at(-1)).toBe("The first 20 of 3,000 rows");
    expect(long.split("\n")[1]).toBe(` 0  ${"x".repeat(39)}\u2026`);
    const wide = tableText(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`column${i}`, [i]])));
    expect(
      Math.max(
        ...wide
          .split("\n")
          .slice(0, 2)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(120);
    expect(wide).toMatch(/^column0 .*\n.*\n1 row; not shown: column13, column14, .*\u2026$/);
  });
});

describe("a validation as HTML", () => {
  const benchmark = (measured_time_us: number) => ({
    kernel_type: "gemv",
    shape: [4096, 4096],
    precision: "FP16",
    measured_time_us,
  });
  const report = validate({
    hardware_key: "gb10",
    benchmarks: [benchmark(203), benchmark(180), benchmark(100), { ...benchmark(1), kernel_type: "<i>" }],
  });
  const html = validationTable(report);

  it("tells a status by a colour, a sign and a word", () => {
    expect(html).toContain('<td class="green"><span aria-hidden="true">\u25cf</span> green</td>');
    expect(html).toContain('<td class="yellow"><span aria-hidden="true">\u25b2</span> yellow</td>');
    expect(html).toContain('<td class="red"><span aria-hidden="true">\u25a0</span> red</td>');
    expect(html).toContain("below 10 %");
  });

  it("has predicted, measured and error of each, and the verdict on all", () => {
    expect(html).toContain(
      '<td class="figure">203.4</td><td class="figure">180</td><td class="figure yellow">13.0 %</td>',
    );
    expect(html).toContain(
      "<caption>GB10: 3 benchmarks, 1 outside the band, mean error 38.9 %, greatest 103.4 %; 1 skipped: not accepted",
    );
  });

  it("lists what was not compared, escaped", () => {
    expect(html).toContain("<li>1 benchmark (3): kernel type &quot;&lt;i&gt;&quot; is not predicted");
  });

  it("explains an efficiency above 1", () => {
    expect(validationTable(validate(measured("gb10")))).toContain(
      "An efficiency of 1.68 means more than the DRAM gives",
    );
  });
});
