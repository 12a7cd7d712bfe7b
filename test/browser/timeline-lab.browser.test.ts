// A timeline in a real JupyterLab: drawn by the extension, heard by the kernel, and its keys are its own.
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/timeline-lab/`;

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("a timeline in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;
  let view: Locator;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const path = writeNotebook(folder, "timeline", [
      `import { f32, timelineExplorer, VirtualGPU } from "warplab";
const gpu = new VirtualGPU("h100");
const trace = gpu.recordTrace();
for (let i = 0; i < 40; i++) gpu.array(f32, new Float32Array(1000 * (i + 1))).free();
const explorer = timelineExplorer(trace);
explorer`,
      `console.log("chosen:", explorer.event?.name ?? "none");`,
    ]);
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1300, height: 1100 } });
    notebook = await LabNotebook.open(page, server, path);
    await notebook.runAll();
    view = page.locator('[data-warplab="timeline"]');
    await view.locator('[data-part="picture"]').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("is drawn, and says what the trace is", async () => {
    expect(await view.locator('[data-part="said"]').textContent()).toMatch(/^H100 SXM trace .* The device is busy for/);
    await expect
      .poll(() => view.locator('[data-part="surface"]').getAttribute("aria-label"), { timeout: 30_000 })
      .toContain("on 2 tracks");
    await screenshot(page, "timeline-lab");
  });

  it("keeps its keys from JupyterLab", async () => {
    onTestFailed(() => screenshot(page, "failure-timeline-lab"));
    const cells = await page.locator(".jp-Notebook .jp-Cell").count();
    await view.evaluate((host: HTMLElement) => host.focus());
    // To JupyterLab these are: new cells above and below, cut, delete, interrupt, restart, a heading.
    for (const key of ["a", "b", "x", "d", "d", "i", "i", "0", "0", "1"]) await page.keyboard.press(key);
    expect(await page.locator(".jp-Notebook .jp-Cell").count()).toBe(cells);
    expect(await page.locator(".jp-Notebook .jp-MarkdownCell").count()).toBe(0);
    await page.keyboard.press("/");
    await page.keyboard.type("name:cuMemFree");
    await expect.poll(() => view.locator(".found").textContent(), { timeout: 30_000 }).toMatch(/^\d+ found$/);
    await page.keyboard.press("Enter");
    expect(await view.locator(".heard").textContent()).toMatch(/^cuMemFree_v2, driver call/);
    // One Escape leaves the field, and neither the hit nor the timeline.
    await page.keyboard.press("Escape");
    await page.keyboard.press("d");
    expect(await view.getByLabel("Search events").inputValue()).toBe("name:cuMemFree");
    expect(await page.locator(".jp-Notebook .jp-Cell").count()).toBe(cells);
    expect(await view.locator(".found").textContent()).toMatch(/^1 of \d+ found$/);
  });

  it("tells the kernel what is chosen", async () => {
    await notebook.run(1);
    await expect
      .poll(() => page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".jp-OutputArea").textContent(), {
        timeout: 30_000,
      })
      .toContain("chosen: cuMemFree_v2");
  });
});
