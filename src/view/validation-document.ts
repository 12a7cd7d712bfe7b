// A validation as a page of its own: verdict, bars, charts, every row, where the figures come from and how to make it again. No
// network, no script, no clock: the same input gives the same bytes.
import {
  acceptanceOf,
  describeCheck,
  describeMode,
  describeShape,
  modeSummary,
  noiseFloor,
  operator,
  residualOf,
  type ValidationReport,
  validationModes,
  whyFailing,
} from "../model/index.js";
import { escapeXml } from "./chart/chart.js";
import { formatNumber } from "./table.js";
import { validationTable } from "./table-validation.js";

/** Where a report comes from. */
export interface ReportOrigin {
  /** What went in, by its content. */
  readonly inputs: readonly { readonly what: string; readonly name: string; readonly sha256: string }[];
  /** Of warplab. */
  readonly version: string;
  /** The command that makes the page again. */
  readonly command: string;
  /** What the benchmark file says of its making: `source`, `protocol`, `provenance`. */
  readonly made?: Readonly<Record<string, unknown>>;
}

export interface ValidationDocumentOptions {
  /** Charts as SVG, with what each shows. */
  readonly charts?: readonly { readonly title: string; readonly svg: string }[];
  readonly origin?: ReportOrigin;
}

/** The page. Light or dark as the reader's system says. */
export function validationDocument(
  report: ValidationReport,
  { charts = [], origin }: ValidationDocumentOptions = {},
): string {
  const title = `Validation on ${report.device.name}`;
  const figures = charts.map(
    ({ title: caption, svg }) => `<figure>${svg}<figcaption>${escapeXml(caption)}</figcaption></figure>`,
  );
  const sections = [
    `<h1>${escapeXml(title)}</h1>`,
    verdict(report),
    ...figures,
    "<h2>Every row</h2>",
    validationTable(report),
    sideBySide(report),
    unsure(report),
    ...(origin === undefined ? [] : [originOf(origin)]),
  ].filter((section) => section !== "");
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n` +
    `<meta name="color-scheme" content="light dark">\n<title>${escapeXml(title)}</title>\n<style>\n${style}</style>\n</head>\n` +
    `<body>\n${sections.join("\n")}\n</body>\n</html>\n`
  );
}

const style = `:root { color-scheme: light dark; --jp-layout-color0: #fff; --jp-ui-font-color1: #1d1d24; }
body { margin: 32px auto; max-width: 960px; padding: 0 20px; font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; color: var(--jp-ui-font-color1); background: var(--jp-layout-color0); }
h1 { font-size: 20px; font-weight: 600; margin: 0 0 12px; } h2 { font-size: 15px; font-weight: 600; margin: 32px 0 8px; }
figure { margin: 28px 0; overflow-x: auto; } figcaption { font-size: 12px; opacity: .75; }
.warplab-verdict { font-size: 16px; font-weight: 600; } .warplab-checks, .warplab-modes { padding-left: 18px; margin: 8px 0; }
table.plain { border-collapse: collapse; font-size: 12px; } table.plain td, table.plain th { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; }
table.plain .words { font-size: 11px; opacity: .75; min-width: 16em; } table.plain .figure { text-align: right; font-variant-numeric: tabular-nums; } code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; overflow-wrap: anywhere; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { :root { --jp-layout-color0: #111319; --jp-ui-font-color1: #e8e9ee; } }
`;

function verdict(report: ValidationReport): string {
  const { checks, accepted, undecided } = acceptanceOf(report);
  const { repeated, mean_deviation_pct } = noiseFloor(report.results);
  const line = accepted ? "\u2713 Accepted: every bar that has rows holds." : "\u2717 Not accepted.";
  const items = checks.map((check) => {
    const sign = check.holds === null ? "\u2013" : check.holds ? "\u2713" : "\u2717";
    const reasons = whyFailing(check, report);
    const failing = check.failing.slice(0, 10).map((index, i) => {
      const { kernel_type, shape, precision } = report.results[index];
      const what = `${kernel_type} ${describeShape(operator(kernel_type), shape)} ${precision}`;
      return `<li>${escapeXml(`${what}: ${reasons[i]}`)}</li>`;
    });
    const more =
      check.failing.length > failing.length ? `<li>and ${check.failing.length - failing.length} more</li>` : "";
    const list = check.holds !== false ? "" : `<ul>${failing.join("")}${more}</ul>`;
    return `<li>${sign} ${escapeXml(describeCheck(check, report.results))}${list}</li>`;
  });
  const unclear =
    undecided === 0
      ? ""
      : `<p>${undecided} row${undecided === 1 ? " reaches" : "s reach"} less than a third of either peak, so that nothing can be said of what binds ${undecided === 1 ? "it" : "them"}.</p>`;
  const noise =
    mean_deviation_pct === null
      ? "<p>Nothing was measured twice, so that the noise of the measurements is unknown.</p>"
      : `<p>Noise floor: ${repeated} kernel${repeated === 1 ? " was" : "s were"} measured more than once, and differ from their median by ${mean_deviation_pct} % on average.</p>`;
  const modes = validationModes.map((mode) => `<li>${escapeXml(describeMode(modeSummary(report, mode)))}</li>`);
  return `<p class="warplab-verdict">${line}</p>\n<p>${escapeXml(String(report))}</p>\n<ul class="warplab-modes">${modes.join("")}</ul>\n<ul class="warplab-checks">${items.join("")}</ul>\n${unclear}${noise}`;
}

/** The plain roofline beside what answered, row by row. */
function sideBySide(report: ValidationReport): string {
  const rows = report.results.map((result, i) => {
    const { model, limiter, notes, timing } = report.predictions[i];
    const ideal = report.ideal[i].predicted_time_us;
    const off = (predicted_time_us: number) =>
      `${signed(residualOf({ predicted_time_us, measured_time_us: result.measured_time_us }))} %`;
    const cells = [
      [`${result.kernel_type} ${describeShape(operator(result.kernel_type), result.shape)} ${result.precision}`, ""],
      [formatNumber(result.measured_time_us), "figure"],
      [formatNumber(ideal), "figure"],
      [off(ideal), "figure"],
      [formatNumber(result.predicted_time_us), "figure"],
      [off(result.predicted_time_us), "figure"],
      [model, ""],
      [limiter, ""],
      [timing === undefined ? "" : notes.join(" "), "words"],
    ];
    return `<tr>${cells.map(([text, kind]) => `<td${kind === "" ? "" : ` class="${kind}"`}>${escapeXml(text)}</td>`).join("")}</tr>`;
  });
  if (rows.length === 0) return "";
  const heads = [
    "kernel",
    "measured, us",
    "ideal, us",
    "off by",
    "realistic, us",
    "off by",
    "model",
    "limited by",
    "how",
  ];
  return (
    `<h2>Ideal and realistic, side by side</h2>\n<table class="plain"><thead><tr>` +
    `${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody></table>`
  );
}

function unsure({ device }: ValidationReport): string {
  if (device.unsure.length === 0) return "";
  const items = device.unsure.map(
    ({ figure, note }) => `<li><code>${escapeXml(figure)}</code>: ${escapeXml(note)}</li>`,
  );
  return `<h2>What is unsure about ${escapeXml(device.name)}</h2>\n<ul>${items.join("")}</ul>`;
}

function originOf({ inputs, version, command, made = {} }: ReportOrigin): string {
  const rows = [
    ...inputs.map(({ what, name, sha256 }) => [what, `${name}, SHA-256 ${sha256}`]),
    ["warplab", version],
    ...Object.entries(made).map(([field, value]) => [
      field,
      typeof value === "string" ? value : JSON.stringify(value, null, 1),
    ]),
  ].map(([what, text]) => `<tr><th scope="row">${escapeXml(what)}</th><td><code>${escapeXml(text)}</code></td></tr>`);
  return (
    `<h2>Where this comes from</h2>\n<table class="plain"><tbody>\n${rows.join("\n")}\n</tbody></table>\n` +
    `<p>To make it again:</p>\n<pre>${escapeXml(command)}</pre>`
  );
}

function signed(value: number): string {
  return `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(1)}`;
}
