// A notebook's life around its widgets, in a real JupyterLab: closed and opened again, in two tabs, its kernel started again, saved
// and opened where no kernel knows of it; and the keyboard's way to a widget and back.
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { warplab } from "../cli/command.js";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";
import { fixtureCells, writeFixtureNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/jupyterlab-life/", import.meta.url));

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("a notebook with a stepper, in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let notebook: LabNotebook;
  let stepper: StepperDriver;
  let path: string;
  const errors: string[] = [];

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async ({ task }) => {
    context = await browser.newContext({ viewport: { width: 1300, height: 1100 } });
    page = await newTab();
    path = writeFixtureNotebook(`${folder}${task.id}/`);
    notebook = await LabNotebook.open(page, server, path);
    await notebook.runAll();
    stepper = new StepperDriver(page);
    await stepper.ready();
  });
  afterEach(async ({ task }) => {
    // Here, since what is to be done when a test failed is done after this, and finds its pages closed.
    if (task.result?.state === "fail") {
      await screenshot(page, `failure-life-${task.name.replace(/\W+/g, "-")}`);
      console.log(`JupyterLab said:\n${server.log().slice(-3000)}`);
    }
    await context?.close();
    expect(errors.splice(0)).toEqual([]);
  });

  /** A tab whose uncaught errors from our own code are kept; JupyterLab has some of its own. */
  async function newTab(): Promise<Page> {
    const tab = await context.newPage();
    tab.on("pageerror", (error) => {
      if (/warplab|stepper/i.test(`${error.message}\n${error.stack}`)) errors.push(error.stack ?? error.message);
    });
    return tab;
  }

  /** Both ways: the view hears the kernel, and the kernel the view. */
  async function expectSynchronised(on: LabNotebook, view: StepperDriver): Promise<void> {
    await view.press("step");
    const cursor = await view.cursor();
    await on.run(fixtureCells.cursor);
    expect(await on.output(fixtureCells.cursor)).toBe(String(cursor));
    await on.run(fixtureCells.moveCursor);
    await expect.poll(() => view.cursor()).toBe(12);
    expect(await view.host.page().locator('[data-warplab="stepper"]').count()).toBe(1);
    expect(await view.host.locator('[data-part="connection"]').isVisible()).toBe(false);
  }

  it("is still connected after the page is reloaded", async () => {
    await stepper.press("next-divergence");
    const cursor = await stepper.cursor();
    await notebook.save();
    await notebook.reload();
    await stepper.ready();
    expect(await stepper.cursor()).toBe(cursor);
    await expectSynchronised(notebook, stepper);
  });

  it("is still connected after it is closed and opened again", async () => {
    await stepper.press("next-divergence");
    const cursor = await stepper.cursor();
    await notebook.save();
    await notebook.closeAndOpen();
    await stepper.ready();
    expect(await stepper.cursor()).toBe(cursor);
    await expectSynchronised(notebook, stepper);
  });

  it("moves in two tabs of the browser together", async () => {
    await notebook.save();
    const second = await newTab();
    const secondNotebook = await LabNotebook.open(second, server, path);
    const secondStepper = new StepperDriver(second);
    await secondStepper.ready();
    await stepper.press("next-memory");
    const cursor = await stepper.cursor();
    await expect.poll(() => secondStepper.cursor()).toBe(cursor);
    await secondStepper.press("back");
    await expect.poll(() => stepper.cursor()).toBe(cursor - 1);
    await expectSynchronised(secondNotebook, secondStepper);
    await expect.poll(() => stepper.cursor()).toBe(12);
  });

  it("goes on by itself when the kernel is started again, and connects when its cell is run", async () => {
    await notebook.restartKernel();
    await expect
      .poll(() => stepper.host.locator('[data-part="connection"]').textContent())
      .toContain("No kernel is connected");
    await screenshot(page, "jupyterlab-kernel-restarted");
    const cursor = await stepper.cursor();
    await stepper.press("step");
    expect(await stepper.cursor()).toBe(cursor + 1);
    await notebook.runAll();
    await stepper.ready();
    await expectSynchronised(notebook, stepper);
  });

  it("shows and steps what was saved where no kernel knows of it", async () => {
    await stepper.press("next-divergence");
    const cursor = await stepper.cursor();
    await notebook.save();
    const saved = JSON.parse(readFileSync(path, "utf8")) as { metadata: { widgets?: Record<string, unknown> } };
    expect(Object.keys(saved.metadata.widgets ?? {})).toEqual(["application/vnd.jupyter.widget-state+json"]);
    const copy = path.replace("fixture", "copy");
    copyFileSync(path, copy);
    await LabNotebook.open(page, server, copy);
    const view = new StepperDriver(page);
    await view.ready();
    expect(await view.cursor()).toBe(cursor);
    expect(await view.host.locator('[data-part="connection"]').textContent()).toContain("No kernel is connected");
    await view.press("step");
    expect(await view.cursor()).toBe(cursor + 1);
  });

  it("is saved without its widgets where a person has set JupyterLab so", async () => {
    const manager = "@jupyter-widgets/jupyterlab-manager:plugin";
    await server.setSettings(manager, { saveState: false });
    try {
      await notebook.reload();
      await notebook.runAll();
      await stepper.ready();
      await notebook.save();
      const saved = JSON.parse(readFileSync(path, "utf8")) as { metadata: { widgets?: unknown } };
      expect(saved.metadata.widgets).toBeUndefined();
    } finally {
      await server.setSettings(manager, {});
    }
  });

  it("leaves, saved with its widgets, a page that steps where no Jupyter is", async () => {
    await stepper.press("next-divergence");
    const cursor = await stepper.cursor();
    await notebook.save();
    const { status, stdout, stderr } = await warplab(["page", path, "--out", dirname(path), "--json"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { page: file } = JSON.parse(stdout) as { page: string };
    const offline = await browser.newContext({ offline: true, viewport: { width: 1200, height: 1000 } });
    const reader = await offline.newPage();
    const complaints: string[] = [];
    reader.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    reader.on("pageerror", (error) => complaints.push(error.message));
    await reader.goto(pathToFileURL(file).href);
    const view = new StepperDriver(reader);
    await view.ready();
    expect(await view.cursor()).toBe(cursor);
    await view.press("step");
    expect(await view.cursor()).toBe(cursor + 1);
    // The page's own view, not the frame for pages that have none.
    expect(await reader.locator("iframe").count()).toBe(0);
    expect(complaints).toEqual([]);
    await screenshot(reader, "jupyterlab-saved-page");
    await offline.close();
  });

  it("is reached from its cell by a key, keeps its own keys, and gives the notebook its back", async () => {
    const cells = await notebook.cells.count();
    const focus = () => page.evaluate(() => document.activeElement?.getAttribute("data-warplab") ?? "elsewhere");
    await notebook.select(fixtureCells.stepper);
    await page.keyboard.press("Alt+o");
    expect(await focus()).toBe("stepper");
    // In JupyterLab's own hands these insert cells, delete them, and turn them into text.
    for (const key of ["b", "a", "d", "d", "m", "x"]) await page.keyboard.press(key);
    expect(await notebook.cells.count()).toBe(cells);
    expect(await stepper.cursor()).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    expect(await focus()).toBe("elsewhere");
    const cursor = await stepper.cursor();
    await page.keyboard.press("b");
    await expect.poll(() => notebook.cells.count()).toBe(cells + 1);
    expect(await stepper.cursor()).toBe(cursor);
    // From a cell's editor as well, where Tab is the editor's.
    await notebook.select(fixtureCells.stepper);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Alt+o");
    expect(await focus()).toBe("stepper");
  });
});
