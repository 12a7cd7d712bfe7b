// A notebook for each device with measurements: it runs, and says what the bars say of that device, good or bad.
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acceptanceOf, describeCheck, measured, validate } from "../../src/model/index.js";
import { repository, warplab } from "./command.js";

const keys = readdirSync(`${repository}hardware/measurements`).flatMap((name) =>
  name.endsWith(".json") ? [name.slice(0, -".json".length)] : [],
);

it("stands for each device with measurements", () => {
  const notebooks = readdirSync(`${repository}notebooks`).filter((name) => name.startsWith("validation-"));
  expect(notebooks.sort()).toEqual(keys.map((key) => `validation-${key}.ipynb`).sort());
});

// GB10's is run twice by test/cli/same-bytes.test.ts.
describe.each(keys.filter((key) => key !== "gb10"))("the notebook of %s", (key) => {
  it("runs from one end to the other, and tells the bars as they are", async () => {
    const out = mkdtempSync(join(tmpdir(), "warplab-validation-"));
    const { status, stdout, stderr } = await warplab([
      "run",
      `${repository}notebooks/validation-${key}.ipynb`,
      "--out",
      out,
      "--json",
    ]);
    expect(status, stderr).toBe(0);
    const { notebook } = JSON.parse(stdout) as { notebook: string };
    const { cells } = JSON.parse(readFileSync(notebook, "utf8")) as { cells: { outputs?: { text?: string[] }[] }[] };
    const printed = cells.flatMap(({ outputs = [] }) => outputs.flatMap(({ text = [] }) => text)).join("");
    const report = validate(measured(key));
    const { accepted, checks } = acceptanceOf(report);
    expect(printed).toContain(
      [accepted ? "accepted" : "not accepted", ...checks.map((check) => describeCheck(check, report.results))].join(
        "\n",
      ),
    );
  });
});
