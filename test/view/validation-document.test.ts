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
    expect(page).toContain("<li>gemv 4096 x 4096 FP16: 103.4 %</li>");
    expect(page).toContain("Noise floor: 1 kernel was measured more than once, and differ from their median by");
    expect(validationDocument(validate(measured("gb10")))).toContain("\u2713 Accepted");
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
  const points = (spec: ReturnType<typeof residuals>) =>
    (spec["layer"] as { data: { values: { residual: number; status: string }[] } }[])[1].data.values;

  it("are signed: above zero is predicted too slow", () => {
    expect(points(residuals(report)).map(({ residual, status }) => [Math.round(residual), status])).toEqual([
      [0, "green"],
      [36, "red"],
      [103, "red"],
    ]);
  });

  it("lie over intensity or over size", () => {
    expect(residuals(report).title).toMatchObject({ text: "Residuals on GB10, by arithmetic intensity" });
    expect(residuals(report, { over: "work" }).title).toMatchObject({ text: "Residuals on GB10, by size" });
    expect(() => residuals(report, { over: "time" as never })).toThrow(
      'over: residuals are drawn over "intensity" or "work"',
    );
  });
});
