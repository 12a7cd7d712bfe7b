// Words at pixels of a plot, as layers of a Vega-Lite chart, and the legend above a plot. Knows nothing of what they say.
import { colours } from "../theme.js";

/** Pixels; what `LabelPlacer` reckons with. */
export const labelSize = 11;

export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly align: "left" | "right" | "center";
  readonly colour: string;
}

/** A label, its pixels rounded to tenths. */
export function label(text: string, at: Pick<Label, "x" | "y" | "align">, colour: string): Label {
  return { text, x: Math.round(at.x * 10) / 10, y: Math.round(at.y * 10) / 10, align: at.align, colour };
}

/** One layer for each alignment, since a mark has but one. `angle` in degrees, clockwise. */
export function textLayer(values: readonly Label[], angle: number): object {
  const aligned = (align: Label["align"]) => ({
    data: { values: values.filter((datum) => datum.align === align) },
    mark: { type: "text", align, baseline: "middle", fontSize: labelSize, angle, aria: false },
    encoding: {
      x: pixel("x"),
      y: pixel("y"),
      text: { field: "text", type: "nominal" },
      color: { field: "colour", type: "nominal", scale: null },
    },
  });
  const used = (["left", "right", "center"] as const).filter((align) => values.some((datum) => datum.align === align));
  return { layer: used.map(aligned) };
}

/** A sentence in lines that a plot of so many pixels is wide enough for, as Vega takes a title. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.floor(width / (labelSize * 0.56));
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A sign of a legend: a mark of Vega-Lite as the chart draws it, and what it stands for. */
export interface LegendEntry {
  readonly mark: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Height that a legend of one row takes above the plot, in pixels. */
export const legendHeight = 22;

/** Signs with their words in a row above the plot, exactly as they are drawn in it. */
export function legendLayers(entries: readonly LegendEntry[]): object[] {
  const y = -legendHeight / 2;
  let x = 5;
  return entries.flatMap(({ mark, text }) => {
    const at = x;
    x += 14 + text.length * labelSize * 0.56 + 14;
    return [
      {
        data: { values: [{ x: at, y }] },
        mark: { ...mark, color: colours.ink, clip: false, aria: false },
        encoding: { x: pixel("x"), y: pixel("y") },
      },
      textLayer([label(text, { x: at + 12, y, align: "left" }, colours.ink)], 0),
    ];
  });
}

function pixel(field: string): object {
  return { field, type: "quantitative", scale: null, axis: null };
}
