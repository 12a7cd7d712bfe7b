// A bar for each of a few things by name, with its figure in words beside it, as a Vega-Lite chart. Knows nothing of what they are.
import { type ChartSpec, vegaLiteSchema } from "../chart/chart.js";
import { wrapped } from "../chart/text-layer.js";
import { chartTheme, colours } from "../theme.js";

export interface TraceChartOptions {
  /** What stands above. */
  readonly title?: string;
  /** Of the plot without axes, in pixels: 560 unless given. */
  readonly width?: number;
}

export interface NamedBar {
  readonly name: string;
  readonly value: number;
  /** Beside the bar. */
  readonly text: string;
  /** What it is one of: bars of one group have one colour. */
  readonly group?: string;
}

/** What is drawn, and what its axis says. */
export interface NamedBars {
  readonly bars: readonly NamedBar[];
  /** `time on the device, ms` */
  readonly axis: string;
  readonly title: string;
  readonly subtitle?: string;
  /** The groups by colour, where there are several. */
  readonly groups?: readonly string[];
}

/** As high as its bars are many; with none it says so in words. */
export function namedBars(drawing: NamedBars, { title = drawing.title, width = 560 }: TraceChartOptions): ChartSpec {
  const { bars, axis, subtitle, groups } = drawing;
  const values = bars.map(({ name, value, text, group = "" }, place) => ({
    place,
    name: clipped(name),
    whole: name,
    value,
    text,
    group,
  }));
  const most = Math.max(...values.map(({ value }) => value), 0) || 1;
  // A name may come in several groups; its place keeps its bars apart.
  const y = { field: "place", type: "ordinal", axis: null };
  return {
    $schema: vegaLiteSchema,
    title: subtitle === undefined ? title : { text: title, subtitle: wrapped(subtitle, width) },
    description:
      values.length === 0
        ? `${title}: there is none.`
        : `${title}: ${values.map(({ whole, text }) => `${whole} ${text}`).join("; ")}.`,
    width,
    height: { step: 34 },
    config: chartTheme,
    data: { values },
    encoding: {
      y,
      x: {
        field: "value",
        type: "quantitative",
        title: axis,
        // Room for what stands beside the longest bar.
        scale: { domain: [0, 1.3 * most], nice: false },
      },
    },
    layer: [
      {
        mark: { type: "bar", height: 12, yOffset: 7 },
        encoding: {
          color: {
            field: "group",
            type: "nominal",
            scale: { domain: groups ?? [""], range: colours.series },
            legend: groups === undefined || groups.length < 2 ? null : { orient: "top", title: null },
          },
          tooltip: [
            { field: "whole", type: "nominal", title: "name" },
            { field: "value", type: "quantitative", title: axis, format: ",.4~r" },
            { field: "text", type: "nominal", title: " " },
          ],
        },
      },
      {
        mark: { type: "text", align: "left", dx: 5, dy: 7, color: colours.ink, aria: false },
        encoding: { text: { field: "text", type: "nominal" } },
      },
      {
        mark: { type: "text", align: "left", dy: -7, color: colours.ink, aria: false },
        encoding: { x: { datum: 0 }, text: { field: "name", type: "nominal" } },
      },
    ],
  };
}

/** Names of kernels are long as sentences. */
const longestName = 84;

function clipped(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}\u2026`;
}
