// The notebook of predictions in a real JupyterLab, light and dark: every cell runs, its charts are drawn and its cards are there.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/jupyterlab/`;

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("the notebook of predictions in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    copyFileSync(`${repository}notebooks/03-prediction.ipynb`, `${folder}03-prediction.ipynb`);
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1300, height: 1600 } });
    notebook = await LabNotebook.open(page, server, `${folder}03-prediction.ipynb`);
    await notebook.runAll();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** The code cell whose text has this in it. */
  const cellWith = (text: string) => notebook.cells.filter({ hasText: text });

  it("draws the roofline of each level of memory", async () => {
    onTestFailed(() => screenshot(page, "failure-prediction-roofline"));
    const cell = cellWith("From a matrix times a matrix");
    await cell.scrollIntoViewIfNeeded();
    await expect.poll(() => cell.locator(".jp-OutputArea canvas, .jp-OutputArea svg").count()).toBeGreaterThan(0);
    await screenshot(cell, "prediction-lab-roofline");
  });

  it("shows why it is this tile, with the picture of the tiles", async () => {
    onTestFailed(() => screenshot(page, "failure-prediction-why"));
    const cell = cellWith("import { explain }");
    await cell.scrollIntoViewIfNeeded();
    expect(await cell.locator(".warplab-plan svg rect").count()).toBeGreaterThan(3);
    expect(await cell.locator(".warplab-plan td", { hasText: "taken" }).count()).toBe(1);
    await screenshot(cell, "prediction-lab-why");
  });

  it("holds predictions against measured times, also on a dark page", async () => {
    onTestFailed(() => screenshot(page, "failure-prediction-accuracy"));
    await server.setTheme("JupyterLab Dark");
    notebook = await LabNotebook.open(page, server, `${folder}03-prediction.ipynb`);
    await notebook.runAll();
    const cell = cellWith("const sample");
    await cell.scrollIntoViewIfNeeded();
    expect(await cell.locator("caption").textContent()).toMatch(/^26 of 26 rows: realistic/);
    await screenshot(cell, "prediction-lab-accuracy-dark");
    const why = cellWith("import { explain }");
    await why.scrollIntoViewIfNeeded();
    await screenshot(why, "prediction-lab-why-dark");
    const attention = cellWith("const heads");
    await attention.scrollIntoViewIfNeeded();
    await screenshot(attention, "prediction-lab-attention-dark");
  });
});
