// Spans on lanes: where they nest or keep apart they stay together, where they overlap in part they part.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TraceLanes } from "../../../src/trace/chrome/index.js";

function lanesOf(spans: readonly (readonly [number, number])[]): number[] {
  const lanes = new TraceLanes();
  return spans.map(([start, end]) => lanes.laneOf(start, end));
}

describe("the lane of a span", () => {
  it.each([
    [
      "one after the other",
      [
        [0, 2],
        [2, 4],
        [4, 4],
        [4, 5],
      ],
      [0, 0, 0, 0],
    ],
    [
      "one within the other",
      [
        [0, 9],
        [1, 8],
        [1, 3],
        [3, 8],
        [8, 9],
      ],
      [0, 0, 0, 0, 0],
    ],
    [
      "a partial overlap",
      [
        [0, 2],
        [1, 3],
        [2, 4],
        [3, 5],
      ],
      [0, 1, 0, 1],
    ],
    [
      "the same span twice",
      [
        [0, 2],
        [0, 2],
      ],
      [0, 0],
    ],
    [
      "the shorter of two first",
      [
        [0, 1],
        [0, 2],
        [1, 3],
      ],
      [0, 1, 0],
    ],
  ] as const)("%s", (_name, spans, lanes) => {
    expect(lanesOf(spans)).toEqual(lanes);
  });

  it("is never one in which the span reaches out of another, and never a new one where an old would do", () => {
    const span = fc.tuple(fc.nat(30), fc.nat(12)).map(([start, length]) => [start, start + length] as const);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 40 }), (drawn) => {
        const spans = [...drawn].sort((a, b) => a[0] - b[0] || b[1] - a[1]);
        const lanes = lanesOf(spans);
        const crosses = (i: number, j: number): boolean =>
          spans[i][0] < spans[j][0] && spans[j][0] < spans[i][1] && spans[i][1] < spans[j][1];
        for (const [i, lane] of lanes.entries()) {
          for (let j = 0; j < i; j++) if (lanes[j] === lane) expect(crosses(j, i)).toBe(false);
          for (let other = 0; other < lane; other++) {
            expect(lanes.some((each, j) => j < i && each === other && crosses(j, i))).toBe(true);
          }
        }
      }),
    );
  });

  it("is refused to a span that comes late, or ends before it starts", () => {
    expect(() =>
      lanesOf([
        [3, 4],
        [2, 5],
      ]),
    ).toThrow("a span from 2 to 5 cannot come after one that starts at 3");
    expect(() => lanesOf([[3, 2]])).toThrow(RangeError);
    expect(() => lanesOf([[Number.NaN, 2]])).toThrow(RangeError);
  });
});
