// Costs by the model of a device: asked for once, and known for whatever they do not depend on.
import { describe, expect, it } from "vitest";
import type { Scenario, ServiceCosts } from "../../../src/serving/index.js";
import { CostBook } from "../../../widgets/service/cost-book.js";

const scenario: Scenario = {
  name: "on a device",
  workload: { rps: 10, duration_s: 1, batch_size: 4 },
  target: { device: "h100", concurrency: 2 },
  pipeline: [{ name: "compute", kind: "graph", model: "gpt2" }],
};
const costs = { stages: { compute: [0.1, 0.2, 0.3, 0.4] } } as unknown as ServiceCosts;

describe("a book of costs", () => {
  it("asks once, for larger batches than are needed at present", () => {
    const asked: Scenario[] = [];
    const book = new CostBook((each) => asked.push(each) > 0);
    book.ask(scenario);
    book.ask({ ...scenario, name: "the same" });
    expect(asked.map(({ workload }) => workload.batch_size)).toEqual([32]);
    expect(book.isAsked(scenario)).toBe(true);
    book.learn({ scenario: asked[0], costs });
    expect(book.of({ ...scenario, workload: { ...scenario.workload, batch_size: 16 } })).toBe(costs);
  });

  it("knows them at any rate and concurrency, and not for other devices, stages or larger batches", () => {
    const book = new CostBook(() => false);
    book.learn({ scenario, costs });
    expect(
      book.of({ ...scenario, workload: { ...scenario.workload, rps: 99 }, target: { device: "h100", concurrency: 9 } }),
    ).toBe(costs);
    expect(book.of({ ...scenario, target: { device: "a100" } })).toBeUndefined();
    expect(book.of({ ...scenario, pipeline: [{ name: "compute", kind: "graph", model: "bert" }] })).toBeUndefined();
    expect(book.of({ ...scenario, workload: { ...scenario.workload, batch_size: 5 } })).toBeUndefined();
  });

  it("asks for the batch that is needed where larger ones do not fit", () => {
    const asked: Scenario[] = [];
    const book = new CostBook((each) => asked.push(each) > 0);
    book.ask(scenario);
    expect(book.refuse(asked[0])).toBe(true);
    book.ask(scenario);
    expect(asked.map(({ workload }) => workload.batch_size)).toEqual([32, 4]);
    expect(book.refuse(asked[1])).toBe(false);
  });

  it("does not wait for an answer where nobody could give one", () => {
    const book = new CostBook(() => false);
    book.ask(scenario);
    expect(book.isAsked(scenario)).toBe(false);
  });
});
