import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Heatmap, heatmap } from "../../src/notebook/heatmap.js";
import { bundleOf } from "../../src/notebook/mime.js";

interface Picture {
  readonly width: number;
  readonly height: number;
  /** The colour of each pixel, row by row. */
  readonly pixels: readonly (readonly number[])[];
}

// A reader of its own for the one kind of PNG that is written: indexed, 8 bits, rows without filter.
function decode(picture: Heatmap): Picture {
  const png = Buffer.from(bundleOf(picture)["image/png"] as string, "base64");
  expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.subarray(0, 4).toString("latin1"), body.subarray(4));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "PLTE", "IDAT", "IEND"]);
  const header = chunks.get("IHDR") as Buffer;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const palette = chunks.get("PLTE") as Buffer;
  const rows = inflateSync(chunks.get("IDAT") as Buffer);
  const pixels: number[][] = [];
  for (let y = 0; y < height; y++) {
    expect(rows[y * (width + 1)]).toBe(0);
    for (let x = 0; x < width; x++) {
      const index = rows[y * (width + 1) + 1 + x];
      pixels.push([...palette.subarray(3 * index, 3 * index + 3)]);
    }
  }
  return { width, height, pixels };
}

const lightness = ([red, green, blue]: readonly number[]): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

describe("a heatmap", () => {
  it("draws each value as a square of pixels, row by row", () => {
    const { width, height, pixels } = decode(heatmap([0, 1, 2, 3, 4, 5], { width: 3, scale: 2 }));
    expect([width, height]).toEqual([6, 4]);
    expect(pixels[0]).toEqual(pixels[7]);
    expect(pixels[0]).not.toEqual(pixels[2]);
    expect(pixels[12]).not.toEqual(pixels[0]);
  });

  it("gets lighter with the value, so that it reads in grey too", () => {
    const { pixels } = decode(
      heatmap(
        Float32Array.from({ length: 100 }, (_, i) => i),
        { width: 100, scale: 1 },
      ),
    );
    for (let i = 1; i < 100; i++) expect(lightness(pixels[i])).toBeGreaterThan(lightness(pixels[i - 1]));
  });

  it("draws what is no finite number in grey, and one value alone without dividing by zero", () => {
    const { pixels } = decode(heatmap([Number.NaN, 1, 2, Number.POSITIVE_INFINITY], { width: 2, scale: 1 }));
    expect(pixels[0]).toEqual([128, 128, 128]);
    expect(pixels[3]).toEqual([128, 128, 128]);
    expect(decode(heatmap([7], { width: 1, scale: 1 })).pixels).toHaveLength(1);
  });

  it("says in words what it shows", () => {
    expect(String(heatmap([1, 2, 3, 4], { width: 2, title: "Counts" }))).toBe("Counts: 2 x 2 values from 1 to 4");
  });

  it.each<[string, () => unknown, RegExp]>([
    ["values that do not fill rows", () => heatmap([1, 2, 3], { width: 2 }), /heatmap: 3 values do not fill rows of 2/],
    ["no values", () => heatmap([], { width: 2 }), /0 values do not fill rows of 2/],
    ["nothing finite", () => heatmap([Number.NaN], { width: 1 }), /there is no finite number to draw/],
    [
      "half a pixel",
      () => heatmap([1], { width: 1, scale: 0.5 }),
      /scale must be a whole number of at least 1, got 0.5/,
    ],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
