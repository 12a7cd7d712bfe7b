// How long requests took: their distribution with the quantiles named. Turns a run into a Vega-Lite specification; simulates nothing.
import { InputError } from "../../../core/errors.js";
import type { ServiceRun } from "../../../serving/index.js";
import { formatNumber } from "../../table.js";
import { chartTheme, colours } from "../../theme.js";
import { type ChartSpec, vegaLiteSchema } from "../chart.js";
import { roundFigures } from "../sweep/sweep-chart.js";
import { namePlaces } from "./quantile-names.js";

export interface LatencyChartOptions {
  /** `Latency of demo` unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels: 560 x 220 unless given. */
  readonly width?: number;
  readonly height?: number;
}

/** Odd, so that one is in the middle. */
const mostBins = 41;

/**
 * A histogram of the latencies of measured requests, on a log axis where they span much, with p50, p90 and p99 as lines. Throws
 * InputError for a run that kept no log, and for one that measured no request.
 */
export function latencyChart(run: ServiceRun, options: LatencyChartOptions = {}): ChartSpec {
  const { title = `Latency of ${run.scenario.name}`, width = 560, height = 220 } = options;
  const latencies = measuredLatencies(run);
  if (latencies.length === 0) {
    throw new InputError("there is nothing to draw: no request was measured", { where: "latencyChart" });
  }
  const { bins, isLog } = binsOf(latencies);
  const { p50_ms, p90_ms, p99_ms } = run.summary;
  const domain = [bins[0].from, bins[bins.length - 1].to] as const;
  const shareOf = (ms: number): number =>
    isLog ? Math.log(ms / domain[0]) / Math.log(domain[1] / domain[0]) : (ms - domain[0]) / (domain[1] - domain[0]);
  const named = Object.entries({ p50: p50_ms, p90: p90_ms, p99: p99_ms }).map(([name, value]) => {
    const ms = value as number;
    return { name, ms, from: ms, text: `${name} ${formatNumber(ms)} ms`, at: shareOf(ms) * width };
  });
  const places = namePlaces(
    named.map(({ at }) => at),
    width,
    roomOfName,
  );
  const quantiles = named.map((one, i) => {
    const { row, side } = places[i];
    return { ...one, begin: 14 * row, place: 14 * row + 7, align: side === "right" ? "left" : "right" };
  });
  const x = {
    field: "from",
    type: "quantitative",
    title: "latency, ms",
    scale: isLog ? { type: "log", nice: false, domain } : { zero: false, nice: false, domain },
    axis: { format: ",~r", labelOverlap: "greedy", ...(isLog ? { values: roundFigures(domain) } : { tickCount: 8 }) },
  };
  // Above the bars is room for the names of the quantiles.
  const top = 1.45 * Math.max(...bins.map(({ percent }) => percent));
  const figure = (field: string, name: string) => ({ field, type: "quantitative", title: name, format: ",.4~r" });
  const words = quantiles.map(({ name, ms }) => `${name} ${formatNumber(ms)} ms`).join(", ");
  return {
    $schema: vegaLiteSchema,
    title: { text: title, subtitle: `${formatNumber(latencies.length, 15)} requests: ${words}` },
    description: `${title}. ${formatNumber(latencies.length, 15)} requests: ${words}.`,
    width,
    height,
    config: chartTheme,
    layer: [
      {
        data: { values: bins },
        mark: { type: "rect", color: colours.series[0], opacity: 0.75, stroke: null },
        encoding: {
          x,
          x2: { field: "to" },
          y: {
            field: "percent",
            type: "quantitative",
            title: "of requests, %",
            scale: { domain: [0, top], nice: false },
            axis: { labelExpr: "datum.value > 100 ? '' : datum.label" },
          },
          y2: { datum: 0 },
          tooltip: [
            figure("from", "from, ms"),
            figure("to", "to, ms"),
            figure("requests", "requests"),
            figure("percent", "of requests, %"),
            figure("below", "no longer than this, %"),
          ],
        },
      },
      {
        data: { values: quantiles },
        layer: [
          {
            mark: { type: "rule", color: colours.ink, strokeWidth: 1, aria: false },
            // From its name down, so that it crosses none that stands above.
            encoding: {
              x,
              y: { field: "begin", type: "quantitative", scale: null, axis: null },
              y2: { value: height },
            },
          },
          ...(["left", "right"] as const).map((align) => ({
            transform: [{ filter: `datum.align === '${align}'` }],
            mark: { type: "text", align, dx: align === "left" ? 5 : -5, color: colours.ink, fontSize: 11, aria: false },
            encoding: {
              x,
              y: { field: "place", type: "quantitative", scale: null, axis: null },
              text: { field: "text", type: "nominal" },
            },
          })),
        ],
      },
    ],
  };
}

/** What the longest name of a quantile takes, in pixels. */
const roomOfName = 100;

/** Milliseconds of the requests that were served and arrived within the measured time. */
function measuredLatencies({ log, scenario }: ServiceRun): number[] {
  if (log === undefined) {
    throw new InputError("this run kept figures only, and a distribution needs what happened", {
      where: scenario.name,
      fix: 'Simulate it again with keep: "log".',
    });
  }
  const { duration_s, warmup_s = 0, cooldown_s = 0 } = scenario.workload;
  const { arrival, end, count } = log.requests;
  const latencies: number[] = [];
  for (let i = 0; i < count; i++) {
    if (arrival[i] < warmup_s || arrival[i] >= duration_s - cooldown_s || !Number.isFinite(end[i])) continue;
    latencies.push(1000 * (end[i] - arrival[i]));
  }
  return latencies.sort((a, b) => a - b);
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly percent: number;
  /** The share of requests up to its end. */
  readonly below: number;
}

function binsOf(sorted: readonly number[]): { readonly bins: readonly [Bin, ...Bin[]]; readonly isLog: boolean } {
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const isLog = least > 0 && most / least > 20;
  const [scale, back] = isLog ? [Math.log, Math.exp] : [(ms: number) => ms, (ms: number) => ms];
  // Latencies that are all the same but for rounding have a bin in the middle of an axis that shows something.
  const isNarrow = most - least <= 1e-6 * most;
  const [low, high] = isNarrow ? [0.9 * least, 1.1 * most || 1] : [least, most];
  const [start, width] = [scale(low), (scale(high) - scale(low)) / mostBins];
  const counts = new Array<number>(mostBins).fill(0);
  for (const ms of sorted) counts[Math.min(mostBins - 1, Math.max(0, Math.floor((scale(ms) - start) / width)))]++;
  let below = 0;
  const bins = counts.map((requests, i): Bin => {
    below += requests;
    const share = 100 / sorted.length;
    return {
      from: back(start + i * width),
      to: back(start + (i + 1) * width),
      requests,
      percent: requests * share,
      below: below * share,
    };
  });
  return { bins: bins as [Bin, ...Bin[]], isLog };
}
