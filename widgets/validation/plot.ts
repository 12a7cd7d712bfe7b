// The picture of a validation: what is predicted and what was measured under the roofline, or how far apart they are. Models are told
// apart by form: a circle is realistic, a diamond ideal; of residuals the one is filled and the other hollow.
// Drawn by hand on a canvas, since ten thousand rows are more than elements bear.
import { extent } from "../../src/core/statistics.js";
import type { ValidationMode } from "../../src/model/validation/modes.js";
import type { ValidationStatus } from "../../src/model/validation/residual.js";
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationColumns, ValidationState } from "../../src/view/validation-state.js";
import { element, set } from "../stepper/dom.js";
import { withPrefix } from "./figures.js";
import { logScale, type Scale, signedScale } from "./scale.js";

export const pictures = {
  roofline: "roofline",
  intensity: "residuals by intensity",
  size: "residuals by size",
} as const;
export type Picture = keyof typeof pictures;

/** The marks of predictions under the roofline. */
export const modeSigns = { realistic: "\u25cb", ideal: "\u25c7" } as const;

/** What is drawn, and whose predictions. */
export interface Shown {
  readonly picture: Picture;
  readonly mode: ShownModes;
}

const height = 280;
const edges = { left: 64, right: 16, top: 14, bottom: 38 };
/** Pixels around a mark in which the pointer finds it. */
const reach = 12;

/** A mark and the row that it stands for. */
interface Mark {
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

export class Plot {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #above: HTMLCanvasElement = element("canvas", { class: "above", "aria-hidden": "true" });
  #state: ValidationState | undefined;
  #rows: readonly number[] = [];
  #shown: Shown = { picture: "roofline", mode: "both" };
  #selected: number | undefined;
  #marks: readonly Mark[] = [];
  readonly #resize: ResizeObserver;

  constructor(onSelect: (row: number) => void) {
    this.#canvas = element("canvas", { role: "img" });
    this.#canvas.addEventListener("click", (event) => {
      const row = this.#rowAt(event);
      if (row !== undefined) onSelect(row);
    });
    this.#canvas.addEventListener("mousemove", (event) => {
      this.#canvas.style.cursor = this.#rowAt(event) === undefined ? "" : "pointer";
    });
    this.element = element("div", { class: "plot" }, this.#canvas, this.#above);
    this.#resize = new ResizeObserver(() => this.draw());
    this.#resize.observe(this.element);
  }

  dispose(): void {
    this.#resize.disconnect();
  }

  update(state: ValidationState, rows: readonly number[], shown: Shown): void {
    this.#state = state;
    this.#rows = rows;
    this.#shown = shown;
    set(this.#canvas, {
      "aria-label": `${pictures[shown.picture]} of ${rows.length} rows, ${inWords[shown.mode]}; the table has the figures`,
    });
    this.draw();
  }

  select(row: number | undefined): void {
    this.#selected = row;
    this.#mark();
  }

  draw(): void {
    const state = this.#state;
    const width = this.element.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (state === undefined || width === 0 || context === null) return;
    const density = globalThis.devicePixelRatio || 1;
    size(this.#canvas, width, density);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const look = getComputedStyle(this.element);
    const paints = new Map<string, string>();
    const paint = (name: string): string => {
      const known = paints.get(name) ?? look.getPropertyValue(`--${name}`).trim();
      paints.set(name, known);
      return known;
    };
    context.font = `11px ${look.fontFamily}`;
    const brush: Brush = { context, paint, width };
    this.#marks = this.#shown.picture === "roofline" ? this.#roofline(brush, state) : this.#residuals(brush, state);
    this.#mark();
  }

  /** The row that is chosen, on a canvas above the picture, so that walking through the rows does not draw all of them again. */
  #mark(): void {
    const context = this.#above.getContext("2d");
    if (context === null) return;
    const density = globalThis.devicePixelRatio || 1;
    size(this.#above, this.element.clientWidth, density);
    context.scale(density, density);
    const chosen = this.#marks.filter(({ row }) => row === this.#selected);
    ring(context, chosen, getComputedStyle(this.element).getPropertyValue("--hot").trim());
  }

  #roofline(brush: Brush, { columns, bandwidth, ceilings }: ValidationState): Mark[] {
    const { context, paint, width } = brush;
    const rate = (row: number, time: number): number => columns.flops[row] / (time * 1e-6);
    const rows = this.#rows.filter((row) => columns.flops[row] > 0);
    const ridges = ceilings.map(({ peak }) => peak / bandwidth);
    const x = logScale([...rows.map((row) => columns.ai[row]), ...ridges], edges.left, width - edges.right);
    const models = modelsOf(columns, this.#shown.mode);
    const rates = rows.flatMap((row) =>
      [...models.map(({ time }) => time[row]), columns.measured[row]].map((time) => rate(row, time)),
    );
    const y = logScale([...rates, ...ceilings.map(({ peak }) => peak)], height - edges.bottom, edges.top);
    axes(brush, x, y, "FLOP per byte of DRAM traffic", "FLOP/s", withPrefix);
    context.strokeStyle = paint("ink");
    context.lineWidth = 1.5;
    const top = Math.max(y.from, ...ceilings.map(({ peak }) => peak));
    line(
      context,
      x.at(Math.max(x.from, y.from / bandwidth)),
      y.at(Math.max(y.from, x.from * bandwidth)),
      x.at(top / bandwidth),
      y.at(top),
    );
    for (const { peak } of ceilings) {
      line(context, x.at(peak / bandwidth), y.at(peak), width - edges.right, y.at(peak));
    }
    context.fillStyle = paint("soft");
    context.textAlign = "left";
    const legend = models.map(({ mode }) => `${modeSigns[mode]} ${mode}`);
    context.fillText([...legend, "\u25b3 measured"].join("   "), edges.left + 6, edges.top + 10);
    const marks: Mark[] = [];
    for (const row of rows) {
      const at = x.at(columns.ai[row]);
      for (const { mode, time, status } of models) {
        const place = y.at(rate(row, time[row]));
        context.strokeStyle = paint(status[row]);
        forms[mode === "realistic" ? "circle" : "diamond"](context, at, place);
        context.stroke();
        marks.push({ row, x: at, y: place });
      }
      const measured = y.at(rate(row, columns.measured[row]));
      // Open and larger, so that the circle shows where prediction and measurement agree.
      context.strokeStyle = paint(models[0].status[row]);
      polygon(context, at, measured - 7, at + 7, measured + 5.5, at - 7, measured + 5.5);
      context.stroke();
      marks.push({ row, x: at, y: measured });
    }
    // Above lines and marks, and with room around it, so that neither goes through a name.
    context.save();
    context.textAlign = "right";
    context.strokeStyle = paint("bg");
    context.lineWidth = 4;
    context.lineJoin = "round";
    for (const { precisions, peak } of ceilings) {
      const name = [
        `${precisions.join(", ")} \u00b7 ${withPrefix(peak)}FLOP/s`,
        width - edges.right,
        y.at(peak) - 4,
      ] as const;
      context.strokeText(...name);
      context.fillText(...name);
    }
    context.restore();
    return marks;
  }

  #residuals(brush: Brush, { columns, limits }: ValidationState): Mark[] {
    const { context, paint, width } = brush;
    const { picture, mode } = this.#shown;
    const over = picture === "intensity" ? columns.ai : columns.flops;
    const rows = this.#rows.filter((row) => over[row] > 0);
    const models = modelsOf(columns, mode);
    const x = logScale(
      rows.map((row) => over[row]),
      edges.left,
      width - edges.right,
    );
    const y = signedScale(
      models.flatMap(({ residual }) => rows.map((row) => residual[row])),
      limits.red,
      height - edges.bottom,
      edges.top,
    );
    const title = picture === "intensity" ? "FLOP per byte of DRAM traffic" : "operations";
    axes(brush, x, y, title, "predicted minus measured, %", (value) => String(value));
    context.strokeStyle = paint("soft");
    for (const limit of [-limits.red, -limits.yellow, 0, limits.yellow, limits.red]) {
      context.setLineDash(limit === 0 ? [] : [4, 4]);
      line(context, edges.left, y.at(limit), width - edges.right, y.at(limit));
    }
    context.setLineDash([]);
    context.textAlign = "left";
    context.fillStyle = paint("soft");
    if (mode === "both") context.fillText("filled: realistic   hollow: ideal", edges.left + 6, edges.top + 10);
    const marks: Mark[] = [];
    if (models.length === 2) {
      const [one, other] = models;
      context.strokeStyle = paint("line");
      context.lineWidth = 1;
      context.beginPath();
      for (const row of rows) {
        context.moveTo(x.at(over[row]), y.at(one.residual[row]));
        context.lineTo(x.at(over[row]), y.at(other.residual[row]));
      }
      context.stroke();
    }
    for (const row of rows) {
      for (const { mode: model, residual, status } of models) {
        const mark = { row, x: x.at(over[row]), y: y.at(residual[row]) };
        const form = formOf[status[row]];
        forms[form](context, mark.x, mark.y);
        context.fillStyle = context.strokeStyle = paint(status[row]);
        if (model === "realistic") context.fill();
        else context.stroke();
        marks.push(mark);
      }
    }
    return marks;
  }

  #rowAt(event: MouseEvent): number | undefined {
    const box = this.#canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let nearest: { readonly row: number; readonly distance: number } | undefined;
    for (const mark of this.#marks) {
      const distance = Math.hypot(mark.x - x, mark.y - y);
      if (distance <= reach && distance < (nearest?.distance ?? Number.POSITIVE_INFINITY))
        nearest = { row: mark.row, distance };
    }
    return nearest?.row;
  }
}

/** The form of a verdict among residuals. */
const formOf: Readonly<Record<ValidationStatus, Form>> = { green: "circle", yellow: "triangle", red: "square" };

const inWords: Readonly<Record<ShownModes, string>> = {
  realistic: "the realistic model",
  ideal: "the ideal model",
  both: "both models side by side",
};

/** What a model says of each row. */
interface Model {
  readonly mode: ValidationMode;
  /** Microseconds. */
  readonly time: readonly number[];
  readonly residual: readonly number[];
  readonly status: readonly ValidationStatus[];
}

function modelsOf(columns: ValidationColumns, shown: ShownModes): readonly Model[] {
  const { predicted, residual, status, ideal, idealResidual, idealStatus } = columns;
  const realistic: Model = { mode: "realistic", time: predicted, residual, status };
  const roofline: Model = { mode: "ideal", time: ideal, residual: idealResidual, status: idealStatus };
  return [realistic, roofline].filter(({ mode }) => shown === "both" || shown === mode);
}

interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly paint: (name: string) => string;
  readonly width: number;
}

function axes(
  { context, paint, width }: Brush,
  x: Scale,
  y: Scale,
  below: string,
  beside: string,
  tick: (value: number) => string,
): void {
  context.lineWidth = 1;
  context.strokeStyle = paint("line");
  context.fillStyle = paint("soft");
  context.textAlign = "center";
  for (const value of x.ticks) {
    line(context, x.at(value), edges.top, x.at(value), height - edges.bottom);
    context.fillText(value < 1 ? String(value) : withPrefix(value), x.at(value), height - edges.bottom + 14);
  }
  context.textAlign = "right";
  for (const value of y.ticks) {
    line(context, edges.left, y.at(value), width - edges.right, y.at(value));
    context.fillText(tick(value), edges.left - 6, y.at(value) + 4);
  }
  context.textAlign = "center";
  context.fillText(below, (edges.left + width - edges.right) / 2, height - 6);
  context.save();
  context.translate(12, height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(beside, 0, 0);
  context.restore();
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** Gives a canvas its size, which empties it. */
function size(canvas: HTMLCanvasElement, width: number, density: number): void {
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

type Form = "circle" | "triangle" | "square" | "diamond";

/** The path of a mark around a place. */
const forms: Readonly<Record<Form, (context: CanvasRenderingContext2D, x: number, y: number) => void>> = {
  circle(context, x, y) {
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
  },
  triangle: (context, x, y) => polygon(context, x, y - 4.5, x + 4.5, y + 3.6, x - 4.5, y + 3.6),
  square(context, x, y) {
    context.beginPath();
    context.rect(x - 3.5, y - 3.5, 7, 7);
  },
  diamond: (context, x, y) => polygon(context, x, y - 4, x + 4, y, x, y + 4, x - 4, y),
};

function polygon(context: CanvasRenderingContext2D, ...corners: readonly number[]): void {
  context.beginPath();
  for (let i = 0; i < corners.length; i += 2) context.lineTo(corners[i], corners[i + 1]);
  context.closePath();
}

/** Around all marks of a row. */
function ring(context: CanvasRenderingContext2D, marks: readonly Mark[], colour: string): void {
  if (marks.length === 0) return;
  const [top, bottom] = extent(marks.map(({ y }) => y));
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.ellipse(marks[0].x, (top + bottom) / 2, 10, 10 + (bottom - top) / 2, 0, 0, 2 * Math.PI);
  context.stroke();
}
