// What limits a pipeline is named, with what shows it.
import { describe, expect, it } from "vitest";
import { readScenario, type Stage, simulate, type Target, type Workload } from "../../../src/serving/index.js";
import { fixed, transfer } from "./scenarios.js";

const stages = [
  fixed("before", 1),
  transfer("in", 1e6),
  fixed("compute", 1, { resource: "gpu" }),
  transfer("out", 1e6),
];

function run(pipeline: readonly Stage[], workload: Partial<Workload> = {}, target: Target = {}) {
  const { summary, bottleneck } = simulate(
    readScenario({
      name: "any",
      workload: { rps: 100, duration_s: 10, ...workload },
      target: { cpu_workers: 1, h2d_gbps: 1, d2h_gbps: 1, ...target },
      pipeline,
    }),
  );
  return { ...summary, ...bottleneck };
}

const slower = (name: string, by: number): readonly Stage[] =>
  stages.map((stage) => (stage.name === name ? { ...stage, value: stage.value! * by } : stage));

describe("under overload", () => {
  it.each([
    ["before", "cpu", "cpu"],
    ["in", "h2d", "transfer"],
    ["compute", "gpu", "gpu"],
    ["out", "d2h", "transfer"],
  ])("it is the resource that could serve the fewest: of %s", (stage, resource, kind) => {
    const { capacity_rps, ...found } = run(slower(stage, 20));
    expect(found).toMatchObject({ overloaded: true, resource, kind, avg_ms_interval: null });
    expect(capacity_rps).toBeCloseTo(50, 9);
    expect(found.evidence).toMatch(
      new RegExp(
        `^100 requests a second are offered and ${resource} can serve 50; ${resource} is busy \\d+\\.?\\d* % of the time$`,
      ),
    );
  });

  it("is said of batches that are never full too, by what waits", () => {
    // Full batches of 64 could serve 100 a second, but they leave after 1 ms with one request and compute as long as 64 would.
    const { capacity_rps, overloaded, evidence } = run(
      [{ name: "compute", kind: "work", flop: 0, bytes: 0, batch_bytes: 2e7 }],
      { batch_size: 64, batch_timeout_ms: 1 },
      { tflops: 1, mem_gbps: 1 },
    );
    expect(capacity_rps).toBeCloseTo(3200, 9);
    expect(overloaded).toBe(true);
    expect(evidence).toMatch(
      /^0, 2\d\d and [45]\d\d requests wait after 0, 5 and 10 s; batches left with 1 of 64 requests; gpu is busy/,
    );
  });

  it("is not said at exactly the capacity", () => {
    expect(run([fixed("a", 10)])).toMatchObject({
      overloaded: false,
      kind: "cpu",
      evidence: "cpu is busy 100 % of the time",
    });
  });
});

describe("a resource of several stages that is offered too much", () => {
  const around = (before: number) => [
    fixed("before", before),
    fixed("compute", 1, { resource: "gpu" }),
    fixed("after", 1),
  ];

  it("says that what is nearly done waits in its line, so that less is finished than it could serve", () => {
    // In t seconds 10 t seconds of work come to four workers, so that what comes at t is done at 2.5 t. Of 10 s that is what has passed
    // the first stage after 4 s, where 40 a second pass it: about 160.
    const { evidence, throughput_rps, capacity_rps } = run(around(100), {}, { cpu_workers: 4 });
    expect(capacity_rps).toBeCloseTo(4 / 0.101, 9);
    expect(throughput_rps).toBeCloseTo(15.6, 1);
    expect(evidence).toBe(
      "100 requests a second are offered and cpu can serve 39.6; cpu is busy 99.85 % of the time; " +
        "15.6 a second are finished, since the last stages of cpu wait in one line with its first",
    );
  });

  it("says no such thing of what serves as much as it can", () => {
    expect(run([fixed("before", 20), ...stages.slice(1)]).evidence).not.toContain("line");
    expect(run(around(1), { rps: 490 }).evidence).not.toContain("line");
  });
});

describe("a line that is full", () => {
  it("is said with the share that it turns away", () => {
    // Nobody may wait for one server that takes a tenth of a second: of three that arrive in that time, one is served.
    const { evidence } = run(
      [fixed("a", 100)],
      { rps: 9, arrivals: "burst", burst: 3, duration_s: 9 },
      { queue_limit: 0 },
    );
    expect(evidence).toMatch(
      /^nothing limits: cpu, the busiest, is busy 30 % of the time; 66.67 % of the requests are turned away$/,
    );
  });
});

describe("without overload", () => {
  it("nothing limits where everything is idle most of the time", () => {
    expect(run(stages)).toMatchObject({
      overloaded: false,
      kind: "none",
      evidence: expect.stringMatching(/^nothing limits: \w+, the busiest, is busy 10 % of the time$/),
    });
  });

  it("it is what is busy most of the time", () => {
    expect(run(slower("compute", 8))).toMatchObject({
      kind: "gpu",
      resource: "gpu",
      evidence: "gpu is busy 80 % of the time",
    });
  });

  it("it is the queue where requests wait most of their time", () => {
    const { kind, resource, evidence } = run([fixed("compute", 9, { resource: "gpu" })], {
      arrivals: "poisson",
      duration_s: 100,
    });
    expect({ kind, resource }).toEqual({ kind: "queue", resource: "gpu" });
    expect(evidence).toMatch(
      /^requests wait [78]\d\.?\d* % of their time, most of it for gpu, which is busy [89]\d\.?\d* % of the time$/,
    );
  });

  it("it is batching where requests wait for their batch", () => {
    const { kind, resource, evidence } = run([fixed("compute", 1, { resource: "gpu" })], {
      batch_size: 8,
      batch_timeout_ms: 1000,
    });
    expect({ kind, resource }).toEqual({ kind: "queue", resource: "batching" });
    expect(evidence).toContain("for their batch to be full or its time to be up");
  });
});
