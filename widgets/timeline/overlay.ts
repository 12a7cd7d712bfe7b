// What lies over the picture and changes with the pointer: the selected event and the one under the pointer, their arrows, the selected area.
// On a canvas of its own, so that it is drawn without the rows.

import type { Box } from "./frame.js";
import type { Ink } from "./ink.js";

export interface OverlayFrame {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  readonly selected: Box | undefined;
  readonly hovered: Box | undefined;
  /** From event to event: those of the selected one, and of the one under the pointer. */
  readonly arrows: readonly (readonly [from: Box, to: Box])[];
  readonly hoveredArrows: readonly (readonly [from: Box, to: Box])[];
  readonly area:
    | {
        readonly left: number;
        readonly right: number;
        readonly bands: readonly (readonly [top: number, height: number])[];
      }
    | undefined;
}

export class Overlay {
  private readonly context: CanvasRenderingContext2D;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    public ink: Ink,
  ) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no 2-D canvas");
    this.context = context;
  }

  paint(frame: OverlayFrame): void {
    const { canvas, context } = this;
    const { pixelRatio: ratio } = frame;
    const width = Math.max(1, Math.round(frame.width * ratio));
    const height = Math.max(1, Math.round(frame.height * ratio));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, frame.width, frame.height);
    this.area(frame);
    for (const [from, to] of frame.hoveredArrows) this.arrow(from, to, this.ink.soft);
    for (const [from, to] of frame.arrows) this.arrow(from, to, this.ink.hot);
    if (frame.hovered !== undefined) this.outline(frame.hovered, frame.width, this.ink.ink, 1);
    if (frame.selected !== undefined) this.outline(frame.selected, frame.width, this.ink.hot, 2.5);
  }

  private area({ area, width, height }: OverlayFrame): void {
    if (area === undefined) return;
    const { context, ink } = this;
    const left = Math.max(-2, area.left);
    const right = Math.min(width + 2, area.right);
    context.fillStyle = ink.accent;
    context.globalAlpha = 0.13;
    for (const [top, tall] of area.bands) context.fillRect(left, top, Math.max(1, right - left), tall);
    context.globalAlpha = 1;
    context.fillRect(left - 0.5, 0, 1, height);
    context.fillRect(right - 0.5, 0, 1, height);
  }

  private outline(box: Box, width: number, colour: string, line: number): void {
    const { context, ink } = this;
    const left = Math.max(-10, box.left);
    const right = Math.min(width + 10, Math.max(box.right, box.left + 3));
    if (right < left) return;
    // A line of the ground inside keeps it apart from fills of the same lightness.
    context.lineWidth = line + 2;
    context.strokeStyle = ink.bg;
    context.strokeRect(left - 1, box.top - 1, right - left + 2, box.height + 1);
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.strokeRect(left - 1, box.top - 1, right - left + 2, box.height + 1);
  }

  private arrow(from: Box, to: Box, colour: string): void {
    const { context, ink } = this;
    const clamped = (x: number): number => Math.min(2e4, Math.max(-2e4, x));
    const endX = clamped(to.left);
    const startX = clamped(Math.min(from.right, Math.max(from.left, to.left)));
    const isDown = to.top >= from.top;
    const startY = isDown ? from.top + from.height : from.top;
    const endY = isDown ? to.top : to.top + to.height;
    const bend = Math.max(12, Math.min(90, Math.abs(endY - startY) / 2));
    const sign = isDown ? 1 : -1;
    const curve = (): void => {
      context.beginPath();
      context.moveTo(startX, startY);
      context.bezierCurveTo(startX, startY + sign * bend, endX, endY - sign * bend, endX, endY - sign * 5);
      context.stroke();
    };
    context.strokeStyle = ink.bg;
    context.lineWidth = 4;
    curve();
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 1.5;
    curve();
    context.beginPath();
    context.moveTo(endX, endY);
    context.lineTo(endX - 4, endY - sign * 7);
    context.lineTo(endX + 4, endY - sign * 7);
    context.fill();
  }
}
