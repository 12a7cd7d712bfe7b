// The Chromium that the browser tests drive, and what all of them do with a stepper. Knows nothing of Jupyter.
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium on this machine. Throws where there is none and WARPLAB_REQUIRE_BROWSER is set. */
export const chromiumPath: string | undefined = find();

function find(): string | undefined {
  const asked = process.env["WARPLAB_CHROMIUM"];
  const path = (asked === undefined ? candidates : [asked]).find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  const what = "no Chromium on this machine (WARPLAB_CHROMIUM names one elsewhere)";
  if (process.env["WARPLAB_REQUIRE_BROWSER"]) throw new Error(what);
  console.warn(`Skipping the browser tests: ${what}.`);
  return undefined;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export const screenshots: string = fileURLToPath(new URL("../../out/screenshots/", import.meta.url));

export async function screenshot(target: Page | Locator, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  const path = `${screenshots}${name}.png`;
  if ("screenshot" in target && "goto" in target) await target.screenshot({ path, fullPage: true });
  else await target.screenshot({ path });
}

/** A stepper on a page, driven as a person drives it: by its buttons and keys. */
export class StepperDriver {
  readonly host: Locator;

  constructor(where: Page | Frame | Locator | ReturnType<Page["frameLocator"]>, nth = 0) {
    this.host = where.locator('[data-warplab="stepper"]').nth(nth);
  }

  /** Waits until it is drawn and says where it is. */
  async ready(): Promise<void> {
    await this.host.waitFor({ state: "attached", timeout: 60_000 });
    await this.host.scrollIntoViewIfNeeded();
    await this.host
      .and(this.host.page().locator("[data-cursor]"))
      .waitFor({ timeout: 60_000 })
      .catch(async (error) => {
        throw new Error(`the stepper is not drawn: ${await this.host.textContent()}`, { cause: error });
      });
  }

  async cursor(): Promise<number> {
    return Number(await this.host.getAttribute("data-cursor"));
  }

  /** The active mask as 8 hexadecimal digits, lane 0 the last bit. */
  async mask(): Promise<string> {
    return (await this.host.getAttribute("data-active-mask")) ?? "";
  }

  /** Presses a button: `step`, `back`, `next-divergence`, ... */
  async press(action: string): Promise<void> {
    await this.host.locator(`[data-action="${action}"]`).click();
  }

  /** Presses a key while the stepper has the focus. */
  async key(key: string): Promise<void> {
    await this.host.focus();
    await this.host.page().keyboard.press(key);
  }

  /** Goes to the next divergence and steps over it, until other lanes run than did; fails when they never do. */
  async stepOverDivergence(limit = 20): Promise<{ before: string; after: string; cursor: number }> {
    await this.press("next-divergence");
    const before = await this.mask();
    for (let i = 0; i < limit; i++) {
      await this.press("step");
      const after = await this.mask();
      // A branch that no lane takes has an empty mask, and proves nothing.
      if (after !== before && after !== "00000000") return { before, after, cursor: await this.cursor() };
    }
    throw new Error(`the mask stayed ${before} over ${limit} steps after a divergence`);
  }
}
