// How large the saved page is, and how soon a person can step in it.
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

/** Bytes of a file as it is and compressed. */
export function sizeOf(path) {
  const bytes = readFileSync(path);
  return { bytes: bytes.length, gzip_bytes: gzipSync(bytes, { level: 9 }).length };
}

/** Milliseconds from opening the page in Chromium to the first step; the median of five. Undefined without Chromium. */
export async function timeToFirstStep(page) {
  const executablePath = process.env.WARPLAB_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) return undefined;
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const samples = [];
    for (let i = 0; i < 5; i++) {
      const context = await browser.newContext({ offline: true });
      const tab = await context.newPage();
      const started = performance.now();
      await tab.goto(pathToFileURL(page).href);
      const stepper = tab.locator('[data-warplab="stepper"][data-cursor]').first();
      const before = Number(await stepper.getAttribute("data-cursor"));
      await stepper.locator('[data-action="step"]').click();
      await tab
        .locator(`[data-warplab="stepper"][data-cursor="${before + 1}"]`)
        .first()
        .waitFor();
      samples.push(performance.now() - started);
      await context.close();
    }
    return samples.sort((a, b) => a - b)[2];
  } finally {
    await browser.close();
  }
}
