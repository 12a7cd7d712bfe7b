// Threads that are ended at any moment, above all while they begin.
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { builtFile } from "../../src/notebook/installation.js";

const modules = 200;
const names = Array.from({ length: 300 }, (_, name) => `v${name}`);

/** A file whose modules take the better part of a thread's start to be put together. */
function slowToBegin(): string {
  const folder = mkdtempSync(join(tmpdir(), "warplab-thread-pool-"));
  const numbers = Array.from({ length: modules }, (_, number) => number);
  for (const number of numbers) {
    const values = names.map((name) => `export const ${name} = ${number};`);
    writeFileSync(join(folder, `m${number}.mjs`), values.join("\n"));
  }
  const imports = numbers.map(
    (number) => `import { ${names.map((name) => `${name} as ${name}_${number}`).join(", ")} } from "./m${number}.mjs";`,
  );
  const path = join(folder, "worker.mjs");
  writeFileSync(path, `${imports.join("\n")}\nexport default (task) => task + v0_${modules - 1};\n`);
  return path;
}

it("end at any moment of their beginning, and nothing else with them", async () => {
  const program = `
    import { threadPool } from ${JSON.stringify(pathToFileURL(builtFile("notebook", "thread-pool.js")).href)};
    const worker = ${JSON.stringify(slowToBegin())};
    const begun = performance.now();
    const whole = threadPool(worker, { minThreads: 1, maxThreads: 1 });
    const answer = await whole.run(1);
    const milliseconds = performance.now() - begun;
    await whole.destroy();
    for (let time = 0; time < 60; time++) {
      const pool = threadPool(worker, { minThreads: 1, maxThreads: 1 });
      const task = pool.run(1).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, (milliseconds * time) / 60));
      await pool.destroy();
      await task;
    }
    console.log("answered", answer);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  expect(stdout).toBe(`answered ${modules}\n`);
});
