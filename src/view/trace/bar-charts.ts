// Kernels, transfers, idle gaps and ranges of a trace as bars, the longest first. Knows nothing of how they were found.
import { InputError } from "../../core/errors.js";
import type { RangeKind, TraceAnalysis, TransferKind } from "../../trace/analysis/index.js";
import { formatNanoseconds } from "../../trace/timeline/index.js";
import type { ChartSpec } from "../chart/chart.js";
import { formatNumber } from "../table.js";
import { type NamedBar, namedBars, type TraceChartOptions } from "./named-bars.js";
import { formatBytes } from "./sizes.js";

export interface TraceBarOptions extends TraceChartOptions {
  /** Bars at most, the longest: 12 unless given. What is left is one more bar. */
  readonly top?: number;
}

/** The time of kernels on the device by their names. Throws InputError where the trace has none. */
export function kernelTimeChart({ launches }: TraceAnalysis, options: TraceBarOptions = {}): ChartSpec {
  const { by_kernel, kernel_ns } = launches;
  if (kernel_ns === undefined) {
    throw new InputError("this trace does not say when kernels ran", { where: "kernelTimeChart" });
  }
  const bars = by_kernel.map(({ name, total_ns, count, share }) => ({
    name,
    value: total_ns / 1e6,
    text: `${percent(share)}, ${formatNumber(count)} x ${formatNanoseconds(total_ns / count)}`,
  }));
  const axis = "time on the device, ms";
  return namedBars({ bars: longest(bars, options.top), axis, title: "Kernels by their time" }, options);
}

/** Bandwidth that copies reached, by direction and size. Throws InputError where the trace has no copy with bytes and times. */
export function bandwidthChart({ transfers }: TraceAnalysis, options: TraceChartOptions = {}): ChartSpec {
  const bars = transfers.by_size.flatMap((row): NamedBar[] => {
    const { kind, count, bandwidth_bytes_per_s: rate } = row;
    if (rate === undefined) return [];
    return [
      {
        name: `${kind}, ${sizeWords(row.from_bytes, row.to_bytes)}`,
        value: rate / 1e9,
        text: `${formatNumber(rate / 1e9)} GB/s, ${formatNumber(count)} of ${formatBytes(row.bytes)} in all`,
        group: kind,
      },
    ];
  });
  if (bars.length === 0) {
    throw new InputError("this trace has no copy of which it says the bytes and the time", { where: "bandwidthChart" });
  }
  const groups = [...new Set(bars.map(({ group }) => group as TransferKind))];
  return namedBars({ bars, axis: "bandwidth, GB/s", title: "Bandwidth of transfers by size", groups }, options);
}

/** Idle time of the devices by its cause. Throws InputError where the trace does not say when they worked. */
export function idleChart({ gaps }: TraceAnalysis, options: TraceChartOptions = {}): ChartSpec {
  if (gaps.devices.length === 0) {
    throw new InputError("this trace does not say when a device worked", { where: "idleChart" });
  }
  const idle = gaps.devices.reduce((sum, { idle_ns }) => sum + idle_ns, 0);
  const bar = (name: string, total: number, count: number): NamedBar => ({
    name,
    value: total / 1e6,
    text: `${percent(total / idle)}, ${formatNumber(count)} gap${count === 1 ? "" : "s"}`,
  });
  const bars = gaps.by_cause.map(({ cause, total_ns, count }) => bar(causeNames[cause], total_ns, count));
  if (gaps.short.count > 0) {
    bars.push(bar(`shorter than ${formatNanoseconds(gaps.threshold_ns)}`, gaps.short.total_ns, gaps.short.count));
  }
  const busy = gaps.devices.map(({ device, busy_share }) => `${device} is busy ${percent(busy_share)} of the time`);
  const subtitle = busy.join("; ");
  return namedBars({ bars, axis: "idle time, ms", title: "Why the device was idle", subtitle }, options);
}

export interface RangeChartOptions extends TraceBarOptions {
  /** Of which ranges; layers unless given, or whatever the trace has where it has no layers. */
  readonly kind?: RangeKind;
}

/** Time within ranges, on the host and on the device. Throws InputError where the trace has no such ranges. */
export function rangeChart({ ranges: { ranges } }: TraceAnalysis, options: RangeChartOptions = {}): ChartSpec {
  const found = new Set(ranges.map(({ kind }) => kind));
  const kind = options.kind ?? preferred.find((each) => found.has(each)) ?? "layer";
  const own = ranges.filter((range) => range.kind === kind);
  if (own.length === 0) {
    const fix =
      found.size === 0 ? "Mark ranges by NVTX, or trace one of warplab's runs." : `It has ${[...found].join(", ")}.`;
    throw new InputError(`this trace marks no ${kind}`, { where: "rangeChart", fix });
  }
  const isKnown = own.some(({ device_ns }) => device_ns !== undefined);
  const bars = own.map(({ name, count, host_ns, device_ns, device_share }) => ({
    name,
    value: (isKnown ? (device_ns ?? 0) : host_ns) / 1e6,
    text: [
      device_share === undefined ? "" : percent(device_share),
      `${formatNumber(count)} x ${formatNanoseconds((device_ns ?? host_ns) / count)}`,
      isKnown ? `host ${formatNanoseconds(host_ns)}` : "",
    ]
      .filter((part) => part !== "")
      .join(", "),
  }));
  const axis = `time on the ${isKnown ? "device" : "host"}, ms`;
  return namedBars({ bars: longest(bars, options.top), axis, title: `Time by ${kind}` }, options);
}

const preferred: readonly RangeKind[] = ["layer", "module", "stage", "nvtx", "annotation", "operator"];

const causeNames = {
  host: "the host was late",
  sync: "the host waited for the device first",
  dependency: "launched, and waited for other work",
  start: "before the first work",
  end: "after the last work",
  unknown: "not known",
} as const;

/** The longest, and the others in one. */
function longest(bars: readonly NamedBar[], top = 12): NamedBar[] {
  const sorted = [...bars].sort((a, b) => b.value - a.value);
  const rest = sorted.slice(top);
  if (rest.length < 2) return sorted;
  const value = rest.reduce((sum, bar) => sum + bar.value, 0);
  return [
    ...sorted.slice(0, top),
    { name: `${formatNumber(rest.length)} others`, value, text: `${formatNumber(value)} ms` },
  ];
}

function sizeWords(from: number, to: number): string {
  if (!Number.isFinite(to)) return `${formatBytes(from)} and more`;
  return `${formatBytes(from)} to ${formatBytes(to)}`;
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 3)} %`;
}
