// What a trace says as a card: what limits, the devices, kernels, transfers and memory, then what takes the time as tables. Knows nothing of
// how it was found.
import type { TraceAnalysis } from "../../trace/analysis/index.js";
import { describeLimit } from "../../trace/text/index.js";
import { formatNanoseconds, traceFormats } from "../../trace/timeline/index.js";
import { cardHtml, type Figure } from "../card.js";
import { formatNumber, tableHtml } from "../table.js";
import { formatBytes } from "./sizes.js";
import { traceTables } from "./tables.js";

/** Rows of each table of the card. */
const shownRows = 8;

/** HTML that stands alone. */
export function analysisCard(analysis: TraceAnalysis): string {
  const { timeline } = analysis;
  const { name, format, device, simulated } = timeline.source;
  const tables = traceTables(analysis);
  const card = cardHtml({
    kind: "trace",
    title: name,
    beside: [device, traceFormats[format], simulated === undefined ? undefined : simulated ? "simulated" : "recorded"]
      .filter((word) => word !== undefined)
      .join(", "),
    facts: [
      {
        name: "wall time",
        value: formatNanoseconds(timeline.end),
        meaning: "From the first event to the end of the last.",
      },
      { name: "events", value: formatNumber(timeline.events.length, 15) },
      { name: "tracks", value: formatNumber(timeline.tracks.length, 15) },
    ],
    remarks: [
      { text: describeLimit(analysis), verdict: "plain" },
      ...timeline.notes.map(({ what, count, first }) => ({
        text: `Not read: ${what}, ${formatNumber(count, 15)}, first ${first}`,
        verdict: "fair" as const,
      })),
    ],
    figures: [...deviceFigures(analysis), ...workFigures(analysis), ...memoryFigures(analysis)],
  });
  const shown = [
    ["Kernels by their time", tables.kernels.select("name", "count", "total_ms", "mean_us", "share_pct")],
    ["Calls by their own time", tables.calls.select("name", "category", "count", "self_ms", "mean_us", "max_us")],
  ] as const;
  const lists = shown
    .filter(([, table]) => table.numRows() > 0)
    .map(([caption, table]) => tableHtml(table, { caption, rows: shownRows }));
  return [card, ...lists].join("");
}

function deviceFigures({ gaps }: TraceAnalysis): Figure[] {
  return gaps.devices.map(({ device, busy_share, idle_ns }) => ({
    name: `${device} busy`,
    value: `${formatNumber(100 * busy_share, 3)} %`,
    meaning: "The share of the wall time with a kernel, copy or memset under way.",
    share: busy_share,
    remark: `idle for ${formatNanoseconds(idle_ns)}`,
  }));
}

function workFigures({ launches, transfers, calls }: TraceAnalysis): Figure[] {
  const { kernels, kernel_ns, latency } = launches;
  const { count, bytes, device_ns, overlap_share } = transfers.copies;
  const times = (one: number | undefined): string => (one === undefined ? "time not known" : formatNanoseconds(one));
  return [
    { name: "calls", value: formatNumber(calls.count, 15), remark: `${formatNanoseconds(calls.self_ns)} of the host` },
    {
      name: "kernels",
      value: formatNumber(kernels ?? launches.launches, 15),
      meaning: "On the device; where the trace does not say, the calls that launched them.",
      remark: `${times(kernel_ns)}${latency === undefined ? "" : `, from launch to start ${formatNanoseconds(latency.median_ns)} (median)`}`,
    },
    {
      name: "copies",
      value: formatNumber(count, 15),
      remark: `${formatBytes(bytes)}, ${times(device_ns)}${overlap_share === undefined ? "" : `, ${formatNumber(100 * overlap_share, 3)} % of it below kernels`}`,
    },
  ];
}

function memoryFigures({ memory }: TraceAnalysis): Figure[] {
  return memory.spaces.map(({ name, peak_bytes, leaks }) => ({
    name: `peak of ${name}`,
    value: formatBytes(peak_bytes),
    meaning: "The most that was allocated at a time.",
    remark: leaks.count === 0 ? "all of it freed" : `${formatBytes(leaks.bytes)} never freed`,
    verdict: leaks.count === 0 ? "good" : "fair",
  }));
}
