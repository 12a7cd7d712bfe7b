// The roofline chart: throughput over arithmetic intensity on log axes, ceilings labelled on the line, predicted values as
// circles and measured ones as triangles. Turns rows into a Vega-Lite specification; predicts nothing.
import { InputError } from "../../core/errors.js";
import type { Precision } from "../../core/precision.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { formatNumber } from "../table.js";
import { chartTheme, colours } from "../theme.js";
import { type ChartSpec, vegaLiteSchema } from "./chart.js";
import { around, type Box, LabelPlacer, spread } from "./labels.js";
import { type Point, type RooflineData, readPoints } from "./points.js";

export interface RooflineOptions {
  /** Devices of one's own that rows name by key, and devices whose ceilings are to be drawn though no row names them. */
  readonly devices?: readonly (string | DeviceSpec)[];
  /** "Roofline of GB10" unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels: 620 x 380 unless given. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * A roofline chart of predictions, of a sweep's table, of a validation report, or of any rows with `device`, `precision`,
 * `ai` (operations per byte) and `predicted_tflops` or `measured_tflops` (10^12 operations a second). The answer is plain
 * JSON: a Vega-Lite specification to take and change. Throws InputError that names the row and field that is missing, and
 * for an unknown device. Rows that have no place on log axes (no figure, or intensity 0) are counted under the title.
 */
export function roofline(data: RooflineData, options: RooflineOptions = {}): ChartSpec {
  const own = (options.devices ?? []).filter((entry) => typeof entry !== "string");
  const { points, leftOut: left } = readPoints(data, own);
  const devices = distinct([
    ...points.map(({ spec }) => spec),
    ...(options.devices ?? []).map((name) => findDevice(name, own)),
  ]);
  if (devices.length === 0) {
    throw new InputError("there is nothing to draw: no row has a place on a roofline, and no device is given");
  }
  const ceilings = ceilingsOf(devices, points);
  const frame = frameOf(points, ceilings, devices, options);
  // With one device its ceilings are compared, with several the devices are.
  const oneDevice = devices.length === 1;
  const colour = (spec: DeviceSpec, precision: string) => {
    const index = oneDevice
      ? ceilings.findIndex(({ precisions }) => (precisions as readonly string[]).includes(precision))
      : devices.indexOf(spec);
    return index < 0 ? colours.ink : colours.series[index % colours.series.length];
  };
  const names = devices.map(({ name }) => name).join(", ");
  return {
    $schema: vegaLiteSchema,
    title: { text: options.title ?? `Roofline of ${names}`, subtitle: subtitleOf(points, left) },
    description: describe(points, ceilings, left),
    width: frame.width,
    height: frame.height,
    config: chartTheme,
    layer: layersOf(points, ceilings, devices, frame, oneDevice, colour),
  };
}

/** Precisions of one device with the same peak share a ceiling. */
interface Ceiling {
  readonly spec: DeviceSpec;
  readonly precisions: readonly Precision[];
  /** 10^12 operations a second. */
  readonly tflops: number;
  /** The ridge point's intensity. */
  readonly ridge: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  toX(ai: number): number;
  toY(tflops: number): number;
}

const labelSize = 11;

function ceilingsOf(devices: readonly DeviceSpec[], points: readonly Point[]): Ceiling[] {
  return devices.flatMap((spec) => {
    const drawn = points.filter((point) => point.spec === spec).map(({ precision }) => precision);
    const stated = Object.keys(spec.peak) as Precision[];
    const used = stated.filter((precision) => drawn.includes(precision));
    const byPeak = new Map<number, Precision[]>();
    // A device that no precision singles out (drawn by itself, or with mixed work only) shows all its ceilings.
    for (const precision of used.length > 0 ? used : stated) {
      const peak = spec.peak[precision] as number;
      byPeak.set(peak, [...(byPeak.get(peak) ?? []), precision]);
    }
    return [...byPeak].map(([peak, precisions]) => ({
      spec,
      precisions,
      tflops: peak / 1e12,
      ridge: peak / spec.dram.bandwidth,
    }));
  });
}

function frameOf(
  points: readonly Point[],
  ceilings: readonly Ceiling[],
  devices: readonly DeviceSpec[],
  { width = 620, height = 380 }: RooflineOptions,
): Frame {
  const intensities = points.map(({ ai }) => ai);
  const ridges = ceilings.map(({ ridge }) => ridge);
  const x = [Math.min(...intensities, Math.min(...ridges) / 30) / 4, Math.max(...intensities, ...ridges) * 3].map(
    threeFigures,
  ) as [number, number];
  const slopes = devices.map(({ dram }) => (dram.bandwidth / 1e12) * x[0]);
  const y = [
    Math.min(...points.map(({ tflops }) => tflops), ...slopes) / 1.6,
    Math.max(...ceilings.map(({ tflops }) => tflops), ...points.map(({ tflops }) => tflops)) * 2.2,
  ].map(threeFigures) as [number, number];
  const scale = (from: readonly [number, number], to: number) => (value: number) =>
    (Math.log(value / from[0]) / Math.log(from[1] / from[0])) * to;
  return {
    width,
    height,
    x,
    y,
    toX: scale(x, width),
    toY: (tflops) => height - scale(y, height)(tflops),
  };
}

function layersOf(
  points: readonly Point[],
  ceilings: readonly Ceiling[],
  devices: readonly DeviceSpec[],
  frame: Frame,
  oneDevice: boolean,
  colour: (spec: DeviceSpec, precision: string) => string,
): object[] {
  const x = axis("ai", frame.x, "arithmetic intensity, FLOP per byte of DRAM traffic");
  const y = axis("tflops", frame.y, "throughput, TFLOP/s");
  const paint = { field: "colour", type: "nominal", scale: null };
  const slopeColour = (spec: DeviceSpec) => (oneDevice ? colours.ink : colour(spec, ""));
  const tops = devices.map((spec) => Math.max(...ceilings.filter((c) => c.spec === spec).map(({ ridge }) => ridge)));

  const slopes = devices.map((spec, i) => {
    const bandwidth = spec.dram.bandwidth / 1e12;
    const ai = Math.max(frame.x[0], frame.y[0] / bandwidth);
    return { ai, tflops: ai * bandwidth, ai2: tops[i], tflops2: tops[i] * bandwidth, colour: slopeColour(spec) };
  });
  const flats = ceilings.map(({ spec, precisions, tflops, ridge }) => ({
    ...{ ai: ridge, ai2: frame.x[1], tflops, colour: colour(spec, precisions[0]) },
    text: `${oneDevice ? "" : `${spec.name} `}${precisions.join(", ")} \u00b7 ${formatNumber(tflops)} TFLOP/s`,
  }));

  const placer = new LabelPlacer({ left: 0, top: 0, right: frame.width, bottom: frame.height }, labelSize);
  const marks = points.map((point) => ({ px: frame.toX(point.ai), py: frame.toY(point.tflops) }));
  for (const { px, py } of marks) placer.block({ left: px - 6, top: py - 6, right: px + 6, bottom: py + 6 });
  for (const flat of flats) blockLine(placer, frame, flat, { ai: flat.ai2, tflops: flat.tflops });
  for (const slope of slopes) blockLine(placer, frame, slope, { ai: slope.ai2, tflops: slope.tflops2 });
  // A ceiling's words stand at its right end, outside the plot, where no point can be.
  const heights = spread(
    flats.map(({ tflops }) => frame.toY(tflops)),
    labelSize + 3,
  );
  const flatLabels = flats.map(({ text, colour }, i) =>
    labelDatum(text, { x: frame.width + 6, y: heights[i], align: "left" }, colour),
  );
  const slopeLabels = devices.map((spec, i) => slopeLabel(spec, slopes[i], frame, placer));

  return [
    {
      data: { values: slopes },
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.8, aria: false },
      encoding: { x, y, x2: { field: "ai2" }, y2: { field: "tflops2" }, color: paint },
    },
    {
      data: { values: flats },
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.8, aria: false },
      encoding: { x, y, x2: { field: "ai2" }, color: paint },
    },
    textLayer(flatLabels, 0),
    textLayer(slopeLabels, slopeAngle(frame)),
    ...pointLayers(points, placer, marks, oneDevice, x, y, paint, colour),
  ];
}

/** On log axes every bandwidth line has the same slope, one decade up for one decade to the right. */
function slopeAngle({ width, height, x, y }: Frame): number {
  const across = width / Math.log10(x[1] / x[0]);
  const up = height / Math.log10(y[1] / y[0]);
  return (-Math.atan2(up, across) * 180) / Math.PI;
}

function slopeLabel(spec: DeviceSpec, slope: { ai: number; ai2: number }, frame: Frame, placer: LabelPlacer) {
  const text = `${spec.name} \u00b7 ${formatNumber(spec.dram.bandwidth / 1e9)} GB/s`;
  const angle = (slopeAngle(frame) * Math.PI) / 180;
  const length = text.length * labelSize * 0.56;
  const [from, to] = [frame.toX(slope.ai), frame.toX(slope.ai2)];
  // Above the line, 9 pixels from it.
  const middle = (share: number) => {
    const px = from + (to - from) * share;
    const ai = frame.x[0] * (frame.x[1] / frame.x[0]) ** (px / frame.width);
    const py = frame.toY((ai * spec.dram.bandwidth) / 1e12);
    return { x: px + Math.sin(angle) * 9, y: py - Math.cos(angle) * 9, align: "center" as const };
  };
  // Slanted words as a row of small boxes.
  const boxes = ({ x, y }: { x: number; y: number }): Box[] =>
    [-0.5, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5].map((step) => {
      const [cx, cy] = [x + Math.cos(angle) * length * step, y + Math.sin(angle) * length * step];
      return { left: cx - 4, top: cy - 4, right: cx + 4, bottom: cy + 4 };
    });
  const shares = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.2, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];
  const free = shares.find((share) => boxes(middle(share)).every((box) => placer.isFree(box)));
  const place = middle(free ?? shares[0]);
  for (const box of boxes(place)) placer.block(box);
  return labelDatum(text, place, colours.ink);
}

/** Keeps words off a straight line, box by box. */
function blockLine(placer: LabelPlacer, frame: Frame, from: LinePoint, to: LinePoint): void {
  const [x1, x2] = [frame.toX(from.ai), frame.toX(to.ai)];
  const [y1, y2] = [frame.toY(from.tflops), frame.toY(to.tflops)];
  const steps = Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 5);
  for (let step = 0; step <= steps; step++) {
    const [x, y] = [x1 + ((x2 - x1) * step) / steps, y1 + ((y2 - y1) * step) / steps];
    placer.block({ left: x - 2, top: y - 1.5, right: x + 2, bottom: y + 1.5 });
  }
}

interface LinePoint {
  readonly ai: number;
  readonly tflops: number;
}

function pointLayers(
  points: readonly Point[],
  placer: LabelPlacer,
  marks: readonly { px: number; py: number }[],
  oneDevice: boolean,
  x: object,
  y: object,
  paint: object,
  colour: (spec: DeviceSpec, precision: string) => string,
): object[] {
  if (points.length === 0) return [];
  const label = labeller(points, oneDevice);
  // A benchmark has the same intensity on every device: its name stands once, over the topmost of its points.
  const named = new Set<string>();
  const order = points.map((_, i) => i).sort((a, b) => points[b].tflops - points[a].tflops || a - b);
  const labels = order.flatMap((i) => {
    const point = points[i];
    const text = label(point);
    if (text === "" || named.has(text)) return [];
    const place = placer.place(text, around(marks[i].px, marks[i].py, 10));
    if (place === undefined) return [];
    named.add(text);
    return [labelDatum(text, place, oneDevice ? colour(point.spec, point.precision) : colours.ink)];
  });
  const data = points.map(({ spec, ...point }) => ({
    ...point,
    device: spec.name,
    timeUs: point.timeUs ?? null,
    errorPercent: point.errorPercent ?? null,
    colour: colour(spec, point.precision),
    words: inWords({ spec, ...point }),
  }));
  const layer = (kind: Point["kind"], mark: object) => {
    const values = data.filter((datum) => datum.kind === kind);
    return values.length === 0
      ? []
      : [
          {
            data: { values },
            mark: { type: "point", ...mark },
            encoding: { x, y, color: paint, tooltip, description: { field: "words", type: "nominal" } },
          },
        ];
  };
  return [
    ...layer("predicted, ideal", { shape: "circle", size: 46, filled: false, strokeWidth: 1.5 }),
    ...layer("predicted", { shape: "circle", size: 46, filled: true, opacity: 1 }),
    // Open and larger, so that the circle shows through where prediction and measurement agree.
    ...layer("measured", { shape: "triangle-up", size: 190, filled: false, strokeWidth: 1.5 }),
    textLayer(labels, 0),
  ];
}

const tooltip = [
  ["kind", "value", undefined],
  ["device", "device", undefined],
  ["kernel", "kernel", undefined],
  ["shape", "shape", undefined],
  ["precision", "precision", undefined],
  ["timeUs", "time, us", ",.4~g"],
  ["tflops", "throughput, TFLOP/s", ",.4~g"],
  ["ai", "intensity, FLOP per byte", ",.4~g"],
  ["bottleneck", "bound by", undefined],
  ["errorPercent", "error, %", ".1f"],
].map(([field, title, format]) => ({
  field,
  title,
  ...(format === undefined ? { type: "nominal" } : { type: "quantitative", format }),
}));

/** What tells points apart: only what differs, since the rest is in the title or in the colour's label. */
function labeller(points: readonly Point[], oneDevice: boolean): (point: Point) => string {
  const differs = (of: (point: Point) => string) => new Set(points.map(of)).size > 1;
  const kernels = differs(({ kernel }) => kernel);
  const precisions = differs(({ precision }) => precision);
  const shapes = points.some((a) => points.some((b) => a.kernel === b.kernel && a.shape !== b.shape));
  return ({ kernel, shape, precision }) =>
    [
      kernels || oneDevice ? nameOf(kernel) : "",
      oneDevice && precisions ? precision : "",
      shapes ? shape : "",
      !oneDevice && precisions ? precision : "",
    ]
      .filter((part) => part !== "")
      .join(" ");
}

/** The operators by the field's abbreviations, everything else by the name that its owner gave it. */
function nameOf(kernel: string): string {
  return kernel === "gemv" || kernel === "gemm" ? kernel.toUpperCase() : kernel;
}

function textLayer(values: readonly object[], angle: number): object {
  const pixel = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  const aligned = (align: string) => ({
    data: { values: values.filter((datum) => (datum as { align: string }).align === align) },
    mark: { type: "text", align, baseline: "middle", fontSize: labelSize, angle, aria: false },
    encoding: {
      x: pixel("x"),
      y: pixel("y"),
      text: { field: "text", type: "nominal" },
      color: { field: "colour", type: "nominal", scale: null },
    },
  });
  const used = ["left", "right", "center"].filter((align) =>
    values.some((datum) => (datum as { align: string }).align === align),
  );
  return { layer: used.map(aligned) };
}

function labelDatum(text: string, { x, y, align }: { x: number; y: number; align: string }, colour: string) {
  return { text, x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, align, colour };
}

function axis(field: string, domain: readonly [number, number], title: string): object {
  const decades: number[] = [];
  for (let power = Math.ceil(Math.log10(domain[0])); power <= Math.log10(domain[1]); power++) {
    decades.push(Number(`1e${power}`));
  }
  return {
    field,
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    title,
    axis: { values: decades, format: ",~g" },
  };
}

function subtitleOf(points: readonly Point[], left: number): string[] {
  const has = (kind: Point["kind"]) => points.some((point) => point.kind === kind);
  const signs = [
    has("predicted") ? "filled circle: predicted" : "",
    has("predicted, ideal") ? "open circle: ideal" : "",
    has("measured") ? "triangle: measured" : "",
    "line: dense peak or DRAM bandwidth",
  ].filter((sign) => sign !== "");
  return [signs.join(" \u00b7 "), ...(left > 0 ? [leftOutText(left)] : [])];
}

function leftOutText(count: number): string {
  return `${count} row${count === 1 ? " has" : "s have"} no figure above 0 and ${count === 1 ? "is" : "are"} not drawn`;
}

function describe(points: readonly Point[], ceilings: readonly Ceiling[], left: number): string {
  const limits = ceilings.map(
    ({ spec, precisions, tflops, ridge }) =>
      `${spec.name} ${precisions.join(", ")} ${formatNumber(tflops)} TFLOP/s above ${formatNumber(ridge, 3)} FLOP per byte`,
  );
  // A list that nobody can listen to is no description: beyond a dozen the table tells more.
  const listed = points.slice(0, 12).map(inWords);
  const more = points.length > listed.length ? [`and ${points.length - listed.length} more points`] : [];
  return [
    "Throughput over arithmetic intensity, both on log axes",
    `Ceilings: ${limits.join("; ")}`,
    ...(points.length === 0 ? [] : [`Points: ${[...listed, ...more].join("; ")}`]),
    ...(left > 0 ? [leftOutText(left)] : []),
  ].join(". ");
}

function inWords({ spec, kernel, shape, precision, kind, tflops, ai }: Point): string {
  const what = [kernel, shape, precision].filter((part) => part !== "").join(" ");
  return `${what} on ${spec.name}, ${kind}: ${formatNumber(tflops, 3)} TFLOP/s at ${formatNumber(ai, 3)} FLOP per byte`;
}

function threeFigures(value: number): number {
  return Number(value.toPrecision(3));
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
