// How far a task has got, as words, as HTML and as a line of a terminal. Knows nothing of when it is shown.
import type { ProgressState } from "../core/progress.js";
import { escapeXml } from "./chart/chart.js";
import { formatNumber } from "./table.js";
import { colours, surface, surroundings } from "./theme.js";

/** `41 % · 12 of 30 blocks · 4.1 blocks/s · 3 s left`, or how it ended: `done in 3.2 s`, `interrupted at 41 %`. */
export function progressWords(state: ProgressState): string {
  const { done, total, unit, seconds, status, detail } = state;
  const share = total === undefined || total === 0 ? undefined : done / total;
  const units = unit === undefined ? "" : ` ${unit}`;
  const counted =
    total === undefined ? `${formatNumber(done)}${units}` : `${formatNumber(done)} of ${formatNumber(total)}${units}`;
  if (status === "done") return `done in ${duration(seconds)}${total === undefined && done > 0 ? ` · ${counted}` : ""}`;
  const at = share === undefined ? counted : percent(share);
  if (status !== "running") return `${status} at ${at} after ${duration(seconds)}`;
  const parts = share === undefined ? [counted] : [percent(share), counted];
  if (detail !== undefined) parts.push(detail);
  if (done > 0 && seconds > 0) {
    parts.push(pace(done / seconds, units));
    if (share !== undefined) parts.push(`${duration((seconds / done) * (total! - done))} left`);
  }
  return parts.join(" · ");
}

/** The bars of tasks of which each runs inside the one before, as HTML that stands alone: no script, no network. */
export function progressHtml(states: readonly ProgressState[]): string {
  return `<div class="warplab-progress">${style}${states.map(row).join("")}</div>`;
}

/** The same in words, a line each. */
export function progressText(states: readonly ProgressState[]): string {
  return states.map((state) => `${state.label}: ${progressWords(state)}`).join("\n");
}

/** One line of a terminal, at most `columns` wide: the label, a bar where there is a total, the words. */
export function progressLine(state: ProgressState, columns: number): string {
  const words = progressWords(state);
  const { done, total, status } = state;
  if (total === undefined || total === 0 || status !== "running") return cut(`${state.label}: ${words}`, columns);
  const label = cut(state.label, Math.max(8, Math.floor(columns / 3)));
  const room = Math.min(24, columns - label.length - words.length - 4);
  if (room < 4) return cut(`${label}: ${words}`, columns);
  const filled = Math.floor((room * done) / total);
  return `${label}  ${"\u2501".repeat(filled)}${"\u2500".repeat(room - filled)}  ${words}`;
}

function row(state: ProgressState): string {
  const { label, done, total, status } = state;
  const words = progressWords(state);
  const known = total !== undefined && total > 0;
  const value = known ? ` max="${total}" value="${done}"` : status === "done" ? ' max="1" value="1"' : "";
  const live = status === "running" ? "" : ' role="status"';
  return (
    `<div class="task ${status}"><span class="label">${escapeXml(label)}</span>` +
    `<progress${value} aria-label="${escapeXml(label)}" aria-valuetext="${escapeXml(words)}">${known ? percent(done / total) : ""}</progress>` +
    `<span class="words"${live}>${escapeXml(words)}</span></div>`
  );
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}\u2026`;
}

// Rounded down, so that 100 % means all.
function percent(share: number): string {
  return `${Math.floor(100 * share + 1e-9)} %`;
}

/** `24 M steps/s`, `3.1 blocks/s`, or the other way round, `1.6 s each`. */
function pace(rate: number, units: string): string {
  if (rate < 1) return `${duration(1 / rate)} each`;
  const [size, prefix] = prefixes.find(([least]) => rate >= least) ?? [1, ""];
  return `${formatNumber(rate / size, 2)}${prefix}${units}/s`;
}

const prefixes: readonly (readonly [number, string])[] = [
  [1e9, " G"],
  [1e6, " M"],
  [1e3, " k"],
];

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

// The track and its filling are drawn, so that nothing moves where no figure does; forced colours keep the browser's own.
const style: string = `<style>
.warplab-progress { ${surface} font: 13px/1.6 ${surroundings.words}; font-variant-numeric: tabular-nums; padding: 2px 0; }
.warplab-progress .task { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; }
.warplab-progress .label { font-weight: 600; }
.warplab-progress .words { opacity: .8; }
.warplab-progress progress { appearance: none; -webkit-appearance: none; flex: 0 1 220px; min-width: 80px; height: 8px; border: 0; border-radius: 4px; overflow: hidden; background: rgba(128, 128, 128, .28); }
.warplab-progress progress::-webkit-progress-bar { background: transparent; }
.warplab-progress progress::-webkit-progress-value { background: ${colours.series[0]}; }
.warplab-progress progress::-moz-progress-bar { background: ${colours.series[0]}; }
.warplab-progress progress:indeterminate { background: repeating-linear-gradient(90deg, ${colours.series[0]} 0 10px, rgba(128, 128, 128, .28) 10px 20px); }
.warplab-progress progress:indeterminate::-moz-progress-bar { background: transparent; }
.warplab-progress .done progress::-webkit-progress-value { background: ${colours.status.green}; }
.warplab-progress .done progress::-moz-progress-bar { background: ${colours.status.green}; }
.warplab-progress .stopped progress::-webkit-progress-value, .warplab-progress .interrupted progress::-webkit-progress-value { background: ${colours.status.yellow}; }
.warplab-progress .stopped progress::-moz-progress-bar, .warplab-progress .interrupted progress::-moz-progress-bar { background: ${colours.status.yellow}; }
.warplab-progress .failed progress::-webkit-progress-value { background: ${colours.status.red}; }
.warplab-progress .failed progress::-moz-progress-bar { background: ${colours.status.red}; }
.warplab-progress .failed .words, .warplab-progress .interrupted .words { opacity: 1; font-weight: 600; }
@media (forced-colors: active) { .warplab-progress progress { appearance: auto; -webkit-appearance: auto; } }
</style>`;
