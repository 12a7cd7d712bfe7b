// A result as a card: a heading, what stands out, figures with what they mean, and long texts folded. HTML that stands alone, in
// the colours of the page around it, without a script. Knows nothing of what the figures are.
import { escapeXml } from "./chart/chart.js";
import { colours, statusSigns, surface, surroundings } from "./theme.js";

/** `plain`: nothing to judge. */
export type Verdict = "plain" | "good" | "fair" | "bad";

export interface Figure {
  /** The glossary's word. */
  readonly name: string;
  readonly value: string;
  /** What it means, in a sentence; shown by pointing at the name. */
  readonly meaning?: string;
  /** What the value says here: `8 times what would do`. */
  readonly remark?: string;
  readonly verdict?: Verdict;
  /** From 0 to 1, drawn as a bar behind which 1 is full. */
  readonly share?: number;
}

export interface Card {
  /** What it is the card of: `launch`. It also names the card for a screen reader. */
  readonly kind: string;
  readonly title: string;
  /** What stands beside the title: the device, the type. */
  readonly beside?: string;
  /** What stands out, a sentence each. */
  readonly remarks?: readonly { readonly text: string; readonly verdict: Verdict }[];
  /** Small facts in a row: `grid (40)`. */
  readonly facts?: readonly Figure[];
  readonly figures?: readonly Figure[];
  /** Text in the font of code, as it is: a signature, values. */
  readonly code?: string;
  /** Long texts that open: the PTX. */
  readonly folded?: readonly { readonly summary: string; readonly text: string }[];
}

export function cardHtml(card: Card): string {
  const { kind, title, beside, remarks = [], facts = [], figures = [], code, folded = [] } = card;
  const parts = [
    `<div class="heading"><span class="kind">${escapeXml(kind)}</span> <strong>${escapeXml(title)}</strong>` +
      `${beside === undefined ? "" : ` <span class="beside">${escapeXml(beside)}</span>`}</div>`,
  ];
  if (facts.length > 0) parts.push(`<div class="facts">${facts.map(fact).join("")}</div>`);
  if (remarks.length > 0) {
    const items = remarks.map(({ text, verdict }) => `<li class="${verdict}">${sign(verdict)}${escapeXml(text)}</li>`);
    parts.push(`<ul>${items.join("")}</ul>`);
  }
  if (code !== undefined) parts.push(`<pre>${escapeXml(code)}</pre>`);
  if (figures.length > 0) parts.push(`<table><tbody>\n${figures.map(row).join("\n")}\n</tbody></table>`);
  for (const { summary, text } of folded) {
    parts.push(`<details><summary>${escapeXml(summary)}</summary><pre>${escapeXml(text)}</pre></details>`);
  }
  const label = escapeXml(`${kind} ${title}`);
  return `<div class="warplab-card" role="group" aria-label="${label}">${style}${parts.join("\n")}</div>`;
}

function fact({ name, value, meaning }: Figure): string {
  return `<span${hint(meaning)}><span class="name">${escapeXml(name)}</span> ${escapeXml(value)}</span>`;
}

function row({ name, value, meaning, remark, verdict = "plain", share }: Figure): string {
  const bar =
    share === undefined
      ? ""
      : `<span class="bar" aria-hidden="true"><span style="width: ${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%"></span></span>`;
  const said = remark === undefined ? "" : `${sign(verdict)}${escapeXml(remark)}`;
  return (
    `<tr class="${verdict}"><th scope="row"${hint(meaning)}>${escapeXml(name)}</th>` +
    `<td class="value">${escapeXml(value)}</td><td class="remark">${bar}${said}</td></tr>`
  );
}

function hint(meaning: string | undefined): string {
  return meaning === undefined ? "" : ` title="${escapeXml(meaning)}"`;
}

// Told by colour, by a sign and by the words beside it.
function sign(verdict: Verdict): string {
  const signs = { plain: "", good: statusSigns.green, fair: statusSigns.yellow, bad: statusSigns.red } as const;
  return signs[verdict] === "" ? "" : `<span class="sign" aria-hidden="true">${signs[verdict]}</span> `;
}

// Classes are said twice to weigh more than JupyterLab's own rules for tables and preformatted text. Sizes follow the text.
const style: string = `<style>
.warplab-card { ${surface} font: 13px/1.5 ${surroundings.words}; font-variant-numeric: tabular-nums; max-width: 62em; container-type: inline-size; padding: .6em .9em; margin: 2px 0; border: 1px solid rgba(128, 128, 128, .35); border-radius: 6px; box-sizing: border-box; }
.warplab-card .heading { font-size: 1.15em; overflow-wrap: anywhere; }
.warplab-card .kind, .warplab-card .beside, .warplab-card .name { opacity: .75; }
.warplab-card .kind, .warplab-card .beside { font-size: .87em; }
.warplab-card .facts { display: flex; flex-wrap: wrap; gap: 0 1.6em; margin-top: .15em; }
.warplab-card.warplab-card ul { list-style: none; margin: .5em 0 0; padding: 0; }
.warplab-card.warplab-card table { border-collapse: collapse; border: 0; margin: .5em 0 0; display: table; width: 100%; background: none; font: inherit; color: inherit; table-layout: auto; }
div.warplab-card.warplab-card tbody tr:nth-child(n) { background: none; }
.warplab-card.warplab-card th, .warplab-card.warplab-card td { padding: .22em 1.2em .22em 0; text-align: left; vertical-align: baseline; border: 0; border-top: 1px solid rgba(128, 128, 128, .22); background: none; font-weight: 400; max-width: none; white-space: normal; }
.warplab-card.warplab-card th { color: inherit; opacity: .8; white-space: nowrap; }
.warplab-card [title] { cursor: help; }
.warplab-card th[title] { text-decoration: underline dotted rgba(128, 128, 128, .8); text-underline-offset: .2em; }
.warplab-card.warplab-card td.value { text-align: right; white-space: nowrap; }
.warplab-card.warplab-card td.remark { width: 60%; }
.warplab-card .bar { display: inline-block; vertical-align: middle; width: 7em; height: .55em; margin-right: .8em; border-radius: .28em; overflow: hidden; background: rgba(128, 128, 128, .28); }
.warplab-card .bar span { display: block; height: 100%; background: ${colours.series[0]}; }
.warplab-card .good .sign { color: ${colours.status.green}; }
.warplab-card .good .bar span { background: ${colours.status.green}; }
.warplab-card .fair .sign, .warplab-card .fair .remark { color: ${colours.status.yellow}; }
.warplab-card .fair .bar span { background: ${colours.status.yellow}; }
.warplab-card li.bad, .warplab-card .bad .sign, .warplab-card .bad .remark { color: ${colours.status.red}; }
.warplab-card li.good .sign { color: ${colours.status.green}; }
.warplab-card li.bad, .warplab-card .bad .value { font-weight: 600; }
.warplab-card li.fair { color: ${colours.status.yellow}; }
.warplab-card .bad .bar span { background: ${colours.status.red}; }
.warplab-card.warplab-card pre { font: .95em/1.5 ${surroundings.code}; color: inherit; background: none; border: 0; padding: 0; margin: .5em 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.warplab-card details { margin-top: .5em; }
.warplab-card details pre { max-height: 32em; overflow: auto; }
.warplab-card summary { cursor: pointer; }
@container (max-width: 40em) {
.warplab-card.warplab-card tr { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 1em; border-top: 1px solid rgba(128, 128, 128, .22); padding: .22em 0; }
.warplab-card.warplab-card th, .warplab-card.warplab-card td, .warplab-card.warplab-card td.value { border: 0; padding: 0; white-space: normal; overflow-wrap: break-word; }
.warplab-card.warplab-card td.remark { grid-column: 1 / -1; width: auto; }
}
</style>`;
