// Pages of Chromium with one timeline in each, as a reader with these wishes would have them. Knows no notebook, needs no build.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import type { TimelineName } from "./timeline-page.js";

const address = "http://timeline.test/";

export interface TimelineOpening {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
  readonly forcedColors?: "active";
}

export class TimelineSite {
  /** What pages complained of on their consoles since this was last emptied. */
  readonly complaints: string[] = [];

  private constructor(
    readonly browser: Browser,
    private readonly script: string,
  ) {}

  static async start(): Promise<TimelineSite> {
    const entry = fileURLToPath(new URL("timeline-page.ts", import.meta.url));
    const bundle = await build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "warning",
    });
    return new TimelineSite(await launchChromium(), bundle.outputFiles[0].text);
  }

  async open(trace: TimelineName, options: TimelineOpening = {}): Promise<{ page: Page; view: Locator }> {
    const { width = 1040, scheme = "light", reducedMotion = "reduce", forcedColors } = options;
    const context = await this.browser.newContext({
      ...{ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion, acceptDownloads: true },
      ...(forcedColors === undefined ? {} : { forcedColors }),
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    await page.route(`${address}**`, (route) =>
      route.request().url().includes("timeline.js")
        ? route.fulfill({ contentType: "text/javascript", body: this.script })
        : route.fulfill({
            contentType: "text/html",
            body: '<!doctype html><meta charset="utf-8"><body style="margin: 8px"><script type="module" src="/timeline.js"></script>',
          }),
    );
    await page.goto(`${address}?trace=${trace}`);
    const view = page.locator('[data-warplab="timeline"]');
    await view.locator('[data-part="picture"], [data-part="failure"]').waitFor();
    return { page, view };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
