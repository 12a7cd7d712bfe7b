// A file that PyTorch itself wrote (recorded/profile_mlp.py tells how), held against what PyTorch says of the same recording.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { placeEvents } from "../../../src/trace/timeline/index.js";
import { readText } from "./read-text.js";

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}`, import.meta.url), "utf8");
const text = recorded("pytorch-cpu.json");
const events = (JSON.parse(text) as { traceEvents: { ph: string }[] }).traceEvents;
const { averages } = JSON.parse(recorded("pytorch-cpu.averages.json")) as {
  averages: Record<string, { count: number; total_us: number; self_us: number }>;
};
const timeline = await readText(text);

describe("a profile that PyTorch 2.13 recorded", () => {
  it("is read whole", () => {
    const slicesAndInstants = events.filter(({ ph }) => ph === "X" || ph === "i");
    expect(timeline.source.format).toBe("pytorch");
    expect(timeline.events.length).toBe(slicesAndInstants.length);
    expect(timeline.flows.length).toBe(events.filter(({ ph }) => ph === "s").length);
    expect(timeline.notes).toEqual([]);
    expect(timeline.about).toMatchObject({ schemaVersion: 1, record_shapes: 1, profile_memory: 1 });
  });

  it("has every operator as often, as long and as long by itself as PyTorch says", () => {
    const { ranges } = analyse(timeline).ranges;
    const own = Object.fromEntries(
      ranges.map(({ name, count, host_ns, self_host_ns }) => [
        name,
        { count, total_us: host_ns / 1e3, self_us: self_host_ns / 1e3 },
      ]),
    );
    // PyTorch counts an operator that only calls another form of itself once.
    const { parent } = placeEvents(timeline);
    const withinItself = (name: string): number =>
      parent.filter((outer, index) => outer >= 0 && timeline.nameOf(index) === name && timeline.nameOf(outer) === name)
        .length;
    // What is told of memory only has no time.
    const timed = Object.entries(averages).filter(([, { total_us }]) => total_us > 0);
    expect(timed.length).toBeGreaterThan(20);
    for (const [name, said] of timed) {
      expect({ name, count: own[name]?.count - withinItself(name) }).toEqual({ name, count: said.count });
      // Microseconds with three decimals, added up in doubles by PyTorch.
      expect(own[name].total_us).toBeCloseTo(said.total_us, 6);
      expect(own[name].self_us).toBeCloseTo(said.self_us, 6);
    }
  });
});
