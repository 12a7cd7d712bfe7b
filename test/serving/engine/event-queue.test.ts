import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../../src/serving/engine/event-queue.js";

interface Event {
  readonly time: number;
  readonly kind: number;
  readonly payload: number;
}

/** The reference: a list, of which the earliest event that was scheduled first is sought each time. */
class SortedList {
  time = 0;
  private readonly events: Event[] = [];

  get size(): number {
    return this.events.length;
  }

  schedule(time: number, kind: number, payload: number): void {
    this.events.push({ time, kind, payload });
  }

  next(): Event | undefined {
    let first = 0;
    this.events.forEach((event, i) => {
      if (event.time < this.events[first].time) first = i;
    });
    const [event] = this.events.splice(first, 1);
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

  // What a simulation does: events taken and scheduled in any order, at times that are equal, close, far and immense.
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant("take" as const) },
    {
      weight: 4,
      arbitrary: fc.oneof(fc.constantFrom(0, 1, 1, 2, 1e-12, 1e9, 1e300), fc.double({ min: 0, max: 10, noNaN: true })),
    },
  );

  it("does what a sorted list does, whatever is scheduled and taken", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
        const queue = new EventQueue();
        const list = new SortedList();
        steps.forEach((what, i) => {
          if (what === "take") expect(take(queue)).toEqual(list.next());
          else {
            queue.schedule(list.time + what, i % 256, i);
            list.schedule(list.time + what, i % 256, i);
          }
          expect(queue.size).toBe(list.size);
        });
        expect(drain(queue)).toEqual(Array.from({ length: list.size }, () => list.next()));
      }),
      { numRuns: 300 },
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
