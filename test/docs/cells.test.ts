// What docs/cells.md says of a cell is so: its examples are run as one notebook, and show what their comments say.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { repository } from "../cli/command.js";
import { kernelForFile, newFolder, resultText } from "../notebook/jupyter/kernel.js";

const folder = newFolder({ "model.ts": "export const double = (x: number): number => 2 * x;\n" });
const kernel = kernelForFile(() => ({ cwd: folder }));
const text = readFileSync(`${repository}docs/cells.md`, "utf8");

test("the examples show what they say", async () => {
  const cells = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(cells.length).toBeGreaterThan(8);
  for (const code of cells) {
    const execution = await kernel().execute(code);
    expect(execution.reply, code).toMatchObject({ status: "ok" });
    const [, said] = /\/\/ shows (.*)/.exec(code) ?? [];
    expect(resultText(execution), code).toBe(said === "nothing" ? undefined : said);
  }
});

test("an assignment to a constant of an earlier cell says how to declare it again", async () => {
  await kernel().execute("const fixed = 5;");
  for (const code of ["fixed = 6", "fixed++", "[fixed] = [3]"]) {
    const { reply } = await kernel().execute(code);
    expect(reply.evalue).toMatch(
      /^fixed cannot be assigned to: cell \d+ declares it as a constant\. Declare it again \(const fixed = …\), or with let in cell \d+\.$/,
    );
    expect(reply.traceback?.join("\n")).not.toContain("cells/session");
  }
});
