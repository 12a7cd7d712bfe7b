// The knee: where theory knows it, where a sweep passes it, and what is said where it does not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kneeOf, type LoadPoint } from "../../../src/serving/study/index.js";

/** Mean time in an M/G/1 queue at a load, in services (Pollaczek and Khinchine); C2 is the squared coefficient of variation. */
const timeAt = (load: number, C2: number): number => 1 + (load * (1 + C2)) / (2 * (1 - load));

/** Loads of a service that takes a second, every hundredth up to 1.2. */
function curve(C2: number): LoadPoint[] {
  return Array.from({ length: 120 }, (_, i) => {
    const load = (i + 1) / 100;
    const overloaded = load >= 1;
    return {
      rps: load,
      throughput_rps: Math.min(load, 1),
      avg_ms: overloaded ? 1e6 * load : 1000 * timeAt(load, C2),
      overloaded,
    };
  });
}

describe("the knee of", () => {
  it.each([
    ["M/M/1 is at half of the capacity", 1, 0.5],
    ["M/D/1 is at 1 / (1 + sqrt(1/2)) of it", 0, 0.59],
    ["M/G/1 with C = 2 is at 1 / (1 + sqrt(5/2)) of it", 4, 0.39],
  ])("%s", (_name, C2, load) => {
    expect(kneeOf(curve(C2)).knee).toMatchObject({
      rps: load,
      between: [load - 0.01, load + 0.01].map((x) => expect.closeTo(x, 9)),
    });
  });

  it("a service in which nothing varies is at the last rate before its capacity", () => {
    const points = curve(0).map((point) => ({ ...point, avg_ms: point.overloaded ? point.avg_ms : 1000 }));
    const { knee, evidence } = kneeOf(points);
    expect(knee).toMatchObject({ rps: 0.99, between: [0.98, 1] });
    expect(evidence).toBe("The knee is at 0.99 requests a second, 1000 ms: at 1 it is overloaded.");
  });

  it("any sweep that has a rate which the service keeps up with, and one above, is there", () => {
    const point = fc.record({
      rps: fc.double({ min: 0.01, max: 1000, noNaN: true }),
      throughput_rps: fc.double({ min: 0.01, max: 1000, noNaN: true }),
      avg_ms: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), fc.double({ min: 1, max: 10, noNaN: true }), (stable, times) => {
        const points = stable.map((each): LoadPoint => ({ ...each, overloaded: false }));
        const beyond = times * Math.max(...points.map(({ rps }) => rps)) + 1;
        const { knee } = kneeOf([...points, { rps: beyond, throughput_rps: 1, avg_ms: 1e9, overloaded: true }]);
        expect(points.map(({ rps }) => rps)).toContain(knee?.rps);
      }),
    );
  });
});

describe("without a knee it is said why:", () => {
  it.each([
    [
      "the rates end before it",
      curve(1).slice(0, 40),
      "No knee up to 0.4 requests a second: throughput still grows faster than time. Try higher rates.",
    ],
    [
      "every rate is too much",
      curve(1).slice(105),
      "No knee: 1.06 requests a second, the least rate that was tried, is already too much: try lower ones.",
    ],
    [
      "nothing was measured",
      [{ rps: 1, throughput_rps: 0, avg_ms: null, overloaded: false }],
      "No knee: nothing was measured at any rate.",
    ],
  ])("%s", (_name, points, evidence) => {
    expect(kneeOf(points)).toEqual({ knee: null, evidence });
  });
});
