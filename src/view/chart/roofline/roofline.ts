// The roofline chart: throughput over arithmetic intensity on log axes, ceilings labelled on the line, points told apart by their
// shapes. Turns rows into a Vega-Lite specification; predicts nothing.
import { InputError, listChoices } from "../../../core/errors.js";
import type { MemoryLevel } from "../../../core/work.js";
import { type DeviceSpec, device as findDevice } from "../../../hardware/index.js";
import { levelNames } from "../../../model/index.js";
import { chartTheme, colours } from "../../theme.js";
import { readShownModes, type ShownModes } from "../../validation-modes.js";
import { type ChartSpec, vegaLiteSchema } from "../chart.js";
import { type Box, LabelPlacer, spread } from "../labels.js";
import { type Label, label, labelSize, legendHeight, legendLayers, textLayer } from "../text-layer.js";
import { type Ceilings, ceilingsInWords, ceilingsOf, flatText, type Slope, slopeText } from "./ceilings.js";
import { type Frame, frameOf, logAxis, slopeAngle } from "./frame.js";
import { blockMarks, inWords, legendOf, pointLayers } from "./marks.js";
import { type Point, type RooflineData, readPoints } from "./points.js";

export interface RooflineOptions {
  /** Devices of one's own that rows name by key, and devices whose ceilings are to be drawn though no row names them. */
  readonly devices?: readonly (string | DeviceSpec)[];
  /**
   * The memory levels whose ceilings are drawn; each point stands under each of them at its own intensity. Unless given: `["dram"]`
   * with several devices, and with one all levels that a point has bytes of.
   */
  readonly levels?: readonly MemoryLevel[];
  /** Whose predictions of a validation report are drawn: `realistic` unless given, `ideal`, or `both`. */
  readonly mode?: ShownModes | (string & Record<never, never>);
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
  const read = readPoints(data, own, readShownModes(options.mode));
  const devices = distinct([
    ...read.points.map(({ spec }) => spec),
    ...(options.devices ?? []).map((name) => findDevice(name, own)),
  ]);
  if (devices.length === 0) {
    throw new InputError("there is nothing to draw: no row has a place on a roofline, and no device is given");
  }
  // With one device its ceilings are compared, with several the devices are.
  const oneDevice = devices.length === 1;
  const levels = readLevels(options.levels) ?? (oneDevice ? levelsOfPoints(read.points) : (["dram"] as const));
  const points = read.points.map((point) => ({
    ...point,
    levels: point.levels.filter(({ level }) => levels.includes(level)),
  }));
  const ceilings = ceilingsOf(devices, points, levels);
  const frame = frameOf(points, ceilings, options);
  const colour = (spec: DeviceSpec, precision: string) => {
    const index = oneDevice
      ? ceilings.flats.findIndex(({ precisions }) => (precisions as readonly string[]).includes(precision))
      : devices.indexOf(spec);
    return index < 0 ? colours.ink : colours.series[index % colours.series.length];
  };
  const names = devices.map(({ name }) => name).join(", ");
  const legend = legendOf(points);
  const subtitle = read.leftOut > 0 ? { subtitle: [leftOutText(read.leftOut)] } : {};
  return {
    $schema: vegaLiteSchema,
    title: {
      text: options.title ?? `Roofline of ${names}`,
      ...subtitle,
      offset: 14 + (legend.length > 0 ? legendHeight : 0),
    },
    description: describe(points, ceilings, read.leftOut),
    width: frame.width,
    height: frame.height,
    config: chartTheme,
    layer: [...layersOf(points, ceilings, levels, frame, oneDevice, colour), ...legendLayers(legend)],
  };
}

const memoryLevels: readonly MemoryLevel[] = ["dram", "l2", "l1"];

function readLevels(levels: readonly MemoryLevel[] | undefined): readonly MemoryLevel[] | undefined {
  for (const level of levels ?? []) {
    if (memoryLevels.includes(level)) continue;
    throw new InputError(`unknown memory level ${JSON.stringify(level)}`, {
      where: "levels",
      fix: `Known: ${listChoices(memoryLevels)}.`,
    });
  }
  return levels;
}

function levelsOfPoints(points: readonly Point[]): readonly MemoryLevel[] {
  return memoryLevels.filter(
    (name) => name === "dram" || points.some((p) => p.levels.some(({ level }) => level === name)),
  );
}

function layersOf(
  points: readonly Point[],
  ceilings: Ceilings,
  levels: readonly MemoryLevel[],
  frame: Frame,
  oneDevice: boolean,
  colour: (spec: DeviceSpec, precision: string) => string,
): object[] {
  const bytes = levels.length > 1 ? "the memory level" : `${levelNames[levels[0] ?? "dram"]} traffic`;
  const x = logAxis("ai", frame.x, `arithmetic intensity, FLOP per byte of ${bytes}`);
  const y = logAxis("tflops", frame.y, "throughput, TFLOP/s");
  const paint = { field: "colour", type: "nominal", scale: null };

  const slopes = ceilings.slopes.map(({ spec, level, bandwidth, ridge }) => {
    const ai = Math.max(frame.x[0], frame.y[0] / bandwidth);
    const line = { ai, tflops: ai * bandwidth, ai2: ridge, tflops2: ridge * bandwidth };
    return { ...line, level, colour: oneDevice ? colours.ink : colour(spec, "") };
  });
  const flats = ceilings.flats.map((flat) => ({
    ai: levels.length > 1 ? flat.farthestRidge : flat.ridge,
    ai2: frame.x[1],
    tflops: flat.tflops,
    colour: colour(flat.spec, flat.precisions[0]),
    text: flatText(flat, oneDevice ? "without" : "with"),
  }));

  const placer = new LabelPlacer({ left: 0, top: 0, right: frame.width, bottom: frame.height }, labelSize);
  blockMarks(points, frame, placer);
  for (const flat of flats) blockLine(placer, frame, flat, { ai: flat.ai2, tflops: flat.tflops });
  for (const slope of slopes) blockLine(placer, frame, slope, { ai: slope.ai2, tflops: slope.tflops2 });
  // A ceiling's words stand at its right end, outside the plot, where no point can be.
  const heights = spread(
    flats.map(({ tflops }) => frame.toY(tflops)),
    labelSize + 3,
  );
  const flatLabels = flats.map(({ text, colour }, i) =>
    label(text, { x: frame.width + 6, y: heights[i], align: "left" }, colour),
  );
  const slopeLabels = ceilings.slopes.map((slope, i) => slopeLabel(slope, levels, slopes[i], frame, placer));

  return [
    ...levels.flatMap((level) => {
      const values = slopes.filter((slope) => slope.level === level);
      if (values.length === 0) return [];
      const mark = { type: "rule", strokeWidth: 1.5, opacity: 0.8, strokeDash: dashes[level], aria: false };
      return [
        { data: { values }, mark, encoding: { x, y, x2: { field: "ai2" }, y2: { field: "tflops2" }, color: paint } },
      ];
    }),
    {
      data: { values: flats },
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.8, aria: false },
      encoding: { x, y, x2: { field: "ai2" }, color: paint },
    },
    textLayer(flatLabels, 0),
    textLayer(slopeLabels, slopeAngle(frame)),
    ...pointLayers(points, { frame, placer, oneDevice, x, y, colour }),
  ];
}

/** The levels' lines, told apart without colour. */
const dashes: Readonly<Record<MemoryLevel, readonly number[]>> = { dram: [1, 0], l2: [7, 4], l1: [2, 3] };

function slopeLabel(
  ceiling: Slope,
  levels: readonly MemoryLevel[],
  line: { ai: number; ai2: number },
  frame: Frame,
  placer: LabelPlacer,
): Label {
  const text = slopeText(ceiling, levels);
  const angle = (slopeAngle(frame) * Math.PI) / 180;
  const length = text.length * labelSize * 0.56;
  const [from, to] = [frame.toX(line.ai), frame.toX(line.ai2)];
  // 9 pixels above the line, or below it where another is close.
  const middle = ({ share, side }: { share: number; side: number }) => {
    const px = from + (to - from) * share;
    const ai = frame.x[0] * (frame.x[1] / frame.x[0]) ** (px / frame.width);
    const py = frame.toY(ai * ceiling.bandwidth);
    return { x: px + Math.sin(angle) * 9 * side, y: py - Math.cos(angle) * 9 * side, align: "center" as const };
  };
  // Slanted words as a row of small boxes.
  const boxes = ({ x, y }: { x: number; y: number }): Box[] =>
    [-0.5, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5].map((step) => {
      const [cx, cy] = [x + Math.cos(angle) * length * step, y + Math.sin(angle) * length * step];
      return { left: cx - 4, top: cy - 4, right: cx + 4, bottom: cy + 4 };
    });
  const shares = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.2, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];
  const candidates = [1, -1].flatMap((side) => shares.map((share) => ({ share, side })));
  const free = candidates.find((candidate) => boxes(middle(candidate)).every((box) => placer.isFree(box)));
  const place = middle(free ?? candidates[0]);
  for (const box of boxes(place)) placer.block(box);
  return label(text, place, colours.ink);
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

function leftOutText(count: number): string {
  return `${count} row${count === 1 ? " has" : "s have"} no figure above 0 and ${count === 1 ? "is" : "are"} not drawn`;
}

function describe(points: readonly Point[], ceilings: Ceilings, left: number): string {
  // A list that nobody can listen to is no description: beyond a dozen the table tells more.
  const listed = points.slice(0, 12).map(inWords);
  const more = points.length > listed.length ? [`and ${points.length - listed.length} more points`] : [];
  return [
    "Throughput over arithmetic intensity, both on log axes",
    `Ceilings: ${ceilingsInWords(ceilings)}`,
    ...(points.length === 0 ? [] : [`Points: ${[...listed, ...more].join("; ")}`]),
    ...(left > 0 ? [leftOutText(left)] : []),
  ].join(". ");
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
