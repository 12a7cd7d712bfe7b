// What is written on the ruler: ticks, and the length of the area, never one over the other.
import { describe, expect, it } from "vitest";
import { paintRuler, type RulerFrame } from "../../../widgets/timeline/ruler-canvas.js";

/** Words with where they begin and end, on a ruler 500 pixels wide of which every letter takes 6. */
function written(frame: Omit<RulerFrame, "pixelOf">): { text: string; from: number; to: number }[] {
  const words: { text: string; from: number; to: number }[] = [];
  const context = {
    setTransform: () => undefined,
    clearRect: () => undefined,
    fillRect: () => undefined,
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillText: (text: string, x: number) => words.push({ text, from: x, to: x + 6 * text.length }),
  };
  const canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement;
  const ink = {
    bg: "",
    panel: "",
    line: "",
    ink: "",
    soft: "",
    accent: "",
    hot: "",
    words: "",
    tickShare: 1,
    dimmedShare: 1,
  };
  paintRuler(canvas, { ...frame, pixelOf: (at) => at }, { width: 500, height: 300, pixelRatio: 1, left: 0 }, ink);
  return words;
}

const ticks = [0, 100, 200, 300, 400].map((at) => ({ at, label: `${at} ns` }));

describe("the ruler", () => {
  it("has all ticks where no area is selected", () => {
    expect(written({ ticks, area: undefined }).map(({ text }) => text)).toEqual(ticks.map(({ label }) => label));
  });

  it.each([
    [{ left: 110, right: 150, length: 40 }, ["0 ns", "200 ns", "300 ns", "400 ns", "40 ns"]],
    [{ left: 150, right: 270, length: 120 }, ["0 ns", "100 ns", "300 ns", "400 ns", "120 ns"]],
    // Out of sight.
    [{ left: 600, right: 700, length: 100 }, ["0 ns", "100 ns", "200 ns", "300 ns", "400 ns"]],
  ])("leaves out the tick that the length of the area would cover: %o", (area, texts) => {
    const words = written({ ticks, area });
    expect(words.map(({ text }) => text)).toEqual(texts);
    for (const one of words) {
      for (const other of words) expect(one === other || one.to <= other.from || other.to <= one.from).toBe(true);
    }
  });
});
