// A validation in a saved page, without a kernel: one model or both side by side, in table, picture and words, light and dark.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import { writeNotebook } from "./fixture-notebook.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(chromiumPath === undefined)("a validation in a page", () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const folder = mkdtempSync(`${tmpdir()}/warplab-validation-`);
    const cells = [
      `import { measured, validator } from "warplab";\nvalidator({ file: measured("h100") })`,
      // Ten thousand rows: those of the H100, again and again, each time a little slower.
      `const { hardware_key, protocol, benchmarks } = measured("h100");
const many = Array.from({ length: 10_000 }, (_, i) => {
  const benchmark = benchmarks[i % benchmarks.length];
  return { ...benchmark, measured_time_us: benchmark.measured_time_us * (1 + i / 20_000) };
});
validator({ file: { hardware_key, protocol, benchmarks: many } })`,
    ];
    const notebook = writeNotebook(folder, "validation", cells);
    const run = spawnSync(
      process.execPath,
      [`${repository}dist/cli/main.js`, "run", notebook, "--out", `${folder}/out`],
      {
        encoding: "utf8",
      },
    );
    if (run.status !== 0) throw new Error(`warplab run ended with ${run.status}:\n${run.stderr}`);
    url = pathToFileURL(`${folder}/out/validation.html`).href;
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(colorScheme: "light" | "dark"): Promise<{ page: Page; view: Locator; many: Locator }> {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 1400 } });
    await page.goto(url);
    const views = page.locator('[data-warplab="validation"]');
    await views.first().locator(".row").first().waitFor();
    return { page, view: views.first(), many: views.nth(1) };
  }
  const heads = (view: Locator) => view.locator('[role="columnheader"]').allTextContents();
  /** What the canvas has drawn, as a sum that differs where the picture does. */
  const picture = (view: Locator) =>
    view
      .locator("canvas")
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

  it("begins with both models: two times and two errors a row, and a line on each", async () => {
    const { page, view } = await open("light");
    expect(await heads(view)).toEqual([
      ...["kernel", "shape", "precision", "measured", "realistic", "off by", "ideal", "off by", "bound by"],
    ]);
    const lines = await view.locator('[data-part="modes"] li').allTextContents();
    expect(lines.map((line) => line.split(":")[0])).toEqual(["\u25cb realistic", "\u25c7 ideal"]);
    const clipped = await view
      .locator(".row > div")
      .evaluateAll((cells) =>
        cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
      );
    expect(clipped).toEqual([]);
    await screenshot(view, "validation-both-light");
    await page.close();
  });

  it("shows one model where that is chosen, by pointer or by arrow keys, in table, words and picture", async () => {
    const { page, view } = await open("dark");
    const pictures = [await picture(view)];
    await screenshot(view, "validation-both-dark");
    await view.getByText("ideal", { exact: true }).first().click();
    expect(await heads(view)).toEqual([
      ...["kernel", "shape", "precision", "measured", "ideal", "off by", "bound by", "verdict"],
    ]);
    expect(await view.locator('[data-part="modes"] li').count()).toBe(1);
    expect(await view.locator('[data-part="said"]').textContent()).toContain(
      "Verdict and bars go by the realistic model",
    );
    pictures.push(await picture(view));
    await page.keyboard.press("ArrowLeft");
    expect((await heads(view))[4]).toBe("realistic");
    pictures.push(await picture(view));
    await view.getByLabel("Picture").selectOption("size");
    pictures.push(await picture(view));
    await page.keyboard.press("Tab");
    await view.getByText("both", { exact: true }).click();
    pictures.push(await picture(view));
    expect(new Set(pictures).size).toBe(5);
    await screenshot(view, "validation-both-residuals-dark");
    await page.close();
  });

  it("shows the rows that are beyond a bar, and all of them again", async () => {
    const { page, view } = await open("light");
    await view
      .getByRole("button", { name: /^show \d+ beyond it$/ })
      .last()
      .click();
    expect(await view.locator('[data-part="count"]').textContent()).toMatch(/^\d of 60 rows$/);
    await view.locator(".row").first().click();
    expect(await view.locator('[data-part="why"]').textContent()).toMatch(/by its time (memory|compute)-bound\.$/);
    await screenshot(view, "validation-beyond-a-bar");
    await view.getByRole("button", { name: "all rows" }).click();
    expect(await view.locator('[data-part="count"]').textContent()).toBe("60 rows");
    await page.close();
  });

  it("explains the row that is chosen", async () => {
    const { page, view } = await open("light");
    expect(await view.locator('[data-part="why"]').textContent()).toBe(
      "Choose a row to read how its time was predicted.",
    );
    const ring = () => view.locator("canvas.above").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const empty = await ring();
    const drawn = await picture(view);
    await view.locator(".row").nth(1).click();
    expect(await ring()).not.toBe(empty);
    expect(await picture(view)).toBe(drawn);
    expect(await view.locator('[data-part="why"]').textContent()).toMatch(
      /^gemm 1537 x 128 x 32 BF16: Planned: tiles of/,
    );
    await page.close();
  });

  it("keeps no more than what is in sight of ten thousand rows in the page, whatever is shown of them", async () => {
    const { page, many } = await open("light");
    expect(await many.locator('[data-part="count"]').textContent()).toBe("10,000 rows");
    for (const model of ["realistic", "ideal", "both"]) {
      await many.getByText(model, { exact: true }).first().click();
      expect(await many.locator(".row").count()).toBeLessThan(60);
    }
    await many.getByLabel("Filter rows by words").fill("fp8 red");
    expect(await many.locator('[data-part="count"]').textContent()).toMatch(/ of 10,000 rows$/);
    await page.close();
  });
});
