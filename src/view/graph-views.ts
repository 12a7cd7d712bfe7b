// A model's time on devices: its parts as a card, and as stacked bars beside those of other devices. Predicts nothing.
import { InputError } from "../core/errors.js";
import type { GraphPrediction, GraphShare } from "../model/index.js";
import { cardHtml } from "./card.js";
import { type ChartSpec, vegaLiteSchema } from "./chart/chart.js";
import { formatNumber, tableHtml } from "./table.js";
import { chartTheme, colours } from "./theme.js";

/** A model on a device: how long it takes, what binds it, and the share of each of its parts and operators. */
export function graphCard(prediction: GraphPrediction): string {
  const { graph, device, execution, bottleneck, unknown } = prediction;
  const left = Object.entries(unknown).map(([type, count]) => `${count} x ${type}`);
  const card = cardHtml({
    kind: "model",
    title: graph,
    beside: `on ${device}, ${executions[execution]}`,
    facts: [
      { name: "parameters", value: formatNumber(prediction.parameters, 15) },
      { name: "kernels", value: formatNumber(prediction.kernels, 15) },
      { name: "FLOP", value: formatNumber(prediction.flops, 3) },
    ],
    remarks:
      left.length === 0
        ? []
        : [{ text: `Operators that are not known take no time here: ${left.join(", ")}.`, verdict: "bad" as const }],
    figures: [
      {
        name: "time",
        value: `${formatNumber(prediction.predicted_time_us / 1e3)} ms`,
        remark: `${bottleneck}-bound, by ${prediction.limit.level}`,
        meaning: "Predicted; an estimate, not a measurement.",
      },
      ...(prediction.waiting_us === 0
        ? []
        : [
            {
              name: "waiting",
              value: `${formatNumber(prediction.waiting_us / 1e3)} ms`,
              share: prediction.waiting_us / prediction.predicted_time_us,
              meaning: "The device has nothing to do until the host has issued the next operator.",
            },
          ]),
      {
        name: "rate",
        value: `${formatNumber(prediction.predicted_tflops)} TFLOP/s`,
        meaning: "Operations over the predicted time.",
      },
      ...prediction.parts.map((part) => ({
        name: part.name,
        value: `${formatNumber(part.time_us / 1e3)} ms`,
        share: part.share,
        remark: `${formatNumber(100 * part.share, 3)} %, ${part.bottleneck}-bound`,
        meaning: `${part.nodes} operators in ${part.kernels} kernels.`,
      })),
    ],
  });
  return card + tableHtml(prediction.types.map(rowOf), { caption: "By operator" });
}

function rowOf({ name, nodes, kernels, time_us, share, flops, bytes, bottleneck }: GraphShare): object {
  return {
    operator: name,
    nodes,
    kernels,
    "time, us": time_us,
    "share, %": Number((100 * share).toPrecision(3)),
    "FLOP/byte": bytes === 0 ? null : flops / bytes,
    "bound by": bottleneck,
  };
}

export interface GraphTimesOptions {
  /** What the bars consist of: a model's parts, or its operators. `parts` unless given. */
  readonly by?: "parts" | "types";
  readonly title?: string;
  /** Of the plot without axes, in pixels: 560 unless given. */
  readonly width?: number;
}

/**
 * Models on devices as stacked bars, a bar for each prediction and a colour for each part. Throws InputError where there is none.
 */
export function graphTimes(predictions: readonly GraphPrediction[], options: GraphTimesOptions = {}): ChartSpec {
  if (predictions.length === 0) {
    throw new InputError("there is nothing to draw: give predictions of graphs", {
      fix: 'Write graphTimes([predictGraph(model("bert-base"), { device: "a100" })]).',
    });
  }
  const { by = "parts", width = 560 } = options;
  const models = new Set(predictions.map(({ graph }) => graph));
  const bars = predictions.map(({ graph, device }) => (models.size === 1 ? device : `${graph}, ${device}`));
  const values = predictions.flatMap((prediction, i) => [
    ...prediction[by].map(({ name, time_us, share }) => ({ bar: bars[i], part: name, ms: time_us / 1e3, share })),
    ...(prediction.waiting_us === 0
      ? []
      : [
          {
            bar: bars[i],
            part: waiting,
            ms: prediction.waiting_us / 1e3,
            share: prediction.waiting_us / prediction.predicted_time_us,
          },
        ]),
  ]);
  const parts = [...new Set(values.map(({ part }) => part))];
  const ordered = values.map((value) => ({ ...value, order: parts.indexOf(value.part) }));
  const totals = predictions.map(({ predicted_time_us }, i) => ({
    bar: bars[i],
    ms: predicted_time_us / 1e3,
    text: `${formatNumber(predicted_time_us / 1e3, 3)} ms`,
  }));
  const y = { field: "bar", type: "nominal", title: null, sort: null };
  return {
    $schema: vegaLiteSchema,
    title: options.title ?? `Time of ${[...models].join(", ")}`,
    description: predictions.map(String).join(". "),
    width,
    height: { step: 30 },
    config: chartTheme,
    layer: [
      {
        data: { values: ordered },
        mark: "bar",
        encoding: {
          y,
          x: { field: "ms", type: "quantitative", title: "time, ms", stack: "zero" },
          color: {
            field: "part",
            type: "nominal",
            title: null,
            sort: null,
            scale: {
              domain: parts,
              range: parts.map((part, i) =>
                part === waiting ? colours.ink : colours.series[i % colours.series.length],
              ),
            },
            legend: { orient: "top", columns: 5, symbolType: "square" },
          },
          order: { field: "order", type: "quantitative" },
          tooltip: [
            { field: "bar", type: "nominal", title: "device" },
            { field: "part", type: "nominal" },
            { field: "ms", type: "quantitative", title: "time, ms", format: ",.4~r" },
            { field: "share", type: "quantitative", format: ".1%" },
          ],
        },
      },
      {
        data: { values: totals },
        mark: { type: "text", align: "left", dx: 6, aria: false, color: colours.ink },
        encoding: { y, x: { field: "ms", type: "quantitative" }, text: { field: "text", type: "nominal" } },
      },
    ],
  };
}

const executions: Readonly<Record<GraphPrediction["execution"], string>> = {
  eager: "issued operator by operator (eager)",
  compiled: "passes over memory fused (compiled)",
  engine: "fused as an inference engine does (engine)",
};

/** What a bar calls the time in which the device waits for its host. */
const waiting = "waiting for the host";
