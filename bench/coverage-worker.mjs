// Some seeds of one queue, in a thread of their own.
import { silent, simulate } from "../dist/index.js";
import * as theory from "../dist/serving/theory/index.js";
import { countCovered, coverageCase, systems } from "./coverage-systems.mjs";

export default function ({ name, load, from, to }) {
  const system = systems.find((one) => one.name === name);
  return countCovered(coverageCase(system, load, theory), { from, to }, (scenario, seed) =>
    simulate(scenario, { seed, keep: "figures", progress: silent }),
  );
}
