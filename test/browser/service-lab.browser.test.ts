// A service in a real JupyterLab: the view comes in its own script, simulates in a worker, asks the kernel what computing takes on a
// device, and the notebook sees what was built. The notebook that was run is a page in which it goes on simulating.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { presets, simulate } from "../../src/serving/index.js";
import { formatCount, formatRate } from "../../widgets/service/figures.js";
import { warplab } from "../cli/command.js";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/service-lab/`;
const cells = [
  `import { presets, serviceExplorer, simulate } from "warplab";\nconst explorer = serviceExplorer(presets.get("poisson"));\nexplorer`,
  `explorer.scenario.target.concurrency`,
  `simulate(presets.get("overload"))`,
];
/** What the library makes of it, whose words and figures the pages must have. */
const own = simulate(presets.get("poisson")).summary;
const served = `Serves all ${formatRate(own.offered_rps)} that are offered`;
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("a service in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;
  let view: Locator;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const path = writeNotebook(folder, "service", cells);
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1500, height: 1400 } });
    notebook = await LabNotebook.open(page, server, path);
    await notebook.runAll();
    view = notebook.cells.nth(0).locator('[data-warplab="service"]');
    await view.waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("runs in a worker, and shows the run that a cell made as the page's own", async () => {
    onTestFailed(() => screenshot(page, "failure-service-lab"));
    await eventually(() => view.locator('[data-part="verdict"]').textContent()).toContain(served);
    expect(page.workers().length).toBeGreaterThan(0);
    const run = notebook.cells.nth(2).locator('[data-warplab="service"]');
    await eventually(() => run.locator('[data-part="verdict"]').textContent()).toContain("Overloaded: 300 /s");
    await screenshot(view, "service-lab");
  });

  it("tells the notebook what was built, and JupyterLab takes none of its keys", async () => {
    await view.locator('[data-path="target.concurrency"]').fill("6");
    await eventually(() => view.locator('[data-part="knee"]').textContent()).toContain("234.4 /s");
    await notebook.run(1);
    expect(await notebook.output(1)).toContain("6");
    await view.locator('[data-path="target.concurrency"]').press("Control+z");
    await eventually(() => view.locator('[data-path="target.concurrency"]').inputValue()).toBe("4");
    await view.locator('[data-part="strip"]').focus();
    await page.keyboard.press("End");
    expect(await view.locator('[data-part="moment"]').textContent()).toContain(
      `${formatCount(own.total_requests)} done`,
    );
    expect(await page.locator(".jp-Notebook .jp-Cell").count()).toBe(3);
  });

  it("asks the kernel for the costs of a language model", async () => {
    await view.getByLabel("Preset").selectOption("llm");
    await eventually(() => view.locator(".tiles").textContent()).toContain("TTFT p99");
  });

  it("goes on simulating in the page of the notebook, which has no kernel", async () => {
    const { status, stderr } = await warplab(["run", join(folder, "service.ipynb"), "--out", join(folder, "out")]);
    expect(status, stderr).toBe(0);
    expect(readFileSync(join(folder, "out", "service.html"), "utf8")).toContain("worker-src blob:");
    const saved = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    await saved.goto(`file://${join(folder, "out", "service.html")}`);
    const own = saved.locator('[data-warplab="service"]').first();
    await eventually(() => own.locator('[data-part="verdict"]').textContent()).toContain(served);
    await own.locator('[data-lever="target.concurrency"]').focus();
    await saved.keyboard.press("ArrowRight");
    await eventually(() => own.locator('[data-part="knee"]').textContent()).toContain("234.4 /s");
    expect(saved.workers().length).toBeGreaterThan(0);
    await own.getByLabel("Preset").selectOption("llm");
    await eventually(() => own.locator('[data-part="notice"]').textContent()).toContain(
      "device whose model is not in this page",
    );
    await screenshot(saved, "service-saved-page");
    await saved.close();
  });
});
