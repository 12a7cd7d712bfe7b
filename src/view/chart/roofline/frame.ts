// The plot of a roofline chart: which intensities and rates it spans on its log axes, and where they lie in pixels. Draws nothing.
import { type Ceilings, slopeStart } from "./ceilings.js";
import type { Point } from "./points.js";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  toX(ai: number): number;
  toY(tflops: number): number;
}

/** A frame that holds every point, every ridge, and enough of every slope to see it. */
export function frameOf(
  points: readonly Point[],
  ceilings: Ceilings,
  { width = 620, height = 380 }: { readonly width?: number; readonly height?: number },
): Frame {
  const intensities = points.flatMap(({ ai, levels }) => [ai, ...levels.map((level) => level.ai)]);
  const ridges = ceilings.flats.flatMap(({ ridge, farthestRidge }) => [ridge, farthestRidge]);
  const x = [Math.min(...intensities, Math.min(...ridges) / 30) / 4, Math.max(...intensities, ...ridges) * 3].map(
    threeFigures,
  ) as [number, number];
  const starts = ceilings.slopes.filter(({ level }) => level === "dram").map((slope) => slopeStart(slope, x[0]));
  const y = [
    Math.min(...points.map(({ tflops }) => tflops), ...starts) / 1.6,
    Math.max(...ceilings.flats.map(({ tflops }) => tflops), ...points.map(({ tflops }) => tflops)) * 2.2,
  ].map(threeFigures) as [number, number];
  const scale = (from: readonly [number, number], to: number) => (value: number) =>
    (Math.log(value / from[0]) / Math.log(from[1] / from[0])) * to;
  return { width, height, x, y, toX: scale(x, width), toY: (tflops) => height - scale(y, height)(tflops) };
}

/** On log axes every bandwidth line has the same slope, one decade up for one decade to the right. In degrees, clockwise. */
export function slopeAngle({ width, height, x, y }: Frame): number {
  const across = width / Math.log10(x[1] / x[0]);
  const up = height / Math.log10(y[1] / y[0]);
  return (-Math.atan2(up, across) * 180) / Math.PI;
}

/** An encoding channel of Vega-Lite: a log axis with a tick for each power of ten. */
export function logAxis(field: string, domain: readonly [number, number], title: string): object {
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

function threeFigures(value: number): number {
  return Number(value.toPrecision(3));
}
