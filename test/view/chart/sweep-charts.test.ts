// Charts of sweeps: what each draws of a table, that vega draws it, and what is refused.
import { describe, expect, it } from "vitest";
import { sweep } from "../../../src/model/index.js";
import { stillChart } from "../../../src/notebook/still-chart.js";
import { type ChartSpec, heatMapChart, paretoChart, scalingChart, speedUpChart } from "../../../src/view/index.js";

const table = sweep({
  kernel: "gemm",
  shapes: [256, 1024].flatMap((m) => [512, 4096].map((k) => [m, 4096, k])),
  precisions: ["FP32", "FP16", "FP8_E4M3"],
  devices: ["h100", "a100-sxm-80gb"],
  modes: ["planner"],
  missing: "keep",
});
const valuesOf = (spec: ChartSpec) => (spec["data"] as { values: Record<string, unknown>[] }).values;
const words = (spec: ChartSpec) =>
  typeof spec.title === "object" ? `${spec.title.text}: ${spec.title["subtitle"]}` : spec.title;

describe("a heat map", () => {
  const spec = heatMapChart(table, { x: "M", y: "K" });

  it("is one column over two others, and counts the rows that have no figure", () => {
    // FP8 on the A100: 4 rows.
    expect(valuesOf(spec).length).toBe(20);
    expect(words(spec)).toBe("Predicted throughput, TFLOP/s over M and K: 4 rows have no figure");
    expect(Object.keys(valuesOf(spec)[0])).toEqual(["M", "K", "predicted_tflops"]);
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

describe("a scaling chart", () => {
  it("has a line for each device, and what proportional would be", () => {
    const rows = [1, 2, 4].map((devices) => ({ device: "a", devices, us: 100 / devices ** 0.8 }));
    const spec = scalingChart(rows, { x: "devices", y: "us", ideal: "less" });
    const ideal = valuesOf(spec).filter(({ kind }) => kind === "proportional");
    expect(ideal.map(({ devices, us }) => [devices, us])).toEqual([
      [1, 100],
      [4, 25],
    ]);
    expect(words(spec)).toBe("Us over devices");
  });
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
