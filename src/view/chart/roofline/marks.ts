// The points of a roofline chart as layers: a sign for each kind, the same point under the ceiling of each memory level, tooltips and
// direct labels. Knows no ceilings.
import type { DeviceSpec } from "../../../hardware/index.js";
import { levelNames } from "../../../model/index.js";
import { formatNumber } from "../../table.js";
import { colours } from "../../theme.js";
import { around, type LabelPlacer } from "../labels.js";
import { type Label, type LegendEntry, label, textLayer } from "../text-layer.js";
import type { Frame } from "./frame.js";
import type { Point, PointKind } from "./points.js";

export interface MarkStyle {
  readonly frame: Frame;
  readonly placer: LabelPlacer;
  readonly oneDevice: boolean;
  /** The encoding channels of intensity and rate. */
  readonly x: object;
  readonly y: object;
  colour(spec: DeviceSpec, precision: string): string;
}

/** How each kind is drawn; told apart by shape, so that colour may mean something else. */
const kinds: Readonly<Record<PointKind, { readonly sign: Readonly<Record<string, unknown>>; readonly words: string }>> =
  {
    "predicted, ideal": {
      sign: { type: "point", shape: "circle", size: 46, filled: false, strokeWidth: 1.5 },
      words: "predicted, ideal",
    },
    predicted: { sign: { type: "point", shape: "circle", size: 46, filled: true, opacity: 1 }, words: "predicted" },
    launch: {
      sign: { type: "point", shape: "diamond", size: 80, filled: false, strokeWidth: 1.5 },
      words: "counted by the virtual GPU, ideal",
    },
    // Open and larger, so that the circle shows through where prediction and measurement agree.
    measured: {
      sign: { type: "point", shape: "triangle-up", size: 190, filled: false, strokeWidth: 1.5 },
      words: "measured",
    },
  };

/** Keeps words away from where points will be. */
export function blockMarks(points: readonly Point[], frame: Frame, placer: LabelPlacer): void {
  for (const { ai, tflops, levels } of points) {
    for (const at of [ai, ...levels.map((level) => level.ai)]) {
      const [x, y] = [frame.toX(at), frame.toY(tflops)];
      placer.block({ left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 });
    }
  }
}

/** The signs that this chart uses. */
export function legendOf(points: readonly Point[]): LegendEntry[] {
  const used = (Object.keys(kinds) as PointKind[]).filter((kind) => points.some((point) => point.kind === kind));
  return used.map((kind) => ({ mark: kinds[kind].sign, text: kinds[kind].words }));
}

export function pointLayers(points: readonly Point[], style: MarkStyle): object[] {
  if (points.length === 0) return [];
  const { x, y, colour } = style;
  const paint = { field: "colour", type: "nominal", scale: null };
  const data = points.map(({ spec, levels, ...point }) => ({
    ...point,
    level: "DRAM",
    device: spec.name,
    timeUs: point.timeUs ?? null,
    errorPercent: point.errorPercent ?? null,
    colour: colour(spec, point.precision),
    words: inWords({ spec, levels, ...point }),
  }));
  const inner = points.flatMap(({ levels }, i) =>
    levels.map(({ level, ai }) => ({ ...data[i], level: levelNames[level], ai })),
  );
  const described = { description: { field: "words", type: "nominal" } };
  const layer = (kind: PointKind) => {
    const values = data.filter((datum) => datum.kind === kind);
    return values.length === 0
      ? []
      : [{ data: { values }, mark: kinds[kind].sign, encoding: { x, y, color: paint, tooltip, ...described } }];
  };
  const spans = points.flatMap(({ spec, ai, tflops, levels, precision }) => {
    if (levels.length === 0) return [];
    const all = [ai, ...levels.map((level) => level.ai)];
    return [{ ai: Math.min(...all), ai2: Math.max(...all), tflops, colour: colour(spec, precision) }];
  });
  return [
    ...(spans.length === 0
      ? []
      : [
          {
            data: { values: spans },
            mark: { type: "rule", strokeWidth: 1, opacity: 0.6, strokeDash: [2, 3], aria: false },
            encoding: { x, y, x2: { field: "ai2" }, color: paint },
          },
          {
            data: { values: inner },
            mark: { type: "tick", orient: "vertical", size: 11, thickness: 2, aria: false },
            encoding: { x, y, color: paint, tooltip },
          },
        ]),
    ...(Object.keys(kinds) as PointKind[]).flatMap(layer),
    textLayer([...namesOf(points, style), ...levelLabels(points, style)], 0),
  ];
}

/** A point as a sentence. */
export function inWords({ spec, kernel, shape, precision, kind, tflops, ai, levels }: Point): string {
  const what = [kernel, shape, precision].filter((part) => part !== "").join(" ");
  const inner = levels.map((level) => `, ${formatNumber(level.ai, 3)} of ${levelNames[level.level]}`).join("");
  return `${what} on ${spec.name}, ${kind}: ${formatNumber(tflops, 3)} TFLOP/s at ${formatNumber(ai, 3)} FLOP per byte${inner}`;
}

function namesOf(points: readonly Point[], { frame, placer, oneDevice, colour }: MarkStyle): Label[] {
  const nameFor = labeller(points, oneDevice);
  // A benchmark has the same intensity on every device: its name stands once, over the topmost of its points.
  const named = new Set<string>();
  const order = points.map((_, i) => i).sort((a, b) => points[b].tflops - points[a].tflops || a - b);
  return order.flatMap((i) => {
    const point = points[i];
    const text = nameFor(point);
    if (text === "" || named.has(text)) return [];
    const place = placer.place(text, around(frame.toX(point.ai), frame.toY(point.tflops), 10));
    if (place === undefined) return [];
    named.add(text);
    return [label(text, place, oneDevice ? colour(point.spec, point.precision) : colours.ink)];
  });
}

// Beside the ticks of the inner levels, as far as there is room.
function levelLabels(points: readonly Point[], { frame, placer, colour }: MarkStyle): Label[] {
  return points.flatMap(({ spec, precision, tflops, levels }) =>
    levels.flatMap(({ level, ai }) => {
      const place = placer.place(levelNames[level], aboveOrBelow(frame.toX(ai), frame.toY(tflops)));
      return place === undefined ? [] : [label(levelNames[level], place, colour(spec, precision))];
    }),
  );
}

function* aboveOrBelow(x: number, y: number): Generator<{ x: number; y: number; align: "center" }> {
  for (const dy of [-13, 14]) yield { x, y: y + dy, align: "center" };
}

const tooltip = [
  ["kind", "value", undefined],
  ["device", "device", undefined],
  ["kernel", "kernel", undefined],
  ["shape", "shape", undefined],
  ["precision", "precision", undefined],
  ["timeUs", "time, us", ",.4~r"],
  ["tflops", "throughput, TFLOP/s", ",.4~r"],
  ["level", "memory level", undefined],
  ["ai", "intensity, FLOP per byte", ",.4~r"],
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
