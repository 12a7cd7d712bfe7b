// A counter's columns of pixels, against looking at each of its points.
import fc from "fast-check";
import { expect, it } from "vitest";
import { CounterCurve, curveColumns, fillCurve } from "../../../widgets/timeline/counters.js";

const anyCounter = fc
  .record({
    gaps: fc.array(fc.nat(9), { minLength: 1, maxLength: 90 }),
    values: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 90, maxLength: 90 }),
    times: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ gaps, values, times }) => {
    let now = 0;
    // Some have thousands of points, so that blocks of blocks are asked.
    const at = Array.from({ length: gaps.length * times }, (_, index) => (now += gaps[index % gaps.length]));
    return {
      process: 0,
      name: "bytes",
      at: Float64Array.from(at),
      value: Float64Array.from(at, (_, index) => values[index % 90] + (index % 7)),
    };
  });

it("begin and end with the values there, and reach from the least to the greatest", () => {
  fc.assert(
    fc.property(
      anyCounter,
      fc.integer({ min: -20, max: 500 }),
      fc.constantFrom(0.5, 3, 40, 700),
      (counter, start, nanosecondsPerPixel) => {
        const curve = new CounterCurve(counter);
        const width = 40;
        const columns = curveColumns(width);
        fillCurve(curve, { start, nanosecondsPerPixel, width }, columns);
        const indexAt = (time: number): number => counter.at.filter((at) => at <= time).length - 1;
        for (let column = 0; column < width; column++) {
          const before = indexAt(start + column * nanosecondsPerPixel);
          const after = indexAt(start + (column + 1) * nanosecondsPerPixel);
          const value = (index: number): number => (index < 0 ? Number.NaN : counter.value[index]);
          const within = [...counter.value.slice(Math.max(0, before), after + 1)];
          expect([columns.first[column], columns.last[column]]).toEqual([value(before), value(after)]);
          expect([columns.low[column], columns.high[column]]).toEqual(
            within.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...within), Math.max(...within)],
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

it("has a scale that holds zero", () => {
  const counter = { process: 0, name: "n", at: Float64Array.of(0, 5), value: Float64Array.of(3, 8) };
  const { least, greatest } = new CounterCurve(counter);
  expect([least, greatest]).toEqual([0, 8]);
});

it("has the value that holds until the next, and none before the first", () => {
  const counter = { process: 0, name: "n", at: Float64Array.of(10, 20), value: Float64Array.of(3, 8) };
  const curve = new CounterCurve(counter);
  expect([9, 10, 19, 20, 1000].map((time) => curve.valueAt(time))).toEqual([undefined, 3, 3, 8, 8]);
});
