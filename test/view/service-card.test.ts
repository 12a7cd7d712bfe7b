// A run of a service as a card, and studies as tables: what stands in them.
import { describe, expect, it } from "vitest";
import { silent } from "../../src/core/progress.js";
import {
  comparisonStudy,
  loadSweepStudy,
  type MakeRun,
  presets,
  replicationStudy,
  runStudy,
  type Scenario,
  simulate,
} from "../../src/serving/index.js";
import { comparisonTable, loadSweepTable, replicationsTable, serviceCard } from "../../src/view/index.js";

const demo = presets.get("demo") as Scenario;
const run: MakeRun = ({ scenario, seed }) => simulate(scenario, { seed, keep: "figures", progress: silent });
const textOf = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("the card of a run", () => {
  const words = textOf(serviceCard(simulate(demo, { progress: silent })));

  it("says what stands out, and the summary by its names", () => {
    expect(words).toContain("service demo L40");
    expect(words).toContain("The service keeps up with what is offered.");
    for (const line of [
      "throughput_rps 2",
      "p99_ms 28.93",
      "gpu_util_percent 1.28",
      "capacity_rps 156.3",
      "gpu busy 1.28 %",
    ])
      expect(words).toContain(line);
    expect(words).toMatch(/\d+ checks hold\./);
  });

  it("has the stages and the checks as tables", () => {
    expect(words).toContain("Stages of a request stage category mean, ms count");
    expect(words).toContain("compute gpu 25.6 20");
    expect(words).toMatch(/Little's law yes 0\.0607\d* requests/);
  });

  it("says overload", () => {
    const overloaded = textOf(serviceCard(simulate(presets.get("overload"), { progress: silent })));
    expect(overloaded).toContain("Overloaded: more is offered than can be served.");
    expect(overloaded).toContain("300 requests a second are offered and gpu can serve 156.3");
  });

  it("names a check that does not hold", () => {
    const honest = simulate(demo, { progress: silent });
    const broken = { ...honest, checks: honest.checks.map((check, i) => ({ ...check, holds: i !== 1 })) };
    expect(textOf(serviceCard(broken))).toContain(`Of ${honest.checks.length} checks 1 do not hold: Little's law.`);
  });

  it("has the tokens of a language model", () => {
    const llm = presets.get("llm") as Scenario;
    const short = simulate(
      { ...llm, workload: { ...llm.workload, duration_s: 5, warmup_s: 0, cooldown_s: 0 } },
      { progress: silent },
    );
    expect(textOf(serviceCard(short))).toMatch(/ttft_p50_ms [\d.]+ .*tpot_p99_ms [\d.]+ .*preemptions 0/);
  });
});

it("a sweep is its knees in words and its rows", () => {
  const sweep = runStudy(loadSweepStudy(demo, { vary: { rps: [100, 200] }, requests: 100 }), run, silent);
  const words = textOf(loadSweepTable(sweep));
  expect(words).toContain("The knee is at 100 requests a second, 28.93 ms: at 200 it is overloaded.");
  expect(words).toContain("rps concurrency batch_size throughput_rps");
});

it("replications and comparisons say over how many seeds", () => {
  const other = { ...demo, name: "five <slots>", target: { ...demo.target, concurrency: 5 } };
  expect(textOf(replicationsTable(runStudy(replicationStudy(demo, { replications: 2 }), run, silent)))).toContain(
    "demo over 2 seeds, with 95 % intervals figure mean low high throughput_rps 2 2 2",
  );
  const words = textOf(comparisonTable(runStudy(comparisonStudy(demo, other, { replications: 2 }), run, silent)));
  expect(words).toContain("a: demo; b: five &lt;slots&gt;; 2 pairs of runs with common random numbers");
});
