import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ddc,
  erlangC,
  md1,
  mg1,
  mm1,
  mmc,
  type QueueFigures,
  tandem,
  timeQuantile,
  waitQuantile,
} from "../../../src/serving/theory/index.js";

const near = (actual: number, expected: number, relative = 1e-12): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
};

const offered = fc.record({
  load: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  meanService: fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
  servers: fc.integer({ min: 1, max: 50 }),
});

describe("queues of which theory knows the answer", () => {
  it("M/M/1: half busy, one waits as long as it is served", () => {
    expect(mm1({ arrivalRate: 5, meanService: 0.1 })).toEqual({
      utilisation: 0.5,
      meanWait: 0.1,
      meanTime: 0.2,
      meanQueue: 0.5,
      meanInside: 1,
    });
    // 1 / (mu - lambda) and rho / (1 - rho).
    const busy = mm1({ arrivalRate: 95, meanService: 0.01 });
    near(busy.meanTime, 1 / 5);
    near(busy.meanInside, 19);
  });

  it("M/D/1: waits half as long as M/M/1", () => {
    const { meanWait, meanTime } = md1({ arrivalRate: 8, meanService: 0.1 });
    near(meanWait, 0.2);
    near(meanTime, 0.3);
  });

  it("M/G/1: a service of cv 3 makes the wait five times as long", () => {
    near(mg1({ arrivalRate: 5, meanService: 0.1 }, 3).meanWait, 0.5);
  });

  it("M/M/c: three servers, two of them busy on average: 4 of 9 arrivals wait", () => {
    // By hand: (2^3 / 3!) / (1 - 2/3) over 1 + 2 + 2^2 / 2 + the same, which is 4 / 9.
    near(erlangC({ arrivalRate: 2, meanService: 1 }, 3), 4 / 9);
    const { utilisation, meanWait, meanTime, meanQueue, meanInside } = mmc({ arrivalRate: 2, meanService: 1 }, 3);
    near(utilisation, 2 / 3);
    near(meanWait, 4 / 9);
    near(meanTime, 13 / 9);
    near(meanQueue, 8 / 9);
    near(meanInside, 26 / 9);
  });

  it("M/M/c of a thousand servers: nothing overflows, and nearly nobody waits", () => {
    // Erlang's C of 900 erlangs and 1000 servers, by exact rational arithmetic: the sum of 900^k / k! relative to its last term.
    let [terms, last] = [0n, 1n];
    const scale = 10n ** 60n;
    // Each term over the 1000th, from there downwards: k + 1 over 900.
    let term = scale;
    for (let k = 999n; k >= 0n; k--) {
      term = (term * (k + 1n)) / 900n;
      terms += term;
    }
    last = scale * 10n;
    const waits = Number((last * 10n ** 20n) / (terms + last)) / 1e20;
    near(erlangC({ arrivalRate: 900, meanService: 1 }, 1000), waits, 1e-11);
  });

  it("D/D/c: nobody waits, up to a load of 1", () => {
    expect(ddc({ arrivalRate: 4, meanService: 0.5 }, 2)).toEqual({
      utilisation: 1,
      meanWait: 0,
      meanTime: 0.5,
      meanQueue: 0,
      meanInside: 2,
    });
    expect(ddc({ arrivalRate: 4.1, meanService: 0.5 }, 2).meanTime).toBe(Number.POSITIVE_INFINITY);
  });

  it("tandem: the sum of its stations, each as if it were alone", () => {
    const both = tandem(5, [
      { meanService: 0.1, servers: 1 },
      { meanService: 0.16, servers: 1 },
    ]);
    near(both.meanTime, 0.2 + 0.8);
    near(both.utilisation, 0.8);
    near(both.meanInside, 1 + 4);
  });

  it("grow without end where more is offered than can be served", () => {
    for (const full of [mm1({ arrivalRate: 10, meanService: 0.1 }), mmc({ arrivalRate: 30, meanService: 0.1 }, 2)]) {
      expect(full).toEqual({
        utilisation: 1,
        meanWait: Number.POSITIVE_INFINITY,
        meanTime: Number.POSITIVE_INFINITY,
        meanQueue: Number.POSITIVE_INFINITY,
        meanInside: Number.POSITIVE_INFINITY,
      });
    }
    expect(timeQuantile({ arrivalRate: 10, meanService: 0.1 }, 1, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(waitQuantile({ arrivalRate: 30, meanService: 0.1 }, 2, 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("keep Little's law and the utilisation law", () => {
    fc.assert(
      fc.property(offered, fc.double({ min: 0, max: 10, noNaN: true }), ({ load, meanService, servers }, cv) => {
        const arrivalRate = (load * servers) / meanService;
        const alone = { arrivalRate: load / meanService, meanService };
        const all: [number, number, QueueFigures][] = [
          [1, alone.arrivalRate, mg1(alone, cv)],
          [1, alone.arrivalRate, mm1(alone)],
          [servers, arrivalRate, mmc({ arrivalRate, meanService }, servers)],
          [servers, arrivalRate, ddc({ arrivalRate, meanService }, servers)],
        ];
        for (const [count, rate, figures] of all) {
          near(figures.utilisation, load);
          near(figures.meanInside, rate * figures.meanTime);
          near(figures.meanQueue, rate * figures.meanWait);
          near(figures.meanTime - figures.meanWait, meanService, 1e-9 + (figures.meanWait / meanService) * 1e-12);
          // Those in service are the busy servers.
          near(figures.meanInside - figures.meanQueue, load * count, 1e-9 + figures.meanQueue * 1e-12);
        }
      }),
    );
  });

  it("agree where they are the same queue, and more servers of the same load wait less", () => {
    fc.assert(
      fc.property(offered, ({ load, meanService, servers }) => {
        const alone = { arrivalRate: load / meanService, meanService };
        near(mmc(alone, 1).meanWait, mm1(alone).meanWait, 1e-10);
        near(mg1(alone, 1).meanWait, mm1(alone).meanWait);
        near(mg1(alone, 0).meanWait, mm1(alone).meanWait / 2);
        near(tandem(alone.arrivalRate, [{ meanService, servers: 1 }]).meanTime, mm1(alone).meanTime, 1e-10);
        const more = mmc({ arrivalRate: ((servers + 1) * load) / meanService, meanService }, servers + 1);
        const fewer = mmc({ arrivalRate: (servers * load) / meanService, meanService }, servers);
        expect(more.meanWait).toBeLessThan(fewer.meanWait);
      }),
    );
  });

  it.each([
    [() => mm1({ arrivalRate: 0, meanService: 1 }), "arrivalRate: must be greater than 0 and finite, got 0"],
    [() => mm1({ arrivalRate: 1, meanService: -1 }), "meanService: must be greater than 0 and finite, got -1"],
    [() => mmc({ arrivalRate: 1, meanService: 1 }, 1.5), "servers: must be a whole number of 1 or more, got 1.5"],
    [() => mg1({ arrivalRate: 1, meanService: 0.5 }, -1), "cv: must be 0 or greater and finite, got -1"],
    [() => tandem(1, []), "stations: needs a station"],
    [() => timeQuantile({ arrivalRate: 1, meanService: 0.5 }, 1, 1), "q: must be at least 0 and less than 1, got 1"],
  ])("say what they cannot be computed from: %#", (compute, message) => {
    expect(compute).toThrow(message);
  });
});

describe("quantiles of times", () => {
  it("of M/M/1 are those of an exponential time as a whole", () => {
    const half = { arrivalRate: 5, meanService: 0.1 };
    near(timeQuantile(half, 1, 0.5), 0.2 * Math.LN2);
    near(timeQuantile(half, 1, 0.99), 0.2 * Math.log(100));
    expect(timeQuantile(half, 1, 0)).toBe(0);
    // Half of all find it free, and of the others half wait longer than ln 2 times 0.2 s.
    expect(waitQuantile(half, 1, 0.5)).toBe(0);
    near(waitQuantile(half, 1, 0.75), 0.2 * Math.LN2);
  });

  it("of M/M/c integrate to its mean", () => {
    // The mean is the integral of the quantiles; by the middles of ten thousand shares, and the exponential tail of the last.
    for (const [arrivalRate, servers] of [
      [2, 3],
      [2, 4],
      [0.5, 2],
      [9, 10],
      [1, 2],
    ]) {
      const shares = 10_000;
      const rate = { arrivalRate, meanService: 1 };
      const mean = (of: typeof timeQuantile): number => {
        let sum = 0;
        for (let i = 0; i < shares; i++) sum += of(rate, servers, (i + 0.5) / shares);
        return sum / shares;
      };
      near(mean(waitQuantile), mmc(rate, servers).meanWait, 1e-3);
      near(mean(timeQuantile), mmc(rate, servers).meanTime, 1e-3);
    }
  });

  it("of M/M/c are those of the sum of its wait and its service, also where their rates are equal", () => {
    // Equal rates (arrivals 1, two servers of 1) are where the formula of two different ones divides by zero.
    const rate = { arrivalRate: 1, meanService: 1 };
    const waits = erlangC(rate, 2);
    near(waits, 1 / 3);
    // P(T > t) = e^-t (1 + t / 3), at the time that the quantile gives.
    for (const q of [0.1, 0.5, 0.9, 0.999]) {
      const t = timeQuantile(rate, 2, q);
      near(Math.exp(-t) * (1 + t / 3), 1 - q, 1e-9);
    }
  });

  it("rise with the share", () => {
    fc.assert(
      fc.property(
        offered,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        ({ load, meanService, servers }, a, b) => {
          const rate = { arrivalRate: (load * servers) / meanService, meanService };
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(timeQuantile(rate, servers, low)).toBeLessThanOrEqual(timeQuantile(rate, servers, high));
          expect(waitQuantile(rate, servers, high)).toBeLessThanOrEqual(
            timeQuantile(rate, servers, high) * (1 + 1e-12),
          );
        },
      ),
    );
  });
});
