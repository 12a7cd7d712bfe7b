// The notebook of the machine in a real JupyterLab: PTX and a function that calls itself, stepped; what was printed, under its cell.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/jupyterlab/`;

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("the machine's notebook in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    copyFileSync(`${repository}notebooks/02-the-machine.ipynb`, `${folder}02-the-machine.ipynb`);
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1300, height: 1600 } });
    notebook = await LabNotebook.open(page, server, `${folder}02-the-machine.ipynb`);
    await notebook.runAll();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** The code cell whose text has this in it. */
  const cellWith = (text: string) => notebook.cells.filter({ hasText: text });

  it("steps PTX to its shuffle, and says what the shuffle changed", async () => {
    onTestFailed(() => screenshot(page, "failure-machine-ptx"));
    const cell = cellWith('show(gpu.step(module.kernel("warpSum")');
    const stepper = new StepperDriver(cell);
    await stepper.ready();
    await stepper.host.locator('[data-part="ptx"] .line', { hasText: "shfl.sync.bfly" }).click();
    expect(await stepper.host.locator('[data-part="effect"]').textContent()).toBe("%f2 changes in 31 lanes.");
    // Lane 0 takes what lane 16 had; lane 16 takes its 0.
    expect(await stepper.host.locator('[data-part="registers"] [data-name="%f2"]').getAttribute("data-value")).toBe(
      "8",
    );
    await screenshot(stepper.host, "machine-lab-ptx");
  });

  it("goes into a function of a kernel, line by line of the cell", async () => {
    onTestFailed(() => screenshot(page, "failure-machine-calls"));
    const stepper = new StepperDriver(cellWith('fn("ackermann"'));
    await stepper.ready();
    const source = stepper.host.locator('[data-part="source"]');
    expect(await source.locator("h4").textContent()).toContain("Source of deep, cell");
    for (let line = 0; line < 6 && !(await source.locator("h4").textContent())?.includes("ackermann"); line++) {
      await stepper.press("next-line");
    }
    expect(await source.locator("h4").textContent()).toContain("Source of ackermann, cell");
    await stepper.host.locator('[data-lane="5"]').click();
    const calls = stepper.host.locator('[data-part="calls"]');
    expect(await calls.textContent()).toBe("Lane 5 is in ackermann, called at line 8 of deep.");
    const deeper = /at line 4 of ackermann, called at line 8 of deep\.$/;
    for (let line = 0; line < 80 && !deeper.test((await calls.textContent()) ?? ""); line++) {
      await stepper.press("next-line");
    }
    expect(await calls.textContent()).toMatch(deeper);
    await screenshot(stepper.host, "machine-lab-calls");
  });

  it("prints under the cell that launched, and shows each result", async () => {
    onTestFailed(() => screenshot(page, "failure-machine-printed"));
    const printed = cellWith('kernel("speaks"').locator(".jp-Cell-outputWrapper");
    await printed.getByText("thread 11 has 5.50").waitFor({ timeout: 10_000 });
    expect(
      await notebook.cells.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']").count(),
    ).toBe(0);
    await cellWith('kernel("spins"').locator(".jp-Cell-outputWrapper").getByText("ends: 496").waitFor();
  });
});
