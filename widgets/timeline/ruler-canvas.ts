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
  for (const { at, label } of ticks) {
    const x = pixelOf(at);
    context.fillStyle = ink.line;
    context.fillRect(x, 0, 1, height);
    // One that would be cut off is left out.
    if (x + 4 + context.measureText(label).width > width) continue;
    context.fillStyle = ink.soft;
    context.fillText(label, x + 4, height / 2 + 1);
  }
  if (area === undefined) return;
  const left = Math.max(0, area.left);
  const right = Math.min(width, area.right);
  if (right <= left) return;
  context.fillStyle = ink.accent;
  context.globalAlpha = 0.25;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 1;
  const label = formatNanoseconds(area.length);
  const room = context.measureText(label).width + 10;
  const at = Math.min(Math.max(0, (left + right - room) / 2), width - room);
  context.fillStyle = ink.bg;
  context.fillRect(at, 3, room, height - 6);
  context.fillStyle = ink.ink;
  context.fillText(label, at + 5, height / 2 + 1);
}
