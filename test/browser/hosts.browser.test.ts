// One view, three hosts: the contract that a view is written against, held by each of them in a browser.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "./chromium.js";

describe.skipIf(chromiumPath === undefined)("a view", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL("hosts-page.ts", import.meta.url))],
      bundle: true,
      format: "iife",
      write: false,
      logLevel: "error",
      define: { "process.env": "{}", global: "globalThis" },
      loader: { ".css": "empty", ".svg": "dataurl" },
    });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.setContent("<!doctype html><body></body>");
    await page.addScriptTag({ content: bundle.outputFiles[0].text });
  });
  afterAll(() => browser?.close());

  it.each(["jupyter", "anywidget", "page"])(
    "is initialised once with bytes, drawn for each view, told of changes while a view lives, and ended: %s",
    async (host) => {
      const { log, drawn } = await page.evaluate(
        (name) =>
          (globalThis as unknown as { live(host: string): Promise<{ log: string[]; drawn: string }> }).live(name),
        host,
      );
      expect(drawn).toBe("drawn view 1drawn view 2");
      expect(log).toEqual([
        ...["initialize with bytes 1 2 3", "view 1", "view 2", "view 1: 1", "view 2: 1"],
        ...["view 1 ends", "view 2: 2", "view 2 ends", "model ends"],
      ]);
    },
  );
});
