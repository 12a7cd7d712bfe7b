// The page of `warplab serve` in Chromium, over a real server: a scenario is built, run, tried at other rates, compared, played,
// downloaded and shared, by pointer and by key.
import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { presets, type Scenario, simulate } from "../../src/serving/index.js";
import { formatCount, formatMs, formatRate } from "../../widgets/service/figures.js";
import { type Listening, listening } from "../server/client.js";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";

const poisson = presets.get("poisson") as Scenario;
/** What the library makes of it, whose words and figures the page must have. */
const own = simulate(poisson).summary;
const served = `Serves all ${formatRate(own.offered_rps)} that are offered`;

/** Waits as long as a machine that does other work besides may need. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

/** Which names of curves, marks and axes cover each other. Runs in the page. */
function namesOverEachOther(pictures: Element[]): string[] {
  return pictures.flatMap((picture) => {
    const names = [...picture.querySelectorAll("text.label, text.title")].map((name) => {
      const { left, right, top, bottom } = name.getBoundingClientRect();
      return { text: name.textContent, left, right, top: top + 1.5, bottom: bottom - 1.5 };
    });
    return names.flatMap((a, i) =>
      names
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.text} | ${b.text}`),
    );
  });
}

describe.skipIf(chromiumPath === undefined)("the page of a service", () => {
  let all: Listening;
  let browser: Browser;
  let page: Page;
  let view: Locator;
  const complaints: string[] = [];

  beforeAll(async () => {
    [all, browser] = await Promise.all([listening(), launchChromium()]);
    page = await openPage("light", 1300);
    view = page.locator('[data-warplab="service"]');
  });
  afterAll(async () => {
    await browser?.close();
    await all?.server.close();
  });

  async function openPage(colorScheme: "light" | "dark", width: number, more: object = {}): Promise<Page> {
    const made = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, ...more });
    made.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
    made.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await made.goto(all.client.url);
    await made.locator('[data-warplab="service"][data-state="ready"]').waitFor();
    return made;
  }

  const part = (name: string): Locator => view.locator(`[data-part="${name}"]`);
  const words = async (name: string): Promise<string> => (await part(name).textContent()) ?? "";
  const choose = async (preset: string): Promise<void> => {
    await view.getByLabel("Preset").selectOption(preset);
    await eventually(() => view.getAttribute("data-state")).toBe("ready");
  };
  const act = (action: string): Promise<void> => view.locator(`[data-action="${action}"]`).click();
  const field = (path: string): Locator => view.locator(`[data-path="${path}"]`);
  const curve = (): Promise<string | null> => view.locator(".knee path.series.series-1").first().getAttribute("d");

  it("runs a preset at once, in a worker, and says what the library says", async () => {
    onTestFailed(() => screenshot(page, "failure-service"));
    await choose("poisson");
    await eventually(() => words("verdict")).toContain(`p99 ${formatMs(own.p99_ms)}`);
    expect(await words("verdict")).toContain(`✓ ${served}`);
    expect(page.workers().length).toBeGreaterThan(0);
    await screenshot(page, "service-page-light");
  });

  it("says overload to be overload, with what is served and what limits", async () => {
    await choose("overload");
    await eventually(() => words("verdict")).toMatch(/^✗ Overloaded: 300 \/s are offered and 15\d(\.\d)? \/s served/);
    expect(await words("bottleneck")).toMatch(/^What limits first is gpu: .*busy/);
    await screenshot(page, "service-page-overload");
  });

  it("undoes and redoes by key and by button", async () => {
    await choose("poisson");
    await field("workload.rps").fill("140");
    await field("workload.rps").press("Control+z");
    await eventually(() => field("workload.rps").inputValue()).toBe("120");
    await field("workload.rps").press("Control+Shift+Z");
    await eventually(() => field("workload.rps").inputValue()).toBe("140");
    await act("undo");
    await eventually(() => field("workload.rps").inputValue()).toBe("120");
    await act("undo");
    await eventually(() => field("name").inputValue()).toBe("overload");
    await act("redo");
    await eventually(() => field("name").inputValue()).toBe("poisson");
  });

  it("tells a mistake at its field, and runs when it is mended", async () => {
    await field("workload.rps").fill("many");
    const fault = view.locator(".field", { has: page.locator('[data-path="workload.rps"]') }).locator(".fault");
    await eventually(() => fault.textContent()).toContain('must be a number, got "many"');
    expect(await field("workload.rps").getAttribute("aria-invalid")).toBe("true");
    expect(await view.locator('[data-action="run"]').isDisabled()).toBe(true);
    await screenshot(view, "service-fault");
    await field("workload.rps").fill("60");
    await eventually(() => words("verdict")).toMatch(/^✓ Serves all (5[6-9]|6[0-4])(\.\d+)? /);
    await eventually(() => fault.isVisible()).toBe(false);
  });

  it("adds, moves and takes away stages, by key too", async () => {
    const names = (): Promise<string[]> =>
      view
        .locator(".stage .line:first-child input")
        .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
    await act("add-stage");
    await eventually(names).toEqual(["preprocess", "h2d", "compute", "d2h", "postprocess", "stage 6"]);
    await view.getByLabel("Move up: stage 6").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await eventually(names).toEqual(["preprocess", "h2d", "compute", "stage 6", "d2h", "postprocess"]);
    await view.getByLabel("Take away: stage 4").click();
    await eventually(names).toEqual(["preprocess", "h2d", "compute", "d2h", "postprocess"]);
  });

  it("draws the knee again while a slider moves", async () => {
    await choose("poisson");
    await eventually(() => words("knee")).toMatch(/^The knee is at .* of the 156\.3 \/s/);
    const before = await curve();
    await view.locator('[data-lever="target.concurrency"]').focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await eventually(() => words("knee")).toMatch(/of the 312\.5 \/s that it can serve/);
    await eventually(curve).not.toBe(before);
    expect(await field("target.concurrency").inputValue()).toBe("8");
    await page.keyboard.press("Control+z");
    await eventually(() => words("knee")).toMatch(/of the 156\.3 \/s/);
  });

  it("compares with a run that was pinned, by pairs with the same random numbers", async () => {
    await choose("poisson");
    await eventually(() => words("verdict")).toContain(served);
    await act("pin");
    await view.locator('[data-lever="target.concurrency"]').focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => words("compared")).toMatch(/^target\.concurrency 4 → 6\. 12 pairs/);
    const p99 = part("comparison").locator("tbody tr", { hasText: "p99" });
    await eventually(() => p99.textContent()).toContain("✓ better");
    await screenshot(view, "service-comparison");
    await act("unpin");
    await eventually(() => part("comparison").isVisible()).toBe(false);
    await page.keyboard.press("Control+z");
    await eventually(() => field("target.concurrency").inputValue()).toBe("4");
  });

  it("plays, steps and seeks by key, and says who is where", async () => {
    await choose("poisson");
    await eventually(() => words("verdict")).toContain(served);
    const strip = part("strip");
    const time = async (): Promise<number> => Number(await strip.getAttribute("aria-valuenow"));
    await strip.focus();
    await page.keyboard.press("Home");
    expect(await time()).toBe(0);
    await page.keyboard.press("ArrowRight");
    const first = await time();
    expect(first).toBeGreaterThan(0);
    expect(await strip.getAttribute("aria-valuetext")).toMatch(/1 inside, 0 done\. preprocess: 1 served\.$/);
    await page.keyboard.press("ArrowRight");
    expect(await time()).toBeGreaterThan(first);
    await page.keyboard.press("ArrowLeft");
    expect(await time()).toBe(first);
    await page.keyboard.press("End");
    expect(await words("moment")).toContain(`0 inside, ${formatCount(own.total_requests)} done`);
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    await eventually(time).toBeGreaterThan(1);
    await page.keyboard.press("Space");
    const paused = await time();
    await page.waitForTimeout(100);
    expect(await time()).toBe(paused);
    await screenshot(view.locator(".playback"), "service-playback");
  });

  it("waits with a long run until it is asked for, shows how far it is, and can be cancelled", async () => {
    await field("workload.rps").fill("1500");
    await field("workload.duration_s").fill("6000");
    await eventually(() => words("notice")).toContain("has changed since this run");
    await act("run");
    await eventually(() => part("busy").textContent()).toMatch(/^[\d,]+ requests$/);
    await act("cancel");
    await eventually(() => view.getAttribute("data-state")).toBe("stale");
    expect(await part("busy").isVisible()).toBe(false);
    expect(await view.locator('[data-action="run"]').evaluate((button) => button.matches(":focus"))).toBe(true);
    await choose("poisson");
  });

  it("reads the drawings by key", async () => {
    const latency = view.getByRole("slider", { name: /^Latency of the requests/ });
    await latency.focus();
    await page.keyboard.press("Home");
    const first = await latency.getAttribute("aria-valuetext");
    expect(first).toMatch(/requests, .* take no longer$/);
    await page.keyboard.press("ArrowRight");
    expect(await latency.getAttribute("aria-valuetext")).not.toBe(first);
  });

  it("passes over the fields to the results by key", async () => {
    await choose("poisson");
    await view.locator('[data-action="results"]').focus();
    await page.keyboard.press("Enter");
    await eventually(() => part("results").evaluate((results) => results.matches(":focus"))).toBe(true);
    await page.keyboard.press("Tab");
    const latency = view.getByRole("slider", { name: /^Latency of the requests/ });
    await eventually(() => latency.evaluate((drawing) => drawing.matches(":focus"))).toBe(true);
  });

  it("takes scenarios that are pasted or opened, and says what is no JSON", async () => {
    await view.getByRole("button", { name: "Paste…" }).click();
    await view.getByLabel("Scenario JSON").fill("{ rps: 1 }");
    await view.getByRole("button", { name: "Take it" }).click();
    await eventually(() => words("failure")).toContain("pasted text: this is no JSON");
    const buffer = Buffer.from(JSON.stringify({ ...poisson, name: "from a file", seed: 3 }));
    await view.locator('input[type="file"]').setInputFiles({ name: "mine.json", mimeType: "application/json", buffer });
    await eventually(() => field("name").inputValue()).toBe("from a file");
    await eventually(() => part("failure").isVisible()).toBe(false);
  });

  it("gives scenario, breakdown and trace as files", async () => {
    await choose("demo");
    await eventually(() => words("verdict")).toContain("Serves all 2 /s");
    const text = async (action: string): Promise<{ name: string; json: never }> => {
      const [download] = await Promise.all([page.waitForEvent("download"), act(action)]);
      return {
        name: download.suggestedFilename(),
        json: JSON.parse(readFileSync(await download.path(), "utf8")) as never,
      };
    };
    const saved = await text("save");
    expect(saved).toEqual({ name: "demo.json", json: presets.get("demo") });
    const breakdown = await text("breakdown");
    expect((breakdown.json as { requests: unknown[] }).requests).toHaveLength(20);
    const trace = await text("trace");
    expect(trace.name).toBe("demo-trace.json");
    const { traceEvents } = trace.json as { traceEvents: { ph: string }[] };
    expect(traceEvents.filter(({ ph }) => ph === "X").length).toBe(100);
  });

  it("keeps a run on the server, and the address leads back to it", async () => {
    await choose("demo");
    await field("seed").fill("11");
    await eventually(() => view.getAttribute("data-state")).toBe("ready");
    await act("share");
    await eventually(() => page.locator("#warplab-status").textContent()).toMatch(/^Run \S+ is kept/);
    const address = page.url();
    expect(address).toMatch(/#run=/);
    const other = await openPage("light", 1000);
    await other.goto(address);
    await other.reload();
    await eventually(() => other.locator('[data-path="seed"]').inputValue()).toBe("11");
    await other.goto(`${all.client.url}/#run=run_that_is_not`);
    await eventually(() => other.locator("#warplab-status").textContent()).toContain("run_that_is_not");
    await other.close();
    // The browser tells of a refused request on its console.
    complaints.splice(0, complaints.length, ...complaints.filter((each) => !each.includes("404")));
  });

  it("asks the server what computing takes on a device, and shows a language model's tokens", async () => {
    await choose("llm");
    await eventually(() => view.locator(".tiles").textContent()).toContain("TTFT p99");
    expect(await view.locator(".steps svg").count()).toBeGreaterThan(0);
    await screenshot(page, "service-page-llm");
  });

  it.each([
    ["dark", 1300],
    ["light", 1000],
    ["light", 700],
    ["dark", 420],
  ] as const)("fits %s pages of %i pixels, and dresses as they do", async (scheme, width) => {
    const other = await openPage(scheme, width, { reducedMotion: "reduce" });
    const host = other.locator('[data-warplab="service"]');
    await host.getByLabel("Preset").selectOption("batched");
    await eventually(() => host.locator('[data-part="verdict"]').textContent()).toContain("1,250 /s");
    expect(await host.locator(".service").getAttribute("data-theme")).toBe(scheme);
    const overflow = await other.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await other.waitForTimeout(300);
    const capacities = { batched: "the 1,250 /s", overload: "the 156.3 /s", demo: "the 156.3 /s", llm: "about 4" };
    for (const [preset, capacity] of Object.entries(capacities)) {
      await host.getByLabel("Preset").selectOption(preset);
      await eventually(() => host.getAttribute("data-state")).toBe("ready");
      await eventually(() => host.locator('[data-part="knee"]').textContent()).toMatch(
        new RegExp(`^The knee is at .* of ${capacity}`),
      );
      expect(await host.locator(".figure svg").evaluateAll(namesOverEachOther), preset).toEqual([]);
      const cut = await host
        .locator(".figure, .builder, .top, .knee, .playback, .entry input")
        .evaluateAll((parts) => parts.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML));
      expect(cut, preset).toEqual([]);
    }
    await host.getByLabel("Preset").selectOption("batched");
    await eventually(() => host.getAttribute("data-state")).toBe("ready");
    await screenshot(other, `service-page-${scheme}-${width}`);
    await other.close();
  });

  it("complains of nothing", () => {
    expect(complaints).toEqual([]);
  });
});
