import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { chartNames, checkChart } from "../../../src/view/chart/chart-mistakes.js";

const chart = {
  data: { values: [{ a: "x", b: 1 }] },
  mark: "bar",
  encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } },
};

function fault(spec: object): string {
  try {
    checkChart(spec);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "";
}

describe("a mistyped chart", () => {
  it.each([
    [{ ...chart, mark: "bra" }, 'mark: "bra" is no mark\nDid you mean "bar"?'],
    [{ ...chart, mark: { type: "lnie" } }, 'mark.type: "lnie" is no mark\nDid you mean "line"?'],
    [
      { ...chart, encoding: { x: { field: "a", type: "quantitativ" } } },
      'encoding.x.type: "quantitativ" is no field type\nDid you mean "quantitative"?',
    ],
    [
      { ...chart, encoding: { colour: { field: "a" } } },
      'encoding: "colour" is no encoding channel\nDid you mean "color"?',
    ],
    [{ ...chart, encoding: { x: { feild: "a" } } }, 'encoding.x: there is no property "feild"\nDid you mean "field"?'],
    [{ ...chart, encoding: { x: "a" } }, /^encoding\.x: must be a record, got "a"\nWrite \{ field: "a" \}/],
    [
      { ...chart, encoding: { y: { field: "b", aggregate: "meen" } } },
      'encoding.y.aggregate: "meen" is no aggregate\nDid you mean "mean"?',
    ],
    [
      { ...chart, encoding: { y: { field: "b", scale: { type: "lgo" } } } },
      'encoding.y.scale.type: "lgo" is no scale type\nDid you mean "log"?',
    ],
    [
      { ...chart, params: [{ name: "brush", select: "intervall" }] },
      'params[0].select: "intervall" is no kind of selection\nDid you mean "interval"?',
    ],
    [
      { ...chart, transform: [{ aggregate: [{ op: "avrage", field: "b", as: "m" }], groupby: ["a"] }] },
      'transform[0].aggregate[0].op: "avrage" is no aggregate\nDid you mean "average"?',
    ],
    [{ layer: [chart, { ...chart, mark: "pont" }] }, 'layer[1].mark: "pont" is no mark\nDid you mean "point"?'],
    [{ vconcat: [{ hconcat: [{ mark: "ruel" }] }] }, /^vconcat\[0\]\.hconcat\[0\]\.mark: .*\nDid you mean "rule"\?/],
    [{ data: chart.data, marks: "bar" }, /^chart: a chart needs a "mark".*\nDid you mean "mark" by "marks"\?/],
    [{ ...chart, mark: 5 }, /^mark: 5 is no mark\nThere are "arc", /],
  ])("%j is refused with its place and what was meant", (spec, words) => {
    if (typeof words === "string") expect(fault(spec)).toBe(words);
    else expect(fault(spec)).toMatch(words);
  });

  it.each([
    [chart],
    [{ ...chart, encoding: { x: { field: "a", type: "N" }, y: { aggregate: "count" } } }],
    [{ ...chart, encoding: { x: { field: "a" }, y: { aggregate: { argmax: "b" }, field: "b" } } }],
    [{ repeat: ["a", "b"], spec: { mark: "point", encoding: { x: { field: { repeat: "repeat" } } } } }],
    [
      {
        ...chart,
        encoding: { tooltip: null, detail: [{ field: "a" }, { field: "b" }], x: { field: "a", axis: null } },
      },
    ],
    [
      {
        ...chart,
        transform: [
          {
            window: [
              { op: "rank", as: "r" },
              { op: "sum", field: "b", as: "s" },
            ],
          },
        ],
      },
    ],
    [
      {
        ...chart,
        params: [
          { name: "b", select: { type: "interval", encodings: ["x"] } },
          { name: "v", value: 3 },
        ],
      },
    ],
  ])("%j is none", (spec) => {
    expect(fault(spec)).toBe("");
  });
});

it("the names are those of Vega-Lite's schema", () => {
  const file = createRequire(import.meta.url).resolve("vega-lite/vega-lite-schema.json");
  const { definitions } = JSON.parse(readFileSync(file, "utf8")) as { definitions: Record<string, Definition> };
  const sorted = (names: readonly string[] | undefined): string[] => [...(names ?? [])].sort();
  const composites = ["BoxPlot", "ErrorBar", "ErrorBand"].map((name) => definitions[name].const!);
  expect(sorted(chartNames.mark)).toEqual(sorted([...definitions["Mark"].enum!, ...composites]));
  expect(sorted(chartNames.channel)).toEqual(sorted(Object.keys(definitions["FacetedEncoding"].properties!)));
  expect(sorted(chartNames.type)).toEqual(sorted(definitions["Type"].enum));
  expect(sorted(chartNames.aggregate)).toEqual(sorted(definitions["NonArgAggregateOp"].enum));
  expect(sorted(chartNames.window)).toEqual(sorted(definitions["WindowOnlyOp"].enum));
  expect(sorted(chartNames.selection)).toEqual(sorted(definitions["SelectionType"].enum));
  expect(sorted(chartNames.scale)).toEqual(sorted(definitions["ScaleType"].enum));
  const properties = new Set<string>();
  const seen = new Set<string>();
  const collect = (one: Definition): void => {
    const name = one.$ref?.split("/").at(-1);
    if (name !== undefined && !seen.has(name)) {
      seen.add(name);
      collect(definitions[name]);
    }
    for (const part of one.anyOf ?? []) collect(part);
    if (one.items !== undefined) collect(one.items);
    for (const property of Object.keys(one.properties ?? {})) properties.add(property);
  };
  for (const channel of Object.values(definitions["FacetedEncoding"].properties!)) collect(channel);
  expect(sorted(chartNames.channelProperty)).toEqual(sorted([...properties]));
});

interface Definition {
  readonly $ref?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Definition[];
  readonly items?: Definition;
  readonly properties?: Readonly<Record<string, Definition>>;
}
