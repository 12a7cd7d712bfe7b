// A saved page, opened from the disk by someone who has nothing installed and no network.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../src/view/page/index.js";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(chromiumPath === undefined)("the page of the tour", () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const folder = mkdtempSync(`${tmpdir()}/warplab-page-`);
    const run = spawnSync(
      process.execPath,
      [`${repository}dist/cli/main.js`, "run", `${repository}notebooks/00-tour.ipynb`],
      { cwd: folder, encoding: "utf8" },
    );
    const page = `${folder}/out/00-tour.html`;
    if (run.status !== 0 || !existsSync(page)) throw new Error(`warplab run ended with ${run.status}:\n${run.stderr}`);
    url = pathToFileURL(page).href;
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** Opens the page with the network cut, keeping account of what it asks for and complains about. */
  async function open(
    colorScheme: "light" | "dark",
    address: string = url,
  ): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
    const context = await browser.newContext({ offline: true, colorScheme, viewport: { width: 1200, height: 1000 } });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => {
      if (!/^(data|blob|about):/.test(request.url()) && request.url() !== address) requests.push(request.url());
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(address);
    return { page, requests, complaints };
  }

  it("steps from the file, asks for nothing and complains of nothing", async () => {
    const started = performance.now();
    const { page, requests, complaints } = await open("light");
    const stepper = new StepperDriver(page);
    await stepper.ready();
    const opened = await stepper.cursor();
    await stepper.press("step");
    expect(await stepper.cursor()).toBe(opened + 1);
    console.log(`From opening the page to the first step: ${Math.round(performance.now() - started)} ms`);

    const { before, after, cursor } = await stepper.stepOverDivergence();
    expect(after).not.toBe(before);
    await stepper.key("ArrowLeft");
    expect({ cursor: await stepper.cursor(), mask: await stepper.mask() }).toEqual({
      cursor: cursor - 1,
      mask: before,
    });
    await stepper.key("ArrowRight");
    expect(await stepper.mask()).toBe(after);

    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    await screenshot(stepper.host, "page-stepper-light");
    await screenshot(page, "page-light");
    await page.context().close();
  });

  it("saved again from the browser, steps as before and shows nothing twice", async () => {
    const saved = mkdtempSync(`${tmpdir()}/warplab-saved-`);
    const seen = (page: Page) =>
      page.evaluate(() => ({
        steppers: document.querySelectorAll('[data-warplab="stepper"]').length,
        charts: document.querySelectorAll("[data-warplab-chart]").length,
        places: document.querySelectorAll(".chart-place").length,
        pictures: document.querySelectorAll("figure svg").length,
        styles: document.querySelectorAll("style").length,
        around: [...document.body.children].map(({ tagName, id }) => `${tagName} ${id}`),
        words: (document.querySelector("main") as HTMLElement).innerText,
      }));
    let { page, requests, complaints } = await open("light");
    const stepper = new StepperDriver(page);
    await stepper.ready();
    await page.locator("figure.chart details").first().waitFor({ state: "attached" });
    const opened = await stepper.cursor();
    const original = await seen(page);
    // Twice: what a page leaves in itself would add up.
    for (const generation of [1, 2]) {
      const driver = new StepperDriver(page);
      await driver.press("step");
      await driver.key("d");
      // As "Save page as" writes it: the document as it stands, without what lives in shadow roots.
      const text = await page.evaluate(() => `<!DOCTYPE html>\n${document.documentElement.outerHTML}`);
      await page.context().close();
      const file = `${saved}/${generation}.html`;
      writeFileSync(file, text);
      ({ page, requests, complaints } = await open("light", pathToFileURL(file).href));
      const again = new StepperDriver(page);
      await again.ready();
      await page.locator("figure.chart details").first().waitFor({ state: "attached" });
      expect(await seen(page)).toEqual(original);
      expect(await again.cursor()).toBe(opened);
      await again.press("step");
      expect(await again.cursor()).toBe(opened + 1);
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    }
    await page.context().close();
  });

  it("draws its charts, in colours that suit the reader's", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints } = await open(scheme);
      const chart = page.locator("figure.chart").first();
      await chart.scrollIntoViewIfNeeded();
      await chart.locator("svg, canvas").first().waitFor();
      const box = await chart.boundingBox();
      expect(box!.width).toBeGreaterThan(300);
      expect(box!.height).toBeGreaterThan(150);
      const brightness = await page.evaluate(() => {
        const parts = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [];
        return parts.slice(0, 3).reduce((sum, part) => sum + Number(part) / 3, 0);
      });
      if (scheme === "dark") expect(brightness).toBeLessThan(80);
      else expect(brightness).toBeGreaterThan(200);
      expect(complaints).toEqual([]);
      await screenshot(page, `page-${scheme}`);
      await page.context().close();
    }
  });
});

describe.skipIf(chromiumPath === undefined)("a page whose outputs want something from elsewhere", () => {
  it("fetches nothing, and shows what it holds", async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(200, { "access-control-allow-origin": "*" }).end("");
    });
    await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
    const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const html =
      `<img src="${address}/img"><link rel="stylesheet" href="${address}/css"><iframe src="${address}/frame"></iframe>` +
      `<style>p { background: url(${address}/background) }</style><p id="held">held</p><video src="${address}/video"></video>` +
      `<script src="${address}/script"></script><script>fetch("${address}/fetch"); new Image().src = "${address}/image";` +
      `navigator.sendBeacon("${address}/beacon"); document.getElementById("held").dataset.ran = "yes";</script>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="${address}/svg" width="9" height="9"/></svg>`;
    const outputs = [html, svg].map((text, i) => ({
      output_type: "display_data" as const,
      data: { [i === 0 ? "text/html" : "image/svg+xml"]: text },
      metadata: {},
    }));
    const text = renderPage(
      {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [{ cell_type: "code", metadata: {}, source: "1", outputs }],
      },
      { title: "elsewhere", assets: { page: "", chart: "", service: "", validation: "", timeline: "" } },
    );
    const file = `${mkdtempSync(`${tmpdir()}/warplab-page-`)}/page.html`;
    writeFileSync(file, text);
    const browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    expect(await page.locator("#held").getAttribute("data-ran")).toBe("yes");
    await browser.close();
    elsewhere.close();
    expect(asked).toEqual([]);
  });
});
