// The stepper in what Debian's unstable suite has of Jupyter: JupyterLab 4.4 and Notebook 7. Shown, not gated: the packages change from
// day to day, and where nobody has made that root (CONTRIBUTING.md says how) there is nothing to show.
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";
import { fixtureCells, writeFixtureNotebook } from "./fixture-notebook.js";
import { hasNewerJupyter, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/newer-jupyter/", import.meta.url));

if (!hasNewerJupyter) console.warn("Not shown: there is no newer Jupyter (CONTRIBUTING.md).");

describe.skipIf(chromiumPath === undefined || !hasNewerJupyter)("the newer Jupyter", () => {
  it.each([
    ["jupyter-lab", "lab/tree"],
    ["jupyter-notebook", "notebooks"],
  ] as const)("%s steps a live widget whose cursor the notebook reads", async (program, address) => {
    const server = await LabServer.start({ widgetManager: true, newer: program });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1500, height: 1100 } });
      if (program === "jupyter-notebook") await breakTokenCircle(page);
      const notebook = await LabNotebook.open(page, server, writeFixtureNotebook(`${folder}${program}/`), address);
      await notebook.runAll();
      const stepper = new StepperDriver(page);
      await stepper.ready();
      const { cursor } = await stepper.stepOverDivergence();
      await notebook.run(fixtureCells.cursor);
      expect(await notebook.output(fixtureCells.cursor)).toBe(String(cursor));
      await stepper.host.scrollIntoViewIfNeeded();
      await screenshot(page, `newer-${program}`);
    } catch (error) {
      for (const page of browser.contexts()[0]?.pages() ?? []) await screenshot(page, `failure-newer-${program}`);
      throw error;
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

/**
 * Debian's Notebook 7.4.7-3 goes round in circles over its own design tokens until the stack is full, without warplab too, and
 * answers no click then. This breaks the circle where it runs.
 */
async function breakTokenCircle(page: Page): Promise<void> {
  await page.route(/\/static\/notebook\/.*\.js/, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const body = text.replace(
      /(class DesignTokenBindingObserver[\s\S]*?handleChange\(\) \{)/,
      "$1 if (this.busy) return; this.busy = true; try { this.change(); } finally { this.busy = false; } } change() {",
    );
    await route.fulfill({ response, body });
  });
}
