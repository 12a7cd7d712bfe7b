// Small runs, computed by hand: who waits for what, and when each stage begins and ends.
import { describe, expect, it } from "vitest";
import { breakdown, type Scenario, simulate } from "../../../src/serving/index.js";
import { arriving, fixed, transfer } from "./scenarios.js";

/** `name start-end` of each stage of each request, in milliseconds; waits left out. */
function timeline(scenario: Scenario): readonly string[] {
  return breakdown(simulate(scenario)).requests.map(({ id, stages }) => {
    const parts = stages
      .filter(({ cat }) => cat !== "queue")
      .map(({ name, start_ms, end_ms }) => `${name} ${tidy(start_ms)}-${tidy(end_ms)}`);
    return `${id}: ${parts.join(", ")}`;
  });
}

const tidy = (value: number): number => Number(value.toFixed(6));

describe("a resource", () => {
  it("serves in the order of arrival, as many at a time as it has servers", () => {
    expect(timeline(arriving([0, 1, 2, 3], [fixed("a", 10)], { target: { cpu_workers: 2 } }))).toEqual([
      "0: a 0-10",
      "1: a 1-11",
      "2: a 10-20",
      "3: a 11-21",
    ]);
  });

  it("that serves two stages takes who waited before who comes again", () => {
    expect(timeline(arriving([0, 1], [fixed("a", 10), fixed("b", 5)], { target: { cpu_workers: 1 } }))).toEqual([
      "0: a 0-10, b 20-25",
      "1: a 10-20, b 25-30",
    ]);
  });

  it("with a full line turns away", () => {
    // One is served, one may wait; the third and fourth find it waiting.
    const scenario = arriving([0, 1, 2, 3, 11], [fixed("a", 10)], { target: { cpu_workers: 1, queue_limit: 1 } });
    expect(timeline(scenario)).toEqual(["0: a 0-10", "1: a 10-20", "4: a 20-30"]);
    expect(simulate(scenario).summary).toMatchObject({
      total_requests: 5,
      completed_requests: 3,
      rejected_requests: 2,
    });
  });

  it("without a line turns away whom it cannot serve at once", () => {
    const scenario = arriving([0, 1, 10], [fixed("a", 10)], { target: { cpu_workers: 1, queue_limit: 0 } });
    expect(timeline(scenario)).toEqual(["0: a 0-10", "2: a 10-20"]);
  });
});

describe("a link", () => {
  it("transfers one after the other with one copy engine", () => {
    expect(timeline(arriving([0, 1], [transfer("in", 4e6)]))).toEqual(["0: in 0-4", "1: in 4-8"]);
  });

  it("shares its bandwidth between the transfers of several", () => {
    // Alone for 1 ms, then both at half speed: 3 ms of the first take 6, and the second has 1 ms left then.
    const scenario = arriving([0, 1], [transfer("in", 4e6)], { target: { copy_engines: 2 } });
    expect(timeline(scenario)).toEqual(["0: in 0-7", "1: in 1-8"]);
    // It was busy for 8 ms, not for 7 + 7.
    expect(simulate(scenario).resources).toMatchObject([{ name: "h2d", util_percent: expect.closeTo(0.8, 9) }]);
  });

  it("has a way for each direction", () => {
    const stages = [transfer("in", 4e6), fixed("compute", 1, { resource: "gpu" }), transfer("out", 4e6)];
    expect(timeline(arriving([0, 4], stages, { target: { concurrency: 2 } }))).toEqual([
      "0: in 0-4, compute 4-5, out 5-9",
      "1: in 4-8, compute 8-9, out 9-13",
    ]);
  });
});

describe("a batch", () => {
  const stages = [
    transfer("in", 1e6),
    fixed("compute", 2, { resource: "gpu" }),
    transfer("out", 1e6),
    fixed("after", 1),
  ];

  it("leaves when it is full, goes through copies and GPU as one, and parts after", () => {
    const scenario = arriving([0, 3, 4], stages, {
      workload: { batch_size: 2, batch_timeout_ms: 20 },
      target: { cpu_workers: 1 },
    });
    expect(timeline(scenario)).toEqual([
      "0: in 3-5, compute 5-9, out 9-11, after 11-12",
      "1: in 3-5, compute 5-9, out 9-11, after 12-13",
      // The third is alone: its time is up 20 ms after it came.
      "2: in 24-25, compute 25-27, out 27-28, after 28-29",
    ]);
  });

  it("that is not full leaves when its first request has waited long enough", () => {
    const scenario = arriving([0, 3, 12], stages.slice(0, 1), { workload: { batch_size: 8, batch_timeout_ms: 10 } });
    expect(timeline(scenario)).toEqual(["0: in 10-12", "1: in 10-12", "2: in 22-23"]);
  });

  it("with a timeout of 0 is whoever comes at one moment", () => {
    const scenario = arriving([1, 1, 1, 2], stages.slice(0, 1), { workload: { batch_size: 2, batch_timeout_ms: 0 } });
    expect(timeline(scenario)).toEqual(["0: in 1-3", "1: in 1-3", "2: in 3-4", "3: in 4-5"]);
  });

  it("parts before a CPU stage in the middle, behind which batches form anew", () => {
    const middle = [
      fixed("first", 2, { resource: "gpu" }),
      fixed("between", 3),
      fixed("second", 2, { resource: "gpu" }),
    ];
    const scenario = arriving([0, 1], middle, {
      workload: { batch_size: 2, batch_timeout_ms: 10 },
      target: { cpu_workers: 1 },
    });
    expect(timeline(scenario)).toEqual([
      "0: first 1-5, between 5-8, second 11-15",
      "1: first 1-5, between 8-11, second 11-15",
    ]);
  });

  it("turns away whom the line has no room for, whether it waits in a batch or behind one", () => {
    // The GPU serves 0 and 1 until 21; 2 and 3 wait as a batch, 4 and 5 in the next one: 4 may wait, and 6 is the fifth.
    const scenario = arriving([0, 1, 2, 3, 4, 5, 6], [fixed("compute", 10, { resource: "gpu" })], {
      workload: { batch_size: 2, batch_timeout_ms: 100 },
      target: { queue_limit: 4 },
    });
    expect(timeline(scenario).map((line) => line.slice(3))).toEqual(
      ["1-21", "1-21", "21-41", "21-41", "41-61", "41-61"].map((span) => `compute ${span}`),
    );
    expect(simulate(scenario).summary.rejected_requests).toBe(1);
  });
});

describe("the figures", () => {
  it("are of the measured time: arrivals for times, ends for throughput", () => {
    // Measured is [100 ms, 900 ms): the requests at 150, 500 and 899 arrive in it, and those of 95, 150 and 500 end in it.
    const scenario = arriving([50, 95, 150, 500, 899, 900], [fixed("a", 10)], {
      workload: { warmup_s: 0.1, cooldown_s: 0.1 },
      target: { cpu_workers: 1 },
    });
    const { summary, stages, resources } = simulate(scenario);
    expect(summary).toMatchObject({
      total_requests: 6,
      completed_requests: 6,
      offered_rps: 3 / 0.8,
      throughput_rps: 3 / 0.8,
      p50_ms: expect.closeTo(10, 9),
      max_ms: expect.closeTo(10, 9),
      avg_queue_ms: expect.closeTo(0, 9),
    });
    expect(stages).toMatchObject([
      { name: "queue", category: "queue", count: 3, total_ms: expect.closeTo(0, 9) },
      { name: "a", category: "cpu", count: 3, total_ms: expect.closeTo(30, 9) },
    ]);
    // Busy 5 ms of the second, 10, 10 and 1 ms in 800.
    expect(resources).toMatchObject([{ name: "cpu", util_percent: expect.closeTo((26 / 800) * 100, 9) }]);
  });

  it("count as goodput what keeps its limit", () => {
    const scenario = {
      ...arriving([0, 1, 2, 500], [fixed("a", 10)], { target: { cpu_workers: 1 } }),
      slo: { latency_ms: 20 },
    };
    expect(simulate(scenario).summary).toMatchObject({ throughput_rps: 4, goodput_rps: 3 });
  });

  it("of a queue are over time", () => {
    // 1 waits from 1 to 10, 2 from 2 to 20: 9 + 18 ms of a second; at most both at once.
    const { resources } = simulate(arriving([0, 1, 2], [fixed("a", 10)], { target: { cpu_workers: 1 } }));
    expect(resources).toMatchObject([
      { mean_queue: expect.closeTo(0.027, 12), max_queue: 2, mean_wait_ms: expect.closeTo(9, 9), capacity_rps: 100 },
    ]);
  });

  it("of nothing are null, and nothing is not a number", () => {
    const { summary } = simulate(arriving([10], [fixed("a", 1)], { workload: { warmup_s: 0.5 } }));
    expect(summary).toMatchObject({ p50_ms: null, avg_ms: null, avg_queue_ms: null, avg_ms_interval: null });
    expect(JSON.stringify(summary)).not.toContain("NaN");
  });
});
