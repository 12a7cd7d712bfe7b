// Writes docs/instructions.md from the instruction table: `node scripts/instructions.mjs`, after `npm run build`. A test holds the
// file against the table.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repository = resolve(fileURLToPath(import.meta.url), "../..");

/**
 * @param {{ opcodes: number, rows: number, full_opcodes: number }} counts
 * @param {readonly { category: string, form: string, does: string, flop: number }[]} forms
 * @returns {string}
 */
export function instructionsMarkdown(counts, forms) {
  const categories = [...new Set(forms.map(({ category }) => category))];
  const number = (/** @type {number} */ value) => value.toLocaleString("en-US");
  return [
    "# The instructions",
    "",
    "<!-- Generated from src/gpu/ptx/instructions/ by scripts/instructions.mjs: change it there. -->",
    "",
    `${number(counts.opcodes)} opcodes in ${number(counts.rows)} forms: with all their modifiers ${number(counts.full_opcodes)} full opcodes.`,
    "Of words in braces one stands there; what is in brackets behind a dot may be left out. `[a]` is an address, `{c}` an operand that may",
    "be left out. FLOP is what an active lane counts for; a fused multiply-add is 2. A file that has others is refused when it is",
    "loaded: `warplab ptx FILE` names them.",
    ...categories.flatMap((category) => [
      "",
      `## ${category[0].toUpperCase()}${category.slice(1)}`,
      "",
      "| form | what it does | FLOP |",
      "|---|---|---|",
      ...forms
        .filter((each) => each.category === category)
        .map(({ form, does, flop }) => `| \`${cell(form)}\` | ${cell(does)} | ${flop === 0 ? "" : flop} |`),
    ]),
    "",
  ].join("\n");
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const manual = pathToFileURL(resolve(repository, "dist/gpu/ptx/instructions/manual.js")).href;
  const { instructionCounts, instructionForms } = await import(manual);
  await writeFile(
    resolve(repository, "docs/instructions.md"),
    instructionsMarkdown(instructionCounts(), instructionForms()),
  );
}
