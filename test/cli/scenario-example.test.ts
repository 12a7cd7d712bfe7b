// The scenario of the help texts: one that runs, and gives what the preset of its name gives.
import { expect, it } from "vitest";
import { scenarioExample } from "../../src/cli/scenario-example.js";
import { presets, simulate } from "../../src/serving/index.js";
import { warplab } from "./command.js";

it("is the preset demo", () => {
  expect(simulate(scenarioExample).summary).toEqual(simulate(presets.get("demo")).summary);
});

it.each(["simulate", "serve"])("stands in the help of %s, word for word", async (command) => {
  const { stdout } = await warplab([command, "--help"]);
  expect(stdout).toContain(scenarioExample);
});
