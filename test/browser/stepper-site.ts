// Pages of Chromium with one stepper in each, as a reader with these wishes would have them. Knows no notebook, needs no build.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import type { LaunchName } from "./stepper-page.js";

const address = "http://stepper.test/";

export interface Opening {
  readonly cursor?: number;
  readonly lane?: number;
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  /** Of the page's body. */
  readonly attributes?: string;
  readonly reducedMotion?: "reduce";
  readonly forcedColors?: "active";
}

export class StepperSite {
  /** What pages complained of on their consoles since this was last emptied. */
  readonly complaints: string[] = [];

  private constructor(
    readonly browser: Browser,
    private readonly script: string,
  ) {}

  static async start(): Promise<StepperSite> {
    const entry = fileURLToPath(new URL("stepper-page.ts", import.meta.url));
    const bundle = await build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      loader: { ".ptx": "text" },
      write: false,
      logLevel: "warning",
    });
    return new StepperSite(await launchChromium(), bundle.outputFiles[0].text);
  }

  async open(launch: LaunchName, options: Opening = {}): Promise<Page> {
    const { cursor = 0, lane = 0, width = 1040, scheme = "light", attributes = "" } = options;
    const { reducedMotion, forcedColors } = options;
    const context = await this.browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      ...(reducedMotion === undefined ? {} : { reducedMotion }),
      ...(forcedColors === undefined ? {} : { forcedColors }),
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    await page.route(`${address}**`, (route) =>
      route.request().url().includes("stepper.js")
        ? route.fulfill({ contentType: "text/javascript", body: this.script })
        : route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><meta charset="utf-8"><body ${attributes} style="margin: 8px"><script type="module" src="/stepper.js"></script>`,
          }),
    );
    await page.goto(`${address}?launch=${launch}&cursor=${cursor}&lane=${lane}`);
    return page;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
