// Charts of sweeps: what each draws of a table, that vega draws it, and what is refused.
import { describe, expect, it } from "vitest";
import { sweep } from "../../../../src/model/index.js";
import { stillChart } from "../../../../src/notebook/still-chart.js";
import { type ChartSpec, heatMapChart, paretoChart, scalingChart, speedUpChart } from "../../../../src/view/index.js";

const table = sweep({
  kernel: "gemm",
  shapes: [256, 1024].flatMap((m) => [512, 4096].map((k) => [m, 4096, k])),
  precisions: ["FP32", "FP16", "FP8_E4M3"],
  devices: ["h100", "a100-sxm-80gb"],
  modes: ["planner"],
  missing: "keep",
});
const valuesOf = (spec: ChartSpec) => (spec["data"] as { values: Record<string, unknown>[] }).values;
interface Layer {
  readonly mark?: unknown;
  readonly encoding: Record<string, unknown>;
  readonly layer?: readonly Layer[];
  readonly data?: { readonly values: readonly Record<string, unknown>[] };
}
const layersOf = (spec: ChartSpec) => spec["layer"] as Layer[];
const typeOfMark = ({ mark }: Layer) => (mark as { type: string }).type;
const words = (spec: ChartSpec) =>
  typeof spec.title === "object" ? `${spec.title.text}: ${spec.title["subtitle"]}` : spec.title;

describe("a heat map", () => {
  const spec = heatMapChart(table, { x: "M", y: "K" });

  it("is one column over two others, and says what its cells are means of and which rows have no figure", () => {
    // Three precisions on two devices for each cell, without FP8 on the A100: 4 rows.
    expect(valuesOf(spec).length).toBe(4);
    expect(words(spec)).toBe(
      "Predicted throughput, TFLOP/s over M and K: A cell is the mean of up to 5 rows,4 rows have no figure",
    );
    expect(Object.keys(valuesOf(spec)[0])).toEqual(["M", "K", "predicted_tflops", "count", "label"]);
  });

  it("has the mean of the rows that fall into a cell, and the figure in it where there is room", () => {
    const rows = [
      { a: 1, b: "x", predicted_tflops: 10 },
      { a: 1, b: "x", predicted_tflops: 20 },
      { a: 2, b: "x", predicted_tflops: 1234.5 },
    ];
    expect(valuesOf(heatMapChart(rows, { x: "a", y: "b" }))).toEqual([
      { a: 1, b: "x", predicted_tflops: 15, count: 2, label: "15" },
      { a: 2, b: "x", predicted_tflops: 1234.5, count: 1, label: "1,235" },
    ]);
    const narrow = heatMapChart(rows, { x: "a", y: "b", width: 40 });
    expect(Object.keys(valuesOf(narrow)[0])).not.toContain("label");
    expect(layersOf(narrow).map(typeOfMark)).toEqual(["rect"]);
  });

  it("has colours on a log scale where figures are wide, and their figures in ink that can be read on each half", () => {
    const rows = [1, 10, 1000].map((value, a) => ({ a, b: 0, value }));
    const [rect, text] = layersOf(heatMapChart(rows, { x: "a", y: "b", value: "value" }));
    expect(rect.encoding["color"]).toMatchObject({ scale: { type: "log" } });
    const { test } = (text.encoding["color"] as { condition: { test: string } }).condition;
    // 55 % of the way from 1 to 1000, which has the logarithm 1.65.
    expect(Number(test.replace('datum["value"] > ', ""))).toBeCloseTo(10 ** 1.65, 6);
  });

  it("has numbers in their order, the largest at the top and on the right", () => {
    const { x, y } = spec["encoding"] as Record<"x" | "y", { sort: number[] }>;
    expect([x.sort, y.sort]).toEqual([
      [256, 1024],
      [4096, 512],
    ]);
  });
});

describe("a speed-up", () => {
  it("compares rows that have all else in common with the base", () => {
    const rows = [
      { device: "a", shape: "s", precision: "FP32", predicted_time_us: 30 },
      { device: "a", shape: "s", precision: "FP16", predicted_time_us: 10 },
      { device: "b", shape: "s", precision: "FP16", predicted_time_us: 5 },
    ];
    const spec = speedUpChart(rows);
    expect(valuesOf(spec).map(({ group, speed_up }) => [group, speed_up])).toEqual([
      ["a, s", 1],
      ["a, s", 3],
    ]);
    const [bars, figures, once] = layersOf(spec);
    expect([bars, figures, once].map(typeOfMark)).toEqual(["bar", "text", "rule"]);
    expect(bars.encoding["x"]).toMatchObject({ title: "times as fast as FP32" });
    // Of b there is no FP32 to compare with.
    expect(words(spec)).toBe("Speed-up over precision FP32: 1 row has no figure");
    expect(valuesOf(speedUpChart(rows, { base: "FP16" })).map(({ speed_up }) => speed_up)).toEqual([10 / 30, 1, 1]);
  });
});

describe("a Pareto chart", () => {
  const rows = [
    { device: "a", watts: 100, us: 9 },
    { device: "b", watts: 200, us: 5 },
    { device: "c", watts: 250, us: 6 },
    { device: "d", watts: 400, us: 4 },
  ];
  const frontier = (spec: ChartSpec) =>
    valuesOf(spec)
      .filter((row) => row["frontier"] === "yes")
      .map((row) => row["device"]);

  it("marks those that no other beats in both", () => {
    expect(frontier(paretoChart(rows, { x: "watts", y: "us" }))).toEqual(["a", "b", "d"]);
    expect(frontier(paretoChart(rows, { x: "watts", y: "us", better: { y: "more" } }))).toEqual(["a"]);
    expect(frontier(paretoChart(rows, { x: "watts", y: "us", better: { x: "more", y: "more" } }))).toEqual([
      "a",
      "c",
      "d",
    ]);
  });
});

describe("a Pareto chart", () => {
  const equal = [
    { device: "a", watts: 100, us: 9 },
    { device: "b", watts: 100, us: 9 },
    { device: "c", watts: 100, us: 10 },
  ];

  it("takes what equals one that none beats for one that none beats, and draws these above the others", () => {
    const values = valuesOf(paretoChart(equal, { x: "watts", y: "us" }));
    expect(values.map(({ device, frontier }) => [device, frontier])).toEqual([
      ["c", "no"],
      ["a", "yes"],
      ["b", "yes"],
    ]);
  });

  it("steps towards what is worse between two points, and says what is better", () => {
    const lineOf = (spec: ChartSpec) => (layersOf(spec)[0].mark as { interpolate: string }).interpolate;
    expect(lineOf(paretoChart(equal, { x: "watts", y: "us" }))).toBe("step-after");
    const more = paretoChart(equal, { x: "watts", y: "us", better: { x: "more" } });
    expect(lineOf(more)).toBe("step-before");
    expect(words(more)).toBe("Us against watts: Better: less us, more watts");
  });

  it("names its points beside them without covering any, or by a legend where they are many", () => {
    const few = Array.from({ length: 9 }, (_, i) => ({ device: `d${i}`, watts: i % 3, us: Math.floor(i / 3) }));
    const isNames = ({ layer }: Layer): boolean => layer !== undefined;
    const names = layersOf(paretoChart(few, { x: "watts", y: "us" })).find(isNames);
    expect(names?.layer?.flatMap(({ data }) => data?.values.map(({ text }) => text)).sort()).toEqual(
      few.map(({ device }) => device),
    );
    const many = Array.from({ length: 30 }, (_, i) => ({ device: `d${i % 4}`, watts: i, us: -i }));
    const drawn = layersOf(paretoChart(many, { x: "watts", y: "us" }));
    expect(drawn.some(isNames)).toBe(false);
    expect(drawn[1].encoding["color"]).not.toHaveProperty("legend");
  });
});

describe("a scaling chart", () => {
  it("has a line for each device, and what proportional would be", () => {
    const rows = [1, 2, 4].map((devices) => ({ device: "a", devices, us: 100 / devices ** 0.8 }));
    const spec = scalingChart(rows, { x: "devices", y: "us", ideal: "less" });
    const ideal = valuesOf(spec).filter(({ kind }) => kind === "proportional");
    expect(ideal.map(({ devices, us }) => [devices, us])).toEqual([
      [1, 100],
      [4, 25],
    ]);
    expect(words(spec)).toBe("Us over devices: Dashed: us in proportion to devices, from the first point on");
  });
});

describe("a scaling chart's axes", () => {
  it("are log axes with ticks where it was swept, and round ones beside", () => {
    const rows = [16, 64, 256].map((M) => ({ device: "a", M, us: M * 3 }));
    const { x, y } = layersOf(scalingChart(rows, { x: "M", y: "us" }))[0].encoding as Record<
      "x" | "y",
      { scale: { type: string }; axis: { values: number[] } }
    >;
    expect([x.scale.type, y.scale.type]).toEqual(["log", "log"]);
    expect([x.axis.values, y.axis.values]).toEqual([
      [16, 64, 256],
      [50, 100, 200, 500],
    ]);
  });

  it("tells lines apart by shape and colour, and by neither where there are too many", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => ({ device: `d${i}`, M: 1 + i, us: 1 }));
    const points = (count: number) => layersOf(scalingChart(lines(count), { x: "M", y: "us" })).at(-1)?.encoding;
    expect(points(8)).toMatchObject({ color: { field: "device" }, shape: { field: "device" } });
    expect(points(9)).toMatchObject({ detail: { field: "device" } });
    expect(points(9)).not.toHaveProperty("shape");
  });
});

it("columns with dots in their names are drawn like others, and tooltips have whole figures whole", () => {
  const rows = [1, 2].flatMap((n) => ["a", "b"].map((device) => ({ device, "args.n": 16384 * n, "a[0].us": n / 3 })));
  for (const spec of [
    heatMapChart(rows, { x: "args.n", y: "device", value: "a[0].us" }),
    speedUpChart(rows, { over: "args.n", by: ["device"], time: "a[0].us" }),
    paretoChart(rows, { x: "args.n", y: "a[0].us" }),
    scalingChart(rows, { x: "args.n", y: "a[0].us", ideal: "more" }),
  ]) {
    const svg = stillChart(spec);
    expect(svg).not.toContain("undefined");
    expect(svg).not.toContain("NaN");
    // What has an axis has a tick of its own figures on it.
    expect(svg).toMatch(/16,?384|32,?768|>0\.5<|20,?000/);
    expect(JSON.stringify(spec)).toContain('"args\\\\.n"');
  }
  const tooltips = JSON.stringify(paretoChart(rows, { x: "args.n", y: "a[0].us" }));
  expect(tooltips).toContain('"title":"args.n","format":",d"');
  expect(tooltips).toContain('"format":",.5~r"');
});

it("all are drawn by vega, with titles and units", () => {
  for (const spec of [
    heatMapChart(table, { x: "M", y: "K" }),
    speedUpChart(table),
    paretoChart(table, { x: "bytes", y: "predicted_time_us" }),
    scalingChart(table, { x: "M", ideal: "more" }),
  ]) {
    const svg = stillChart(spec);
    expect(svg).toContain("<svg");
    expect(svg).toContain(typeof spec.title === "object" ? String(spec.title.text) : String(spec.title));
  }
  expect(stillChart(scalingChart(table, { x: "M" }))).toContain("predicted time, us");
});

it.each([
  [() => heatMapChart(table, { x: "M", y: "k" }), 'heatMapChart: y: there is no column "k"\nDid you mean "K"?'],
  [
    () => heatMapChart(table, { x: "M", y: "K", value: "device" }),
    'heatMapChart: value: the column "device" holds "h100-sxm", which is no figure',
  ],
  [() => heatMapChart([], { x: "M", y: "K" }), "heatMapChart: there is nothing to draw: the table has no rows"],
  [
    () => speedUpChart(table, { base: "INT4" }),
    'speedUpChart: base: no row has precision "INT4"\nIt has "FP32", "FP16", "FP8_E4M3".',
  ],
  [
    () => paretoChart([{ device: "a", x: null, y: 1 }], { x: "x", y: "y" }),
    'paretoChart: no row has a figure for "x" or "y"',
  ],
  [
    () => scalingChart([{ device: "a", x: -1, y: 1 }], { x: "x", y: "y" }),
    "scalingChart: no row has positive figures for x and y",
  ],
])("what cannot be drawn is told (%#)", (draw, says) => {
  expect(draw).toThrow(says);
});
