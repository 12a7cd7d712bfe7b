// A run as a Chrome trace: what stands in it, by hand, and whether Perfetto takes it whole.
import { describe, expect, it } from "vitest";
import { type RunLog, type ServiceRun, toChromeTrace } from "../../../src/serving/result/index.js";
import type { Scenario } from "../../../src/serving/scenario/index.js";
import { hasTraceProcessor, judge, traceFaults } from "../../trace/trace-processor.js";

const ms = (...values: number[]): Float64Array => Float64Array.from(values, (value) => value / 1000);
const servers = (...values: number[]): Int32Array => Int32Array.from(values);

const scenario: Scenario = {
  name: "by hand",
  workload: { rps: 1000, duration_s: 0.004 },
  target: {},
  pipeline: [{ name: "preprocess", kind: "fixed_ms", value: 1 }],
};

function runOf(log: RunLog | undefined): ServiceRun {
  return { scenario, seed: 5, summary: { total_requests: 4 }, log } as unknown as ServiceRun;
}

/** Four requests, one each millisecond; a CPU of two workers, a GPU that takes requests 0 and 1 as a batch; request 3 is turned away. */
const byHand: RunLog = {
  requests: { count: 4, arrival: ms(0, 1, 2, 3), end: ms(7, 7, 9, Number.NaN) },
  stages: [
    {
      name: "preprocess",
      category: "cpu",
      resource: "cpu",
      queued: ms(0, 1, 2, Number.NaN),
      start: ms(0, 1, 2, Number.NaN),
      end: ms(2, 3, 4, Number.NaN),
      lane: servers(0, 1, 0, -1),
    },
    {
      name: "compute",
      category: "gpu",
      resource: "gpu",
      queued: ms(2, 3, 4, Number.NaN),
      start: ms(3, 3, 7, Number.NaN),
      end: ms(7, 7, 9, Number.NaN),
      lane: servers(0, 0, 0, -1),
    },
  ],
  tracks: [],
  counters: [
    {
      resource: "gpu",
      name: "waiting",
      unit: "requests",
      time: ms(0, 2, 3, 4, 7),
      value: Float64Array.of(0, 1, 0, 1, 0),
    },
  ],
};

interface Line {
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly name: string;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

function eventsOf(log: RunLog): Line[] {
  return (JSON.parse(toChromeTrace(runOf(log))) as { traceEvents: Line[] }).traceEvents;
}

const of = (phase: string, log = byHand): Line[] => eventsOf(log).filter(({ ph }) => ph === phase);

describe("the trace of a run", () => {
  it("has a process for the requests and for each resource, and a thread for each of its servers", () => {
    const names = of("M").filter(({ name }) => name.endsWith("_name"));
    expect(names.map(({ pid, tid, args }) => [pid, tid, args?.["name"]])).toEqual([
      [1, undefined, "requests"],
      [2, undefined, "cpu"],
      [3, undefined, "gpu"],
      [2, 1, "cpu 0"],
      [2, 2, "cpu 1"],
      [3, 3, "gpu 0"],
      [1, 4, "rejected"],
    ]);
  });

  it("has a slice for each service, one for a batch", () => {
    expect(of("X").map(({ name, tid, ts, dur, args }) => [name, tid, ts, dur, args])).toEqual([
      ["preprocess", 1, 0, 2000, { request: 0 }],
      ["preprocess", 1, 2000, 2000, { request: 2 }],
      ["preprocess", 2, 1000, 2000, { request: 1 }],
      ["compute", 3, 3000, 4000, { batch: 2, requests: [0, 1] }],
      ["compute", 3, 7000, 2000, { request: 2 }],
    ]);
  });

  it("has each request as a span from its arrival to its end, its waiting in it once", () => {
    const spans = eventsOf(byHand).filter(({ ph }) => ph === "b" || ph === "e");
    expect(spans.map(({ ph, id, name, ts }) => `${id} ${ph} ${name} ${ts}`)).toEqual([
      "0 b request 0",
      "0 b wait for compute 2000",
      "0 e wait for compute 3000",
      "0 e request 7000",
      "1 b request 1000",
      "1 e request 7000",
      "2 b request 2000",
      "2 b wait for compute 4000",
      "2 e wait for compute 7000",
      "2 e request 9000",
    ]);
  });

  it("says of a request that was turned away when, and shows no span of it", () => {
    expect(of("i").map(({ name, ts, args }) => [name, ts, args])).toEqual([["rejected", 3000, { request: 3 }]]);
  });

  it("has arrows along the way of each request", () => {
    expect(of("s").map(({ id, tid, ts }) => [id, tid, ts])).toEqual([
      [1, 1, 0],
      [2, 2, 1000],
      [3, 1, 2000],
    ]);
    expect(of("f").map(({ id, tid, ts }) => [id, tid, ts])).toEqual([
      [1, 3, 3000],
      [2, 3, 3000],
      [3, 3, 7000],
    ]);
  });

  it("has the queues as counters", () => {
    expect(of("C").map(({ pid, ts, args }) => [pid, ts, args])).toEqual(
      [0, 1, 0, 1, 0].map((requests, i) => [3, [0, 2000, 3000, 4000, 7000][i], { requests }]),
    );
  });

  it("has the steps of a language model on a track, and what requests do in them within the requests", () => {
    const prefill = { ...byHand.stages[1], name: "prefill", lane: servers(-1, -1, -1, -1) };
    const log: RunLog = {
      ...byHand,
      stages: [prefill],
      tracks: [
        { resource: "gpu", name: "step", start: ms(3, 7), end: ms(7, 9), figures: { running: Float64Array.of(2, 1) } },
      ],
    };
    expect(of("X", log).map(({ name, ts, dur, args }) => [name, ts, dur, args])).toEqual([
      ["step", 3000, 4000, { running: 2 }],
      ["step", 7000, 2000, { running: 1 }],
    ]);
    expect(of("b", log).map(({ id, name, ts }) => `${id} ${name} ${ts}`)).toEqual([
      "0 request 0",
      "0 wait for prefill 2000",
      "0 prefill 3000",
      "1 request 1000",
      "1 prefill 3000",
      "2 request 2000",
      "2 wait for prefill 4000",
      "2 prefill 7000",
    ]);
    expect(of("s", log)).toEqual([]);
  });

  it("spreads over further threads what should not overlap and does", () => {
    const crossing = { ...byHand.stages[0], lane: servers(0, 0, 0, -1) };
    const log: RunLog = { ...byHand, stages: [crossing, byHand.stages[1]] };
    expect(of("X", log).map(({ tid, ts }) => [tid, ts])).toEqual([
      [1, 0],
      [2, 1000],
      [1, 2000],
      [3, 3000],
      [3, 7000],
    ]);
    expect(of("s", log).map(({ tid }) => tid)).toEqual([1, 2, 1]);
  });

  it("needs what happened", () => {
    expect(() => toChromeTrace(runOf(undefined))).toThrow(
      'by hand: this run kept figures only, and a trace needs what happened\nSimulate it again with keep: "log".',
    );
  });
});

describe.skipIf(!hasTraceProcessor)("Perfetto", () => {
  it("takes a run by hand whole", async () => {
    const trace = await judge(toChromeTrace(runOf(byHand)));
    expect(await trace.query(traceFaults)).toEqual([]);
    expect(
      await trace.query(
        "select thread.name as thread, count(*) as slices, sum(dur) as ns from slice join thread_track on track_id = thread_track.id join thread using (utid) group by thread.name order by thread.name",
      ),
    ).toEqual([
      { thread: "cpu 0", slices: 2n, ns: 4_000_000n },
      { thread: "cpu 1", slices: 1n, ns: 2_000_000n },
      { thread: "gpu 0", slices: 2n, ns: 6_000_000n },
      { thread: "rejected", slices: 1n, ns: 0n },
    ]);
    expect(await trace.query("select count(*) as arrows from flow")).toEqual([{ arrows: 3n }]);
  });
});
