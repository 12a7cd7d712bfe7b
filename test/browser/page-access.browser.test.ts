// The saved tour for those who read it by keyboard, by ear or enlarged: every stop of the Tab key has a name, the landmarks are
// one of a kind, charts are told in words, and at 640 pixels, a wide window at 200%, nothing is cut off.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));

interface AccessibleNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
}

describe.skipIf(chromiumPath === undefined)("the saved page of the tour", () => {
  let browser: Browser;
  let page: Page;
  let nodes: readonly AccessibleNode[];

  beforeAll(async () => {
    const folder = mkdtempSync(`${tmpdir()}/warplab-access-`);
    const words = [`${repository}dist/cli/main.js`, "run", `${repository}notebooks/00-tour.ipynb`];
    const run = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`warplab run ended with ${run.status}:\n${run.stderr}`);
    browser = await launchChromium();
    const context = await browser.newContext({
      offline: true,
      viewport: { width: 640, height: 900 },
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    await page.goto(pathToFileURL(`${folder}/out/00-tour.html`).href);
    await new StepperDriver(page).ready();
    await page.locator(".vega-embed").last().waitFor();
    const session = await context.newCDPSession(page);
    const tree = (await session.send("Accessibility.getFullAXTree")) as unknown as { nodes: AccessibleNode[] };
    nodes = tree.nodes.filter(({ ignored }) => !ignored);
  });
  afterAll(() => browser?.close());

  const withRole = (role: RegExp) => nodes.filter((node) => role.test(node.role?.value ?? ""));
  const nameOf = (node: AccessibleNode): string => node.name?.value ?? "";

  it("names all that the keyboard reaches, and every picture", () => {
    const reached = nodes.filter(({ properties = [] }) =>
      properties.some(({ name, value }) => name === "focusable" && value.value === true),
    );
    expect(reached.length).toBeGreaterThan(40);
    const nameless = [...reached, ...withRole(/^(image|img)$/)].filter((node) => nameOf(node).trim() === "");
    expect(nameless.map(({ role }) => role?.value)).toEqual([]);
  });

  it("has one main part, one first heading, and a link past the contents", async () => {
    expect(withRole(/^main$/)).toHaveLength(1);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    const skip = page.getByRole("link", { name: "Skip to the text" });
    await page.locator("body").press("Tab");
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    expect((await skip.boundingBox())!.x).toBeGreaterThanOrEqual(0);
    expect(await page.locator("#content").evaluate((content) => content.tagName)).toBe("MAIN");
  });

  it("tells each chart in words", () => {
    const charts = withRole(/^figure$/)
      .map(nameOf)
      .filter((name) => name.startsWith("Chart: "));
    expect(charts.length).toBeGreaterThan(2);
    for (const words of charts) expect(words.length).toBeGreaterThan(60);
  });

  it("is walked through by Tab alone, from its head to its end, and shows where it is", async () => {
    const unseen: string[] = [];
    let stops = 0;
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const hosts: Element[] = [];
        let at = document.activeElement;
        for (; at !== null; at = at.shadowRoot?.activeElement ?? null) hosts.push(at);
        const node = hosts.at(-1);
        if (node === undefined || node === document.body) return undefined;
        // A view's host shows its focus by what is inside it.
        const shown = [node, node.shadowRoot?.querySelector(".stepper")].some(
          (each) => each != null && getComputedStyle(each).outlineStyle !== "none",
        );
        return { words: node.outerHTML.slice(0, 80), shown };
      });
      if (stop === undefined) break;
      stops++;
      if (!stop.shown) unseen.push(stop.words);
    }
    expect(unseen).toEqual([]);
    expect(stops).toBeGreaterThan(40);
    expect(stops).toBeLessThan(200);
  });

  it("needs no sideways scroll at 640 pixels, nor at 320", async () => {
    for (const width of [640, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await screenshot(page, "page-320");
  });

  it("moves nothing by itself where less motion is asked for", async () => {
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe("auto");
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });
});
