// The order of events: what encloses comes first, and what was over before another began does not lie in it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { foldedStacks } from "../../../src/trace/text/index.js";
import { eventOrder } from "../../../src/trace/timeline/event-order.js";
import { type NewEvent, placeEvents, roleNumber, TimelineBuilder } from "../../../src/trace/timeline/index.js";

/** Events of one or two threads, in the order in which they were recorded. */
function built(
  events: readonly (Pick<NewEvent, "name" | "start" | "duration" | "role"> & { readonly track?: number })[],
) {
  const builder = new TimelineBuilder();
  const process = builder.process(1);
  const tracks = [builder.track(process, 1), builder.track(process, 2)];
  for (const event of events) builder.event({ ...event, track: tracks[event.track ?? 0] });
  return builder.build({ name: "made", format: "driver-calls" });
}

const call = (name: string, start: number, duration: number) => ({ name, start, duration, role: "call" as const });
const range = (name: string, start: number, duration: number) => ({ name, start, duration, role: "range" as const });

describe("a call that took no time", () => {
  // As a virtual GPU records an allocation, a copy and a free without a host that takes time.
  const timeline = built([
    range("stage", 0, 30),
    call("cuMemAlloc_v2", 0, 0),
    call("cuMemcpyHtoD_v2", 0, 10),
    call("cuMemFree_v2", 10, 0),
    call("cuMemAlloc_v2", 10, 0),
    call("cuMemcpyHtoD_v2", 10, 20),
  ]);
  const names = Array.from(timeline.events.name, (name) => timeline.texts[name]);

  it("stands before the call that followed it, and not in it", () => {
    expect(names).toEqual([
      ...["stage", "cuMemAlloc_v2", "cuMemcpyHtoD_v2"],
      ...["cuMemFree_v2", "cuMemAlloc_v2", "cuMemcpyHtoD_v2"],
    ]);
    expect([...placeEvents(timeline).depth]).toEqual([0, 1, 1, 1, 1, 1]);
    expect([...placeEvents(timeline).parent]).toEqual([-1, 0, 0, 0, 0, 0]);
    expect(foldedStacks(timeline).join("\n")).not.toMatch(/cuMemcpyHtoD_v2;/);
  });

  it("takes nothing from the self time of the others", () => {
    const { by_name } = analyse(timeline).calls;
    expect(by_name.map(({ name, count, self_ns }) => [name, count, self_ns])).toEqual([
      ["cuMemcpyHtoD_v2", 2, 30],
      ["cuMemAlloc_v2", 2, 0],
      ["cuMemFree_v2", 1, 0],
    ]);
  });

  it("lies in what it began with where that was recorded before, and in ranges always", () => {
    const within = built([call("cudaMalloc", 0, 10), call("cuMemAlloc_v2", 0, 0), range("late", 0, 20)]);
    expect([...placeEvents(within).depth]).toEqual([0, 1, 2]);
    expect(Array.from(within.events.name, (name) => within.texts[name])).toEqual([
      "late",
      "cudaMalloc",
      "cuMemAlloc_v2",
    ]);
  });

  it("has nothing to do with calls of other threads", () => {
    const two = built([
      { ...call("a", 0, 0), track: 0 },
      { ...call("b", 0, 9), track: 1 },
    ]);
    expect(Array.from(two.events.name, (name) => two.texts[name])).toEqual(["b", "a"]);
  });
});

const anyEvents = fc.array(
  fc.record({
    track: fc.nat(1),
    start: fc.nat(2),
    duration: fc.nat(3),
    role: fc.constantFrom("call" as const, "range" as const, "kernel" as const),
  }),
  { maxLength: 8 },
);

describe("any events", () => {
  it("stand as the rule says, one by one, and stay so", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const columns = {
          track: Int32Array.from(events, ({ track }) => track),
          start: Float64Array.from(events, ({ start }) => start),
          duration: Float64Array.from(events, ({ duration }) => duration),
          role: Uint8Array.from(events, ({ role }) => roleNumber[role]),
        };
        const all = events.map((_, i) => i);
        const longerFirst = all.sort(
          (a, b) => events[a].start - events[b].start || events[b].duration - events[a].duration || a - b,
        );
        // In their order, each moment goes to before the first call of its track that takes time and came later.
        const expected = [...longerFirst];
        for (const moment of longerFirst) {
          const { role, duration, start, track } = events[moment];
          if (role !== "call" || duration > 0) continue;
          const followed = expected.find((other) => {
            const next = events[other];
            return (
              next.role === "call" &&
              next.start === start &&
              next.track === track &&
              next.duration > 0 &&
              other > moment
            );
          });
          if (followed === undefined) continue;
          expected.splice(expected.indexOf(moment), 1);
          expected.splice(expected.indexOf(followed), 0, moment);
        }
        const order = [...(eventOrder(columns) ?? events.keys())];
        expect(order).toEqual(expected);
        const again = eventOrder({
          track: columns.track.map((_, i) => columns.track[order[i]]),
          start: columns.start.map((_, i) => columns.start[order[i]]),
          duration: columns.duration.map((_, i) => columns.duration[order[i]]),
          role: columns.role.map((_, i) => columns.role[order[i]]),
        });
        expect([...(again ?? order.keys())]).toEqual([...order.keys()]);
      }),
      { numRuns: 2000 },
    );
  });
});
