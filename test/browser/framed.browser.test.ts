// A stepper's static form, as the HTML of nbconvert or of a site that shows notebooks holds it: frames in a page that is not ours.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { framedView } from "../../src/notebook/framed.js";
import { sharedLaunch } from "../widgets/stepper/launches.js";
import { chromiumPath, launchChromium, StepperDriver } from "./chromium.js";

describe.skipIf(chromiumPath === undefined)("a static form", () => {
  let browser: Browser;
  const folder = mkdtempSync(`${tmpdir()}/warplab-framed-`);

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(body: string): Promise<{ page: Page; complaints: string[] }> {
    const file = `${folder}/page.html`;
    writeFileSync(file, `<!doctype html><html lang="en"><title>Exported</title><body>${body}</body></html>`);
    const context = await browser.newContext({ offline: true, viewport: { width: 1000, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  const framed = () =>
    framedView({ view: "stepper", image: sharedLaunch(), cursor: 3, lane: 1 }, { description: "A stepper" });

  it("steps without a network, each frame by itself, and takes the height of its view", async () => {
    const { page, complaints } = await open(framed() + framed());
    const [first, second] = [0, 1].map((nth) => new StepperDriver(page.frameLocator(`iframe >> nth=${nth}`)));
    await first.ready();
    await second.ready();
    await first.press("step");
    expect([await first.cursor(), await second.cursor()]).toEqual([4, 3]);
    const frame = await page.locator("iframe").first().boundingBox();
    const view = await first.host.boundingBox();
    expect(Math.abs(frame!.height - view!.height)).toBeLessThan(40);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says so where it cannot be drawn", async () => {
    const { page } = await open(framedView({ view: "hologram" }, { description: "A hologram" }));
    await expect
      .poll(() => page.frameLocator("iframe").locator("body").textContent())
      .toContain('This widget could not be drawn. This build of warplab has no view called "hologram"');
    await page.context().close();
  });
});
