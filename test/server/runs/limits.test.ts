import { describe, expect, it } from "vitest";
import { checkSize } from "../../../src/server/runs/index.js";
import { presets, type Scenario } from "../../../src/serving/index.js";

const demo = presets.get("demo")!;
const llm = presets.get("llm")!;
const of = (requests: number, scenario: Scenario = demo): Scenario => ({
  ...scenario,
  workload: { ...scenario.workload, rps: requests, duration_s: 1, warmup_s: 0 },
});
const stages = (many: number) =>
  Array.from({ length: many }, (_, i) => ({ name: `s${i}`, kind: "fixed_ms" as const, value: 1 }));
type Tokens = NonNullable<Scenario["workload"]["input_tokens"]>;
const tokens = (input_tokens: Tokens, output_tokens: Tokens): Scenario => ({
  ...llm,
  workload: { ...llm.workload, input_tokens, output_tokens },
});

describe("what a server takes in a run", () => {
  it.each<[string, Scenario, number]>([
    ["requests", demo, 1000],
    ["recorded requests", { ...demo, workload: { ...demo.workload, arrivals: "recorded" } }, 1000],
    ["up to eight stages", { ...demo, pipeline: stages(8) }, 1000],
    ["sixteen stages: half as many", { ...demo, pipeline: stages(16) }, 500],
    ["640 tokens", tokens(512, 128), 1000],
    ["2000 tokens: half as many", tokens(1500, { distribution: "constant", mean: 500 }), 500],
    ["as many, uniform", tokens({ distribution: "uniform", min: 1000, max: 2000 }, 500), 500],
    ["as many, recorded", tokens(500, { distribution: "recorded", values: [1000, 2000] }), 500],
  ])("is %s", (_, scenario, most) => {
    const with_ = (requests: number): Scenario =>
      scenario.workload.arrivals === "recorded"
        ? { ...scenario, workload: { ...scenario.workload, recorded_ms: Array(requests).fill(0) } }
        : of(requests, scenario);
    expect(() => checkSize(with_(most), 1000, "body")).not.toThrow();
    expect(() => checkSize(with_(most + 1), 1000, "body")).toThrow(
      new RegExp(
        `^body: workload: ${(most + 1).toLocaleString("en-US")} requests.* are more than this server takes.*: ${most.toLocaleString("en-US")}\n`,
      ),
    );
  });
});
