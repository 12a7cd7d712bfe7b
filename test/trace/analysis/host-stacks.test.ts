import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostStacks } from "../../../src/trace/analysis/host-stacks.js";
import { MadeTimeline } from "./made-timeline.js";

describe("the stack of a host thread", () => {
  it("knows what encloses what, and what was the innermost at a moment", () => {
    const timeline = new MadeTimeline()
      .operator("outer", [0, 100])
      .operator("inner", [10, 50])
      .call("cuLaunchKernel", [20, 30])
      // Simulated calls take no time: it comes before what begins with it, and is not within it.
      .call("cuLaunchKernel", [60, 60])
      .call("cuCtxSynchronize", [60, 90])
      .kernel("k", undefined, [20, 30])
      .done();
    const stacks = new HostStacks(timeline);
    const named = (index: number) => (index < 0 ? "" : timeline.nameOf(index));
    const parents = Array.from(stacks.parent, (outer, index) => [timeline.nameOf(index), named(outer)]);
    expect(parents).toEqual([
      ["outer", ""],
      ["inner", "outer"],
      ["cuLaunchKernel", "inner"],
      ["k", ""],
      ["cuLaunchKernel", "outer"],
      ["cuCtxSynchronize", "outer"],
    ]);
    const at = (moment: number) => named(stacks.innermostAt(timeline.events.track[0], moment));
    expect([0, 10, 20, 29, 30, 50, 60, 95, 100].map(at)).toEqual([
      "outer",
      "inner",
      "cuLaunchKernel",
      "cuLaunchKernel",
      "inner",
      "outer",
      "cuCtxSynchronize",
      "outer",
      "",
    ]);
  });

  it("says what a thread did in any window: of what was under way, that which began last", () => {
    const spans = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 20 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(spans, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (all, from, to) => {
        const made = new MadeTimeline().operator("all", [0, 60]);
        // Only those that nest: what overlaps in part is not what a thread does.
        const taken: [number, number][] = [];
        for (const [start, length] of all) {
          const end = start + length;
          if (taken.every(([a, b]) => end <= a || start >= b || (start > a && end <= b) || (start < a && end >= b))) {
            taken.push([start, end]);
            made.operator(`from ${start}`, [start, end]);
          }
        }
        const timeline = made.done();
        const told = new Map<string, number>();
        new HostStacks(timeline).activity(timeline.events.track[0], from, to, (index, nanoseconds) => {
          expect(nanoseconds).toBeGreaterThan(0);
          told.set(timeline.nameOf(index), (told.get(timeline.nameOf(index)) ?? 0) + nanoseconds);
        });
        const expected = new Map<string, number>();
        for (let t = from; t < to; t++) {
          const open = taken.filter(([start, end]) => start <= t && t < end).map(([start]) => start);
          const name = open.length === 0 ? "all" : `from ${Math.max(...open)}`;
          expected.set(name, (expected.get(name) ?? 0) + 1);
        }
        expect(told).toEqual(expected);
      }),
    );
  });
});
