import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrivalTimes } from "../../../src/serving/arrivals/arrival-times.js";
import { arrivalKindOf, arrivalKinds, type Workload } from "../../../src/serving/scenario/index.js";

function timesOf(workload: Workload, seed = 0): number[] {
  const arrivals = arrivalTimes(workload, seed);
  const times: number[] = [];
  for (let time = arrivals.next(); time < Number.POSITIVE_INFINITY; time = arrivals.next()) times.push(time);
  // What has ended stays so.
  expect(arrivals.next()).toBe(Number.POSITIVE_INFINITY);
  return times;
}

describe("arrival times", () => {
  it("are every 1 / rps seconds from 0 on, and before the duration", () => {
    expect(timesOf({ rps: 2, duration_s: 2 })).toEqual([0, 0.5, 1, 1.5]);
    expect(timesOf({ rps: 3, duration_s: 1.1, arrivals: "constant" })).toEqual([0, 1 / 3, 2 / 3, 1]);
  });

  it("come in bursts, as often as the rate needs", () => {
    expect(timesOf({ rps: 4, duration_s: 2, arrivals: "burst", burst: 3 })).toEqual([
      0, 0, 0, 0.75, 0.75, 0.75, 1.5, 1.5, 1.5,
    ]);
  });

  it("are those that were recorded, whatever the duration", () => {
    expect(timesOf({ rps: 1, duration_s: 1, arrivals: "recorded", recorded_ms: [0, 250, 250, 5000] })).toEqual([
      0, 0.25, 0.25, 5,
    ]);
  });

  it("jitter where there is a jitter, and only there", () => {
    expect(arrivalKindOf({ rps: 1, duration_s: 1 })).toBe("constant");
    expect(arrivalKindOf({ rps: 1, duration_s: 1, jitter_pct: 0 })).toBe("constant");
    expect(arrivalKindOf({ rps: 1, duration_s: 1, jitter_pct: 5 })).toBe("jittered");
    expect(timesOf({ rps: 2, duration_s: 5, arrivals: "jittered", jitter_pct: 0 })).toEqual(
      timesOf({ rps: 2, duration_s: 5 }),
    );
  });

  it("move with a jitter by up to half of its share of the interval, to both sides", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.nat(),
        (rps, jitter_pct, seed) => {
          const moved = timesOf({ rps, duration_s: 200 / rps, jitter_pct }, seed).map((time, k) => time * rps - k);
          const most = jitter_pct / 200;
          for (const by of moved) expect(Math.abs(by)).toBeLessThanOrEqual(most * (1 + 1e-9) + 1e-9);
          expect(Math.min(...moved)).toBeLessThan(-most / 2);
          expect(Math.max(...moved)).toBeGreaterThan(most / 2);
        },
      ),
    );
  });

  it("are as many with jitter as without, so that the rate that is offered stays the same", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.nat(),
        (rps, intervals, jitter_pct, seed) => {
          const workload = { rps, duration_s: intervals / rps };
          expect(timesOf({ ...workload, jitter_pct }, seed)).toHaveLength(timesOf(workload).length);
        },
      ),
    );
    for (let seed = 0; seed < 20; seed++) {
      expect(timesOf({ rps: 2, duration_s: 10, jitter_pct: 5 }, seed)).toHaveLength(20);
    }
  });

  it("are in order, from 0 on, before the duration, and the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.record({
          rps: fc.double({ min: 0.1, max: 1e5, noNaN: true }),
          arrivals: fc.constantFrom(...arrivalKinds.filter((kind) => kind !== "recorded")),
          jitter_pct: fc.double({ min: 0, max: 100, noNaN: true }),
          cv: fc.double({ min: 0, max: 20, noNaN: true }),
          burst: fc.integer({ min: 1, max: 50 }),
        }),
        fc.nat(),
        (given, seed) => {
          const workload = { ...given, duration_s: 300 / given.rps };
          const times = timesOf(workload, seed);
          expect(timesOf(workload, seed)).toEqual(times);
          times.forEach((time, k) => {
            expect(time).toBeGreaterThanOrEqual(k === 0 ? 0 : times[k - 1]);
            expect(time).toBeLessThan(workload.duration_s);
          });
        },
      ),
    );
  });

  // Means over a hundred thousand gaps: within five standard errors, of which the cv itself says how large they are.
  it.each([
    ["poisson", { arrivals: "poisson" }, 1],
    ["gamma of cv 0.25", { arrivals: "gamma", cv: 0.25 }, 0.25],
    ["gamma of cv 1", { arrivals: "gamma", cv: 1 }, 1],
    ["gamma of cv 3", { arrivals: "gamma", cv: 3 }, 3],
    ["gamma of cv 0", { arrivals: "gamma", cv: 0 }, 0],
  ] as const)("have the rate and the spread of %s", (_, how, cv) => {
    const rps = 50;
    const times = timesOf({ rps, duration_s: 2000, ...how }, 11);
    const gaps = times.map((time, k) => rps * (time - (k === 0 ? 0 : times[k - 1])));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(mean - 1)).toBeLessThan((5 * cv) / Math.sqrt(gaps.length) + 1e-4);
    expect(Math.abs(Math.sqrt(variance) - cv)).toBeLessThan(0.05 * cv + 1e-9);
  });

  it("share the random numbers of a seed at every rate", () => {
    const slow = timesOf({ rps: 1, duration_s: 100, arrivals: "poisson" }, 3);
    const fast = timesOf({ rps: 8, duration_s: 12.5, arrivals: "poisson" }, 3);
    expect(fast).toEqual(slow.map((time) => time / 8));
    expect(timesOf({ rps: 1, duration_s: 100, arrivals: "poisson" }, 4)).not.toEqual(slow);
  });
});
