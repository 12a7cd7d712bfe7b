import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../../src/serving/engine/event-queue.js";

interface Event {
  readonly time: number;
  readonly kind: number;
  readonly payload: number;
}

/** The reference: a list kept in order, an event behind all that are not later. */
class SortedList {
  time = 0;
  private readonly events: Event[] = [];

  get size(): number {
    return this.events.length;
  }

  schedule(time: number, kind: number, payload: number): void {
    let [from, to] = [0, this.events.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.events[middle].time <= time) from = middle + 1;
      else to = middle;
    }
    this.events.splice(from, 0, { time, kind, payload });
  }

  next(): Event | undefined {
    const event = this.events.shift();
    if (event !== undefined) this.time = event.time;
    return event;
  }
}

function take(queue: EventQueue): Event | undefined {
  return queue.next() ? { time: queue.time, kind: queue.kind, payload: queue.payload } : undefined;
}

/** Everything that is still to come. */
function drain(queue: EventQueue): Event[] {
  const events: Event[] = [];
  for (let event = take(queue); event !== undefined; event = take(queue)) events.push(event);
  return events;
}

function expectSame(queue: EventQueue, list: SortedList): void {
  const event = list.next();
  const taken = take(queue);
  // `toEqual` takes longer than all of the rest.
  if (taken?.time !== event?.time || taken?.kind !== event?.kind || taken?.payload !== event?.payload) {
    expect(taken).toEqual(event);
  }
}

describe("an event queue", () => {
  it("gives events by time, and those at one time in the order in which they were scheduled", () => {
    const queue = new EventQueue();
    queue.schedule(2, 1, 10);
    queue.schedule(1, 2, 20);
    queue.schedule(2, 3, 30);
    queue.schedule(1, 4, -40);
    expect(queue.size).toBe(4);
    expect(drain(queue)).toEqual([
      { time: 1, kind: 2, payload: 20 },
      { time: 1, kind: 4, payload: -40 },
      { time: 2, kind: 1, payload: 10 },
      { time: 2, kind: 3, payload: 30 },
    ]);
  });

  it("stays as it is when nothing is left, and goes on when there is something again", () => {
    const queue = new EventQueue();
    expect(queue.next()).toBe(false);
    queue.schedule(3, 7, 8);
    expect(drain(queue)).toHaveLength(1);
    expect(queue.next()).toBe(false);
    expect(queue.next()).toBe(false);
    expect(queue).toMatchObject({ time: 3, kind: 7, payload: 8, size: 0 });
    queue.schedule(3, 1, 1);
    expect(queue.size).toBe(1);
    expect(take(queue)).toEqual({ time: 3, kind: 1, payload: 1 });
  });

  // What a simulation does: events taken and scheduled in any order, by ones and by hundreds, at times that are equal, close, far and
  // immense.
  const delay = fc.oneof(fc.constantFrom(0, 1, 1, 2, 1e-12, 1e9, 1e300), fc.double({ min: 0, max: 10, noNaN: true }));
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ take: fc.constant(1) }) },
    { weight: 4, arbitrary: fc.record({ delays: fc.tuple(delay) }) },
    { weight: 1, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 500 }) }) },
    { weight: 1, arbitrary: fc.record({ delays: fc.array(delay, { minLength: 200, maxLength: 600, size: "max" }) }) },
  );

  it("does what a sorted list does, whatever is scheduled and taken", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const queue = new EventQueue();
        const list = new SortedList();
        let count = 0;
        for (const what of steps) {
          if ("take" in what) for (let i = 0; i < what.take; i++) expectSame(queue, list);
          else {
            for (const later of what.delays) {
              queue.schedule(list.time + later, count % 256, count);
              list.schedule(list.time + later, count % 256, count++);
            }
          }
          expect(queue.size).toBe(list.size);
        }
        while (list.size > 0) expectSame(queue, list);
        expect(queue.next()).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    "all at one time",
    "rising",
    "falling",
    "in thousands at each of a few times",
    "some a million times further",
  ])("sorts a hundred thousand: %s", (how) => {
    const count = 100_000;
    const timeOf = (i: number): number => {
      if (how === "all at one time") return 1;
      if (how === "rising") return i;
      if (how === "falling") return count - i;
      if (how === "in thousands at each of a few times") return (i * 7919) % 13;
      return ((i * 7919) % count) * (i % 10 === 0 ? 1e6 : 1);
    };
    const queue = new EventQueue();
    const times = Array.from({ length: count }, (_, i) => timeOf(i));
    times.forEach((time, i) => {
      queue.schedule(time, 0, i);
    });
    const order = times.map((_, i) => i).sort((a, b) => times[a] - times[b] || a - b);
    expect(drain(queue).map(({ payload }) => payload)).toEqual(order);
  });

  it.each([
    ["before now", 4, "an event of kind 9 was scheduled at 4 s when it was 5 s"],
    ["at no number", Number.NaN, "an event of kind 9 was scheduled at NaN s when it was 5 s"],
    ["at the end of time", Number.POSITIVE_INFINITY, "an event of kind 9 was scheduled at Infinity s when it was 5 s"],
  ])("refuses an event %s", (_, time, message) => {
    const queue = new EventQueue();
    queue.schedule(5, 1, 0);
    queue.next();
    expect(() => queue.schedule(time, 9, 0)).toThrow(message);
    expect(queue.size).toBe(0);
  });
});
