// Jupyter's stock controls in a saved page: no kernel, no network, no widget manager. By mouse, by keyboard alone, by what a
// screen reader is told, and at the sizes and in the settings that people read with.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { savedWidget } from "../../src/notebook/framed.js";
import { packState } from "../../src/notebook/widget-state.js";
import { type Notebook, renderPage } from "../../src/view/page/index.js";
import { gallery, prints, SavedControls, shows } from "../widgets/controls/saved-controls.js";
import { sharedLaunch } from "../widgets/stepper/launches.js";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";

const asset = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../dist/assets/${name}`, import.meta.url)), "utf8");

describe.skipIf(chromiumPath === undefined)("stock controls in a saved page", () => {
  let browser: Browser;
  const folder = mkdtempSync(`${tmpdir()}/warplab-controls-`);
  let files = 0;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** The notebook's page, opened from the disk with the network cut; `complaints` is what the console says. */
  async function open(
    notebook: Notebook,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const file = `${folder}/page-${++files}.html`;
    const assets = {
      page: asset("page.js"),
      chart: asset("chart.js"),
      service: asset("service.js"),
      validation: asset("validation.js"),
      timeline: asset("timeline.js"),
    };
    writeFileSync(file, renderPage(notebook, { title: "Controls", assets }));
    const context = await browser.newContext({ offline: true, viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  it("draws every one, in light and dark, and complains of nothing", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints } = await open(gallery().notebook("linked", "inert", "containers"), { colorScheme });
      expect(await page.locator(".warplab-failed").allTextContents()).toEqual([]);
      expect(complaints).toEqual([]);
      await screenshot(page, `page-controls-${colorScheme}`);
      await page.context().close();
    }
  });

  it("says and draws nothing twice when the page is saved again from the browser", async () => {
    const { page } = await open(gallery().notebook("linked", "inert", "containers"));
    const seen = (of: Page) =>
      of.evaluate(() => ({
        controls: document.querySelectorAll("input, select, button, textarea, [role]").length,
        words: (document.querySelector("main") as HTMLElement).innerText,
      }));
    const original = await seen(page);
    const file = `${folder}/saved.html`;
    writeFileSync(file, await page.evaluate(() => `<!DOCTYPE html>\n${document.documentElement.outerHTML}`));
    await page.goto(pathToFileURL(file).href);
    expect(await seen(page)).toEqual(original);
    const slider = page.getByRole("slider", { name: "threads" });
    await slider.focus();
    await page.keyboard.press("End");
    expect(await page.getByRole("progressbar", { name: "progress" }).getAttribute("aria-valuenow")).toBe("100");
    await page.context().close();
  });

  it("moves what a link joins, by arrows, Home and End", async () => {
    const { page } = await open(gallery().notebook("linked"));
    const slider = page.getByRole("slider", { name: "threads" });
    const bar = page.getByRole("progressbar", { name: "progress" });
    await slider.focus();
    await page.keyboard.press("End");
    expect(await bar.getAttribute("aria-valuenow")).toBe("100");
    await page.keyboard.press("ArrowLeft");
    expect(await page.getByRole("spinbutton", { name: "as text" }).inputValue()).toBe("99");
    await page.keyboard.press("Home");
    expect(await bar.getAttribute("aria-valuenow")).toBe("0");
    await page.getByRole("spinbutton", { name: "as text" }).fill("250");
    await page.keyboard.press("Tab");
    expect(await slider.inputValue()).toBe("100");
    expect(await slider.getAttribute("aria-valuetext")).toBe("100");
  });

  it("plays to the end, and stops there", async () => {
    const { page } = await open(gallery().notebook("linked"));
    await page.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.locator('[role="progressbar"][aria-valuenow="100"]').waitFor();
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.getByRole("slider", { name: "threads" }).inputValue()).toBe("0");
  });

  it("greys what would need the kernel, and says once in the page why", async () => {
    const { page } = await open(gallery().notebook("linked", "inert", "menu"));
    const note = page.getByText("need the running notebook");
    expect(await note.count()).toBe(1);
    const slider = page.getByRole("slider", { name: "block size" });
    expect(await slider.isDisabled()).toBe(true);
    expect(await slider.getAttribute("aria-describedby")).toBe(await note.getAttribute("id"));
    expect(await page.getByRole("button", { name: "Launch" }).isDisabled()).toBe(true);
    const again = page.getByRole("combobox", { name: "precision" }).last();
    expect(await again.getAttribute("aria-describedby")).toBe(await note.getAttribute("id"));
    expect(await again.getAttribute("title")).toBe("Needs the running notebook");
    const text = page.getByRole("textbox", { name: "kernel" });
    expect([await text.inputValue(), await text.isEditable()]).toEqual(["saxpy", false]);
    expect(await page.getByRole("slider", { name: "threads" }).isDisabled()).toBe(false);
  });

  it("says so too of what a tab draws when it is first opened", async () => {
    const saved = new SavedControls();
    const children = [
      saved.add("first", "Label", { value: "first" }),
      saved.add("second", "Button", { description: "Go" }),
    ];
    saved.add("tabs", "Tab", { children, titles: ["One", "Two"], selected_index: 0 });
    const { page } = await open(saved.notebook("tabs"));
    const note = page.getByText("need the running notebook");
    expect(await note.count()).toBe(0);
    await page.getByRole("tab", { name: "Two" }).click();
    expect(await note.count()).toBe(1);
    const go = page.getByRole("button", { name: "Go" });
    expect(await go.getAttribute("aria-describedby")).toBe(await note.getAttribute("id"));
  });

  it("switches tabs and opens an accordion by keyboard alone", async () => {
    const { page } = await open(gallery().notebook("containers"));
    await page.getByRole("tab", { name: "Output" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "Words" }).getAttribute("aria-selected")).toBe("true");
    expect(await page.getByRole("tabpanel", { name: "Words" }).textContent()).toContain("second panel");
    expect(await page.getByText("red and plain").isVisible()).toBe(false);
    await page.keyboard.press("Home");
    expect(await page.getByText("red and plain").isVisible()).toBe(true);
    await page.keyboard.press("ArrowLeft");
    expect(await page.getByRole("tab", { name: "Words" }).evaluate((tab) => tab === document.activeElement)).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("region", { name: "Second" }).textContent()).toBe("deeper");
  });

  it("draws an output's text, HTML, Markdown and widgets as a cell's", async () => {
    const { page } = await open(gallery().notebook("containers"));
    const output = page.locator(".wc-output");
    expect(await output.locator(".ansi-red").textContent()).toBe("red");
    expect(await output.locator("td").textContent()).toBe("1");
    expect(await output.locator("em").textContent()).toBe("Markdown");
    expect(await output.getByText("a widget in an output").isVisible()).toBe(true);
  });

  it("shows the answer that was computed beforehand, charts too, and tells a screen reader", async () => {
    const saved = new SavedControls();
    const n = saved.add("n", "IntSlider", { min: 1, max: 3, step: 1, value: 1, description: "n" });
    const s = saved.add("s", "Dropdown", { _options_labels: ["x", "chart"], index: 0, description: "as" });
    const spec = {
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      data: { values: [{ a: 1, b: 2 }] },
      mark: "bar",
      encoding: { x: { field: "a", type: "ordinal" }, y: { field: "b", type: "quantitative" } },
    };
    const chart = { output_type: "display_data", data: { "application/vnd.vegalite.v5+json": spec }, metadata: {} };
    const output = saved.output("out", [prints("n is 1")]);
    const answers = [1, 2, 3].flatMap((value) => [[prints(`n is ${value}`)], [chart, shows("inner")]]);
    saved.add("inner", "Label", { value: "beside the chart" });
    const axes = [
      [n, "value", [1, 2, 3]],
      [s, "index", [0, 1]],
    ];
    saved.add("grid", "Warplab", { view: "precomputed", axes, output, answers }, "warplab");
    saved.add("interact", "VBox", { children: [n, s, output] });
    const { page, complaints } = await open(saved.notebook("interact"));
    const place = page.locator(".wc-output");
    await page.getByRole("slider", { name: "n" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await place.textContent()).toBe("n is 2");
    await page.getByRole("combobox", { name: "as" }).selectOption("chart");
    await place.locator(".vega-embed svg.marks").waitFor();
    expect(await place.getByText("beside the chart").isVisible()).toBe(true);
    expect(await place.getAttribute("aria-live")).toBe("polite");
    expect(await page.getByText("need the running notebook").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("answers by itself where a notebook's interact was precomputed, from `warplab run` to the page", async () => {
    const cell = `import { interact } from "warplab";
interact({ n: [1, 4], how: ["squared", "halved"] }, ({ n, how }) => {
  console.log("n is", n);
  return how === "squared" ? n * n : n / 2;
}, { precompute: true })`;
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [{ cell_type: "code", id: "one", metadata: {}, source: cell, outputs: [], execution_count: null }],
    };
    writeFileSync(`${folder}/answers.ipynb`, JSON.stringify(notebook));
    const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
    const run = spawnSync(process.execPath, [main, "run", "answers.ipynb"], { cwd: folder, encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await page.goto(pathToFileURL(`${folder}/out/answers.html`).href);
    const place = page.locator(".wc-output");
    await page.getByRole("slider", { name: "n" }).focus();
    await page.keyboard.press("End");
    expect((await place.textContent())?.trim().split(/\s*\n\s*/)).toEqual(["n is 4", "16"]);
    await page.getByRole("combobox", { name: "how" }).selectOption("halved");
    expect((await place.textContent())?.trim().split(/\s*\n\s*/)).toEqual(["n is 4", "2"]);
    expect(await page.getByText("need the running notebook").count()).toBe(0);
  });

  it("takes text for text and runs nothing of HTML that came with a state", async () => {
    const saved = new SavedControls();
    const attack = `<b>bold</b><img src="x" onerror="window.ran = 1"><script>window.ran = 2</script>
      <a href="javascript:window.ran = 3">link</a><svg onload="window.ran = 4"><circle r="4"/></svg>
      <iframe srcdoc="<script>parent.ran = 5</script>"></iframe><div data-warplab-widget="html">no</div>`;
    saved.add("html", "HTML", { value: attack, description: attack });
    saved.add("label", "Label", { value: attack });
    const slider = { value: 1, description: attack, description_allow_html: true };
    saved.add("slider", "IntSlider", slider);
    const { page } = await open(saved.notebook("html", "label", "slider"));
    await page.getByText("link", { exact: true }).first().click();
    expect(await page.evaluate(() => (globalThis as { ran?: number }).ran)).toBeUndefined();
    expect(await page.locator(".wc-html b").count()).toBe(1);
    expect(await page.locator(".wc-html circle").count()).toBe(1);
    expect(await page.locator(".wc-html :is(script, iframe, [onerror], [onload], [data-warplab-widget])").count()).toBe(
      0,
    );
    expect(await page.locator(".wc-text").textContent()).toBe(attack);
    expect(await page.locator(".wc-label b").count()).toBe(1);
  });

  it("follows the layout, the styles and the classes of a state", async () => {
    const saved = new SavedControls();
    const style = saved.add("style", "SliderStyle", { description_width: "200px", handle_color: "rgb(1, 2, 3)" });
    const layout = saved.layout("layout", { width: "600px", flex: "0 1 auto", border_top: "3px solid red" });
    saved.add("slider", "IntSlider", { value: 1, description: "n", style, layout, _dom_classes: ["mine"] });
    const { page } = await open(saved.notebook("slider"));
    const row = page.locator(".wc-row.mine");
    expect((await row.boundingBox())?.width).toBe(600);
    expect((await row.locator(".wc-label").boundingBox())?.width).toBe(200);
    expect(await row.evaluate((node) => getComputedStyle(node).borderTopWidth)).toBe("3px");
  });

  it("gives a stepper room in rows, columns and tabs, draws it when its tab is opened, and moves all of them together", async () => {
    const saved = new SavedControls();
    const names = { _model_name: "WarplabModel", _model_module: "warplab" };
    const state = { ...names, view: "stepper", image: sharedLaunch(), cursor: 0, lane: 0 };
    const stepper = saved.add("stepper", "Warplab");
    Object.assign(saved.state["stepper"], savedWidget(packState(state)));
    const words = saved.add("words", "Label", { value: "beside" });
    saved.add("row", "HBox", { children: [words, stepper] });
    saved.add("column", "VBox", { children: [words, stepper] });
    saved.add("tabs", "Tab", { children: [words, stepper], titles: ["Words", "Stepper"], selected_index: 0 });
    const { page, complaints } = await open(saved.notebook("row", "column", "tabs"));
    const hosts = page.locator('[data-warplab="stepper"]');
    expect(await hosts.count()).toBe(2);
    await page.getByRole("tab", { name: "Stepper" }).click();
    expect(await hosts.count()).toBe(3);
    for (const host of await hosts.all()) expect((await host.boundingBox())!.width).toBeGreaterThan(700);
    await new StepperDriver(page, 2).press("step");
    expect(await new StepperDriver(page, 0).cursor()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("fits a window of 640 pixels without a sideways scroll, and of 320 too", async () => {
    for (const width of [640, 320]) {
      const { page } = await open(gallery().notebook("linked", "inert", "containers"), {
        viewport: { width, height: 800 },
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await screenshot(page, `page-controls-${width}`);
      await page.context().close();
    }
  });

  it("names every control for a screen reader", async () => {
    const { page } = await open(gallery().notebook("linked", "inert", "containers"));
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send("Accessibility.getFullAXTree")) as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const controls = nodes.filter(
      ({ ignored, role }) =>
        !ignored &&
        /^(slider|button|textbox|spinbutton|combobox|listbox|radio|radiogroup|checkbox|progressbar|tab|tabpanel|group)$/.test(
          role?.value ?? "",
        ),
    );
    expect(controls.length).toBeGreaterThan(30);
    expect(controls.filter(({ name }) => (name?.value ?? "") === "")).toEqual([]);
  });

  it("moves nothing for those who asked for less motion", async () => {
    const { page } = await open(gallery().notebook("linked"), { reducedMotion: "reduce" });
    const transition = await page.locator(".wc-filled").evaluate((node) => getComputedStyle(node).transitionDuration);
    expect(transition).toBe("0s");
  });
});
