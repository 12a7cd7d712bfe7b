// A cell that asks, and cells that print too much, as a person meets them in a real JupyterLab: the page answers, the end is seen,
// the notebook can be saved.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/jupyterlab-flood/", import.meta.url));

const cells = [
  "prompt('Your name?', 'Ada') + '!'",
  "for (let i = 1; i <= 1_000_000; i++) console.log('line', i);",
  "for (let i = 1; i <= 5000; i++) console.log(('number ' + i).padEnd(80, '.'));",
];

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;
  let path: string;

  beforeAll(async () => {
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    path = writeNotebook(folder, "flood", cells);
    notebook = await LabNotebook.open(page, server, path);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("a prompt asks under its cell, and takes the answer", async () => {
    const input = page.locator("input.jp-Stdin-input");
    const answered = input.waitFor({ timeout: 60_000 }).then(async () => {
      expect(await page.locator(".jp-Stdin-prompt").textContent()).toBe("Your name? [Ada] ");
      await screenshot(page, "prompt");
      await input.fill("Grace");
      await input.press("Enter");
    });
    await Promise.all([notebook.run(0), answered]);
    expect(await notebook.output(0)).toContain("'Grace!'");
  }, 120_000);

  it("a million lines show their beginning, a count and their end, and the page goes on", async () => {
    const start = Date.now();
    await notebook.run(1);
    const text = await notebook.output(1);
    console.log(`a million lines: ${Date.now() - start} ms, ${text.length} characters in the page`);
    expect(text).toMatch(/^line 1\nline 2\n/);
    expect(text).toMatch(/⋯ [\d,]+ lines, [\d,]+ characters left out here/);
    expect(text.trimEnd()).toMatch(/line 999999\nline 1000000$/);
    await page.getByText(/left out here/).scrollIntoViewIfNeeded();
    await screenshot(page, "flood");
  }, 180_000);

  it("five thousand prints are there, each of them", async () => {
    await notebook.run(2);
    const numbers = [...(await notebook.output(2)).matchAll(/number (\d+)/g)].map(([, n]) => Number(n));
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  }, 120_000);

  it("the notebook can be saved, and is small", async () => {
    await notebook.save();
    expect(readFileSync(path, "utf8")).toContain("line 1000000");
    expect(readFileSync(path).length).toBeLessThan(3_000_000);
  }, 60_000);
});
