// The knee of a service: latency and throughput over the rate that is offered, with the knee and the capacity named at their lines. Turns
// a sweep into a Vega-Lite specification; simulates nothing.
import { InputError } from "../../../core/errors.js";
import type { LoadSweep, LoadSweepRow, SweepKnee } from "../../../serving/index.js";
import { formatNumber } from "../../table.js";
import { chartTheme, colours } from "../../theme.js";
import { type ChartSpec, vegaLiteSchema } from "../chart.js";
import { logAxis } from "../sweep/sweep-chart.js";
import { wrapped } from "../text-layer.js";

export interface KneeChartOptions {
  /** `Knee of demo` unless given. */
  readonly title?: string;
  /** Of the upper plot without axes, in pixels: 560 x 220 unless given; the lower is two thirds as high. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * Latency (p50, mean and p99 of one line of rates; p99 where several lines are compared) above throughput, over the offered rate.
 * Throws InputError for a sweep in which nothing was measured.
 */
export function kneeChart(sweep: LoadSweep, options: KneeChartOptions = {}): ChartSpec {
  const { scenario, knees } = sweep;
  const { title = `Knee of ${scenario}`, width = 560, height = 220 } = options;
  const rows = sweep.rows.filter(({ avg_ms }) => avg_ms !== null);
  if (rows.length === 0) throw new InputError("there is nothing to draw: nothing was measured", { where: "kneeChart" });
  const [only, ...others] = knees;
  const isOne = others.length === 0;
  const names = namesOf(knees);
  const greatest = Math.max(...rows.map(({ rps }) => rps));
  const x = {
    field: "rps",
    type: "quantitative",
    title: "offered, requests/s",
    scale: { domain: [0, 1.03 * greatest], nice: false },
  };
  const colour = {
    field: isOne ? "figure" : "line",
    type: "nominal",
    title: null,
    scale: { domain: isOne ? latencies.map(({ figure }) => figure) : knees.map(names), range: colours.series },
  };
  const latency = rows.flatMap((row) =>
    latencies
      .filter(({ figure }) => isOne || figure === "p99")
      .map(({ figure, name }) => pointOf(names(row), row, figure, row[name])),
  );
  const throughput = rows.map((row) => pointOf(names(row), row, "throughput", row.throughput_rps));
  const latencyAxis = {
    ...logAxis(latency, "value", "round").channel,
    title: isOne ? "latency, ms" : "p99 latency, ms",
  };
  const rules = isOne ? ruleLayers(only, x) : colouredRules(knees, names, x, colour);
  const labels = isOne ? labelLayers(only, x, greatest) : [];
  const said = [
    ...(isOne ? [only.evidence] : ["Upright lines: knees."]),
    ...(rows.some(({ overloaded }) => overloaded) ? ["Hollow: overloaded."] : []),
  ];
  const asOffered = {
    data: { values: [0, greatest].map((rps) => ({ rps, value: rps })) },
    mark: { type: "line", color: colours.ink, strokeDash: [2, 3], strokeWidth: 1, aria: false },
    encoding: { x, y: { field: "value", type: "quantitative" } },
  };
  return {
    $schema: vegaLiteSchema,
    title: { text: title, subtitle: said.flatMap((line) => wrapped(line, width)) },
    description: `${title}. ${knees.map((knee) => `${isOne ? "" : `${names(knee)}: `}${knee.evidence}`).join(" ")}`,
    config: chartTheme,
    vconcat: [
      {
        width,
        height,
        layer: [...rules, ...labels, ...curve(latency, x, latencyAxis, colour)],
      },
      {
        width,
        height: Math.round((2 / 3) * height),
        layer: [
          asOffered,
          ...rules,
          ...curve(throughput, x, throughputAxis, isOne ? { value: colours.series[0] } : colour),
        ],
      },
    ],
  };
}

const latencies = [
  { figure: "p50", name: "p50_ms" },
  { figure: "mean", name: "avg_ms" },
  { figure: "p99", name: "p99_ms" },
] as const satisfies readonly { readonly figure: string; readonly name: keyof LoadSweepRow }[];

const throughputAxis = {
  field: "value",
  type: "quantitative",
  title: "throughput, requests/s",
  axis: { format: ",~r", tickCount: 5 },
};

/** A point of a curve with what its tooltip says. */
function pointOf(line: string, row: LoadSweepRow, figure: string, value: number | null): Point {
  const { rps, throughput_rps, p50_ms, p99_ms, gpu_util_percent, overloaded, bottleneck } = row;
  const state = overloaded ? "overloaded" : "keeps up";
  return { line, figure, rps, value, throughput_rps, p50_ms, p99_ms, gpu_util_percent, state, bottleneck };
}

type Point = Readonly<Record<string, unknown>>;
type LineNames = (line: Pick<SweepKnee, "concurrency" | "batch_size">) => string;

/** Lines by what differs between them. */
function namesOf(knees: readonly SweepKnee[]): LineNames {
  const differs = (name: "concurrency" | "batch_size"): boolean => new Set(knees.map((knee) => knee[name])).size > 1;
  const [slots, batches] = [differs("concurrency") || !differs("batch_size"), differs("batch_size")];
  return ({ concurrency, batch_size }) =>
    [
      ...(slots ? [`${concurrency} slot${concurrency === 1 ? "" : "s"}`] : []),
      ...(batches ? [`batches of ${batch_size}`] : []),
    ].join(", ");
}

/** A line with its points, hollow where the service is overloaded. */
function curve(values: readonly Point[], x: object, y: object, colour: object): object[] {
  const encoding = { x, y, color: colour };
  const figure = (field: string, name: string) => ({ field, type: "quantitative", title: name, format: ",.4~r" });
  const points = (isOverloaded: "true" | "false") => ({
    transform: [{ filter: `(datum.state === 'overloaded') === ${isOverloaded}` }],
    mark: { type: "point", filled: isOverloaded === "false", size: 36, opacity: 1, strokeWidth: 1.5 },
    encoding: {
      ...encoding,
      tooltip: [
        { field: "line", type: "nominal", title: "with" },
        figure("rps", "offered, requests/s"),
        figure("throughput_rps", "throughput, requests/s"),
        figure("p50_ms", "p50, ms"),
        figure("p99_ms", "p99, ms"),
        figure("gpu_util_percent", "GPU busy, %"),
        { field: "state", type: "nominal", title: "service" },
        { field: "bottleneck", type: "nominal", title: "limits" },
      ],
    },
  });
  return [
    { data: { values }, layer: [{ mark: { type: "line", aria: false }, encoding }, points("false"), points("true")] },
  ];
}

/** What is named at its line: the knee, and the capacity dashed. */
function namedRates({
  knee,
  capacity_rps,
}: SweepKnee): { readonly rps: number; readonly name: string; readonly dash: number[] }[] {
  return [
    ...(knee === null ? [] : [{ rps: knee.rps, name: "knee", dash: [1, 0] }]),
    ...(capacity_rps === null ? [] : [{ rps: capacity_rps, name: "capacity", dash: [5, 4] }]),
  ];
}

function ruleLayers(line: SweepKnee, x: object): object[] {
  return namedRates(line).map(({ rps, dash }) => ({
    data: { values: [{ rps }] },
    mark: { type: "rule", color: colours.ink, strokeDash: dash, strokeWidth: 1, aria: false },
    encoding: { x },
  }));
}

/** The knee's name left of its line, the capacity's right of its own: they are never the other way round. */
function labelLayers(line: SweepKnee, x: object, greatest: number): object[] {
  return namedRates(line).map(({ rps, name }) => {
    const isLeft = name === "knee" ? rps > 0.2 * greatest : rps > 0.8 * greatest;
    // Two names on one side stand below each other.
    const y = name === "capacity" && isLeft ? 20 : 6;
    return {
      data: { values: [{ rps, text: `${name} ${formatNumber(rps)}/s` }] },
      mark: {
        type: "text",
        align: isLeft ? "right" : "left",
        dx: isLeft ? -5 : 5,
        y,
        color: colours.ink,
        fontSize: 11,
      },
      encoding: { x, text: { field: "text", type: "nominal" } },
    };
  });
}

function colouredRules(knees: readonly SweepKnee[], names: LineNames, x: object, colour: object): object[] {
  const values = knees.flatMap((line) => (line.knee === null ? [] : [{ line: names(line), rps: line.knee.rps }]));
  return [
    {
      data: { values },
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.7, aria: false },
      encoding: { x, color: colour },
    },
  ];
}
