import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("calls", () => {
  it("are counted by name, with their middle and their tail", () => {
    const made = new MadeTimeline();
    // 1, 2, ... 20 ns, one after another.
    for (let i = 1, at = 0; i <= 20; at += i, i++) made.call("cuMemAlloc_v2", [at, at + i]);
    made.call("cuInit", [210, 421]);
    const { count, self_ns, by_name, by_category } = analyse(made.done()).calls;
    expect({ count, self_ns }).toEqual({ count: 21, self_ns: 421 });
    expect(by_name[0]).toMatchObject({ name: "cuInit", category: "init", count: 1, share: 211 / 421 });
    expect(by_name[1]).toEqual({
      name: "cuMemAlloc_v2",
      category: "memory",
      count: 20,
      total_ns: 210,
      self_ns: 210,
      mean_ns: 10.5,
      median_ns: 10.5,
      p95_ns: 19,
      p99_ns: 20,
      min_ns: 1,
      max_ns: 20,
      share: 210 / 421,
      unfinished: 0,
    });
    expect(by_category).toEqual([
      { category: "init", count: 1, self_ns: 211, share: 211 / 421 },
      { category: "memory", count: 20, self_ns: 210, share: 210 / 421 },
    ]);
  });

  it("within calls are kept, and the time of both counts once", () => {
    const { by_name, self_ns } = analyse(
      new MadeTimeline()
        .call("cuCtxCreate_v2", [0, 100])
        .call("cuMemAlloc_v2", [10, 40])
        .call("cuMemAlloc_v2", [50, 60])
        .done(),
    ).calls;
    expect(by_name.map(({ name, count, total_ns, self_ns: own }) => [name, count, total_ns, own])).toEqual([
      ["cuCtxCreate_v2", 1, 100, 60],
      ["cuMemAlloc_v2", 2, 40, 40],
    ]);
    expect(self_ns).toBe(100);
  });

  it("that wait are synchronisation, whatever the file files them under", () => {
    const { by_category } = analyse(
      new MadeTimeline()
        .call("cuStreamSynchronize", [0, 10], { category: "stream" })
        .call("cuStreamCreate", [10, 14])
        .done(),
    ).calls;
    expect(by_category.map(({ category, self_ns }) => [category, self_ns])).toEqual([
      ["sync", 10],
      ["stream", 4],
    ]);
  });

  it("of two threads at one time, and of two processes with threads of one number, are not folded into one", () => {
    const made = new MadeTimeline();
    for (const [tid, pid, end] of [
      [1, 1, 10],
      [2, 1, 20],
      [1, 2, 40],
    ])
      made.call("cuCtxSynchronize", [0, end], { thread: made.thread(tid, pid) });
    const { by_thread, self_ns } = analyse(made.done()).calls;
    // Were they one thread, the shorter would lie within the longer.
    expect(self_ns).toBe(70);
    expect(by_thread.map(({ pid, tid, self_ns: own, busy_share }) => [pid, tid, own, busy_share])).toEqual([
      [1, 1, 10, 0.25],
      [1, 2, 20, 0.5],
      [2, 1, 40, 1],
    ]);
  });

  it("that never returned are counted apart, and what was made within them is not lost", () => {
    const { by_name, unfinished } = analyse(
      new MadeTimeline().call("cuCtxSynchronize", [0, 0], { form: "unfinished" }).call("cuMemFree_v2", [5, 9]).done(),
    ).calls;
    expect(unfinished).toBe(1);
    expect(by_name.map(({ name, count, unfinished: open, self_ns }) => [name, count, open, self_ns])).toEqual([
      ["cuMemFree_v2", 1, 0, 4],
      ["cuCtxSynchronize", 0, 1, 0],
    ]);
  });

  it("have self times that add up to the time in which any call is under way, on each thread", () => {
    const nested: fc.Arbitrary<[number, number][]> = fc
      .array(fc.tuple(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 20 })), { maxLength: 15 })
      .map((spans) => {
        // Only those that nest with what was taken before.
        const taken: [number, number][] = [];
        for (const [start, length] of spans) {
          const end = start + length;
          const fits = taken.every(
            ([a, b]) => end <= a || start >= b || (start >= a && end <= b) || (start <= a && end >= b),
          );
          if (fits) taken.push([start, end]);
        }
        return taken;
      });
    fc.assert(
      fc.property(nested, (spans) => {
        const made = new MadeTimeline();
        for (const [index, span] of spans.entries()) made.call(`cuCall${index % 3}`, span);
        const { self_ns, by_name } = analyse(made.done()).calls;
        const covered = Array.from({ length: 80 }, (_, t) => spans.some(([a, b]) => a <= t && t < b)).filter(Boolean);
        expect(self_ns).toBe(covered.length);
        expect(by_name.reduce((sum, one) => sum + one.count, 0)).toBe(spans.length);
      }),
    );
  });
});
