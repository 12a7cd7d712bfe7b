// What is under the pointer, against looking at every event.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandAt, countBetween, eventNear, eventOfBand } from "../../../widgets/timeline/hit.js";
import { layOut } from "../../../widgets/timeline/layout.js";
import { anyParts, anyTimeline, rowOf, rowsOf } from "./traces.js";

describe("the event near a moment", () => {
  it("is one that runs then, else the nearest within reach", () => {
    fc.assert(
      fc.property(anyParts, fc.integer({ min: -20, max: 30_000 }), fc.nat(50), (parts, time, tolerance) => {
        const { row, timeline } = rowOf(parts);
        const { start, duration } = timeline.events;
        const away = (event: number): number => Math.max(0, start[event] - time, time - start[event] - duration[event]);
        const nearest = Math.min(...[...row.events].map(away));
        const found = eventNear(row, time, tolerance);
        expect(found === undefined ? undefined : away(found)).toBe(nearest <= tolerance ? nearest : undefined);
      }),
    );
  });

  it("is, of two that meet there, the one that begins", () => {
    const { row } = rowOf([
      [0, 10],
      [0, 10],
    ]);
    expect([eventNear(row, 9, 0), eventNear(row, 10, 0), eventNear(row, 11, 0)]).toEqual([0, 1, 1]);
  });
});

it("counts the events that touch a part of time", () => {
  fc.assert(
    fc.property(anyParts, fc.nat(30_000), fc.integer({ min: 1, max: 5000 }), (parts, from, span) => {
      const { row, timeline } = rowOf(parts);
      const { start, duration } = timeline.events;
      const touching = [...row.events].filter(
        (event) => start[event] + duration[event] >= from && start[event] < from + span,
      );
      expect(countBetween(row, from, from + span)).toBe(touching.length);
    }),
  );
});

it("finds every event in the middle of its box", () => {
  fc.assert(
    fc.property(anyTimeline, (timeline) => {
      const rows = rowsOf(timeline);
      const layout = layOut([{ label: "", rows }], { collapsed: new Set(), hidden: new Set(), order: [] });
      const { start, duration } = timeline.events;
      for (let event = 0; event < timeline.events.length; event++) {
        const band = layout.byRow.get(rows.rows[rows.rowOf[event]]);
        expect(band).toBeDefined();
        if (band === undefined) continue;
        const found = bandAt(layout, band.top + band.height / 2);
        expect(found).toBe(band);
        const hit = eventOfBand(band, rows, start[event] + duration[event] / 2, 0);
        // Those without a duration may share their moment.
        if (duration[event] > 0) expect(hit).toBe(event);
        else expect(hit).toBeDefined();
      }
    }),
  );
});

it("means the outermost event in a collapsed track", () => {
  fc.assert(
    fc.property(anyTimeline, (timeline) => {
      const rows = rowsOf(timeline);
      const collapsed = new Set(timeline.tracks.map(({ index, process }) => `0/p${process}/t${index}`));
      const layout = layOut([{ label: "", rows }], { collapsed, hidden: new Set(), order: [] });
      for (const band of layout.bands) {
        if (band.kind !== "summary") continue;
        const event = rows.rowsOfTrack(band.item.index)[0].events[0];
        const hit = eventOfBand(band, rows, timeline.events.start[event], 0);
        expect(rows.places.depth[hit ?? -1]).toBe(0);
      }
    }),
  );
});
