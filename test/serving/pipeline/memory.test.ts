// What a run holds grows with the requests that are inside, and not with those that were served; and what it tells while it goes on.
import { describe, expect, it } from "vitest";
import type { ProgressState } from "../../../src/core/progress.js";
import { presets, simulate } from "../../../src/serving/index.js";
import { RequestSlots } from "../../../src/serving/pipeline/slots.js";

describe("slots", () => {
  it("are used again, and keep what is inside when there are more", () => {
    const slots = new RequestSlots(2);
    const first = slots.take();
    slots.arrival[first] = 7;
    for (let k = 0; k < 10_000; k++) slots.release(slots.take());
    expect(slots.number).toHaveLength(64);
    const inside = Array.from({ length: 100 }, () => slots.take());
    expect(new Set([first, ...inside]).size).toBe(101);
    expect(slots).toMatchObject({ used: 101 });
    expect(slots.number).toHaveLength(128);
    expect(slots.factors).toHaveLength(256);
    expect(slots.arrival[first]).toBe(7);
  });
});

describe("a run", () => {
  it("says what it is and how far it is", () => {
    const told: ProgressState[] = [];
    simulate(presets.get("demo"), {
      progress: (_, current) => {
        told.push(current());
        return { update: (state) => told.push(state) };
      },
    });
    expect(told[0]).toMatchObject({ label: "simulation of demo", done: 0, total: 20, unit: "requests" });
    expect(told[told.length - 1]).toMatchObject({ done: 20, status: "done" });
  });

  it("serves those that come at one moment in their order", () => {
    const burst = { rps: 1000, duration_s: 1, arrivals: "burst", burst: 100 };
    const pipeline = [{ name: "a", kind: "fixed_ms", value: 0.9 }];
    const { log } = simulate({ name: "bursts", workload: burst, target: { cpu_workers: 1 }, pipeline });
    const starts = [...log!.stages[0].start];
    expect(starts).toHaveLength(1000);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });
});
