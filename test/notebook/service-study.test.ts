// Studies from a cell: the same answer however many threads make the runs, and what is refused.
import { describe, expect, it } from "vitest";
import { type ProgressState, silent } from "../../src/core/progress.js";
import { compareRuns, loadSweep, replicate } from "../../src/notebook/service-study/index.js";
import { presets, type Scenario } from "../../src/serving/scenario/index.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

const demo = presets.get("demo") as Scenario;
const poisson = presets.get("poisson") as Scenario;

describe("a sweep", () => {
  it("gives the same bytes with one thread and with three", async () => {
    const options = { vary: { rps: [60, 120, 150, 170] }, requests: 30_000, seed: 5, progress: silent };
    const alone = await loadSweep(poisson, { ...options, workers: 1 });
    const together = await loadSweep(poisson, { ...options, workers: 3 });
    expect(JSON.stringify(together)).toBe(JSON.stringify(alone));
    expect(alone.knees[0].knee).not.toBeNull();
  });

  it("chooses rates around what each line can serve", async () => {
    const { rows, knees } = await loadSweep(demo, { vary: { concurrency: [1, 2] }, requests: 300, progress: silent });
    expect(knees.map(({ capacity_rps }) => capacity_rps)).toEqual([expect.closeTo(39.0625), expect.closeTo(78.125)]);
    expect(
      knees.every(({ knee, capacity_rps }) => Math.abs((knee?.rps ?? 0) / (capacity_rps as number) - 1) < 0.06),
    ).toBe(true);
    expect(rows).toHaveLength(32);
  });

  it("tells how far it is", async () => {
    const told: string[] = [];
    await loadSweep(demo, {
      vary: { rps: [10, 20, 30] },
      requests: 50,
      progress: ({ label, total, unit }) => {
        told.push(`${label}: ${total} ${unit}`);
        return { update: ({ done, status }) => told.push(`${done} ${status}`) };
      },
    });
    expect([told[0], told.at(-1)]).toEqual(["sweep of demo: 3 runs", "3 done"]);
  });

  it("ends with its cell when that is interrupted, and says so on the bar", async () => {
    const states: ProgressState[] = [];
    const bridge = new RecordingBridge();
    const leave = asKernel(bridge);
    try {
      const running = loadSweep(poisson, {
        vary: { rps: Array.from({ length: 40 }, (_, i) => i + 100) },
        requests: 300_000,
        workers: 2,
        progress: () => ({ update: (state) => void states.push(state) }),
      });
      bridge.endCell("interrupted");
      await expect(running).rejects.toThrow("The study was interrupted.");
    } finally {
      leave();
    }
    expect(states.at(-1)).toMatchObject({ status: "interrupted" });
    expect(states.at(-1)?.done).toBeLessThan(40);
  });

  it("tells what a thread refuses", async () => {
    const unknown = {
      ...demo,
      pipeline: [{ name: "model", kind: "graph", model: "no-such-model" }],
      target: { device: "h100" },
    };
    const options = { vary: { rps: [1, 2] }, requests: 60_000, workers: 2, progress: silent };
    await expect(loadSweep(unknown, options)).rejects.toThrow(/no-such-model/);
  });

  it.each([
    ["a scenario that is none", {}, {}, "scenario: name: is missing"],
    ["half a thread", demo, { workers: 0.5 }, "workers: 0.5 is no number of threads"],
  ])("refuses %s", async (_name, scenario, options, message) => {
    await expect(loadSweep(scenario, { progress: silent, ...options })).rejects.toThrow(message);
  });
});

it("replications and comparisons run from text and objects", async () => {
  const { rows } = await replicate(JSON.stringify(poisson), { replications: 2, progress: silent });
  expect(rows.find(({ figure }) => figure === "avg_ms")?.mean).toBeGreaterThan(28.9);
  const slower = {
    ...poisson,
    target: { ...poisson.target, concurrency: 3 },
    workload: { ...poisson.workload, rps: 90 },
  };
  const { rows: differences } = await compareRuns(poisson, slower, { replications: 3, progress: silent });
  expect(differences[0]).toMatchObject({ figure: "throughput_rps", verdict: "b less" });
  await expect(compareRuns(poisson, {}, {})).rejects.toThrow("b: name: is missing");
});
