// The validation in a real JupyterLab: a file is pasted and opened, another device chosen, rows sorted, filtered and walked through.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${repository}out/validation-lab/`;
const gb10 = readFileSync(`${repository}hardware/measurements/gb10.json`, "utf8");

describe.skipIf(chromiumPath === undefined || !hasJupyterLab)("a validation in JupyterLab", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let view: Locator;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const path = writeNotebook(folder, "validation", [`import { validator } from "warplab";\nvalidator()`]);
    [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1300, height: 1400 } });
    const notebook = await LabNotebook.open(page, server, path);
    await notebook.runAll();
    view = page.locator('[data-warplab="validation"]');
    await view.waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const shown = async (column: number): Promise<string[]> =>
    view.locator(".row").evaluateAll((rows, at) => rows.map((row) => row.children[at].textContent ?? ""), column);

  it("begins without a file, and says what to do", async () => {
    expect(await view.locator(".file").textContent()).toBe("Open, drop or paste a benchmark file.");
    expect(await view.locator(".grid").isVisible()).toBe(false);
  });

  it("takes what is pasted, and tells what is wrong with it", async () => {
    onTestFailed(() => screenshot(page, "failure-validation-paste"));
    await view.getByRole("button", { name: "Paste…" }).click();
    await view.getByLabel("Benchmark JSON").fill('{ "hardware_key": "gb10" }');
    await view.getByRole("button", { name: "Validate" }).click();
    await expect
      .poll(() => view.locator('[data-part="failure"]').textContent())
      .toContain("pasted text: benchmarks: is missing");
    await view.getByRole("button", { name: "Paste…" }).click();
    await view.getByLabel("Benchmark JSON").fill(gb10);
    await view.getByRole("button", { name: "Validate" }).click();
    await expect
      .poll(() => view.locator('[data-part="said"]').textContent())
      .toContain("GB10: 5 benchmarks, all within the band");
    expect(await view.locator('[data-part="failure"]').isVisible()).toBe(false);
    expect(await shown(0)).toEqual(["gemv", "gemv", "gemm", "gemm", "gemm"]);
    await screenshot(view, "validation-lab-gb10");
  });

  it("opens a file, from a folder or dropped", async () => {
    const file = {
      name: "two.json",
      mimeType: "application/json",
      buffer: Buffer.from(gb10.replaceAll("14339", "9000")),
    };
    await view.locator('input[type="file"]').setInputFiles(file);
    await expect.poll(() => view.locator(".file").textContent()).toBe("two.json, measured on gb10");
    await expect.poll(() => view.locator('[data-part="said"]').textContent()).toContain("1 outside the band");
    const transfer = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.json", { type: "application/json" }));
      return data;
    }, gb10);
    await view.locator(".validation").dispatchEvent("drop", { dataTransfer: transfer });
    await expect.poll(() => view.locator(".file").textContent()).toBe("dropped.json, measured on gb10");
  });

  it("predicts the device that is chosen", async () => {
    await view.getByLabel("Device that is predicted").selectOption("h100-sxm");
    await expect.poll(() => view.locator('[data-part="said"]').textContent()).toContain("H100 SXM: 5 benchmarks");
    expect(await view.locator(".file").textContent()).toBe("dropped.json, measured on gb10");
    await screenshot(view, "validation-lab-h100");
  });

  it("sorts by a column, filters by words and verdict, and says how many are left", async () => {
    await view.getByRole("columnheader", { name: "measured" }).getByRole("button").click();
    const times = (await shown(3)).map((text) => Number(text.replaceAll(",", "")));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await view.getByRole("columnheader", { name: "measured" }).getAttribute("aria-sort")).toBe("ascending");
    await view.getByLabel("Filter rows by words").fill("gemm fp16");
    expect(await shown(2)).toEqual(["FP16"]);
    expect(await view.locator('[data-part="count"]').textContent()).toBe("1 of 5 rows");
    await view.getByLabel("Filter rows by words").fill("");
    await view.getByLabel("Show red rows").uncheck();
    // The sign of the realistic model's verdict stands before how far it is off.
    expect((await shown(5)).every((text) => !text.includes("\u25a0"))).toBe(true);
    await view.getByLabel("Show red rows").check();
  });

  it("walks through the rows by keys, and JupyterLab takes none of them", async () => {
    await view.locator(".scroller").focus();
    const chosen = () => view.locator('.row[aria-selected="true"]').getAttribute("aria-rowindex");
    await page.keyboard.press("ArrowDown");
    expect(await chosen()).toBe("2");
    await page.keyboard.press("ArrowDown");
    expect(await chosen()).toBe("3");
    await page.keyboard.press("End");
    expect(await chosen()).toBe("6");
    expect(await page.locator(".jp-Notebook .jp-Cell").count()).toBe(1);
  });
});
