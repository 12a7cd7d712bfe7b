import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Progress, type ProgressState, silent, Throttle, withProgress } from "../../src/core/progress.js";

/** A clock that is set, and a reporter that keeps what it is told with the time at which it was. */
function heard(): {
  clock: { now: number };
  told: (ProgressState & { at: number })[];
  begin(total?: number): Progress;
} {
  const clock = { now: 1000 };
  const told: (ProgressState & { at: number })[] = [];
  const begin = (total?: number): Progress =>
    new Progress(
      { label: "work", total, unit: "parts" },
      {
        clock: () => clock.now,
        reporter: () => ({ update: (state) => void told.push({ ...state, at: clock.now }) }),
      },
    );
  return { clock, told, begin };
}

/** Milliseconds that pass, then what is done after them. */
const course = fc.array(fc.record({ pass: fc.integer({ min: 0, max: 400 }), to: fc.integer({ min: 0, max: 2000 }) }), {
  maxLength: 120,
});
const ending = fc.constantFrom("done" as const, "stopped" as const, "interrupted" as const, "failed" as const);

describe("what a listener is told", () => {
  it("is at most ten states in any second, whatever happens", () => {
    fc.assert(
      fc.property(course, ending, (steps, how) => {
        const { clock, told, begin } = heard();
        const progress = begin();
        for (const { pass, to } of steps) {
          clock.now += pass;
          progress.moveTo(to);
        }
        progress.end(how);
        for (const { at } of told) {
          expect(told.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it("ends with the final state, once, and nothing comes after it", () => {
    fc.assert(
      fc.property(course, ending, ending, (steps, first, second) => {
        const { clock, told, begin } = heard();
        const progress = begin();
        for (const { pass, to } of steps) {
          clock.now += pass;
          progress.moveTo(to);
        }
        progress.end(first);
        progress.end(second);
        progress.advance(5);
        expect(told.at(-1)?.status).toBe(first);
        expect(told.filter(({ status }) => status !== "running")).toHaveLength(1);
      }),
    );
  });

  it("never falls, and never exceeds the total", () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 1, max: 1500 }), (steps, total) => {
        const { clock, told, begin } = heard();
        const progress = begin(total);
        for (const { pass, to } of steps) {
          clock.now += pass;
          progress.moveTo(to);
        }
        progress.finish();
        const counts = told.map(({ done }) => done);
        expect(counts).toEqual([...counts].sort((a, b) => a - b));
        expect(Math.max(...counts)).toBe(total);
      }),
    );
  });

  it("tells a detail, the seconds and the unit", () => {
    const { clock, told, begin } = heard();
    const progress = begin(10);
    progress.detail = () => "12 steps";
    clock.now += 500;
    progress.advance(4);
    expect(told).toEqual([
      {
        at: 1500,
        label: "work",
        done: 4,
        total: 10,
        unit: "parts",
        status: "running",
        seconds: 0.5,
        detail: "12 steps",
      },
    ]);
  });

  it("comes soon after the work is begun, and not at once", () => {
    const { clock, told, begin } = heard();
    const progress = begin();
    progress.advance();
    clock.now += 111;
    progress.advance();
    expect(told).toEqual([]);
    clock.now += 1;
    progress.advance();
    expect(told.map(({ done }) => done)).toEqual([3]);
  });
});

describe("listeners that share a throttle", () => {
  it("are bounded together", () => {
    const clock = { now: 0 };
    const throttle = new Throttle(() => clock.now);
    const told: number[] = [];
    const options = {
      clock: () => clock.now,
      reporter: () => ({ throttle, update: () => void told.push(clock.now) }),
    };
    const [outer, inner] = [new Progress({ label: "outer" }, options), new Progress({ label: "inner" }, options)];
    for (; clock.now < 1000; clock.now++) {
      outer.advance();
      inner.advance();
    }
    expect(told).toHaveLength(8);
  });
});

describe("a task", () => {
  it("is done with its last unit", () => {
    const { told, begin } = heard();
    const progress = begin(3);
    progress.advance(2);
    expect(progress.status).toBe("running");
    progress.advance();
    expect(progress.status).toBe("done");
    expect(told).toMatchObject([{ done: 3, status: "done" }]);
  });

  it("that nobody listens to never looks at the clock", () => {
    const progress = new Progress(
      { label: "quiet", total: 3 },
      {
        reporter: silent,
        clock: () => {
          throw new Error("asked for the time");
        },
      },
    );
    progress.advance(2);
    progress.finish();
    expect(progress.heard).toBe(false);
    expect(progress.done).toBe(3);
  });

  it("fails with the work, whose error goes on", () => {
    const told: ProgressState[] = [];
    const reporter = () => ({ update: (state: ProgressState) => void told.push(state) });
    const failing = () =>
      withProgress({ label: "work", total: 4 }, reporter, (progress) => {
        progress.advance();
        throw new RangeError("too far");
      });
    expect(failing).toThrow("too far");
    expect(told).toMatchObject([{ done: 1, status: "failed" }]);
    expect(withProgress({ label: "work" }, reporter, () => 42)).toBe(42);
    expect(told.at(-1)?.status).toBe("done");
  });

  it("says in one line where it is", () => {
    const { begin } = heard();
    const progress = begin(8);
    progress.advance(3);
    expect(String(progress)).toBe("work: 3 of 8 parts, running");
  });
});
