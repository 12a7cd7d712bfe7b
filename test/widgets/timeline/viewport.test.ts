// The shown part of time: to pixels and back, zooming about a place, kept within what there is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Glide, Viewport } from "../../../widgets/timeline/viewport.js";

const end = 1_000_000;

function viewportOf(range = { start: 0, end }): Viewport {
  const viewport = new Viewport();
  viewport.setWidth(1000);
  viewport.setExtent({ start: 0, end });
  viewport.setRange(range);
  return viewport;
}

const anyRange = fc
  .tuple(fc.nat(end), fc.integer({ min: 10, max: end }))
  .map(([start, span]) => ({ start: Math.min(start, end - 10), end: Math.min(start, end - 10) + span }));

describe("a viewport", () => {
  it("puts times on pixels and pixels on times", () => {
    const viewport = viewportOf({ start: 2000, end: 4000 });
    expect([viewport.pixelOf(2000), viewport.pixelOf(3000), viewport.pixelOf(4000)]).toEqual([0, 500, 1000]);
    fc.assert(
      fc.property(anyRange, fc.double({ min: -100, max: 1100, noNaN: true }), (range, pixel) => {
        const any = viewportOf(range);
        expect(any.pixelOf(any.timeOf(pixel))).toBeCloseTo(pixel, 3);
      }),
    );
  });

  it("keeps what is under the pointer there while it zooms, unless the end of time comes to sight", () => {
    fc.assert(
      fc.property(
        anyRange,
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (range, pixel, factor) => {
          const viewport = viewportOf(range);
          const time = viewport.timeOf(pixel);
          viewport.zoomAt(pixel, factor);
          const isAtEnd = viewport.start <= -0.02 * end + 1 || viewport.end >= 1.02 * end - 1;
          if (!isAtEnd) expect(viewport.pixelOf(time)).toBeCloseTo(pixel, 3);
        },
      ),
    );
  });

  it("never leaves what there is, and shows ten nanoseconds at least", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("pan", "zoom"), fc.nat(1000), fc.double({ min: -3, max: 3, noNaN: true })), {
          maxLength: 30,
        }),
        (moves) => {
          const viewport = viewportOf();
          for (const [how, pixel, much] of moves) {
            if (how === "pan") viewport.panBy(much * 500);
            else viewport.zoomAt(pixel, Math.exp(3 * much));
            expect(viewport.start).toBeGreaterThanOrEqual(-0.02 * end - 1e-6);
            expect(viewport.end).toBeLessThanOrEqual(1.02 * end + 1e-6);
            expect(viewport.span).toBeGreaterThanOrEqual(10 - 1e-6);
          }
        },
      ),
    );
  });

  it("shows all of the time with a little room at both ends", () => {
    const viewport = viewportOf({ start: 10, end: 30 });
    viewport.showAll();
    expect([viewport.start, viewport.end]).toEqual([-20_000, 1_020_000]);
  });

  it("has something to show where there is no time at all", () => {
    const viewport = new Viewport();
    viewport.setExtent({ start: 5, end: 5 });
    viewport.showAll();
    expect(viewport.span).toBeGreaterThanOrEqual(10);
    expect(viewport.timeOf(0)).toBeLessThanOrEqual(5);
  });
});

describe("a glide", () => {
  const from = { start: 0, end: 1000 };
  const to = { start: 400, end: 410 };

  it("begins and ends where it should", () => {
    const glide = new Glide(from, to, 100, 200);
    const begun = glide.at(100);
    expect([begun.start, begun.end].map(Math.round)).toEqual([0, 1000]);
    expect(glide.at(300)).toEqual(to);
    expect([glide.isOver(299), glide.isOver(300)]).toEqual([false, true]);
  });

  it("has its aim in sight all the way in", () => {
    const glide = new Glide(from, to, 0, 200);
    for (let now = 0; now <= 200; now += 5) {
      const { start, end: until } = glide.at(now);
      expect(start).toBeLessThanOrEqual(to.start + 1e-6);
      expect(until).toBeGreaterThanOrEqual(to.end - 1e-6);
    }
  });
});
