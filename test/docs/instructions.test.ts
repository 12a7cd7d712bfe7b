// docs/instructions.md says what the instruction table says.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { instructionsMarkdown } from "../../scripts/instructions.mjs";
import { instructionCounts, instructionForms } from "../../src/gpu/ptx/instructions/manual.js";

it("is up to date: `npm run build && node scripts/instructions.mjs` writes it", () => {
  const written = readFileSync(new URL("../../docs/instructions.md", import.meta.url), "utf8");
  expect(written === instructionsMarkdown(instructionCounts(), instructionForms())).toBe(true);
});
