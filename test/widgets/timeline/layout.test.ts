// Which row stands where.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { bandsBetween, type Layout, layOut } from "../../../widgets/timeline/layout.js";
import type { LayoutState } from "../../../widgets/timeline/shown.js";
import { anyTimeline, rowsOf } from "./traces.js";

const plain: LayoutState = { collapsed: new Set(), hidden: new Set(), order: [] };

/** A host with two threads, one of them with a lane more, and a counter; a device with one stream; a process without anything. */
function example(state: Partial<LayoutState> = {}, traces = 1): Layout {
  const builder = new TimelineBuilder();
  const host = builder.process(1, { name: "host", order: 2 });
  const device = builder.process(2, { name: "GPU 0", order: 1 });
  builder.process(3, { name: "idle" });
  const main = builder.track(host, "main");
  const other = builder.track(host, "other");
  const stream = builder.track(device, 7, { name: "stream 7", kind: "stream" });
  builder.track(device, 8, { name: "never used" });
  builder.counter(host, "bytes", 0, 1);
  for (const [track, start, duration] of [
    [main, 0, 100],
    [main, 10, 20],
    [other, 0, 50],
    [other, 40, 50],
    [stream, 0, 10],
  ]) {
    builder.event({ track, start, duration, name: "a" });
  }
  const timeline = builder.build({ name: "example", format: "chrome" });
  const laid = { label: "A", rows: rowsOf(timeline) };
  return layOut(
    Array.from({ length: traces }, () => laid),
    { ...plain, ...state },
  );
}

const shown = ({ items }: Layout): string[] => items.filter(({ height }) => height > 0).map(({ name }) => name);
const keyOf = ({ items }: Layout, name: string): string => items.find((item) => item.name === name)?.key ?? "";

describe("the rows of a trace", () => {
  it("stand by processes in their order, counters first, without what is empty", () => {
    expect(shown(example())).toEqual(["GPU 0", "stream 7", "host", "bytes", "main", "other"]);
  });

  it("have a band for each depth, and for each lane of what overlaps", () => {
    const { bands } = example();
    const count = (name: string): number =>
      bands.filter(({ kind, item }) => kind === "slices" && item.name === name).length;
    expect([count("stream 7"), count("main"), count("other")]).toEqual([1, 2, 2]);
  });

  it("become one band when their track is collapsed, and none within a collapsed process", () => {
    const open = example();
    const track = example({ collapsed: new Set([keyOf(open, "main")]) });
    expect(track.bands.filter(({ item }) => item.name === "main").map(({ kind }) => kind)).toEqual(["summary"]);
    const process = example({ collapsed: new Set([keyOf(open, "host")]) });
    expect(shown(process)).toEqual(["GPU 0", "stream 7", "host"]);
    expect(process.bands.filter(({ item }) => item.name === "host").map(({ kind }) => kind)).toEqual(["summary"]);
    expect(process.height).toBeLessThan(open.height);
  });

  it("go when they are hidden, and are still listed", () => {
    const open = example();
    const layout = example({ hidden: new Set([keyOf(open, "main"), keyOf(open, "GPU 0")]) });
    expect(shown(layout)).toEqual(["host", "bytes", "other"]);
    expect(layout.items.map(({ name }) => name)).toEqual(open.items.map(({ name }) => name));
  });

  it("stand in the order that somebody gave them, the others after them", () => {
    const open = example();
    const order = [keyOf(open, "host"), keyOf(open, "other")];
    expect(shown(example({ order }))).toEqual(["host", "other", "bytes", "main", "GPU 0", "stream 7"]);
  });

  it("stand under their trace where there are two", () => {
    const names = ["A", "GPU 0", "stream 7", "host", "bytes", "main", "other"];
    expect(shown(example({}, 2))).toEqual([...names, ...names]);
    expect(shown(example({ collapsed: new Set(["0"]) }, 2))).toEqual(["A", ...names]);
    expect(new Set(example({}, 2).items.map(({ key }) => key)).size).toBe(14);
  });

  it("say how many events they have", () => {
    expect(example().items.map(({ name, detail }) => [name, detail])).toEqual([
      ["GPU 0", "1 event"],
      ["stream 7", "1 event"],
      ["host", "4 events"],
      ["bytes", ""],
      ["main", "2 events"],
      ["other", "2 events"],
    ]);
  });
});

const anyState = fc.record({
  collapsed: fc
    .uniqueArray(fc.constantFrom("0/p0", "0/p1", "0/p0/t0", "0/p0/t1", "0/p1/t3"))
    .map((keys) => new Set(keys)),
  hidden: fc.uniqueArray(fc.constantFrom("0/p1", "0/p0/t1", "0/p1/t2")).map((keys) => new Set<string>(keys)),
  order: fc.uniqueArray(fc.constantFrom("0/p1", "0/p0", "0/p1/t3", "0/p0/t1")),
});

describe("any layout", () => {
  it("has its bands one under the other, within their items", () => {
    fc.assert(
      fc.property(anyTimeline, anyState, (timeline, state) => {
        const { bands, height } = layOut([{ label: "", rows: rowsOf(timeline) }], state);
        let bottom = 0;
        for (const band of bands) {
          expect(band.top).toBeGreaterThanOrEqual(bottom);
          bottom = band.top + band.height;
          expect(band.top).toBeGreaterThanOrEqual(band.item.top);
          expect(bottom).toBeLessThanOrEqual(band.item.top + band.item.height);
        }
        expect(bottom).toBeLessThanOrEqual(height);
      }),
    );
  });

  it("finds the bands between two heights as looking at all of them does", () => {
    fc.assert(
      fc.property(
        anyTimeline,
        anyState,
        fc.nat(400),
        fc.integer({ min: 1, max: 200 }),
        (timeline, state, top, tall) => {
          const layout = layOut([{ label: "", rows: rowsOf(timeline) }], state);
          const [first, end] = bandsBetween(layout, top, top + tall);
          const reaching = layout.bands.filter((band) => band.top + band.height > top && band.top < top + tall);
          expect(layout.bands.slice(first, end)).toEqual(reaching);
        },
      ),
    );
  });

  it("loses no event: each lies in a band, or in something that is collapsed or hidden", () => {
    fc.assert(
      fc.property(anyTimeline, anyState, (timeline, state) => {
        const rows = rowsOf(timeline);
        const { byRow, byKey } = layOut([{ label: "", rows }], state);
        for (let event = 0; event < timeline.events.length; event++) {
          const track = timeline.events.track[event];
          const process = `0/p${timeline.tracks[track].process}`;
          const around = [process, `${process}/t${track}`];
          // Only what has something to open collapses.
          const isAway = around.some((key) => state.hidden.has(key) || byKey.get(key)?.isCollapsed === true);
          expect(byRow.has(rows.rows[rows.rowOf[event]])).toBe(!isAway);
        }
      }),
    );
  });
});
