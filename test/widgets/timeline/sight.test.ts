// Where an event is drawn and what lies at a place are each other's inverse, however far one zooms, pans and scrolls.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { layOut } from "../../../widgets/timeline/layout.js";
import { LoadedTrace } from "../../../widgets/timeline/loaded-trace.js";
import { Pointing } from "../../../widgets/timeline/pointing.js";
import type { Hover } from "../../../widgets/timeline/shown.js";
import { Sight } from "../../../widgets/timeline/sight.js";
import { anyTimeline, timelineOf } from "./traces.js";

function sightOf(timelines: readonly Timeline[], collapsed: readonly string[] = []): Sight {
  const sight = new Sight();
  sight.traces = timelines.map(
    (columns, index) => new LoadedTrace({ columns, label: `trace ${index}`, offset: 100 * index }),
  );
  sight.layout = layOut(sight.traces, { collapsed: new Set(collapsed), hidden: new Set(), order: [] });
  sight.size = { width: 1000, height: 300, pixelRatio: 1, left: 190 };
  sight.viewport.setWidth(1000);
  sight.fitExtent();
  return sight;
}

it("finds an event in the middle of the box in which it is drawn", () => {
  const anyView = fc.record({ start: fc.nat(400), span: fc.integer({ min: 10, max: 500 }), scrollTop: fc.nat(200) });
  fc.assert(
    fc.property(anyTimeline, anyView, (timeline, { start, span, scrollTop }) => {
      const sight = sightOf([timeline, timeline]);
      sight.viewport.setRange({ start, end: start + span });
      sight.scrollTop = scrollTop;
      for (const trace of [0, 1]) {
        for (let event = 0; event < timeline.events.length; event++) {
          if (timeline.events.duration[event] === 0) continue;
          const box = sight.boxOf({ trace, event })!;
          expect(box.right).toBeGreaterThan(box.left);
          expect(sight.eventAt((box.left + box.right) / 2, box.top + box.height / 2)).toEqual({ trace, event });
        }
      }
    }),
  );
});

// A call and its kernel, and another kernel.
const known = timelineOf([
  { track: 0, start: 0, duration: 50, name: "cuLaunchKernel", role: "call", correlation: 7 },
  { track: 2, start: 60, duration: 100, name: "gemm", role: "kernel", correlation: 7 },
  { track: 2, start: 200, duration: 100, name: "softmax", role: "kernel" },
]);

describe("an area", () => {
  it("reaches over the tracks between two heights, those in collapsed processes too", () => {
    const open = sightOf([known]);
    const [host, thread, device, stream] = open.layout.items;
    expect([host, thread, device, stream].map(({ key }) => key)).toEqual(["0/p0", "0/p0/t0", "0/p1", "0/p1/t2"]);
    expect(open.keysBetween(thread.top + 2, thread.top + 4)).toEqual(["0/p0/t0"]);
    expect(open.keysBetween(stream.top + 5, thread.top + 5)).toEqual(["0/p0/t0", "0/p1/t2"]);
    expect(open.keysBetween(host.top + 1, host.top + 2)).toEqual([]);
    expect(open.keysBetween(undefined, undefined)).toBeUndefined();
    const closed = sightOf([known], ["0/p1"]);
    const heading = closed.layout.byKey.get("0/p1")!;
    const keys = closed.keysBetween(heading.top + 1, heading.top + 2);
    expect(keys).toEqual(["0/p1/t2"]);
    expect(closed.areaBox({ start: 0, end: 10, tracks: keys }).bands).toEqual([[heading.top, heading.height]]);
  });
});

it("draws an event of a collapsed process at its heading", () => {
  const sight = sightOf([known], ["0/p1"]);
  const heading = sight.layout.byKey.get("0/p1")!;
  expect(sight.boxOf({ trace: 0, event: 1 })!.top).toBe(heading.top);
});

describe("the pointer", () => {
  it("is told of once for each place, with the arrows of what it is over", () => {
    const sight = sightOf([known]);
    const told: (Hover | undefined)[] = [];
    const pointing = new Pointing((hover) => told.push(hover));
    pointing.look(sight);
    const box = sight.boxOf({ trace: 0, event: 1 })!;
    pointing.at = { x: (box.left + box.right) / 2, y: box.top + 4 };
    pointing.look(sight);
    pointing.look(sight);
    expect(told.map((hover) => hover?.event)).toEqual([{ trace: 0, event: 1 }]);
    expect(pointing.arrows).toEqual([
      [
        { trace: 0, event: 0 },
        { trace: 0, event: 1 },
      ],
    ]);
    // The picture moves under it.
    sight.viewport.panBy(200);
    sight.viewport.zoomAt(0, 0.5);
    pointing.look(sight);
    pointing.at = undefined;
    pointing.look(sight);
    expect(told).toHaveLength(3);
    expect(told[2]).toBeUndefined();
    expect([pointing.hovered, pointing.arrows]).toEqual([undefined, []]);
  });

  it("counts the events that are too narrow to be told apart", () => {
    const many = timelineOf(
      Array.from({ length: 2000 }, (_, index) => ({
        track: 0,
        start: 10 * index,
        duration: 5,
        name: "a",
        role: "call" as const,
      })),
    );
    const sight = sightOf([many]);
    const top = sight.layout.byKey.get("0/p0/t0")!.top;
    // All of the time has 4 % more than its events, on a thousand pixels.
    const { count } = sight.hoverAt(500, top + 8);
    expect([2, 3]).toContain(count);
  });
});
