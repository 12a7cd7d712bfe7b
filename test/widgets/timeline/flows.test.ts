// What belongs together with an event.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { Arrows } from "../../../widgets/timeline/flows.js";
import { anyTimeline, rowsOf } from "./traces.js";

describe("arrows by correlation", () => {
  it("lead from what the host did to what the device did for it, asked from either end", () => {
    fc.assert(
      fc.property(anyTimeline, (timeline) => {
        const { role, correlation, length } = timeline.events;
        const arrows = new Arrows(rowsOf(timeline));
        const isHost = (event: number): boolean => ["call", "range"].includes(timeline.roleOf(event));
        for (let event = 0; event < length; event++) {
          const expected: string[] = [];
          for (let other = 0; other < length; other++) {
            if (correlation[event] < 0 || correlation[other] !== correlation[event]) continue;
            if (isHost(event) && !isHost(other)) expected.push(`${event} ${other}`);
            if (!isHost(event) && isHost(other)) expected.push(`${other} ${event}`);
          }
          const found = arrows.of(event).map(({ from, to }) => `${from} ${to}`);
          expect(found.sort()).toEqual(expected.sort());
        }
        expect(role.length).toBe(length);
      }),
    );
  });

  it("are found for numbers beyond 32 bits", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1);
    const correlation = 2 ** 40 + 3;
    builder.event({ track, start: 0, duration: 5, name: "cuLaunchKernel", role: "call", correlation });
    builder.event({ track, start: 10, duration: 5, name: "gemm", role: "kernel", correlation });
    builder.event({ track, start: 20, duration: 5, name: "other", role: "kernel", correlation: 3 });
    const arrows = new Arrows(rowsOf(builder.build({ name: "a", format: "chrome" })));
    expect(arrows.of(1)).toEqual([{ from: 0, to: 1 }]);
    expect(arrows.of(2)).toEqual([]);
  });
});

describe("recorded arrows", () => {
  const builder = new TimelineBuilder();
  const process = builder.process(1);
  const [a, b] = [builder.track(process, "a"), builder.track(process, "b")];
  builder.event({ track: a, start: 0, duration: 100, name: "outer" });
  builder.event({ track: a, start: 10, duration: 20, name: "inner" });
  builder.event({ track: b, start: 50, duration: 30, name: "target" });
  builder.flow({ name: "f", category: "c", fromTrack: a, fromAt: 15, toTrack: b, toAt: 50 });
  builder.flow({ name: "f", category: "c", fromTrack: a, fromAt: 90, toTrack: b, toAt: 300 });
  const arrows = new Arrows(rowsOf(builder.build({ name: "a", format: "chrome" })));

  it("join the innermost events at their ends", () => {
    expect(arrows.of(1)).toEqual([{ from: 1, to: 2 }]);
    expect(arrows.of(2)).toEqual([{ from: 1, to: 2 }]);
  });

  it("are those of all that were recorded that begin or end in the event, whatever their order", () => {
    const drawn = fc.record({ from: fc.nat(3), fromAt: fc.nat(60), to: fc.nat(3), toAt: fc.nat(60) });
    const spans = fc.array(fc.record({ track: fc.nat(3), start: fc.nat(50), duration: fc.nat(20) }), {
      minLength: 1,
      maxLength: 25,
    });
    fc.assert(
      fc.property(spans, fc.array(drawn, { maxLength: 30 }), (spans, flows) => {
        const builder = new TimelineBuilder();
        const tracks = [0, 1, 2, 3].map((tid) => builder.track(builder.process(1), tid));
        // From 0 on, that the moments of the arrows are those of the timeline.
        builder.event({ track: tracks[0], start: 0, duration: 60, name: "all" });
        for (const { track, ...span } of spans) builder.event({ track: tracks[track], name: "one", ...span });
        for (const { from, to, ...moments } of flows) {
          builder.flow({ name: "f", category: "c", fromTrack: tracks[from], toTrack: tracks[to], ...moments });
        }
        const timeline = builder.build({ name: "a", format: "chrome" });
        const arrows = new Arrows(rowsOf(timeline));
        const all = flows.flatMap(({ from, fromAt, to, toAt }) => {
          const ends = { from: arrows.eventAt(tracks[from], fromAt), to: arrows.eventAt(tracks[to], toAt) };
          return ends.from === undefined || ends.to === undefined || ends.from === ends.to ? [] : [ends];
        });
        for (let event = 0; event < timeline.events.length; event++) {
          const expected = all.filter(({ from, to }) => from === event || to === event);
          const words = new Set(expected.map(({ from, to }) => `${from} ${to}`));
          expect(
            arrows
              .of(event)
              .map(({ from, to }) => `${from} ${to}`)
              .sort(),
          ).toEqual([...words].sort());
        }
      }),
    );
  });

  it("are not an outer event's, nor of a moment at which nothing happened", () => {
    expect(arrows.of(0)).toEqual([]);
  });
});
