// The HTML forms of values where they are shown: in JupyterLab's colours, in VS Code's, in those of nobody, and in the saved page.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../src/view/page/index.js";
import { htmlForms } from "../notebook/html-forms.js";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";

const surroundings = {
  "VS Code in dark": {
    variables: "--vscode-editor-foreground: #cccccc; --vscode-editor-background: #1e1e1e",
    ink: "rgb(204, 204, 204)",
    paper: "rgb(30, 30, 30)",
  },
  "JupyterLab in dark, which wins": {
    variables: "--jp-ui-font-color1: #eeeeee; --jp-layout-color0: #111111; --vscode-editor-background: #ff0000",
    ink: "rgb(238, 238, 238)",
    paper: "rgb(17, 17, 17)",
  },
  "a page that has no variables": { variables: "", ink: "rgb(27, 27, 34)", paper: "rgb(255, 255, 255)" },
} as const;

describe.skipIf(chromiumPath === undefined)("the HTML forms of values", () => {
  let browser: Browser;
  const folder = mkdtempSync(`${tmpdir()}/warplab-forms-`);
  const forms = Object.entries(htmlForms());

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(html: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const file = `${folder}/page.html`;
    writeFileSync(file, html);
    const page = await (await browser.newContext({ offline: true, ...options })).newPage();
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  const savedPage = () =>
    renderPage(
      {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: forms.map(([name, html]) => ({
          cell_type: "code" as const,
          metadata: {},
          source: name,
          execution_count: null,
          outputs: [{ output_type: "display_data" as const, data: { "text/html": html }, metadata: {} }],
        })),
      },
      { title: "Forms", assets: { page: "", chart: "", service: "", validation: "", timeline: "" } },
    );

  it.each(Object.entries(surroundings))(
    "set text and background together in %s",
    async (_, { variables, ink, paper }) => {
      // As in VS Code, what is behind the output is white, and the text's colour is the theme's.
      const page = await open(
        `<!doctype html><style>body { ${variables}; background: #fff; color: #ccc }</style><body>${forms
          .map(([name, html]) => `<section data-form="${name}">${html}</section>`)
          .join("\n")}</body>`,
      );
      for (const [name] of forms) {
        const seen = await page.locator(`[data-form="${name}"]`).evaluate((section) => {
          // Nothing of a form may stand outside of what sets its colours.
          const roots = [...section.children];
          return roots.map((root) => [getComputedStyle(root).color, getComputedStyle(root).backgroundColor]);
        });
        expect(seen.length, name).toBeGreaterThan(0);
        for (const pair of seen) expect(pair, name).toEqual([ink, paper]);
      }
      await page.context().close();
    },
  );

  it.each([1100, 640, 320])("fit a saved page of %i px, cards by their width, and break no word", async (width) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open(savedPage(), { colorScheme, viewport: { width, height: 900 } });
      const faults = await page.evaluate(() => {
        const found: string[] = [];
        if (document.documentElement.scrollWidth > innerWidth)
          found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
        for (const card of document.querySelectorAll(".warplab-card")) {
          const title = card.getAttribute("aria-label");
          const style = getComputedStyle(card);
          const room = card.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
          const table = card.querySelector("table");
          if (table !== null && Math.abs(table.getBoundingClientRect().width - room) > 1.5) {
            found.push(`${title}: its table is ${table.getBoundingClientRect().width} px wide in ${room}`);
          }
          if (card.scrollWidth > card.clientWidth + 1) found.push(`${title}: its content is wider than itself`);
          for (const text of card.querySelectorAll("th, td, li, .facts span")) {
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
              for (const { 0: word, index } of (node.textContent ?? "").matchAll(/[\p{L}\p{N}]+/gu)) {
                const range = document.createRange();
                range.setStart(node, index);
                range.setEnd(node, index + word.length);
                const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
                if (lines.size > 1) found.push(`${title}: "${word}" is broken`);
              }
            }
          }
        }
        return found;
      });
      expect(faults).toEqual([]);
      await screenshot(page, `forms-${width}-${colorScheme}`);
      await page.context().close();
    }
  });
});
