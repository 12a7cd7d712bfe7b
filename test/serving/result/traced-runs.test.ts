// The traces of simulated runs, whatever the scenario: Perfetto takes them whole, and finds in them what the run says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ServiceRun, toChromeTrace } from "../../../src/serving/result/index.js";
import { presets, type Scenario, type Stage } from "../../../src/serving/scenario/index.js";
import { simulate } from "../../../src/serving/simulate.js";
import { hasTraceProcessor, type JudgedTrace, judge, traceFaults } from "../../trace/trace-processor.js";

interface Line {
  readonly ph: string;
  readonly ts: number;
  readonly id?: number;
  readonly name: string;
  readonly args?: { readonly request?: number; readonly requests?: readonly number[] };
}

const linesOf = (run: ServiceRun): Line[] => (JSON.parse(toChromeTrace(run)) as { traceEvents: Line[] }).traceEvents;

const kinds: fc.Arbitrary<Stage> = fc.oneof(
  fc.record({
    name: fc.constantFrom("tokenise", "check"),
    kind: fc.constant("fixed_ms" as const),
    value: fc.constantFrom(0, 0.5, 7),
    distribution: fc.constantFrom("constant" as const, "exponential" as const),
  }),
  fc.record({ name: fc.constant("copy"), kind: fc.constant("bytes" as const), value: fc.constantFrom(1, 1e6, 5e7) }),
  fc.record({ name: fc.constant("compute"), kind: fc.constant("tokens" as const), value: fc.constantFrom(1, 100) }),
);

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  name: fc.constant("random"),
  seed: fc.nat(1000),
  workload: fc.record({
    rps: fc.constantFrom(5, 60, 400),
    duration_s: fc.constantFrom(0.3, 1),
    arrivals: fc.constantFrom("constant" as const, "poisson" as const, "burst" as const),
    batch_size: fc.constantFrom(1, 1, 5),
    batch_timeout_ms: fc.constantFrom(0, 20),
  }),
  target: fc.record(
    {
      tflops: fc.constant(100),
      mem_gbps: fc.constant(1000),
      ms_per_token: fc.constant(0.1),
      h2d_gbps: fc.constant(10),
      d2h_gbps: fc.constant(10),
      concurrency: fc.constantFrom(1, 3),
      copy_engines: fc.constantFrom(1, 4),
      cpu_workers: fc.constantFrom(1, 2),
      queue_limit: fc.constantFrom(5, 20),
    },
    { requiredKeys: ["tflops", "mem_gbps", "ms_per_token", "h2d_gbps", "d2h_gbps"] },
  ),
  pipeline: fc.array(kinds, { minLength: 1, maxLength: 5 }).map(named),
});

/** Names of stages are unique in a pipeline. */
function named(stages: readonly Stage[]): Stage[] {
  return stages.map((stage, i) => ({ ...stage, name: `${stage.name} ${i}` }));
}

/** Slices and their nanoseconds, as the log has them: requests that share a server and a time are one service; steps beside them. */
function servicesOf({ log }: ServiceRun): { readonly slices: number; readonly nanoseconds: number } {
  const services = new Map<string, number>();
  for (const { name, start, end, lane } of log?.stages ?? []) {
    for (let i = 0; i < end.length; i++) {
      if (!Number.isFinite(end[i])) continue;
      const [from, to] = [Math.round(start[i] * 1e9), Math.round(end[i] * 1e9)];
      services.set(to > from ? `${name} ${lane[i]} ${from} ${to}` : `${name} ${i}`, to - from);
    }
  }
  for (const { resource, start, end } of log?.tracks ?? []) {
    for (const [i, moment] of start.entries())
      services.set(`${resource} step ${i}`, Math.round(end[i] * 1e9) - Math.round(moment * 1e9));
  }
  return { slices: services.size, nanoseconds: [...services.values()].reduce((sum, each) => sum + each, 0) };
}

async function slicesOfServers(trace: JudgedTrace): Promise<{ readonly slices: number; readonly nanoseconds: number }> {
  const [{ slices, nanoseconds }] = await trace.query(
    "select count(*) as slices, ifnull(sum(dur), 0) as nanoseconds from slice join thread_track on track_id = thread_track.id where slice.name != 'rejected'",
  );
  return { slices: Number(slices), nanoseconds: Number(nanoseconds) };
}

describe("the trace of an overloaded run", () => {
  const run = simulate(presets.get("overload"));
  const lines = linesOf(run);

  it("has no moment before 0", () => {
    expect(Math.min(...lines.flatMap(({ ts }) => ts ?? []))).toBe(0);
  });

  it("has each waiting of a request once, and never before it arrives", () => {
    const arrivals = new Map<number, number>();
    const waits = new Set<string>();
    for (const { ph, id, name, ts } of lines) {
      if (ph !== "b") continue;
      if (name === "request") arrivals.set(id as number, ts);
      else {
        expect(waits.has(`${id} ${name}`)).toBe(false);
        waits.add(`${id} ${name}`);
        expect(ts).toBeGreaterThanOrEqual(arrivals.get(id as number) as number);
      }
    }
    expect(arrivals.size).toBe(3000);
    expect(waits.size).toBeGreaterThan(2900);
  });
});

describe.skipIf(!hasTraceProcessor)("Perfetto", () => {
  it.each(["demo", "overload", "batched", "llm", "llm-chunked", "llm-disaggregated"])(
    "takes the whole of %s",
    async (name) => {
      const preset = presets.get(name) as Scenario;
      const run = simulate({
        ...preset,
        workload: { ...preset.workload, duration_s: Math.min(6, preset.workload.duration_s), warmup_s: 0 },
      });
      const trace = await judge(toChromeTrace(run));
      expect(await trace.query(traceFaults)).toEqual([]);
      expect(await slicesOfServers(trace)).toEqual(servicesOf(run));
      const spans = await trace.query("select count(*) as spans from slice where name = 'request'");
      expect(spans).toEqual([{ spans: BigInt(run.summary.total_requests) }]);
    },
  );

  it("takes any run whole", async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const run = simulate(scenario);
        const trace = await judge(toChromeTrace(run));
        expect(await trace.query(traceFaults)).toEqual([]);
        expect(await slicesOfServers(trace)).toEqual(servicesOf(run));
        const [{ rejected }] = await trace.query("select count(*) as rejected from slice where name = 'rejected'");
        expect(Number(rejected)).toBe(run.summary.rejected_requests);
      }),
      { numRuns: 25 },
    );
  });
});
