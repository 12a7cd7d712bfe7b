// How far predictions are from what was measured: a report as a table with bars, and each row as a point. Judges nothing.
import { InputError } from "../core/errors.js";
import type { AccuracyGroup, AccuracyPair, AccuracyReport } from "../model/index.js";
import { type ChartSpec, escapeXml, vegaLiteSchema } from "./chart/chart.js";
import { formatNumber, tableStyle } from "./table.js";
import { chartTheme, colours } from "./theme.js";

/** The report as HTML that stands alone: mean errors by group, the ideal roofline's beside the realistic model's. */
export function accuracyTable(report: AccuracyReport): string {
  const files = new Set(report.groups.map(({ file }) => file)).size > 1;
  const head = [...(files ? ["file"] : []), "GPU", "operator", "dtype"].map((name) => `<th scope="col">${name}</th>`);
  const figures = ["rows", "realistic, mean", "median", "ideal, mean"].map(
    (name) => `<th scope="col" class="figure">${name}</th>`,
  );
  const rows = report.groups.map((group) => {
    const words = [...(files ? [group.file] : []), group.gpu, group.op, group.dtype];
    return (
      `<tr>${words.map((word) => `<td>${escapeXml(word)}</td>`).join("")}` +
      `<td class="figure">${formatNumber(group.rows, 15)}</td>` +
      `<td class="figure">${percent(group.mean_error_pct)}</td><td class="figure">${percent(group.median_error_pct)}</td>` +
      `<td class="figure">${percent(group.ideal_mean_error_pct)}</td><td>${bars(group)}</td></tr>`
    );
  });
  const skipped = report.skipped.map(
    ({ file, reason, rows: count }) =>
      `<li>${formatNumber(count, 15)} row${count === 1 ? "" : "s"} of ${escapeXml(file)}: ${escapeXml(reason)}</li>`,
  );
  const left = skipped.length === 0 ? "" : `<p>Not predicted:</p><ul>${skipped.join("")}</ul>`;
  return (
    `<div class="warplab-table warplab-accuracy">${tableStyle}${style}<table><caption>${escapeXml(String(report))}</caption>` +
    `<thead><tr>${head.join("")}${figures.join("")}<th scope="col">mean error, to ${barEnd} %</th></tr></thead>\n` +
    `<tbody>\n${rows.join("\n")}\n</tbody></table>` +
    `<p>Errors are |predicted - measured| / measured, each row counted alike. Upper bar: realistic; lower, hollow bar: ideal.</p>${left}</div>`
  );
}

export interface AccuracyChartOptions {
  /** What colours tell apart: `op` unless given. */
  readonly by?: "gpu" | "op" | "dtype" | "file";
  readonly title?: string;
  /** Of the plot without axes, in pixels: 420 x 420 unless given. */
  readonly width?: number;
  readonly height?: number;
}

/** Points that a chart still shows one by one. */
const mostPoints = 1500;

/**
 * Every predicted row as a point, predicted over measured time, both on log axes: on the line they agree, in the band the error
 * is 25 % at most. Of more than 1,500 rows every second, third, ... is drawn, and the subtitle says so.
 */
export function accuracyChart(report: AccuracyReport, options: AccuracyChartOptions = {}): ChartSpec {
  const { by = "op", width = 420, height = 420 } = options;
  if (report.pairs.length === 0) throw new InputError("there is nothing to draw: no row of the tables was predicted");
  const step = Math.ceil(report.pairs.length / mostPoints);
  const pairs = report.pairs.filter((_, i) => i % step === 0);
  const times = pairs.flatMap(({ measured_us, predicted_us }) => [measured_us, predicted_us]);
  const domain = [Math.min(...times) / 1.5, Math.max(...times) * 1.5].map((us) => Number(us.toPrecision(3)));
  const axis = (field: keyof AccuracyPair, title: string) => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    title,
    axis: { values: decades(domain), format: ",~g" },
  });
  const [x, y] = [axis("measured_us", "measured, us"), axis("predicted_us", "predicted, us")];
  const band = domain.map((us) => ({ measured_us: us, predicted_us: us, low: 0.75 * us, high: 1.25 * us }));
  const drawn = step === 1 ? [] : [`one row in ${step} is drawn`];
  return {
    $schema: vegaLiteSchema,
    title: {
      text: options.title ?? "Predicted and measured times",
      subtitle: ["line: equal \u00b7 band: 25 % off", ...drawn],
    },
    description: `Predicted over measured time of ${pairs.length} rows, both on log axes. ${report}`,
    width,
    height,
    config: chartTheme,
    layer: [
      {
        data: { values: band },
        mark: { type: "area", opacity: 0.15, color: colours.ink, clip: true, aria: false },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        data: { values: band },
        mark: { type: "line", strokeWidth: 1, color: colours.ink, aria: false },
        encoding: { x, y },
      },
      {
        data: { values: pairs },
        mark: { type: "point", size: 22, opacity: 0.75, strokeWidth: 1.2 },
        encoding: {
          x,
          y,
          color: { field: by, type: "nominal", title: null },
          shape: { field: by, type: "nominal", title: null },
          tooltip: ["gpu", "op", "dtype", "measured_us", "predicted_us", "ideal_us"].map((field) => ({
            field,
            ...(field.endsWith("_us")
              ? { type: "quantitative", format: ",.4~r", title: field.replace("_us", ", us") }
              : { type: "nominal" }),
          })),
        },
      },
    ],
  };
}

/** Percent at which a bar ends. */
const barEnd = 100;

function bars({ mean_error_pct, ideal_mean_error_pct }: AccuracyGroup): string {
  const width = (error: number) => `width: ${Math.min(100, (100 * error) / barEnd).toFixed(1)}%`;
  return (
    `<span class="bars" aria-hidden="true"><span class="realistic" style="${width(mean_error_pct)}"></span>` +
    `<span class="ideal" style="${width(ideal_mean_error_pct)}"></span></span>`
  );
}

function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

function decades([from, to]: readonly number[]): number[] {
  const powers: number[] = [];
  for (let power = Math.ceil(Math.log10(from)); power <= Math.log10(to); power++) powers.push(Number(`1e${power}`));
  return powers;
}

const style: string = `<style>
.warplab-accuracy .bars { display: inline-block; width: 10em; vertical-align: middle; }
.warplab-accuracy .bars span { display: block; height: .42em; box-sizing: border-box; margin: 1px 0; border: 1px solid ${colours.series[0]}; }
.warplab-accuracy .realistic { background: ${colours.series[0]}; }
.warplab-accuracy ul { margin: 2px 0 0; padding-left: 18px; font-size: 12px; }
</style>`;
