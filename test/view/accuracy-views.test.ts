import { describe, expect, it } from "vitest";
import { accuracy, model, predictGraph } from "../../src/model/index.js";
import { accuracyChart, accuracyTable } from "../../src/view/accuracy-views.js";
import { graphCard, graphTimes } from "../../src/view/graph-views.js";

const text = [
  "gpu,op,M,N,K,dtype,measured_us",
  "A100-SXM4-80GB,gemm,4096,4096,4096,fp16,560",
  "A100-SXM4-80GB,gemm,1024,1024,1024,fp16,20",
  "H100-SXM,gemm,4096,4096,4096,fp16,220",
  "H100-SXM,sort,,,,fp16,220",
].join("\n");
const report = accuracy([{ name: "some.csv", text }]);

describe("an accuracy report", () => {
  it("is a table by group, ideal beside realistic, with what was left out", () => {
    const html = accuracyTable(report);
    expect(html).toContain("<td>A100-SXM4-80GB</td><td>gemm</td><td>fp16</td>");
    expect(html).toContain(`${report.groups[0].ideal_mean_error_pct.toFixed(1)} %`);
    expect(html).toContain("1 row of some.csv: ");
    expect(html).not.toContain('<th scope="col">file</th>');
  });

  it("keeps its rows for a chart, and out of its JSON", () => {
    expect(report.pairs.map(({ measured_us }) => measured_us)).toEqual([560, 20, 220].map((us) => expect.closeTo(us)));
    expect(JSON.parse(JSON.stringify(report))).not.toHaveProperty("pairs");
    const spec = accuracyChart(report, { by: "gpu" }) as { layer?: { data: { values: unknown[] } }[] };
    expect(spec.layer?.[2].data.values).toHaveLength(3);
    expect(() => accuracyChart(accuracy([{ name: "empty.csv", text: "gpu,op,dtype,measured_us\n" }]))).toThrow(
      "there is nothing to draw",
    );
  });
});

describe("a model's time", () => {
  const predictions = ["a100", "h100"].map((device) => predictGraph(model("bert-base"), { device }));

  it("is a card of its parts and operators", () => {
    const html = graphCard(predictions[0]);
    expect(html).toContain("bert-base");
    for (const { name } of predictions[0].parts) expect(html).toContain(`>${name}</th>`);
    for (const { name } of predictions[0].types) expect(html).toContain(`<td>${name}</td>`);
  });

  it("stands as a stacked bar beside those of other devices", () => {
    const spec = graphTimes(predictions) as { layer?: { data: { values: { ms: number; bar: string }[] } }[] };
    const [bars] = spec.layer ?? [];
    for (const { device, predicted_time_us } of predictions) {
      const parts = bars.data.values.filter(({ bar }) => bar === device);
      expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(predicted_time_us / 1e3);
    }
    expect(() => graphTimes([])).toThrow("there is nothing to draw");
  });
});
