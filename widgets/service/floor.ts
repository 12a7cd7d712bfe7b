// The picture of a moment: each stage with those who wait for it and its servers, drawn on a canvas. Knows no time: it draws what
// it is given, and lets requests glide from where they were.
import type { Moment } from "./moment.js";

/** One stage as it is drawn. */
export interface Station {
  readonly name: string;
  readonly resource: string;
  readonly capacity: number;
}

export const floorHeight = 190;
/** Beyond so many servers they are drawn as a crowd, not one by one. */
const mostSlots = 6;
const dot = 3.2;
const pitch = 8;
const top = 34;
const bottom = floorHeight - 12;

interface Spot {
  x: number;
  y: number;
}

/** What colours and fonts there are. */
export interface Paint {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  colour(name: string): string;
}

export class Floor {
  readonly #spots = new Map<number, Spot>();

  /** Draws a moment. `glide` is the share of the way to its place that a request goes now: 1 is at once. */
  draw(paint: Paint, stations: readonly Station[], moment: Moment, glide: number): void {
    const { context, width } = paint;
    context.clearRect(0, 0, width, floorHeight);
    const column = width / Math.max(1, stations.length);
    const seen = new Set<number>();
    const place = (request: number, x: number, y: number): Spot => {
      seen.add(request);
      const spot = this.#spots.get(request);
      if (spot === undefined) {
        // Who comes, comes from the left.
        const made = glide < 1 ? { x: x - 24, y } : { x, y };
        this.#spots.set(request, made);
        return made;
      }
      spot.x += (x - spot.x) * glide;
      spot.y += (y - spot.y) * glide;
      return spot;
    };
    for (const [s, station] of stations.entries()) {
      this.#station(paint, { station, moment, index: s, left: s * column, width: column, place });
    }
    for (const request of this.#spots.keys()) if (!seen.has(request)) this.#spots.delete(request);
  }

  #station(
    { context, colour }: Paint,
    {
      station,
      moment,
      index,
      left,
      width,
      place,
    }: {
      station: Station;
      moment: Moment;
      index: number;
      left: number;
      width: number;
      place: (request: number, x: number, y: number) => Spot;
    },
  ): void {
    const { waiting, serving } = moment.stages[index];
    const right = left + width;
    const middle = left + width * 0.5;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillStyle = colour("ink");
    context.fillText(clip(context, station.name, width - 14), left + 8, 14);
    context.fillStyle = colour("soft");
    const servers = station.capacity === 1 ? station.resource : `${station.resource} \u00d7 ${station.capacity}`;
    context.fillText(clip(context, servers, width - 14), left + 8, 27);
    if (index > 0) {
      context.strokeStyle = colour("line");
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(Math.round(left) + 0.5, 4);
      context.lineTo(Math.round(left) + 0.5, floorHeight - 4);
      context.stroke();
    }
    // Who waits stands before the servers, the first one nearest to them and at the bottom.
    const across = Math.max(1, Math.floor((middle - left - 14) / pitch));
    const down = Math.floor((bottom - top - 14) / pitch);
    const room = across * down;
    context.fillStyle = colour("hot");
    for (const [rank, request] of waiting.slice(0, room).entries()) {
      const x = middle - 8 - (rank % across) * pitch;
      const y = bottom - 4 - Math.floor(rank / across) * pitch;
      const spot = place(request, x, y);
      circle(context, spot, dot);
    }
    if (waiting.length > room) {
      context.fillStyle = colour("hot");
      context.textAlign = "right";
      context.fillText(`+${(waiting.length - room).toLocaleString("en-US")}`, middle - 4, top + 9);
      context.textAlign = "left";
    }
    const box = { left: middle, right: right - 10, top, bottom };
    if (station.capacity <= mostSlots) slots({ context, colour }, station, serving, box, place);
    else crowd({ context, colour }, station, serving, box, place);
  }
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Brush = Pick<Paint, "context" | "colour">;
type Place = (request: number, x: number, y: number) => Spot;
type Serving = Moment["stages"][number]["serving"];

/** Each server a box that fills as it works; a batch stands in it together. */
function slots({ context, colour }: Brush, { capacity }: Station, serving: Serving, box: Box, place: Place): void {
  const height = Math.min(34, (box.bottom - box.top) / capacity - 4);
  const width = box.right - box.left;
  const byLane = new Map<number, Serving[number][]>();
  for (const each of serving) byLane.set(each.lane % capacity, [...(byLane.get(each.lane % capacity) ?? []), each]);
  for (let lane = 0; lane < capacity; lane++) {
    const y = box.bottom - (lane + 1) * (height + 4) + 4;
    const inside = byLane.get(lane) ?? [];
    if (inside.length > 0) {
      context.fillStyle = colour("accent-soft");
      context.fillRect(box.left, y, width, height);
      context.fillStyle = colour("accent");
      context.globalAlpha = 0.35;
      context.fillRect(box.left, y, width * inside[0].share, height);
      context.globalAlpha = 1;
    }
    context.strokeStyle = colour(inside.length > 0 ? "accent" : "line");
    context.lineWidth = 1;
    context.strokeRect(Math.round(box.left) + 0.5, Math.round(y) + 0.5, Math.round(width), Math.round(height));
    const rows = Math.max(1, Math.floor((height - 4) / pitch));
    context.fillStyle = colour("accent");
    for (const [i, { request, share }] of inside.entries()) {
      if (i >= rows * 3) break;
      const x = box.left + 6 + (width - 12) * share - Math.floor(i / rows) * pitch;
      const spot = place(
        request,
        Math.max(box.left + 5, x),
        y + height / 2 + ((i % rows) - (Math.min(rows, inside.length) - 1) / 2) * pitch,
      );
      circle(context, spot, dot);
    }
    if (inside.length > 1 && width > 44) {
      context.fillStyle = colour("ink");
      context.textAlign = "right";
      context.fillText(`${inside.length}`, box.right - 4, y + height / 2 + 4);
      context.textAlign = "left";
    }
  }
}

/** Many servers: a dot for each request that they have, and how many of how many. */
function crowd({ context, colour }: Brush, { capacity }: Station, serving: Serving, box: Box, place: Place): void {
  context.strokeStyle = colour(serving.length > 0 ? "accent" : "line");
  context.lineWidth = 1;
  context.strokeRect(
    Math.round(box.left) + 0.5,
    box.top + 14.5,
    Math.round(box.right - box.left),
    box.bottom - box.top - 14,
  );
  const across = Math.max(1, Math.floor((box.right - box.left - 8) / pitch));
  const room = across * Math.max(1, Math.floor((box.bottom - box.top - 22) / pitch));
  context.fillStyle = colour("accent");
  for (const [i, { request }] of serving.slice(0, room).entries()) {
    const spot = place(request, box.left + 8 + (i % across) * pitch, box.bottom - 8 - Math.floor(i / across) * pitch);
    circle(context, spot, dot);
  }
  context.fillStyle = colour("soft");
  context.textAlign = "right";
  context.fillText(`${serving.length} of ${capacity}`, box.right, box.top + 9);
  context.textAlign = "left";
}

function circle(context: CanvasRenderingContext2D, { x, y }: Spot, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function clip(context: CanvasRenderingContext2D, words: string, width: number): string {
  if (context.measureText(words).width <= width) return words;
  let cut = words;
  while (cut.length > 1 && context.measureText(`${cut}\u2026`).width > width) cut = cut.slice(0, -1);
  return `${cut}\u2026`;
}
