// Makes the pictures of README from the tour's page, in light and dark, with Chromium: `npm start && npm run pictures`.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, "out/00-tour.html");
const executablePath = process.env.WARPLAB_CHROMIUM ?? "/usr/bin/chromium";
for (const [path, fix] of [
  [page, "Run `npm start` first."],
  [executablePath, "Install Chromium, or name one in WARPLAB_CHROMIUM."],
]) {
  if (existsSync(path)) continue;
  console.error(`There is no ${path}. ${fix}`);
  process.exit(1);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
mkdirSync(join(root, "docs"), { recursive: true });
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ colorScheme, offline: true, viewport: { width: 1200, height: 1200 } });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(page).href);
  const stepper = tab.locator('[data-warplab="stepper"][data-cursor]').first();
  await stepper.locator('[data-action="step"]').click();
  // The picture shows where it is, not which button was pressed last.
  await stepper.evaluate((host) => host.shadowRoot.activeElement?.blur());
  const chart = tab.locator("figure.chart").last();
  await chart.locator("svg, canvas").first().waitFor();
  for (const [name, what] of [
    ["stepper", stepper],
    ["roofline", chart],
  ]) {
    const path = join(root, "docs", `${name}-${colorScheme}.png`);
    await what.screenshot({ path, animations: "disabled" });
    console.log(path);
  }
  await context.close();
}
await browser.close();
