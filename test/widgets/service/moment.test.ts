// Where everybody is at a moment, against the definition read off the log request by request; and values over time.
import { describe, expect, it } from "vitest";
import { plainCosts } from "../../../src/serving/cost/plain.js";
import type { RunLog, Scenario, ServiceRun } from "../../../src/serving/index.js";
import { simulateWithCosts } from "../../../src/serving/run-with-costs.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import { Moments } from "../../../widgets/service/moment.js";
import { endOf, insideSeries, steppedSeries, waitingSeries } from "../../../widgets/service/series.js";
import { momentWords } from "../../../widgets/service/words.js";

function runOf(
  preset: string,
  change: Partial<Scenario["workload"]> = {},
  target: Partial<Scenario["target"]> = {},
): ServiceRun {
  const given = presets.get(preset) as Scenario;
  const scenario = {
    ...given,
    target: { ...given.target, ...target },
    workload: { ...given.workload, ...change },
  };
  return simulateWithCosts(scenario, plainCosts(scenario)!, { progress: () => undefined });
}

/** Two requests through one server: the second waits from 1 to 4. */
const byHand: RunLog = {
  requests: { count: 2, arrival: Float64Array.of(0, 1), end: Float64Array.of(4, 7) },
  stages: [
    {
      name: "compute",
      category: "gpu",
      resource: "gpu",
      queued: Float64Array.of(0, 1),
      start: Float64Array.of(0, 4),
      end: Float64Array.of(4, 7),
      lane: Int32Array.of(0, 0),
    },
  ],
  tracks: [],
  counters: [],
};

describe("a moment, by hand", () => {
  const moments = new Moments(byHand, 8);

  it("has one in service and one that waits", () => {
    const { stages, arrived, done } = moments.at(2);
    expect({ stages, arrived, done }).toEqual({
      stages: [{ waiting: [1], serving: [{ request: 0, lane: 0, share: 0.5 }] }],
      arrived: 2,
      done: 0,
    });
    expect(momentWords(moments.at(2), ["compute"])).toBe("2 s: 2 inside, 0 done. compute: 1 waiting, 1 served.");
  });

  it("goes from event to event and back", () => {
    const forth = [0];
    while (forth[forth.length - 1] < 8) forth.push(moments.next(forth[forth.length - 1]));
    expect(forth).toEqual([0, 1, 4, 7, 8]);
    const back = [8];
    while (back[back.length - 1] > 0) back.push(moments.previous(back[back.length - 1]));
    expect(back).toEqual([8, 7, 4, 1, 0]);
  });
});

describe.each([
  ["poisson", runOf("poisson", { duration_s: 4, warmup_s: 0 })],
  ["overload", runOf("overload", { duration_s: 1 })],
  ["batched", runOf("batched", { duration_s: 1, warmup_s: 0 })],
  ["with a full queue", runOf("overload", { duration_s: 1 }, { queue_limit: 3 })],
])("moments of %s", (_, { log }) => {
  const { requests, stages } = log!;
  const until = endOf(log!);
  const moments = new Moments(log!, until);

  it("have everybody who is inside exactly once, where the log has them", () => {
    for (let k = 0; k <= 60; k++) {
      const time = (until * k) / 61;
      const found = moments.at(time);
      for (const [s, { queued, start, end }] of stages.entries()) {
        const waiting: number[] = [];
        const serving: number[] = [];
        for (let i = 0; i < requests.count; i++) {
          if (!(requests.end[i] > time && queued[i] <= time && time < end[i])) continue;
          (time < start[i] ? waiting : serving).push(i);
        }
        expect([...found.stages[s].waiting].sort((a, b) => a - b)).toEqual(waiting);
        expect(found.stages[s].serving.map(({ request }) => request)).toEqual(serving);
      }
    }
  });

  it("end with everybody served or turned away", () => {
    const { arrived, done, rejected, stages: last } = moments.at(until);
    expect(arrived).toBe(requests.count);
    expect(done + rejected).toBe(requests.count);
    expect(last.every(({ waiting, serving }) => waiting.length + serving.length === 0)).toBe(true);
  });

  it("add up: the mean of those inside over time is the sum of the latencies by Little", () => {
    const { mean } = insideSeries(log!, until, 100);
    const area = mean.reduce((sum, value) => sum + (value * until) / 100, 0);
    let latencies = 0;
    for (let i = 0; i < requests.count; i++)
      if (requests.end[i] > 0) latencies += requests.end[i] - requests.arrival[i];
    expect(area).toBeCloseTo(latencies, 6);
  });
});

describe("series", () => {
  it("count who waits: mean and greatest in each span", () => {
    const [{ name, mean, most }] = waitingSeries(byHand, 8, 4);
    expect(name).toBe("gpu");
    expect([...mean]).toEqual([0.5, 1, 0, 0]);
    expect([...most]).toEqual([1, 1, 0, 0]);
  });

  it("hold a value until the next", () => {
    const { mean, most } = steppedSeries("kv", Float64Array.of(0, 3), Float64Array.of(2, 6), 4, 2);
    expect([...mean]).toEqual([2, 4]);
    expect([...most]).toEqual([2, 6]);
  });
});
