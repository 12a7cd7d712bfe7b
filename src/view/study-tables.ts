// Studies of a service as tables: a sweep with its knees, replications, and two scenarios compared. Knows nothing of how they were made.
import type { LoadSweep, Replications, RunComparison } from "../serving/index.js";
import { escapeXml } from "./chart/chart.js";
import { tableHtml } from "./table.js";

export function loadSweepTable(sweep: LoadSweep): string {
  return `${toldParagraphs(sweep)}${tableHtml(sweep.rows)}`;
}

export function replicationsTable({ scenario, replications, rows }: Replications): string {
  const caption = `${scenario} over ${replications} seeds, with 95 % intervals`;
  return tableHtml(rows, { caption });
}

export function comparisonTable({ a, b, replications, rows }: RunComparison): string {
  const caption = `a: ${a}; b: ${b}; ${replications} pairs of runs with common random numbers, 95 % intervals of b - a`;
  return tableHtml(rows, { caption });
}

/** The knees, a paragraph for each line of rates, in the tables' font. */
function toldParagraphs(sweep: LoadSweep): string {
  const [, ...lines] = String(sweep).split("\n");
  return `<div class="warplab-table">${lines.map((line) => `<p>${escapeXml(line)}</p>`).join("")}</div>`;
}
