// What a simulator of services gets wrong when it makes its figures up: each of these was found in one.
import { describe, expect, it } from "vitest";
import {
  breakdown,
  loadSweepStudy,
  type MakeRun,
  presets,
  runStudy,
  type Scenario,
  type ServiceRun,
  simulate,
} from "../../src/serving/index.js";

const demo = presets.get("demo")!;
const overload = presets.get("overload")!;

const run = (workload: Partial<Scenario["workload"]>, target: Scenario["target"] = {}): ServiceRun =>
  simulate({ ...demo, workload: { ...demo.workload, ...workload }, target: { ...demo.target, ...target } });

describe("under overload", () => {
  const { summary, bottleneck } = simulate(overload);

  it("throughput is what is served, not what is offered", () => {
    // Four slots of 25.6 ms serve 156.25 a second, less the 2.3 ms before the first can begin.
    expect(summary.offered_rps).toBe(300);
    expect(summary.throughput_rps).toBeGreaterThan(155.9);
    expect(summary.throughput_rps).toBeLessThanOrEqual(156.25);
    expect(summary.capacity_rps).toBeCloseTo(156.25, 9);
  });

  it("says that it is overload, and of what", () => {
    expect(summary.overloaded).toBe(true);
    expect(bottleneck).toMatchObject({ resource: "gpu", kind: "gpu" });
    expect(bottleneck.evidence).toContain("300 requests a second are offered and gpu can serve 156.3");
  });
});

describe("utilisation", () => {
  it("is the busy share of the slots", () => {
    // 20 requests of 25.6 ms on 4 slots in 10 s.
    expect(simulate(demo).summary.gpu_util_percent).toBeCloseTo((20 * 0.0256 * 100) / (4 * 10), 9);
    expect(simulate(overload).summary.gpu_util_percent).toBeGreaterThan(99.5);
  });
});

describe("what is asked for changes what comes out", () => {
  it("batch size: what one request cannot do a batch can", () => {
    const single = run({ rps: 300 });
    const batched = run({ rps: 300, batch_size: 8 });
    expect(batched.summary.overloaded).toBe(false);
    expect(batched.summary.throughput_rps).toBeGreaterThan(1.8 * single.summary.throughput_rps);
    // A batch of 8 computes as long as one request: its tokens wait for memory. 8 times the requests of a slot, 156.25 * 8.
    expect(batched.summary.capacity_rps).toBeCloseTo(1250, 9);
  });

  it("TFLOPS: a batch is bound by them once it does more operations than memory brings weights", () => {
    // 128 requests at 180 TFLOPS and 3000 GB/s: 128 / 60 times as long as one.
    const at = (tflops: number) => run({ rps: 1280, batch_size: 128, batch_timeout_ms: 1000 }, { tflops });
    expect(at(180).stages.find(({ name }) => name === "compute")?.avg_ms).toBeCloseTo((25.6 * 128) / 60, 6);
    expect(at(90).stages.find(({ name }) => name === "compute")?.avg_ms).toBeCloseTo((25.6 * 128) / 30, 6);
  });

  it("bandwidth to and from the device", () => {
    const transfer = (gbps: number) => {
      const { stages } = run({}, { h2d_gbps: gbps, d2h_gbps: gbps });
      return ["h2d", "d2h"].map((wanted) => stages.find(({ name }) => name === wanted)!.avg_ms);
    };
    expect(transfer(32)[0]).toBeCloseTo((8 * 2 ** 20) / 32e6, 9);
    expect(transfer(16)[0]).toBeCloseTo((8 * 2 ** 20) / 16e6, 9);
    expect(transfer(16)[1]).toBeCloseTo((2 * 2 ** 20) / 16e6, 9);
  });

  it("memory bandwidth: bytes of a stage of work", () => {
    const seconds = (mem_gbps: number) =>
      simulate({
        ...demo,
        target: { ...demo.target, mem_gbps },
        pipeline: [{ name: "compute", kind: "work", flop: 1e9, bytes: 3e9 }],
      }).summary.p50_ms;
    expect(seconds(3000)).toBeCloseTo(1, 9);
    expect(seconds(1500)).toBeCloseTo(2, 9);
  });
});

describe("jitter", () => {
  const arrivals = (jitter_pct: number) => [...run({ rps: 50, jitter_pct }).log!.requests.arrival];

  it("of 0 stays 0", () => {
    expect(arrivals(0)).toEqual(Array.from({ length: 500 }, (_, k) => k / 50));
  });

  it("moves arrivals and leaves them in order, however much", () => {
    for (const jitter of [1, 50, 100]) {
      const moments = arrivals(jitter);
      expect(moments).toHaveLength(500);
      expect(moments).toEqual([...moments].sort((a, b) => a - b));
      expect(moments.some((moment, k) => moment !== k / 50)).toBe(true);
      expect(moments[0]).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("the spans of a request", () => {
  const { requests } = breakdown(simulate(overload));

  it("wait once for each stage, and never before the request is there", () => {
    expect(requests).toHaveLength(3000);
    for (const { arrival_ms, end_ms, queue_ms, stages } of requests) {
      const names = stages.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      // From arrival to end without a gap and without an overlap.
      let at = arrival_ms;
      for (const { start_ms, end_ms: until } of stages) {
        expect(start_ms).toBe(at);
        expect(until).toBeGreaterThanOrEqual(start_ms);
        at = until;
      }
      expect(at).toBe(end_ms);
      const queued = stages.filter(({ cat }) => cat === "queue").map(({ start_ms, end_ms: until }) => until - start_ms);
      expect(queued.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(queue_ms, 6);
    }
  });
});

describe("the knee", () => {
  it("is there whenever the sweep passes saturation", () => {
    const makeRun: MakeRun = ({ scenario, seed }) => simulate(scenario, { seed, keep: "figures" });
    for (const scenario of [demo, presets.get("poisson")!]) {
      const study = loadSweepStudy(scenario, { vary: { rps: [10, 50, 100, 150, 200, 300] }, requests: 1000 });
      const { rows, knees } = runStudy(study, makeRun);
      expect(rows.map(({ overloaded }) => overloaded)).toEqual([false, false, false, false, true, true]);
      expect([100, 150]).toContain(knees[0].knee?.rps);
    }
  });
});

describe("a run", () => {
  const bytes = (result: ServiceRun) =>
    JSON.stringify(result, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value));

  it("is the same again, and another with another seed", () => {
    const poisson = presets.get("poisson")!;
    expect(bytes(simulate(poisson, { seed: 7 }))).toBe(bytes(simulate(poisson, { seed: 7 })));
    expect(simulate(poisson, { seed: 8 }).summary.p50_ms).not.toBe(simulate(poisson, { seed: 7 }).summary.p50_ms);
  });
});
