// A timeline in a saved page, without kernel and network: the same live view with its data inside, and a picture where no script runs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timelineToChrome } from "../../src/trace/chrome/index.js";
import { inference, large, program } from "../view/timeline/examples.js";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const manyEvents = 100_000;

describe.skipIf(chromiumPath === undefined)("a timeline in a page", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(`${tmpdir()}/warplab-timeline-`);
    writeFileSync(`${folder}/large.json`, [...timelineToChrome(large(manyEvents))].join(""));
    writeFileSync(`${folder}/program.json`, [...timelineToChrome(program())].join(""));
    writeFileSync(`${folder}/small.json`, [...timelineToChrome(inference())].join(""));
    const open = `import { openTrace, timelineExplorer } from "warplab";\n`;
    const cells = [
      `${open}const trace = await openTrace(${JSON.stringify(`${folder}/small.json`)});\ntrace`,
      `timelineExplorer([trace, trace], { titles: ["before", "after"] })`,
      `await openTrace(${JSON.stringify(`${folder}/large.json`)})`,
      `await openTrace(${JSON.stringify(`${folder}/program.json`)})`,
    ];
    const notebook = writeNotebook(folder, "timeline", cells);
    const command = [`${repository}dist/cli/main.js`, "run", notebook, "--out", `${folder}/out`];
    const run = spawnSync(process.execPath, command, { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`warplab run ended with ${run.status}:\n${run.stderr}`);
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it("is the live view, with all events inside and nothing from elsewhere", async () => {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(pathToFileURL(`${folder}/out/timeline.html`).href);
    const views = page.locator('[data-warplab="timeline"]');
    for (const [nth, count] of [
      [0, "17 events on 2 tracks"],
      [2, `${manyEvents.toLocaleString("en-US")} events on 6 tracks`],
    ] as const) {
      const label = () => views.nth(nth).locator('[data-part="surface"]').getAttribute("aria-label");
      await expect.poll(label, { timeout: 30_000 }).toContain(count);
    }
    await expect
      .poll(() => views.nth(3).locator('[data-part="surface"]').getAttribute("aria-label"), { timeout: 30_000 })
      .toContain("from 270.09 ms to 270.41 ms shown");
    await views.nth(2).getByLabel("Search events").fill("name:kernel_7");
    await expect
      .poll(() => views.nth(2).locator(".found").textContent(), { timeout: 30_000 })
      .toMatch(/^[\d,]+ found$/);
    expect(await views.nth(1).getByRole("tab", { name: "A and B" }).isVisible()).toBe(true);
    await screenshot(page, "timeline-page");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("takes less than twenty bytes an event in the page, where the file has two hundred", () => {
    const { size } = statSync(`${folder}/out/timeline.html`);
    // The runtimes of pages and timelines are half a megabyte of it.
    expect(size).toBeLessThan(700_000 + 20 * manyEvents);
  });

  it("is a picture and words in the notebook file, for who shows it without scripts", () => {
    const { cells } = JSON.parse(readFileSync(`${folder}/out/timeline.ipynb`, "utf8")) as {
      cells: { outputs: { data: Record<string, string | string[]> }[] }[];
    };
    for (const { outputs } of cells) {
      const { data } = outputs.at(-1)!;
      const text = (type: string) => [data[type]].flat().join("");
      expect(text("image/svg+xml")).toMatch(/^<svg .*main thread|worker 0|default stream/s);
      expect(text("text/plain")).toMatch(/The device is busy for \d/);
    }
  });

  it("is a picture and words where no script runs", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(`${folder}/out/timeline.html`).href);
    const output = page.locator(".outputs").first();
    // Once, in the picture.
    expect(((await output.innerText()).match(/The device is busy for 52\.2 %/g) ?? []).length).toBe(1);
    expect(await output.locator("svg").getByText("sgemm").first().isVisible()).toBe(true);
    await screenshot(output, "timeline-page-still");
    const part = page.locator(".outputs").last().locator("svg");
    expect(await part.getByText("Shown: inference, 312 \u00b5s of 270.4 ms.").isVisible()).toBe(true);
    expect(await part.getByText("sgemm").count()).toBe(3);
    await screenshot(page.locator(".outputs").last(), "timeline-page-still-stage");
    await context.close();
  });
});
