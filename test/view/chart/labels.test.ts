import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { around, LabelPlacer, spread } from "../../../src/view/chart/labels.js";

describe("spread", () => {
  const heights = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 12 });

  it("leaves alone what is far enough apart", () => {
    expect(spread([100, 10, 50], 14)).toEqual([100, 10, 50]);
  });

  it("moves two that touch apart by the same amount", () => {
    expect(spread([10, 14], 14)).toEqual([5, 19]);
  });

  it("keeps every two at least the gap apart, in their order", () => {
    fc.assert(
      fc.property(heights, (wanted) => {
        const placed = spread(wanted, 14);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
        for (let i = 1; i < order.length; i++) {
          expect(placed[order[i]] - placed[order[i - 1]]).toBeGreaterThanOrEqual(14 - 1e-9);
        }
      }),
    );
  });
});

describe("LabelPlacer", () => {
  const frame = { left: 0, top: 0, right: 200, bottom: 100 };

  it("takes the first free place", () => {
    const placer = new LabelPlacer(frame, 10);
    expect(placer.place("abc", around(50, 50, 8))).toEqual({ x: 58, y: 50, align: "left" });
    expect(placer.place("abc", around(50, 50, 8))).toEqual({ x: 42, y: 50, align: "right" });
  });

  it("stays off what is blocked and within the frame, and gives up where nothing is free", () => {
    const placer = new LabelPlacer(frame, 10);
    expect(placer.place("a long text", around(190, 50, 8))?.align).toBe("right");
    placer.block(frame);
    expect(placer.place("a", around(50, 50, 8))).toBeUndefined();
  });
});
