// The whole of warplab as a person meets it: a real JupyterLab, our kernel, our widgets, in Chromium.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";
import { fixtureCells, writeFixtureNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/jupyterlab/`;
const canRun = chromiumPath !== undefined && hasJupyterLab;

/** A copy of the tour: JupyterLab saves what it opens, and notebooks are committed without outputs. */
function copyOfTour(): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(`${repository}notebooks/00-tour.ipynb`, `${folder}00-tour.ipynb`);
  return `${folder}00-tour.ipynb`;
}

/** What the page showed and the server said when a test failed. */
function explainFailures(page: Page, server: LabServer, name: string): void {
  onTestFailed(async () => {
    await screenshot(page, `failure-${name}`);
    console.log(`JupyterLab said:\n${server.log().slice(-4000)}`);
  });
}

describe.skipIf(!canRun)("JupyterLab with the widget manager", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1400, height: 1500 } });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("steps a live widget whose cursor the notebook reads and sets", async () => {
    explainFailures(page, server, "live-widget");
    const notebook = await LabNotebook.open(page, server, writeFixtureNotebook(folder));
    await notebook.runAll();
    expect(await notebook.output(fixtureCells.launch)).toContain("y[3] is 3");
    expect(await notebook.output(fixtureCells.cursor)).toBe("0");

    const stepper = new StepperDriver(notebook.cells.nth(fixtureCells.stepper));
    await stepper.ready();
    const { cursor } = await stepper.stepOverDivergence();
    await notebook.run(fixtureCells.cursor);
    expect(await notebook.output(fixtureCells.cursor)).toBe(String(cursor));
  });

  it("runs the tour, steps its widget, and still has it after a reload", async () => {
    explainFailures(page, server, "tour");
    const notebook = await LabNotebook.open(page, server, copyOfTour());
    await notebook.runAll();
    const stepper = new StepperDriver(page);
    await stepper.ready();
    const { before, after, cursor } = await stepper.stepOverDivergence();
    expect(after).not.toBe(before);

    await stepper.key("ArrowLeft");
    expect(await stepper.cursor()).toBe(cursor - 1);
    expect(await stepper.mask()).toBe(before);
    await stepper.key("ArrowRight");
    expect(await stepper.mask()).toBe(after);
    await screenshot(stepper.host, "jupyterlab-stepper-light");

    const alignment = (cell: string) =>
      page
        .locator(`.warplab-table td${cell}`)
        .first()
        .evaluate((node) => getComputedStyle(node).textAlign);
    expect([await alignment(":not(.figure)"), await alignment(".figure")]).toEqual(["left", "right"]);

    await notebook.save();
    await notebook.reload();
    const again = new StepperDriver(page);
    await again.ready();
    expect({ cursor: await again.cursor(), mask: await again.mask() }).toEqual({ cursor, mask: after });
    await again.press("step");
    expect(await again.cursor()).toBe(cursor + 1);
  });

  it("is readable in the dark theme", async () => {
    explainFailures(page, server, "dark");
    await server.setTheme("JupyterLab Dark");
    try {
      await page.reload({ waitUntil: "domcontentloaded" });
      const stepper = new StepperDriver(page);
      await stepper.ready();
      const { theme, text, background } = await stepper.host.evaluate((host) => {
        const frame = host.shadowRoot!.querySelector<HTMLElement>(".stepper")!;
        const brightness = (colour: string) =>
          (colour.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part) / 3, 0);
        const style = getComputedStyle(frame);
        const { theme } = frame.dataset;
        return { theme, text: brightness(style.color), background: brightness(style.backgroundColor) };
      });
      expect(theme).toBe("dark");
      expect(text).toBeGreaterThan(150);
      expect(background).toBeLessThan(80);
      await screenshot(stepper.host, "jupyterlab-stepper-dark");
    } finally {
      await server.setTheme("JupyterLab Light");
    }
  });
});

describe.skipIf(!canRun)("JupyterLab without the widget manager", () => {
  let server: LabServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: false }), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("shows the self-contained form, which steps too", async () => {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1500 } });
    explainFailures(page, server, "without-widget-manager");
    const notebook = await LabNotebook.open(page, server, writeFixtureNotebook(folder));
    await notebook.runAll();
    const cell = notebook.cells.nth(fixtureCells.stepper);
    await cell.scrollIntoViewIfNeeded();
    const stepper = new StepperDriver(cell.frameLocator("iframe"));
    await stepper.ready();
    const { before, after } = await stepper.stepOverDivergence();
    expect(after).not.toBe(before);
    await screenshot(page, "jupyterlab-without-widget-manager");
  });
});
