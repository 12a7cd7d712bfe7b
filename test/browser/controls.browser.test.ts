// Jupyter's own controls, made in TypeScript and moved in a real JupyterLab by mouse and by keys: the kernel hears of it, answers,
// and still knows it after a reload.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/jupyterlab/`;
const canRun = chromiumPath !== undefined && hasJupyterLab;

const cells = [
  `import { button, dlink, dropdown, hbox, interact, jslink, label, link, output, progressBar, slider, tabs, text } from "warplab";
const n = slider({ min: 0, max: 10, value: 3, description: "n" });
let runs = 0;
interact({ n, device: dropdown(["h100", "a100"]) }, ({ n, device }) => {
  runs++;
  console.log("printed", n);
  if (n === 9) throw new RangeError("too far");
  return \`\${device} x \${n}\`;
})`,
  `const count = label("0 clicks");
let clicks = 0;
hbox([button("Press", { onClick: () => { count.value = \`\${++clicks} clicks\`; console.log("clicked", clicks); } }), count])`,
  `const a = slider({ max: 10, value: 2, description: "a" });
const b = slider({ max: 10, description: "b" });
const bar = progressBar({ max: 10, description: "bar" });
link(a, "value", b, "value");
jslink(b, "value", bar, "value");
tabs({ Linked: hbox([a, b, bar]), Words: text({ description: "word", value: "here" }) })`,
  `const log = output();
log.capture(async () => {
  console.log("early");
  await new Promise((resume) => setTimeout(resume, 200));
  console.log("late");
});
log`,
  `[n.value, a.value, b.value, clicks, runs]`,
] as const;

const at = { interact: 0, button: 1, linked: 2, output: 3, values: 4 } as const;

describe.skipIf(!canRun)("controls in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let notebook: LabNotebook;

  beforeAll(async () => {
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1300, height: 1800 } });
    notebook = await LabNotebook.open(page, server, writeNotebook(folder, "controls", cells));
    await notebook.runAll();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  function explainFailure(name: string): void {
    onTestFailed(async () => {
      await screenshot(page, `failure-controls-${name}`);
      console.log(`JupyterLab said:\n${server.log().slice(-4000)}`);
    });
  }

  function cell(index: number): Locator {
    return notebook.cells.nth(index).locator(".jp-Cell-outputWrapper");
  }

  /** The handle of the slider with this description. */
  function handle(where: Locator, description: string): Locator {
    return where.locator(".widget-slider", { hasText: description }).locator(".noUi-handle").first();
  }

  async function shows(where: Locator, text: string): Promise<void> {
    await where.getByText(text, { exact: true }).first().waitFor({ timeout: 10_000 });
  }

  async function values(): Promise<unknown> {
    await notebook.run(at.values);
    return JSON.parse(await notebook.output(at.values));
  }

  it("moves a slider by keys and by dragging, and the function's output follows", async () => {
    explainFailure("slider");
    const where = cell(at.interact);
    await shows(where, "h100 x 3");
    await handle(where, "n").focus();
    await page.keyboard.press("ArrowRight");
    await shows(where, "h100 x 4");
    expect(await where.locator(".widget-output").textContent()).toContain("printed 4");

    const track = (await where.locator(".widget-slider .noUi-base").boundingBox())!;
    await handle(where, "n").hover();
    await page.mouse.down();
    await page.mouse.move(track.x + track.width, track.y + track.height / 2, { steps: 12 });
    await page.mouse.up();
    await shows(where, "h100 x 10");
    await where.locator("select").selectOption("a100");
    await shows(where, "a100 x 10");
    await screenshot(where, "controls-interact");
  });

  it("shows an error of the function as a cell does, and goes on", async () => {
    explainFailure("error");
    const where = cell(at.interact);
    await handle(where, "n").focus();
    await page.keyboard.press("ArrowLeft");
    await where.getByText("RangeError: too far").first().waitFor();
    await screenshot(where, "controls-error");
    await page.keyboard.press("ArrowLeft");
    await shows(where, "a100 x 8");
    expect(await where.getByText("RangeError").count()).toBe(0);
  });

  it("calls a button back; what that prints stands under the button's cell", async () => {
    explainFailure("button");
    const where = cell(at.button);
    await where.getByRole("button", { name: "Press" }).click();
    await shows(where, "1 clicks");
    await where.getByRole("button", { name: "Press" }).focus();
    await page.keyboard.press("Space");
    await shows(where, "2 clicks");
    await where.getByText("clicked 2").waitFor();
  });

  it("holds linked controls equal, by the kernel and in the page, and turns tabs by keys", async () => {
    explainFailure("linked");
    const where = cell(at.linked);
    await handle(where, "a").focus();
    await page.keyboard.press("End");
    const bar = where.locator(".progress-bar");
    await expect.poll(() => handle(where, "b").getAttribute("aria-valuenow")).toBe("10.0");
    await expect.poll(() => bar.evaluate((node: HTMLElement) => node.style.width)).toBe("100%");
    await screenshot(where, "controls-tabs");
    await where.getByRole("tab", { name: "Words" }).click();
    await where.locator("input[type=text]").waitFor();
  });

  it("captures what is printed late", async () => {
    explainFailure("output");
    await cell(at.output).getByText("late").waitFor();
    expect(await cell(at.output).locator(".widget-output").textContent()).toContain("early\nlate");
  });

  it("kernel and page agree on every value", async () => {
    explainFailure("values");
    const [n, a, b, clicks, runs] = (await values()) as number[];
    expect([n, a, b, clicks]).toEqual([8, 10, 10, 2]);
    expect(runs).toBeGreaterThan(4);
  });

  it("is alive with all its values when the page is reloaded", async () => {
    explainFailure("reload");
    await notebook.save();
    await notebook.reload();
    const where = cell(at.interact);
    await shows(where, "a100 x 8");
    await handle(where, "n").focus();
    await page.keyboard.press("ArrowLeft");
    await shows(where, "a100 x 7");
    await cell(at.output).scrollIntoViewIfNeeded();
    expect(await cell(at.output).locator(".widget-output").textContent()).toContain("early\nlate");
    expect(((await values()) as number[])[0]).toBe(7);
  });

  it("runs the notebook that teaches them", async () => {
    explainFailure("notebook");
    mkdirSync(folder, { recursive: true });
    copyFileSync(`${repository}notebooks/01-controls.ipynb`, `${folder}01-controls.ipynb`);
    const lesson = await LabNotebook.open(page, server, `${folder}01-controls.ipynb`);
    await lesson.runAll();
    const chart = lesson.cells.nth(3).locator(".jp-Cell-outputWrapper");
    await chart.scrollIntoViewIfNeeded();
    await chart.getByText("stride 8: 32 sectors a read").waitFor();
    await handle(chart, "stride").focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowLeft");
    await chart.getByText("stride 2: 8 sectors a read").waitFor();
    await chart.locator("canvas, svg.marks").first().waitFor();
    for (let i = 0; i < 5; i++) await screenshot(lesson.cells.nth(i), `controls-lesson-${i + 1}`);
  });
});
