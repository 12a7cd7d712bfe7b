import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { type Action, programs, run } from "./made-run.js";
import { MadeTimeline } from "./made-timeline.js";

const program: readonly Action[] = [
  { do: "copy and wait", stream: 0, copy: 100 },
  { do: "launch", stream: 0, call: 10, kernel: 300, name: "gemm" },
  { do: "launch", stream: 0, call: 10, kernel: 20, name: "relu" },
  { do: "wait for stream", stream: 0, call: 2 },
];

describe("what if", () => {
  it("something were faster: what waited for it comes earlier, and what did not stays", () => {
    // 10 init, 100 copy, 10 launch, 4 until it arrives, 300 + 20 on the device, 2 to return, 6 to clean up.
    const analysis = analyse(run(program));
    expect(analysis.timeline.end).toBe(452);
    expect(analysis.whatIf({ copies: 2 })).toMatchObject({ recorded_ns: 452, total_ns: 402, saved_ns: 50 });
    expect(analysis.whatIf({ kernels: { gemm: 2 } }).total_ns).toBe(302);
    expect(analysis.whatIf({ kernels: { "*e*": 2, relu: 1 } }).total_ns).toBe(292);
    // The second launch ran beside the first kernel.
    expect(analysis.whatIf({ launches: 0.5 }).total_ns).toBe(462);
    expect(analysis.whatIf({ kernels: Number.POSITIVE_INFINITY, copies: Number.POSITIVE_INFINITY })).toMatchObject({
      total_ns: 42,
      limited_by: "host",
    });
  });

  it("says how much of it is the program's start, which a faster host makes shorter too", () => {
    const analysis = analyse(run(program));
    expect(analysis.whatIf({ copies: 2 }).before_work).toEqual({ recorded_ns: 10, total_ns: 10 });
    expect(analysis.whatIf({ host: 2 }).before_work).toEqual({ recorded_ns: 10, total_ns: 5 });
    const hostOnly = new MadeTimeline().call("cuInit", [0, 5]).done();
    expect(analyse(hostOnly).whatIf({ host: 2 }).before_work).toBeUndefined();
  });

  it("says what would then limit", () => {
    const { limits, limited_by, speedup } = analyse(run(program)).whatIf({ kernels: 8 });
    expect(limited_by).toBe("copy");
    expect(limits).toEqual([
      { kind: "copy", total_ns: 100, share: 100 / 172 },
      { kind: "kernel", total_ns: 40, share: 40 / 172 },
      { kind: "host", total_ns: 28, share: 28 / 172 },
      { kind: "wait", total_ns: 4, share: 4 / 172 },
    ]);
    expect(speedup).toBe(452 / 172);
  });

  it("asks as running the program so much faster answers", () => {
    const factor = fc.constantFrom(0.5, 1, 2);
    fc.assert(
      fc.property(programs(14), factor, factor, factor, factor, (rest, host, launches, copies, gemm) => {
        // How long a launch needs to arrive is seen at the first.
        const actions: Action[] = [{ do: "launch", stream: 0, call: 2, kernel: 2, name: "gemm" }, ...rest];
        const faster = analyse(run(actions)).whatIf({
          host: 1 / host,
          launches: 1 / launches,
          copies: 1 / copies,
          kernels: { gemm: 1 / gemm },
        });
        expect(faster.total_ns).toBe(run(actions, { host, launches, copies, kernels: { gemm } }).end);
      }),
      { numRuns: 1000 },
    );
  });

  it("changes nothing in a trace that has calls in the stream of a device", () => {
    const made = new MadeTimeline();
    made
      .call("cuLaunchKernel", [0, 5], { thread: made.stream(), correlation: 1 })
      .kernel("gemm", [6, 10], [12, 20])
      .call("cuStreamSynchronize", [10, 21])
      .call("cuStreamSynchronize", [22, 22], { thread: made.thread(2), form: "instant" });
    const analysis = analyse(made.done());
    expect(analysis.whatIf({}).total_ns).toBe(22);
    expect(analysis.whatIf({ kernels: 2 }).total_ns).toBe(18);
    expect(analysis.criticalPath.length_ns).toBe(22);
  });

  it("changes nothing where nothing is faster, whatever was recorded", () => {
    fc.assert(
      fc.property(anything, (timeline) => {
        expect(analyse(timeline).whatIf({}).total_ns).toBe(timeline.end);
      }),
      { numRuns: 500 },
    );
  });

  it("never takes longer with more speed, nor less than what is left of the critical path", () => {
    fc.assert(
      fc.property(anything, fc.double({ min: 1, max: 8, noNaN: true }), (timeline, speed) => {
        const analysis = analyse(timeline);
        const { by_kind } = analysis.criticalPath;
        const unaffected = by_kind
          .filter(({ kind }) => kind !== "kernel")
          .reduce((sum, { total_ns }) => sum + total_ns, 0);
        const one = analysis.whatIf({ kernels: speed }).total_ns;
        expect(one).toBeLessThanOrEqual(timeline.end);
        expect(analysis.whatIf({ kernels: speed, copies: speed }).total_ns).toBeLessThanOrEqual(one);
        expect(one).toBeGreaterThanOrEqual(unaffected - 1e-6);
        expect(analysis.whatIf({ launches: 1 / speed }).total_ns).toBeGreaterThanOrEqual(timeline.end);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses what cannot be", () => {
    const analysis = analyse(run(program));
    expect(() => analysis.whatIf({ copies: 0 })).toThrow(
      "copies: 0 times as fast cannot be\nGive how many times as fast as recorded: 2 takes half the time, 0.5 twice as long.",
    );
    expect(() => analysis.whatIf({ kernels: { gem: 2 } })).toThrow(
      'kernels: no kernel of this trace is called "gem"\nIs "gemm" meant? A * stands for anything.',
    );
    expect(() => analysis.whatIf({ kernels: { softmax: 2 } })).toThrow('A * stands for anything: "*gemm*" is every');
  });
});

describe("the critical path", () => {
  it("goes from the end back over what each waited for", () => {
    const { segments, by_kind, by_name, length_ns } = analyse(
      run([
        { do: "launch", stream: 0, call: 10, kernel: 100, name: "gemm" },
        { do: "launch", stream: 1, call: 10, kernel: 30, name: "relu" },
        { do: "record", stream: 0, event: 0 },
        { do: "wait for event", stream: 1, event: 0 },
        { do: "copy", stream: 1, call: 10, copy: 40 },
        { do: "wait for stream", stream: 1, call: 2 },
        { do: "compute", host: 12 },
      ]),
    ).criticalPath;
    expect(segments.map(({ kind, name, from_ns, to_ns }) => [kind, name, from_ns, to_ns])).toEqual([
      ["host", "process 1, thread 1", 0, 20],
      ["wait", "gemm", 20, 24],
      ["kernel", "gemm", 24, 124],
      // Not relu, which was done long before: the event of the other stream let it begin.
      ["copy", "cuMemcpyHtoDAsync_v2", 124, 164],
      ["host", "process 1, thread 1", 164, 184],
    ]);
    expect(length_ns).toBe(184);
    expect(by_kind.map(({ kind, total_ns }) => [kind, total_ns])).toEqual([
      ["kernel", 100],
      ["host", 40],
      ["copy", 40],
      ["wait", 4],
    ]);
    expect(by_name.filter(({ kind }) => kind === "host").map(({ name, total_ns }) => [name, total_ns])).toEqual([
      ["", 12],
      ["cuInit", 10],
      ["cuLaunchKernel", 10],
      ["cuCtxDestroy_v2", 6],
      ["cuStreamSynchronize", 2],
    ]);
  });

  it("without times of the device goes over the host, which waits where it synchronises", () => {
    const { by_kind } = analyse(
      new MadeTimeline()
        .call("cuLaunchKernel", [0, 10])
        .call("cuCtxSynchronize", [10, 90])
        .call("cuMemFree_v2", [90, 100])
        .done(),
    ).criticalPath;
    expect(by_kind.map(({ kind, total_ns }) => [kind, total_ns])).toEqual([
      ["wait", 80],
      ["host", 20],
    ]);
  });

  it("passes from a thread that begins to the one that was at work before", () => {
    const made = new MadeTimeline();
    const { segments } = analyse(
      made
        .kernel("forward", [0, 10], [10, 50])
        .call("cuCtxSynchronize", [10, 60])
        .kernel("backward", [70, 80], [80, 100], { thread: made.thread(2) })
        .done(),
    ).criticalPath;
    expect(segments.map(({ kind, name, to_ns }) => [kind, name, to_ns])).toEqual([
      ["host", "process 1, thread 1", 10],
      ["kernel", "forward", 50],
      ["host", "process 1, thread 1", 60],
      ["host", "process 1, thread 2", 80],
      ["kernel", "backward", 100],
    ]);
  });

  it("is as long as the wall time: its segments follow each other from the beginning to the end", () => {
    fc.assert(
      fc.property(anything, (timeline) => {
        const { segments, count, length_ns, by_kind, by_name } = analyse(timeline).criticalPath;
        let at = 0;
        expect(count).toBe(segments.length);
        for (const { from_ns, to_ns } of segments) {
          expect(from_ns).toBe(at);
          expect(to_ns).toBeGreaterThan(from_ns);
          at = to_ns;
        }
        expect(at).toBe(timeline.end);
        expect(length_ns).toBe(timeline.end);
        for (const sums of [by_kind, by_name]) {
          expect(sums.reduce((sum, { total_ns }) => sum + total_ns, 0)).toBeCloseTo(timeline.end, 6);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Timelines that no program makes: overlapping calls, kernels that begin before their launch or overlap in their stream. */
const anything = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        "kernel",
        "orphan",
        "copy",
        "sync",
        "stream sync",
        "free",
        "operator",
        "open",
      ) as fc.Arbitrary<"kernel" | "orphan" | "copy" | "sync" | "stream sync" | "free" | "operator" | "open">,
      start: fc.nat({ max: 100 }),
      length: fc.nat({ max: 20 }),
      later: fc.integer({ min: -5, max: 40 }),
      took: fc.nat({ max: 30 }),
      stream: fc.nat({ max: 1 }),
      tid: fc.nat({ max: 1 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((all) => {
    const made = new MadeTimeline();
    for (const { kind, start, length, later, took, stream, tid } of all) {
      const call = [start, start + length] as const;
      const begin = Math.max(0, start + later);
      const work = [begin, begin + took] as const;
      const thread = made.thread(tid);
      if (kind === "kernel") made.kernel("k", call, work, { stream, thread });
      else if (kind === "orphan") made.kernel("k", undefined, work, { stream });
      else if (kind === "copy") made.copy("cuMemcpyDtoH_v2", call, work, { stream, thread });
      else if (kind === "sync") made.call("cuCtxSynchronize", call, { thread });
      else if (kind === "stream sync") made.call("cuStreamSynchronize", call, { thread, stream });
      else if (kind === "free") made.call("cuMemFree_v2", call, { thread });
      else if (kind === "open") made.call("cuCtxSynchronize", [start, start], { thread, form: "unfinished" });
      else made.operator("aten::mm", call, thread);
    }
    return made.done();
  });
