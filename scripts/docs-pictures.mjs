// Makes the pictures of README from the notebooks' pages, in light and dark, with Chromium: `npm run pictures`, after each of the notebooks
// has been run.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const executablePath = process.env.WARPLAB_CHROMIUM ?? "/usr/bin/chromium";

/** What is in a picture, by the notebook on whose page it is. */
const pictures = {
  "00-tour": {
    async stepper(tab) {
      const stepper = tab.locator('[data-warplab="stepper"][data-cursor]').first();
      await stepper.locator('[data-action="step"]').click();
      // The picture shows where it is, not which button was pressed last.
      await stepper.evaluate((host) => host.shadowRoot.activeElement?.blur());
      return stepper;
    },
    async roofline(tab) {
      const chart = tab.locator("figure.chart").last();
      await chart.locator("svg, canvas").first().waitFor();
      return chart;
    },
  },
  "06-traces": {
    async timeline(tab) {
      const timeline = tab.locator('[data-warplab="timeline"]').first();
      await timeline.locator("canvas").first().waitFor();
      return timeline;
    },
  },
};

const pageOf = (notebook) => join(root, "out", `${notebook}.html`);
for (const [path, fix] of [
  ...Object.keys(pictures).map((notebook) => [
    pageOf(notebook),
    `Run \`node dist/cli/main.js run notebooks/${notebook}.ipynb\` first.`,
  ]),
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
  for (const [notebook, ofPage] of Object.entries(pictures)) {
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(pageOf(notebook)).href);
    for (const [name, find] of Object.entries(ofPage)) {
      const path = join(root, "docs", `${name}-${colorScheme}.png`);
      await (await find(tab)).screenshot({ path, animations: "disabled" });
      console.log(path);
    }
    await tab.close();
  }
  await context.close();
}
await browser.close();
