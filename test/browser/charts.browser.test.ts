// A chart wider than its place is reached by scrolling it, in JupyterLab and in the saved page; nothing of it is cut off, and the
// page around it does not get wider.
import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { warplab } from "../cli/command.js";
import { chromiumPath, launchChromium } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/charts/", import.meta.url));
const cells = [
  `import { measured, roofline, show, validate } from "warplab";`,
  `show(roofline(validate(measured("gb10"))));`,
];

/** How far beyond the place's right edge the drawing ends once its place is scrolled to its end; 0 when all of it is reached. */
function hiddenWidth(drawing: Locator): Promise<number> {
  return drawing.evaluate((node) => {
    let place = node.parentElement;
    while (place !== null && !/auto|scroll/.test(getComputedStyle(place).overflowX)) place = place.parentElement;
    if (place === null) throw new Error("nothing around the chart scrolls");
    place.scrollLeft = place.scrollWidth;
    return Math.max(0, node.getBoundingClientRect().right - place.getBoundingClientRect().right);
  });
}

describe.skipIf(chromiumPath === undefined)("a roofline", () => {
  let browser: Browser;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it("is reached whole in the saved page, also at 200% zoom and on a telephone", async () => {
    const { status, stdout, stderr } = await warplab([
      ...["run", writeNotebook(folder, "chart", cells), "--out", `${folder}page`, "--json"],
    ]);
    expect(status, stderr).toBe(0);
    for (const width of [1200, 600, 320]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.goto(pathToFileURL((JSON.parse(stdout) as { page: string }).page).href);
      const drawing = page.locator(".vega-embed svg.marks");
      await drawing.waitFor();
      expect(await hiddenWidth(drawing), `${width} px`).toBeLessThan(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await page.close();
    }
  });

  it.skipIf(!hasJupyterLab)("is reached whole in a JupyterLab of 800 px", async () => {
    const server = await LabServer.start({ widgetManager: true });
    try {
      const page = await browser.newPage({ viewport: { width: 1300, height: 800 } });
      const notebook = await LabNotebook.open(page, server, writeNotebook(folder, "chart", cells));
      await notebook.runAll();
      await page.setViewportSize({ width: 800, height: 800 });
      const drawing = page.locator(".vega-embed :is(svg, canvas).marks");
      await drawing.waitFor();
      expect(await hiddenWidth(drawing)).toBeLessThan(1);
    } finally {
      await server.stop();
    }
  });
});
