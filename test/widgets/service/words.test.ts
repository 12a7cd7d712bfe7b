// What a run came to, in words: overload is said to be overload.
import { describe, expect, it } from "vitest";
import { plainCosts } from "../../../src/serving/cost/plain.js";
import type { Scenario, ServiceRun } from "../../../src/serving/index.js";
import { simulateWithCosts } from "../../../src/serving/run-with-costs.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import { verdictOf } from "../../../widgets/service/words.js";

function run(preset: string, change: (scenario: Scenario) => Scenario = (scenario) => scenario): ServiceRun {
  const scenario = change(presets.get(preset) as Scenario);
  return simulateWithCosts(scenario, plainCosts(scenario)!, { progress: () => undefined });
}

describe("the verdict", () => {
  it("of what is served in time is good, with its load and latencies", () => {
    const { kind, text } = verdictOf(run("demo"));
    expect(kind).toBe("good");
    expect(text).toMatch(/^Serves all 2 \/s that are offered, 1\.3 % of the 156\.3 \/s that it can: p50 28\.9 ms/);
  });

  it("says of a language model's capacity that it is about so much, and not of a pipeline's", () => {
    const { summary, scenario } = run("demo");
    const capacity = { ...summary, capacity_rps: 4 };
    const model = { summary: capacity, scenario: { ...scenario, serving: {} } } as unknown as ServiceRun;
    expect(verdictOf(model).text).toContain("50 % of about 4 /s that it can");
    expect(verdictOf({ ...model, summary: { ...capacity, overloaded: true } }).text).toContain("can serve about 4 /s.");
    expect(verdictOf({ ...model, scenario }).text).toContain("50 % of the 4 /s that it can");
  });

  it("of an overload says what is served and that the queue grows", () => {
    const { kind, text } = verdictOf(run("overload"));
    expect(kind).toBe("bad");
    expect(text).toMatch(/^Overloaded: 300 \/s are offered and 15\d(\.\d)? \/s served\..*The queue grows/);
  });

  it("of a full queue says how many were turned away", () => {
    const { kind, text } = verdictOf(
      run("overload", (scenario) => ({
        ...scenario,
        workload: { ...scenario.workload, rps: 170, arrivals: "poisson" },
        target: { ...scenario.target, queue_limit: 2 },
      })),
    );
    expect(text).toMatch(/turned away/);
    expect(kind).not.toBe("good");
  });

  it("says which share keeps the limits", () => {
    const { text } = verdictOf(run("poisson", (scenario) => ({ ...scenario, slo: { latency_ms: 50 } })));
    expect(text).toMatch(/ % of what is served keeps the limits\.$/);
  });
});
