// The page of a validation, and the residuals that it shows.
import { describe, expect, it } from "vitest";
import { measured, validate } from "../../src/model/index.js";
import { residuals, validationDocument } from "../../src/view/index.js";

const benchmark = (measured_time_us: number, over: object = {}) => ({
  kernel_type: "gemv",
  shape: [4096, 4096],
  precision: "FP16",
  measured_time_us,
  ...over,
});
const report = validate({
  hardware_key: "gb10",
  benchmarks: [benchmark(203), benchmark(150), benchmark(100), benchmark(1, { kernel_type: "<i>" })],
});
const origin = {
  inputs: [{ what: "benchmark file", name: "a<b>.json", sha256: "0f" }],
  version: "1.2.3",
  command: "warplab validate a.json --html r.html",
  made: { protocol: { launch: "graph" } },
};

describe("the page", () => {
  const page = validationDocument(report, { charts: [{ title: "A & B", svg: "<svg></svg>" }], origin });

  it("begins with the verdict and each bar, and names what fails it", () => {
    expect(page).toContain("\u2717 Not accepted.");
    expect(page).toContain(
      "memory-bound error: 46.4 % of 3 rows, allowed is less than 20 %: fails, first of all gemv 4096 x 4096 FP16",
    );
    expect(page).toContain("<li>gemv 4096 x 4096 FP16: 103.4 % off</li>");
    expect(page).toContain("Noise floor: 1 kernel was measured more than once, and differ from their median by");
    expect(validationDocument(validate(measured("gb10")))).toContain("\u2713 Accepted");
  });

  it("says how far each model is off", () => {
    // Ideal says 117 us of each: 42.3, 22.1 and 16.9 % off.
    expect(page).toContain(
      "<li>realistic: mean error 46.4 %, greatest 103.4 %; 1 of 3 rows within 10 %, 1 within 25 %</li>" +
        "<li>ideal: mean error 27.1 %, greatest 42.4 %; 0 of 3 rows within 10 %, 2 within 25 %</li>",
    );
  });

  it("has ideal beside realistic, with signs", () => {
    expect(page).toContain(
      '<td class="figure">203</td><td class="figure">117</td><td class="figure">\u221242.4 %</td><td class="figure">203.4</td><td class="figure">+0.2 %</td><td>table</td>',
    );
  });

  it("says what is unsure about the device, what went in and how to make it again", () => {
    expect(page).toContain("What is unsure about GB10");
    expect(page).toContain("<code>a&lt;b&gt;.json, SHA-256 0f</code>");
    expect(page).toContain("&quot;launch&quot;: &quot;graph&quot;");
    expect(page).toContain("<pre>warplab validate a.json --html r.html</pre>");
  });

  it("needs no network and no script, is light or dark, and is the same each time", () => {
    expect(page).not.toMatch(/(?:src|href)=|<script|url\(/);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(validationDocument(report, { charts: [{ title: "A & B", svg: "<svg></svg>" }], origin })).toBe(page);
  });

  it("stands without anything compared", () => {
    const none = validate({ hardware_key: "gb10", benchmarks: [benchmark(1, { kernel_type: "sort" })] });
    expect(validationDocument(none)).toContain("\u2717 Not accepted.");
    expect(() => residuals(none)).toThrow("there is nothing to draw: no benchmark was compared");
  });
});

describe("residuals", () => {
  interface Layer {
    readonly data: { values: { residual: number; ideal?: number; status: string; mode?: string }[] };
    readonly mark: { filled?: boolean; type: string };
  }
  const layers = (spec: ReturnType<typeof residuals>) => spec["layer"] as Layer[];
  const points = (spec: ReturnType<typeof residuals>) => layers(spec)[1].data.values;

  it("are signed: above zero is predicted too slow", () => {
    expect(points(residuals(report)).map(({ residual, status }) => [Math.round(residual), status])).toEqual([
      [0, "green"],
      [36, "red"],
      [103, "red"],
    ]);
  });

  it("are of the ideal model where that is asked for, and of both filled and hollow, joined row by row", () => {
    const rounded = (layer: Layer) => layer.data.values.map(({ residual }) => Math.round(residual));
    expect(rounded(layers(residuals(report, { mode: "ideal" }))[1])).toEqual([-42, -22, 17]);
    const [, pairs, realistic, ideal] = layers(residuals(report, { mode: "both" }));
    expect([realistic, ideal].map(({ mark }) => mark.filled)).toEqual([true, false]);
    expect([rounded(realistic), rounded(ideal)]).toEqual([
      [0, 36, 103],
      [-42, -22, 17],
    ]);
    expect(ideal.data.values.map(({ status }) => status)).toEqual(["red", "yellow", "yellow"]);
    expect(rounded(pairs)).toEqual(rounded(realistic));
    expect(pairs.data.values.map(({ ideal: other }) => Math.round(other!))).toEqual(rounded(ideal));
    expect(() => residuals(report, { mode: "best" })).toThrow(
      'mode: unknown mode "best"\nKnown: "realistic", "ideal" or "both".',
    );
  });

  it("lie over intensity or over size", () => {
    expect(residuals(report).title).toMatchObject({ text: "Residuals on GB10, by arithmetic intensity" });
    expect(residuals(report, { over: "work" }).title).toMatchObject({ text: "Residuals on GB10, by size" });
    expect(() => residuals(report, { over: "time" as never })).toThrow(
      'over: residuals are drawn over "intensity" or "work"',
    );
  });
});
