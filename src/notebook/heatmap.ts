// Numbers on a grid as a picture: one pixel block a value, dark for the smallest and bright for the largest. Knows nothing
// of where the numbers come from.
import { crc32, deflateSync } from "node:zlib";
import { InputError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { mimeForm } from "./bridge.js";

export interface HeatmapOptions {
  /** Values in a row. */
  readonly width: number;
  /** Pixels across and down for one value; 4 unless given. */
  readonly scale?: number;
  /** What the picture shows, for those who cannot see it. */
  readonly title?: string;
}

/** A picture that `show`, or the end of a cell, displays. */
export class Heatmap {
  static {
    inspectAsText(Heatmap);
  }

  constructor(
    private readonly png: Uint8Array,
    private readonly description: string,
  ) {
    Object.defineProperty(this, mimeForm, {
      value: () => ({
        "image/png": Buffer.from(this.png).toString("base64"),
        "text/plain": this.description,
      }),
    });
  }

  toString(): string {
    return this.description;
  }
}

/** Draws values row by row. Throws InputError where they do not fill whole rows or none is a finite number. */
export function heatmap(values: ArrayLike<number>, { width, scale = 4, title = "Heatmap" }: HeatmapOptions): Heatmap {
  const height = values.length / width;
  if (!Number.isInteger(width) || width < 1 || !Number.isInteger(height) || height < 1) {
    throw new InputError(`${values.length} values do not fill rows of ${width}`, { where: "heatmap" });
  }
  if (!Number.isInteger(scale) || scale < 1)
    throw new InputError(`scale must be a whole number of at least 1, got ${scale}`, { where: "heatmap" });
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) throw new InputError("there is no finite number to draw", { where: "heatmap" });
  const [columns, rows] = [width * scale, height * scale];
  // Each row of a PNG begins with the number of its filter: 0, none.
  const pixels = new Uint8Array(rows * (columns + 1));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const value = values[Math.floor(y / scale) * width + Math.floor(x / scale)];
      // Index 0 is kept for what is no finite number.
      const shade = Number.isFinite(value) ? 1 + Math.round((254 * (value - low)) / (high - low || 1)) : 0;
      pixels[y * (columns + 1) + 1 + x] = shade;
    }
  }
  return new Heatmap(encodePng(columns, rows, pixels), `${title}: ${width} x ${height} values from ${low} to ${high}`);
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

// An indexed PNG: header, palette, one compressed stream of rows, end (W3C, Portable Network Graphics, third edition).
function encodePng(width: number, height: number, rows: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, 3);
  return Buffer.concat([
    signature,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("PLTE", palette()),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

// From near black over blue and orange to pale yellow, its lightness rising all the way, so that it reads in grey too.
const stops = [
  [13, 16, 32],
  [35, 66, 150],
  [126, 87, 166],
  [222, 108, 95],
  [249, 178, 77],
  [252, 246, 200],
] as const;

function palette(): Uint8Array {
  const colours = new Uint8Array(3 * 256);
  colours.set([128, 128, 128], 0);
  for (let index = 1; index < 256; index++) {
    const at = ((index - 1) / 254) * (stops.length - 1);
    const from = Math.min(Math.floor(at), stops.length - 2);
    for (let part = 0; part < 3; part++) {
      colours[3 * index + part] = Math.round(
        stops[from][part] + (at - from) * (stops[from + 1][part] - stops[from][part]),
      );
    }
  }
  return colours;
}
