// Bars and cards as a person meets them in a real JupyterLab: a long synchronous launch whose bar moves, its interrupt, the summary.
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/jupyterlab-progress/", import.meta.url));

const cells = [
  `import { VirtualGPU, kernel, f32, i32, progress } from "warplab";
const spin = kernel("spin", { n: i32, stride: i32, y: f32.ptr }, ({ n, stride, y }, { blockIdx, blockDim, threadIdx }) => {
  const i = (blockIdx.x * blockDim.x + threadIdx.x) * stride;
  let s = y[i];
  for (let k = 0; k < n; k++) s = s * 0.5 + 1;
  y[i] = s;
});
const gpu = new VirtualGPU("h100");
const y = gpu.zeros(f32, 32 * 32 * 40, { label: "y" });`,
  "gpu.launch(spin, { grid: 40, block: 32 }, { n: 2_000_000, stride: 1, y });",
  `for (const n of progress([120_000, 120_000, 120_000], { label: "sweep", unit: "sizes" })) {
  gpu.launch(spin, { grid: 40, block: 32 }, { n, stride: 1, y });
}`,
  "gpu.launch(spin, { grid: 40, block: 24 }, { n: 100, stride: 32, y })",
] as const;
const [, endless, sweep, card] = [0, 1, 2, 3];

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;

  beforeAll(async () => {
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });
    notebook = await LabNotebook.open(page, server, writeNotebook(folder, "progress", cells));
    await notebook.run(0);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const bar = (cell: number) => notebook.cells.nth(cell).locator(".warplab-progress .task");

  /** Begins a cell without waiting for its end; the page sometimes drops the first request. */
  async function begin(cell: number): Promise<void> {
    for (let attempt = 0; attempt < 4; attempt++) {
      await notebook.cells.nth(cell).locator(".jp-InputArea-editor").click();
      await page.keyboard.press("Control+Enter");
      const begun = await bar(cell)
        .first()
        .waitFor({ timeout: 8000 })
        .then(
          () => true,
          () => false,
        );
      if (begun) return;
    }
    throw new Error(`no bar appears under cell ${cell}`);
  }

  function explain(name: string): void {
    onTestFailed(async () => {
      await screenshot(page, `failure-progress-${name}`);
      console.log(`JupyterLab said:\n${server.log().slice(-4000)}`);
    });
  }

  it("a bar moves while a synchronous launch keeps the kernel busy, and says where it was interrupted", async () => {
    explain("moves");
    await begin(endless);
    const words = bar(endless).locator(".words");
    const seen = new Set<string>();
    await expect
      .poll(async () => seen.add((await words.textContent()) ?? "").size, { timeout: 30_000 })
      .toBeGreaterThan(3);
    expect([...seen].join("\n")).toMatch(/of 40 blocks · [\d,]+ steps/);
    expect(await bar(endless).locator("progress").getAttribute("aria-label")).toBe("launch of spin");
    await screenshot(page, "progress-running-light");
    await page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
    await page.getByRole("menuitem", { name: /^Interrupt Kernel/ }).click();
    await expect.poll(() => words.textContent(), { timeout: 20_000 }).toMatch(/^interrupted at \d+ % after/);
    await screenshot(page, "progress-interrupted-light");
  });

  it("a bar inside another is shown with it, and one line is left at the end", async () => {
    explain("nested");
    await begin(sweep);
    await expect.poll(() => bar(sweep).count(), { timeout: 30_000 }).toBe(2);
    await screenshot(page, "progress-nested-light");
    await expect
      .poll(() => bar(sweep).allTextContents(), { timeout: 120_000 })
      .toEqual([expect.stringMatching(/^sweep.*done in \d/)]);
  });

  it("a launch at the end of a cell is its summary, in light and dark", async () => {
    explain("card");
    await notebook.run(card);
    const summary = notebook.cells.nth(card).locator(".warplab-card");
    expect(await summary.locator("li").allTextContents()).toEqual([
      expect.stringMatching(/Global loads are not coalesced: 24 sectors a request where 3 would do\./),
      expect.stringMatching(/Global stores are not coalesced/),
      expect.stringMatching(
        /Only 75 % of the lanes are active: a block of 24 leaves 8 lanes of its last warp empty\.$/,
      ),
    ]);
    await screenshot(summary, "launch-card-light");
    await notebook.save();
    await server.setTheme("JupyterLab Dark");
    try {
      await page.reload({ waitUntil: "domcontentloaded" });
      await summary.waitFor({ timeout: 60_000 });
      await summary.scrollIntoViewIfNeeded();
      const brightness = await summary.evaluate((node) =>
        (getComputedStyle(node).color.match(/[\d.]+/g) ?? [])
          .slice(0, 3)
          .reduce((sum, part) => sum + Number(part) / 3, 0),
      );
      expect(brightness).toBeGreaterThan(150);
      await screenshot(page, "launch-card-dark");
      // Twice as large in the same window.
      await page.setViewportSize({ width: 550, height: 500 });
      await summary.scrollIntoViewIfNeeded();
      const { content, visible } = await summary.evaluate((node) => ({
        content: node.scrollWidth,
        visible: node.clientWidth,
      }));
      expect(content).toBeLessThanOrEqual(visible);
      await screenshot(page, "launch-card-dark-zoom");
    } finally {
      await server.setTheme("JupyterLab Light");
    }
  });
});
