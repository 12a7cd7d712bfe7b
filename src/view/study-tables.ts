// Studies of a service as tables: a sweep with its knees, replications, and two scenarios compared. Knows nothing of how they were made.
import type { LoadSweep, Replications, RunComparison } from "../serving/index.js";
import { escapeXml } from "./chart/chart.js";
import { tableHtml } from "./table.js";

export function loadSweepTable(sweep: LoadSweep): string {
  return `<div>${toldParagraph(sweep)}${tableHtml(sweep.rows)}</div>`;
}

export function replicationsTable({ scenario, replications, rows }: Replications): string {
  const caption = `${scenario} over ${replications} seeds, with 95 % intervals`;
  return tableHtml(rows, { caption });
}

export function comparisonTable({ a, b, replications, rows }: RunComparison): string {
  const caption = `a: ${a}; b: ${b}; ${replications} pairs of runs with common random numbers, 95 % intervals of b - a`;
  return tableHtml(rows, { caption });
}

/** The knees, a paragraph a line of rates. */
function toldParagraph(sweep: LoadSweep): string {
  const [, ...lines] = String(sweep).split("\n");
  return lines.map((line) => `<p style="margin: 0 0 6px">${escapeXml(line)}</p>`).join("");
}
