// A validation report as a table: what was predicted beside what was measured, and how far apart they are.
import {
  describeShape,
  describeSkipped,
  operator,
  skippedReasons,
  statusLimits,
  type ValidationReport,
} from "../model/index.js";
import { escapeXml } from "./chart/chart.js";
import { formatNumber, tableStyle } from "./table.js";
import { colours, statusSigns } from "./theme.js";

export interface ValidationTableOptions {
  /** Rows at most; how many more there are is said below. All unless given. */
  readonly rows?: number;
}

/**
 * The report as HTML that stands alone. A status is a colour, a sign and a word, so that it is told without colour too;
 * what was skipped is listed below with its reason.
 */
export function validationTable(
  report: ValidationReport,
  { rows: most = Number.POSITIVE_INFINITY }: ValidationTableOptions = {},
): string {
  const rows = report.results
    .slice(0, most)
    .map(
      (result) =>
        `<tr><td>${escapeXml(result.kernel_type)}</td><td>${escapeXml(describeShape(operator(result.kernel_type), result.shape))}</td><td>${result.precision}</td>` +
        `<td class="figure">${formatNumber(result.predicted_time_us)}</td>` +
        `<td class="figure">${formatNumber(result.measured_time_us)}</td>` +
        `<td class="figure ${result.status}">${result.error_pct.toFixed(1)} %</td>` +
        `<td class="figure">${formatNumber(result.predicted_tflops, 3)}</td>` +
        `<td class="figure">${formatNumber(result.measured_tflops, 3)}</td>` +
        `<td>${result.bottleneck}</td>` +
        `<td class="${result.status}"><span aria-hidden="true">${statusSigns[result.status]}</span> ${result.status}</td></tr>`,
    )
    .join("\n");
  const heads = [
    ["kernel", ""],
    ["shape", ""],
    ["precision", ""],
    ["predicted, us", "figure"],
    ["measured, us", "figure"],
    ["error", "figure"],
    ["predicted, TFLOP/s", "figure"],
    ["measured, TFLOP/s", "figure"],
    ["bound by", ""],
    ["verdict", ""],
  ]
    .map(([head, kind]) => `<th scope="col"${kind === "" ? "" : ` class="${kind}"`}>${head}</th>`)
    .join("");
  // Why a table's figure is what it is; what the planner planned, row by row, would be longer than the rows.
  const said = report.predictions.flatMap(({ notes, timing }) => (timing === undefined ? notes : []));
  const notes = [...new Set(said)].map((note) => `<p>${escapeXml(note)}</p>`);
  const skipped = skippedReasons(report.skipped).map((reason) => `<li>${escapeXml(describeSkipped(reason))}</li>`);
  const more = report.results.length - most;
  const cut = more > 0 ? `<p>${more.toLocaleString("en-US")} more rows are not shown here.</p>` : "";
  const left =
    skipped.length === 0 ? "" : `<p>Not compared, ${report.skipped.length} in all:</p><ul>${skipped.join("")}</ul>`;
  return (
    `<div class="warplab-table warplab-validation">${tableStyle}${style}<table>` +
    `<caption>${escapeXml(summaryText(report))}</caption><thead><tr>${heads}</tr></thead>\n<tbody>\n${rows}\n</tbody></table>` +
    `${cut}<p>${legend}</p>${notes.join("")}${left}</div>`
  );
}

const legend = `${statusSigns.green} green: an error below ${statusLimits.yellow} %; ${statusSigns.yellow} yellow: up to ${statusLimits.red} %; ${statusSigns.red} red: above.`;

const style: string = `<style>
${(["green", "yellow", "red"] as const).map((status) => `.warplab-validation .${status} { color: ${colours.status[status]}; }`).join("\n")}
.warplab-validation ul { margin: 2px 0 0; padding-left: 18px; font-size: 12px; }
</style>`;

function summaryText(report: ValidationReport): string {
  const text = String(report);
  return report.summary.accepted ? text : `${text}: not accepted`;
}
