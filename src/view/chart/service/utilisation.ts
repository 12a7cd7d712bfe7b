// How busy each resource of a service is, and which limits. Turns a run into a Vega-Lite specification; simulates nothing.
import type { ServiceRun } from "../../../serving/index.js";
import { formatNumber } from "../../table.js";
import { chartTheme, colours } from "../../theme.js";
import { type ChartSpec, vegaLiteSchema } from "../chart.js";

export interface UtilisationChartOptions {
  /** `Utilisation of demo` unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels: 560 unless given, and as high as its bars are many. */
  readonly width?: number;
}

/** The busy share of each resource as a bar; the one that limits is said beside its bar. */
export function utilisationChart(run: ServiceRun, options: UtilisationChartOptions = {}): ChartSpec {
  const { scenario, resources, bottleneck } = run;
  const { title = `Utilisation of ${scenario.name}`, width = 560 } = options;
  const values = resources.map(({ name, capacity, util_percent, mean_queue, mean_wait_ms }) => {
    const limits = bottleneck.kind !== "none" && bottleneck.resource === name;
    return {
      resource: name,
      servers: capacity,
      util_percent,
      mean_queue,
      mean_wait_ms,
      limits: limits ? "yes" : "no",
      text: `${formatNumber(util_percent, 3)} %${limits ? ", limits" : ""}`,
    };
  });
  const y = { field: "resource", type: "nominal", title: null, sort: null };
  const x = { field: "util_percent", type: "quantitative", title: "busy, %", scale: { domain: [0, 100] } };
  const figure = (field: string, name: string) => ({ field, type: "quantitative", title: name, format: ",.4~r" });
  return {
    $schema: vegaLiteSchema,
    title: { text: title, subtitle: bottleneck.evidence },
    description: `${title}: ${values.map(({ resource, text }) => `${resource} ${text}`).join("; ")}.`,
    width,
    height: { step: 26 },
    config: chartTheme,
    data: { values },
    encoding: { y, x },
    layer: [
      {
        mark: { type: "bar", height: 16 },
        encoding: {
          color: {
            field: "limits",
            type: "nominal",
            legend: null,
            scale: { domain: ["yes", "no"], range: [colours.series[1], colours.series[0]] },
          },
          tooltip: [
            { field: "resource", type: "nominal" },
            figure("servers", "servers"),
            figure("util_percent", "busy, %"),
            figure("mean_queue", "requests in its queue"),
            figure("mean_wait_ms", "mean wait, ms"),
          ],
        },
      },
      {
        // Beside its bar where there is room, else within it.
        transform: [{ calculate: "datum.util_percent > 80 ? 'within' : 'beside'", as: "place" }],
        layer: [
          {
            transform: [{ filter: "datum.place === 'beside'" }],
            mark: { type: "text", align: "left", dx: 5, color: colours.ink, aria: false },
            encoding: { text: { field: "text", type: "nominal" } },
          },
          {
            transform: [{ filter: "datum.place === 'within'" }],
            mark: { type: "text", align: "right", dx: -5, color: "white", aria: false },
            encoding: { text: { field: "text", type: "nominal" } },
          },
        ],
      },
    ],
  };
}
