// The ruler as it is painted: ticks with their times, and the selected area with its length. Knows no events.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import type { Tick } from "../../src/view/timeline/time-axis.js";
import type { Ink } from "./ink.js";
import type { StageSize } from "./stage.js";

export interface RulerFrame {
  readonly ticks: readonly Tick[];
  readonly pixelOf: (time: number) => number;
  /** Where the area begins and ends, in pixels, and how long it is in nanoseconds. */
  readonly area: { readonly left: number; readonly right: number; readonly length: number } | undefined;
}

const height = 22;

export function paintRuler(
  canvas: HTMLCanvasElement,
  { ticks, pixelOf, area }: RulerFrame,
  { width, pixelRatio }: StageSize,
  ink: Ink,
): void {
  const pixels = Math.max(1, Math.round(width * pixelRatio));
  const tall = Math.round(height * pixelRatio);
  if (canvas.width !== pixels || canvas.height !== tall) {
    canvas.width = pixels;
    canvas.height = tall;
  }
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no 2-D canvas");
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${ink.words}`;
  context.textBaseline = "middle";
  const sum = area === undefined ? undefined : areaLabel(area, context, width);
  for (const { at, label } of ticks) {
    const x = pixelOf(at);
    context.fillStyle = ink.line;
    context.fillRect(x, 0, 1, height);
    const end = x + 4 + context.measureText(label).width;
    // One that would be cut off, or in part covered, is left out.
    if (end > width || (sum !== undefined && x < sum.left + sum.room && end + 4 > sum.left)) continue;
    context.fillStyle = ink.soft;
    context.fillText(label, x + 4, height / 2 + 1);
  }
  if (area === undefined || sum === undefined) return;
  context.fillStyle = ink.accent;
  context.globalAlpha = 0.25;
  context.fillRect(sum.from, 0, sum.to - sum.from, height);
  context.globalAlpha = 1;
  context.fillStyle = ink.bg;
  context.fillRect(sum.left, 3, sum.room, height - 6);
  context.fillStyle = ink.ink;
  context.fillText(sum.label, sum.left + 5, height / 2 + 1);
}

/** Where the part of the area that is in sight begins and ends, and where its length stands; undefined where nothing of it is. */
function areaLabel(
  area: NonNullable<RulerFrame["area"]>,
  context: CanvasRenderingContext2D,
  width: number,
): { from: number; to: number; label: string; left: number; room: number } | undefined {
  const [from, to] = [Math.max(0, area.left), Math.min(width, area.right)];
  if (to <= from) return undefined;
  const label = formatNanoseconds(area.length);
  const room = context.measureText(label).width + 10;
  return { from, to, label, room, left: Math.min(Math.max(0, (from + to - room) / 2), width - room) };
}
