import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { device, loadDevice } from "../../../src/hardware/index.js";
import { measured, predict, predictWork, sweep, validate } from "../../../src/model/index.js";
import { type ChartSpec, chartText, isChart, residuals, roofline } from "../../../src/view/index.js";

interface Layer {
  readonly mark?: { type: string; shape?: string; filled?: boolean };
  readonly data?: { values: Record<string, unknown>[] };
  readonly layer?: Layer[];
}
const layers = (spec: ChartSpec) => (spec["layer"] as Layer[]).flatMap((layer) => layer.layer ?? [layer]);
/** Of the plot, not of the legend above it. */
const marks = (spec: ChartSpec, shape: string) =>
  layers(spec)
    .flatMap(({ mark, data }) => (mark?.shape === shape ? (data?.values ?? []) : []))
    .filter(({ tflops }) => tflops !== undefined);
const typed = (spec: ChartSpec, type: string) =>
  layers(spec).flatMap(({ mark, data }) => (mark?.type === type ? (data?.values ?? []) : []));
const words = (spec: ChartSpec) =>
  layers(spec).flatMap(({ mark, data }) => (mark?.type === "text" ? (data?.values ?? []).map(({ text }) => text) : []));
const title = (spec: ChartSpec) => spec.title as { text: string; subtitle: string[] };

describe("the roofline of a validation", () => {
  const report = validate(measured("gb10"));
  const spec = roofline(report);

  it("is a Vega-Lite specification of the version that JupyterLab draws, and plain JSON", () => {
    expect(spec.$schema).toBe("https://vega.github.io/schema/vega-lite/v5.json");
    expect(isChart(spec)).toBe(true);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it("writes figures in tooltips in full: 14,300 us, where a precision alone would make it 1.43e+4", () => {
    const formats: string[] = [];
    JSON.stringify([spec, residuals(report)], (key, value) => {
      if (key === "tooltip") formats.push(...value.flatMap(({ format }: { format?: string }) => format ?? []));
      return value;
    });
    expect(formats.length).toBeGreaterThan(4);
    expect(formats.filter((format) => /[ge]$/.test(format))).toEqual([]);
  });

  it("has a circle for each prediction and a triangle for each measurement", () => {
    expect(marks(spec, "circle").map(({ tflops }) => tflops)).toEqual(
      report.results.map(({ predicted_tflops }) => predicted_tflops),
    );
    expect(marks(spec, "triangle-up").map(({ tflops }) => tflops)).toEqual(
      report.results.map(({ measured_tflops }) => measured_tflops),
    );
    expect(marks(spec, "circle").map(({ ai }) => ai)).toEqual(report.predictions.map(({ ai }) => ai));
  });

  it("has both models side by side where that is asked for: full and hollow circles, each measurement once", () => {
    const both = roofline(report, { mode: "both" });
    const circles = (filled: boolean) =>
      layers(both).flatMap(({ mark, data }) =>
        mark?.type === "point" && mark.shape === "circle" && mark.filled === filled ? (data?.values ?? []) : [],
      );
    const drawn = (filled: boolean) =>
      circles(filled).flatMap((point) => (point.device === undefined ? [] : [point.tflops]));
    expect(drawn(true)).toEqual(report.predictions.map(({ predicted_tflops }) => predicted_tflops));
    expect(drawn(false)).toEqual(report.ideal.map(({ predicted_tflops }) => predicted_tflops));
    expect(marks(both, "triangle-up")).toEqual(marks(spec, "triangle-up"));
    const ideal = roofline(report, { mode: "ideal" });
    expect(marks(ideal, "circle").map(({ errorPercent }) => errorPercent)).toEqual([42.5, 68.1, 84.5, 0.5, 39.8]);
    expect(() => roofline(report, { mode: "best" })).toThrow('mode: unknown mode "best"');
  });

  it("labels the ceilings, the bandwidth and the points", () => {
    expect(words(spec)).toEqual(
      expect.arrayContaining([
        "TF32, FP16 \u00b7 62 TFLOP/s",
        "FP8_E4M3 \u00b7 164 TFLOP/s",
        "GB10 \u00b7 287 GB/s",
        "GEMV FP16",
        "GEMM TF32",
      ]),
    );
  });

  it("bends where the peak and the bandwidth meet", () => {
    const rules = layers(spec).flatMap(({ mark, data }) => (mark?.type === "rule" ? (data?.values ?? []) : []));
    const [slope, ...flats] = rules as { ai: number; ai2: number; tflops: number; tflops2: number }[];
    expect(slope.ai2).toBeCloseTo(164e12 / 287e9);
    expect(slope.tflops / slope.ai).toBeCloseTo(0.287);
    expect(slope.tflops2 / slope.ai2).toBeCloseTo(0.287);
    expect(flats.map(({ ai }) => ai)).toEqual([expect.closeTo(62e12 / 287e9), expect.closeTo(164e12 / 287e9)]);
  });

  it("has log axes with their units", () => {
    const text = JSON.stringify(spec);
    expect(text).toContain("arithmetic intensity, FLOP per byte of DRAM traffic");
    expect(text).toContain("throughput, TFLOP/s");
    expect(text.match(/"type":"log"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("is said in words", () => {
    expect(chartText(spec)).toMatch(
      /^Roofline of GB10\. Throughput over arithmetic intensity, both on log axes\. Ceilings:/,
    );
    expect(spec.description).toContain("gemm 4096\u00b3 FP16 on GB10, measured: 9.58 TFLOP/s at 1,365 FLOP per byte");
  });
});

describe("roofline", () => {
  it("draws a sweep's table, with the ceilings of each device", () => {
    const spec = roofline(
      sweep({ kernel: "gemm", shapes: [[64, 64, 64]], precisions: ["FP16"], devices: ["gb10", "h100"] }),
    );
    expect(marks(spec, "circle")).toHaveLength(2);
    expect(words(spec)).toEqual(
      expect.arrayContaining(["GB10 FP16 \u00b7 62 TFLOP/s", "H100 SXM FP16 \u00b7 989 TFLOP/s"]),
    );
    expect(title(spec).text).toBe("Roofline of GB10, H100 SXM");
  });

  it("tells ideal predictions by an open circle", () => {
    const both = sweep({
      kernel: "gemv",
      shapes: [[64, 64]],
      precisions: ["FP16"],
      devices: ["gb10"],
      modes: ["ideal", "realistic"],
    });
    const spec = roofline(both);
    expect(marks(spec, "circle").map(({ kind }) => kind)).toEqual(["predicted, ideal", "predicted"]);
    expect(words(spec)).toEqual(expect.arrayContaining(["predicted, ideal", "predicted"]));
  });

  it("draws one prediction, and the counted work of a launch", () => {
    expect(
      marks(roofline(predict({ kernel: "gemv", shape: [8, 8], precision: "FP32", device: "a100" })), "circle"),
    ).toHaveLength(1);
    const launch = predictWork({ flop: { FP32: 2e6 }, bytes: { dram: 12e6 } }, { device: "h100", label: "saxpy" });
    expect(words(roofline(launch))).toContain("saxpy");
  });

  it("places a launch under the ceiling of each level of memory, and says which bandwidth nobody measured", () => {
    const work = { flop: { FP32: 1e6 }, bytes: { dram: 1e6, l2: 4e6, l1: 16e6 } };
    const spec = roofline(predictWork(work, { device: "l4", label: "stencil" }));
    expect(marks(spec, "diamond")).toMatchObject([{ ai: 1, kind: "launch" }]);
    expect(typed(spec, "tick")).toMatchObject([
      { ai: 0.25, level: "L2" },
      { ai: 0.0625, level: "L1" },
    ]);
    expect(words(spec)).toEqual(
      expect.arrayContaining([
        "DRAM \u00b7 300 GB/s",
        "L2 \u00b7 about 3,786 GB/s",
        "L1 \u00b7 15,145 GB/s",
        "counted by the virtual GPU, ideal",
      ]),
    );
    expect(spec.description).toContain("L2 of L4 3,786 GB/s (taken to be 32 bytes a clock and SM)");
    expect(spec.description).toContain("at 1 FLOP per byte, 0.25 of L2, 0.0625 of L1");
  });

  it("draws DRAM alone with several devices, or the levels that are asked for", () => {
    const work = { flop: { FP32: 1e6 }, bytes: { dram: 1e6, l2: 4e6 } };
    const both = ["h100", "a100"].map((device) => predictWork(work, { device }));
    expect(typed(roofline(both), "tick")).toEqual([]);
    expect(typed(roofline(both, { levels: ["dram", "l2"] }), "tick")).toHaveLength(2);
    expect(typed(roofline(both[0], { levels: ["dram"] }), "tick")).toEqual([]);
    expect(() => roofline(both, { levels: ["l3" as never] })).toThrow(
      'levels: unknown memory level "l3"\nKnown: "dram", "l2" or "l1".',
    );
  });

  it("places a planned product under each level by its tile", () => {
    const prediction = predict({ kernel: "gemm", shape: [4096, 4096, 4096], precision: "FP16", device: "a100" });
    const [l2, l1] = typed(roofline(prediction), "tick") as { ai: number }[];
    expect(prediction.ai).toBeGreaterThan(l2.ai);
    expect(l2.ai).toBeGreaterThan(l1.ai);
  });

  it("draws what matrix units alone reach as a ceiling of its own", () => {
    const gemm = predict({ kernel: "gemm", shape: [64, 64, 64], precision: "FP32", device: "mi100", mode: "ideal" });
    expect(words(roofline(gemm))).toEqual(
      expect.arrayContaining(["FP32 \u00b7 23.1 TFLOP/s", "FP32 matrix \u00b7 46.1 TFLOP/s"]),
    );
  });

  it.each(["tpu-v5e", "epyc-9654", "groq-lpu", "cerebras-wse-3", "trainium2"])("draws %s", (key) => {
    const gemm = predict({
      kernel: "gemm",
      shape: [512, 512, 512],
      precision: ["groq-lpu", "cerebras-wse-3"].includes(key) ? "FP16" : "BF16",
      device: key,
      mode: "ideal",
    });
    expect(marks(roofline(gemm), "circle")).toHaveLength(1);
  });

  it("draws a device by itself, with every ceiling that it states", () => {
    const spec = roofline([], { devices: ["a100"], title: "What an A100 can do" });
    expect(words(spec)).toEqual(expect.arrayContaining(["FP64 \u00b7 9.7 TFLOP/s", "BF16, FP16 \u00b7 312 TFLOP/s"]));
    expect(title(spec).text).toBe("What an A100 can do");
  });

  it("finds a device of one's own", () => {
    const file = JSON.parse(readFileSync("hardware/h100-sxm.json", "utf8"));
    const own = loadDevice({ ...file, key: "mine", name: "Mine", aliases: [] });
    const prediction = predict({ kernel: "gemv", shape: [8, 8], precision: "FP16", device: own });
    expect(title(roofline(prediction, { devices: [own] })).text).toBe("Roofline of Mine");
    expect(() => roofline(prediction)).toThrow('unknown device "mine"');
  });

  it("says how many rows have no place on log axes", () => {
    const kept = sweep({
      kernel: "gemv",
      shapes: [[64, 64]],
      precisions: ["FP8"],
      devices: ["gb10", "a100"],
      missing: "keep",
    });
    const spec = roofline(kept);
    expect(title(spec).subtitle[0]).toBe("1 row has no figure above 0 and is not drawn");
    expect(spec.description).toContain("1 row has no figure above 0 and is not drawn");
    expect(marks(spec, "circle")).toHaveLength(1);
  });

  it("keeps the words of the points apart", () => {
    const shapes = [64, 65, 66, 67, 68, 70].map((n) => [n, n, n]);
    const spec = roofline(sweep({ kernel: "gemm", shapes, precisions: ["FP16"], devices: ["h100"] }));
    const boxes = layers(spec)
      .filter(({ mark }) => mark?.type === "text")
      .flatMap(({ data }) => (data?.values ?? []) as { text: string; x: number; y: number; align: string }[])
      .filter(({ text }) => text.startsWith("GEMM"))
      .map(({ text, x, y, align }) => {
        const width = text.length * 6;
        const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
        return { left, right: left + width, top: y - 6, bottom: y + 6 };
      });
    expect(boxes.length).toBeGreaterThan(1);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
      }
    }
  });

  it.each([
    [[{ device: "h100", precision: "FP16", predicted_tflops: 1 }], "rows[0].ai: is missing\nA roofline needs device"],
    [[{ precision: "FP16", ai: 1, predicted_tflops: 1 }], "rows[0].device: is missing"],
    [[{ device: "h100", precision: "FP16", ai: 1 }], "rows[0].predicted_tflops: is missing"],
    [validate(measured("gb10")).results, "rows[0].device: is missing\nA roofline needs device, precision, ai and"],
    [[{ device: "h1000", precision: "FP16", ai: 1, predicted_tflops: 1 }], 'unknown device "h1000"'],
    [[], "there is nothing to draw"],
    [{ device: ["h100"], ai: [1, 2] }, "this has no columns of one length"],
  ])("refuses what it cannot place (%#)", (data, message) => {
    expect(() => roofline(data)).toThrow(InputError);
    expect(() => roofline(data)).toThrow(message);
  });

  it("takes columns as well as rows", () => {
    const spec = roofline({ device: ["h100"], precision: ["FP16"], ai: [10], measured_tflops: [5] });
    expect(marks(spec, "triangle-up")).toMatchObject([{ ai: 10, tflops: 5, device: device("h100").name }]);
  });
});
