// The rates of the curve, and its knee in a real sweep.
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../../src/serving/index.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import { coarseToFine, type KneePoint, kneePoint, ratesToTry } from "../../../widgets/service/knee.js";
import { perform } from "../../../widgets/service/labour.js";
import type { Telling } from "../../../widgets/service/task.js";

async function told(task: Parameters<typeof perform>[0], limit = Number.POSITIVE_INFINITY): Promise<Telling[]> {
  const tellings: Telling[] = [];
  await perform(task, { tell: (telling) => tellings.push(telling), isCancelled: () => tellings.length >= limit });
  return tellings;
}

const poisson = presets.get("poisson") as Scenario;

describe("the rates to try", () => {
  it("go from a twentieth of the capacity to beyond it, the ends and the middle first", () => {
    const rates = ratesToTry(100, 9);
    const sorted = [...rates].sort((a, b) => a - b);
    expect(sorted[0]).toBeCloseTo(5);
    expect(sorted.at(-1)).toBeCloseTo(140);
    expect(rates.slice(0, 2).sort((a, b) => a - b)).toEqual([sorted[0], sorted[8]]);
    expect(new Set(rates).size).toBe(9);
  });

  it("in any number come each once", () => {
    for (let n = 1; n < 40; n++) {
      const values = Array.from({ length: n }, (_, i) => i);
      expect(coarseToFine(values).sort((a, b) => a - b)).toEqual(values);
    }
  });
});

describe("a sweep", () => {
  it("tells a point for each rate; the knee is below capacity, and what is served never above it", async () => {
    const capacity = 156.25;
    const rates = ratesToTry(capacity, 14);
    const tellings = await told({ kind: "sweep", scenario: poisson, costs: null, rates, requests: [1500] });
    expect(tellings.at(-1)).toEqual({ kind: "done" });
    const points = tellings.flatMap((each): KneePoint[] => (each.kind === "point" ? [each] : []));
    expect(points.map(({ rate }) => rate)).toEqual(rates);
    const knee = kneePoint([...points].sort((a, b) => a.rate - b.rate))!;
    expect(knee.rate).toBeGreaterThan(0.3 * capacity);
    expect(knee.rate).toBeLessThan(capacity);
    for (const { summary } of points) expect(summary.throughput_rps).toBeLessThan(1.06 * capacity);
  });

  it("goes around the capacity by itself, roughly and then better", async () => {
    const tellings = await told({ kind: "sweep", scenario: poisson, costs: null, rates: null, requests: [20, 50] });
    expect(tellings[0]).toEqual({ kind: "capacity", capacity: expect.closeTo(156.25, 6) });
    const rates = tellings.flatMap((each) => (each.kind === "point" ? [each.rate] : []));
    expect(rates).toEqual([...ratesToTry(156.25), ...ratesToTry(156.25)].map((rate) => expect.closeTo(rate, 6)));
  });

  it("stops where it is cancelled, without a word", async () => {
    const tellings = await told(
      { kind: "sweep", scenario: poisson, costs: null, rates: [10, 20, 30], requests: [50] },
      2,
    );
    expect(tellings).toHaveLength(2);
  });

  it("that cannot be run is told, by field", async () => {
    const scenario = { ...poisson, seed: -1 };
    const [failed] = await told({ kind: "run", scenario, costs: null, keep: "log" });
    expect(failed).toMatchObject({ kind: "failed", where: "seed", isInput: true });
  });
});
