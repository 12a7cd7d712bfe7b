// A value that holds from one moment to the next, over time, as a Vega-Lite chart with its peak marked. Knows nothing of what it is.
import { type ChartSpec, vegaLiteSchema } from "../chart/chart.js";
import { wrapped } from "../chart/text-layer.js";
import { chartTheme, colours } from "../theme.js";
import type { TraceChartOptions } from "./named-bars.js";

export interface StepsOverTime {
  /** Nanoseconds, in order; the value holds from each until the next. */
  readonly at: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  /** The end of the axis, in nanoseconds. */
  readonly end: number;
  /** `bytes allocated` */
  readonly axis: string;
  /** How the axis writes figures, in d3's words: `~s`. */
  readonly format: string;
  readonly title: string;
  readonly subtitle?: string;
  /** What is said of the highest value, beside it. */
  readonly peak: string;
}

export function stepsOverTime(
  drawing: StepsOverTime,
  { title = drawing.title, width = 560 }: TraceChartOptions,
): ChartSpec {
  const { axis, format, subtitle, peak, end } = drawing;
  const points = thinned(drawing);
  const [factor, unit] = timeUnit(end);
  const values = points.map(({ at, value }) => ({ time: at / factor, value }));
  const highest = values.reduce((best, point) => (point.value > best.value ? point : best), { time: 0, value: 0 });
  const x = {
    field: "time",
    type: "quantitative",
    title: `time, ${unit}`,
    scale: { domain: [0, Math.max(end, 1) / factor], nice: false },
  };
  const y = { field: "value", type: "quantitative", title: axis, axis: { format } };
  const isLate = highest.time > (0.5 * end) / factor;
  return {
    $schema: vegaLiteSchema,
    title: subtitle === undefined ? title : { text: title, subtitle: wrapped(subtitle, width) },
    description: `${title}: ${peak}.`,
    width,
    height: 180,
    config: chartTheme,
    layer: [
      {
        data: { values },
        mark: {
          type: "area",
          interpolate: "step-after",
          color: colours.series[0],
          opacity: 0.35,
          line: { strokeWidth: 1, color: colours.series[0] },
        },
        encoding: { x, y },
      },
      {
        data: { values: [{ ...highest, text: peak }] },
        encoding: { x, y },
        layer: [
          {
            mark: { type: "point", filled: true, size: 40, color: colours.series[1], opacity: 1 },
            encoding: {
              tooltip: [
                { field: "text", type: "nominal", title: "peak" },
                { field: "time", type: "quantitative", title: `time, ${unit}`, format: ",.6~r" },
              ],
            },
          },
          {
            mark: {
              type: "text",
              align: isLate ? "right" : "left",
              dx: isLate ? -7 : 7,
              dy: -8,
              color: colours.ink,
              clip: false,
              aria: false,
            },
            encoding: { text: { field: "text", type: "nominal" } },
          },
        ],
      },
    ],
  };
}

/** Points beyond these are not told apart on any screen. */
const mostPoints = 2000;

/**
 * As many points as a screen shows: of each of so many spans of time the first, least, greatest and last value, at their own moments, so
 * that no peak is lost.
 */
export function thinned({
  at,
  value,
  end,
}: Pick<StepsOverTime, "at" | "value" | "end">): { at: number; value: number }[] {
  const points: { at: number; value: number }[] = [];
  const keep = (index: number): void => void points.push({ at: at[index], value: value[index] });
  if (at.length <= mostPoints) for (let index = 0; index < at.length; index++) keep(index);
  else {
    const span = Math.max(1, end) / (mostPoints / 4);
    for (let first = 0; first < at.length; ) {
      const until = (Math.floor(at[first] / span) + 1) * span;
      let [least, most, last] = [first, first, first];
      for (; last + 1 < at.length && at[last + 1] < until; last++) {
        if (value[last + 1] < value[least]) least = last + 1;
        if (value[last + 1] > value[most]) most = last + 1;
      }
      for (const index of [...new Set([first, least, most, last])].sort((a, b) => a - b)) keep(index);
      first = last + 1;
    }
  }
  if (points.length > 0) points.push({ at: end, value: points[points.length - 1].value });
  return points;
}

function timeUnit(end: number): readonly [factor: number, unit: string] {
  if (end >= 1e9) return [1e9, "s"];
  if (end >= 1e6) return [1e6, "ms"];
  return end >= 1e3 ? [1e3, "µs"] : [1, "ns"];
}
