// Whether a service keeps up, in a sentence.
import { expect, it } from "vitest";
import { readScenario, serviceVerdict, simulate, type Target, type Workload } from "../../../src/serving/index.js";

/** Of requests that take a tenth of a second of one CPU worker. */
function verdictOf(workload: Workload, target: Target = {}) {
  const pipeline = [{ name: "a", kind: "fixed_ms", value: 100 }];
  const scenario = { name: "any", workload, target: { cpu_workers: 1, ...target }, pipeline };
  return serviceVerdict(simulate(readScenario(scenario)).summary);
}

it("is good only where everything that came was served", () => {
  expect(verdictOf({ rps: 9, duration_s: 9 })).toEqual({
    text: "The service keeps up with what is offered.",
    verdict: "good",
  });
  expect(verdictOf({ rps: 11, duration_s: 9 })).toEqual({
    text: "Overloaded: more is offered than can be served.",
    verdict: "bad",
  });
  // Of three that arrive at one moment one finds room.
  expect(verdictOf({ rps: 9, duration_s: 9, arrivals: "burst", burst: 3 }, { queue_limit: 0 })).toEqual({
    text: "Of 81 requests 54 are turned away; the service keeps up with the others.",
    verdict: "bad",
  });
  expect(verdictOf({ rps: 1e-9, duration_s: 9, arrivals: "poisson" })).toEqual({
    text: "No request arrived within the duration: nothing was measured.",
    verdict: "bad",
  });
});
