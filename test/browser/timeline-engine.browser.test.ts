// The timeline's engine in a browser: what is on its canvas, and what wheel, pointer and keys do to it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TimeRange } from "../../widgets/timeline/shown.js";
import { chromiumPath, launchChromium, screenshot } from "./chromium.js";
import type { EnginePage } from "./timeline-engine-page.js";

declare const enginePage: EnginePage;

const address = "http://engine.test/";

describe.skipIf(chromiumPath === undefined)("the timeline's engine", () => {
  let browser: Browser;
  let page: Page;
  let script: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const entry = fileURLToPath(new URL("timeline-engine-page.ts", import.meta.url));
    const bundle = await build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "warning",
    });
    script = bundle.outputFiles[0].text;
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    page = await openPage("?still");
    return () => {
      expect(complaints.splice(0)).toEqual([]);
      return page.close();
    };
  });

  async function openPage(query: string): Promise<Page> {
    const opened = await browser.newPage({ viewport: { width: 900, height: 700 } });
    opened.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
    await opened.route(`${address}**`, (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript", body: script })
        : route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><body style="margin: 0; height: 2000px"><div id="host" style="height: 360px"></div><script type="module" src="/engine.js"></script>`,
          }),
    );
    await opened.goto(`${address}${query}`);
    await opened.locator('[data-part="surface"]').waitFor();
    await drawn(opened);
    return opened;
  }

  const drawn = (of = page): Promise<void> =>
    of.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  const range = (): Promise<TimeRange> => page.evaluate(() => enginePage.engine.range);
  const said = (): Promise<string[]> => page.evaluate(() => enginePage.said.splice(0));

  /** Where a time and the middle of a row lie in the page, by the row's name and its depth. */
  async function place(time: number, name: string, depth = 0): Promise<{ x: number; y: number }> {
    const surface = (await page.locator('[data-part="surface"]').boundingBox())!;
    const { start, end } = await range();
    const top = await page.evaluate((of) => enginePage.engine.items.find((item) => item.name === of)!.top, name);
    const scrolled = await page.evaluate(() => document.querySelector(".scroller")!.scrollTop);
    return {
      x: surface.x + ((time - start) / (end - start)) * surface.width,
      y: surface.y + top - scrolled + 3 + 17 * depth + 8,
    };
  }

  /** The colour on the canvas of the picture. */
  async function pixel(time: number, name: string, depth = 0): Promise<string> {
    const at = await place(time, name, depth);
    await drawn();
    return page.evaluate(({ x, y }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-part="surface"] canvas')!;
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      // Below the words of a label.
      const data = canvas.getContext("2d")!.getImageData((x - box.left) * scale, (y + 6 - box.top) * scale, 1, 1).data;
      return `#${[...data.slice(0, 3)].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    }, at);
  }

  const colourOf = (event: number): Promise<string> =>
    page.evaluate((of) => enginePage.engine.colourOf({ trace: 0, event: of }), event);

  it("shows each event in its colour where it was, and the page where there was none", async () => {
    await screenshot(page, "timeline-engine");
    expect(await pixel(420, "stream 7")).toBe(await colourOf(2));
    expect(await pixel(700, "stream 7")).toBe(await colourOf(4));
    expect(await pixel(570, "stream 7")).toBe("#ffffff");
    expect(await pixel(50, "main")).toBe(await colourOf(0));
    expect(await pixel(200, "main", 1)).toBe(await colourOf(1));
    expect(await pixel(350, "main", 1)).toBe("#ffffff");
  });

  it("follows the theme", async () => {
    await page.evaluate(() => enginePage.engine.setTheme("dark"));
    expect(await pixel(570, "stream 7")).toBe("#111319");
    expect(await pixel(420, "stream 7")).toBe(await colourOf(2));
  });

  it("takes the system's colours as soon as the reader wants only those, and gives them back", async () => {
    const before = await pixel(570, "stream 7");
    await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
    await drawn();
    expect(await page.evaluate(() => matchMedia("(forced-colors: active)").matches)).toBe(true);
    expect(await pixel(570, "stream 7")).toBe("#000000");
    // What tells events apart stays.
    expect(await pixel(420, "stream 7")).toBe(await colourOf(2));
    await page.emulateMedia({ forcedColors: "none", colorScheme: "light" });
    expect(await pixel(570, "stream 7")).toBe(before);
  });

  it("zooms by Ctrl and wheel, with what is under the pointer staying there", async () => {
    const { x, y } = await place(420, "stream 7");
    // A wheel tells whole pixels.
    const at = { x: Math.round(x), y };
    const aim = (await range()).start + ((at.x - 190) / 710) * ((await range()).end - (await range()).start);
    await page.mouse.move(at.x, at.y);
    await page.keyboard.down("Control");
    for (let notch = 0; notch < 5; notch++) await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    const { start, end } = await range();
    expect(end - start).toBeLessThan(300);
    expect((await place(aim, "stream 7")).x).toBeCloseTo(at.x, 1);
  });

  it("leaves the wheel to the page until it has the focus, and says so", async () => {
    const before = await range();
    const at = await place(700, "stream 7");
    await page.mouse.move(at.x, at.y);
    await page.mouse.wheel(0, 100);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
    expect(await range()).toEqual(before);
    expect((await said()).filter((words) => words.startsWith("hint"))).toHaveLength(1);
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.click(at.x, at.y);
    await page.mouse.wheel(0, -100);
    await expect.poll(async () => (await range()).end - (await range()).start).toBeLessThan(before.end - before.start);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  it("pans and zooms by keys", async () => {
    await page.locator('[data-part="surface"]').focus();
    const span = ({ start, end }: TimeRange): number => end - start;
    const all = await range();
    await page.keyboard.press("w");
    await page.keyboard.press("w");
    const zoomed = await range();
    expect(span(zoomed)).toBeLessThan(span(all));
    await page.keyboard.press("d");
    const right = await range();
    expect(right.start).toBeGreaterThan(zoomed.start);
    await page.keyboard.press("ArrowLeft");
    expect((await range()).start).toBeCloseTo(zoomed.start, 6);
    await page.keyboard.press("s");
    expect(span(await range())).toBeGreaterThan(span(zoomed));
    await page.keyboard.press("0");
    expect(await range()).toEqual(all);
  });

  it("glides while a key is held, where motion is wanted", async () => {
    await page.close();
    page = await openPage("");
    await page.locator('[data-part="surface"]').focus();
    const before = await range();
    await page.keyboard.down("w");
    await expect
      .poll(async () => (await range()).end - (await range()).start)
      .toBeLessThan(0.5 * (before.end - before.start));
    await page.keyboard.up("w");
    await page.keyboard.press("Home");
    await expect.poll(range).toEqual(before);
  });

  it("pans by dragging, and chooses by clicking", async () => {
    await page.evaluate(() => enginePage.engine.setRange({ start: 300, end: 600 }));
    const at = await place(420, "stream 7");
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 100, at.y, { steps: 4 });
    await page.mouse.up();
    const { x } = await place(420, "stream 7");
    expect(x).toBeCloseTo(at.x + 100, 0);
    expect((await said()).filter((words) => words.startsWith("select"))).toEqual([]);
    await page.mouse.click(x, at.y);
    expect((await said()).filter((words) => words.startsWith("select"))).toEqual(['select [{"trace":0,"event":2}]']);
    expect(await page.evaluate(() => enginePage.engine.related({ trace: 0, event: 2 }))).toEqual([
      { trace: 0, event: 1 },
    ]);
    await page.mouse.dblclick(x, at.y);
    expect(await range()).toEqual({ start: 420 - 250, end: 420 + 250 });
  });

  it("selects an area by Shift and dragging, of the tracks that it reaches over, and in the ruler of all", async () => {
    const from = await place(300, "stream 7");
    const to = await place(800, "stream 7");
    await page.keyboard.down("Shift");
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    const area = await page.evaluate(() => enginePage.engine.area);
    expect([Math.round(area!.start), Math.round(area!.end), area!.tracks]).toEqual([300, 800, ["0/p1/t1"]]);
    expect((await said()).filter((words) => words.startsWith("area")).at(-1)).toMatch(/"done"\]$/);
    const ruler = (await page.locator(".ruler").boundingBox())!;
    await page.mouse.move(from.x, ruler.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x, ruler.y + 12, { steps: 3 });
    await page.mouse.up();
    expect((await page.evaluate(() => enginePage.engine.area))!.tracks).toBeUndefined();
    await page.keyboard.press("f");
    const { start, end } = await range();
    expect([Math.round(start), Math.round(end)]).toEqual([275, 825]);
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => enginePage.engine.area)).toBeUndefined();
  });

  it("goes from event to event by keys", async () => {
    await page.locator('[data-part="surface"]').focus();
    const selected = (): Promise<number | undefined> => page.evaluate(() => enginePage.engine.selected?.event);
    await page.evaluate(() => enginePage.engine.select({ trace: 0, event: 0 }));
    const visited: (number | undefined)[] = [];
    for (const key of ["]", ".", ",", "n", "p", "["]) {
      await page.keyboard.press(key);
      visited.push(await selected());
    }
    expect(visited).toEqual([1, 3, 1, 3, 1, 0]);
    await page.keyboard.press("Enter");
    expect(await range()).toEqual({ start: -20, end: 1020 });
  });

  it("names its rows in a tree that is walked and folded by keys", async () => {
    const rows = page.getByRole("treeitem");
    expect(await rows.locator(".name").allTextContents()).toEqual(["host", "main", "GPU 0", "bytes", "stream 7"]);
    expect(await rows.evaluateAll((all) => all.filter((row) => row.tabIndex === 0).length)).toBe(1);
    await rows.first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("main3 events");
    await page.keyboard.press("Enter");
    await drawn();
    expect(await page.getByRole("treeitem", { name: "main" }).getAttribute("aria-expanded")).toBe("false");
    await page.keyboard.press("ArrowLeft");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("host3 events");
    await page.keyboard.press("ArrowLeft");
    await drawn();
    expect(await rows.locator(".name").allTextContents()).toEqual(["host", "GPU 0", "bytes", "stream 7"]);
    expect((await said()).filter((words) => words.startsWith("layout"))).toHaveLength(2);
    await page.evaluate(() => enginePage.engine.reveal({ trace: 0, event: 3 }));
    await drawn();
    expect(await rows.locator(".name").allTextContents()).toContain("main");
  });

  it("keeps only the names in sight, in order, and reaches all of them by keys", async () => {
    await page.close();
    page = await openPage("?still&many");
    const names = (): Promise<string[]> => page.getByRole("treeitem").locator(".name").allTextContents();
    expect((await names()).length).toBeLessThan(30);
    await page.getByRole("treeitem").first().focus();
    await page.keyboard.press("End");
    await drawn();
    expect(await page.evaluate(() => document.activeElement?.querySelector(".name")?.textContent)).toBe("stream 7");
    await page.keyboard.press("ArrowUp");
    for (let press = 0; press < 40; press++) await page.keyboard.press("ArrowUp");
    await drawn();
    const shown = await names();
    expect(await page.evaluate(() => document.activeElement?.querySelector(".name")?.textContent)).toBe("thread 261");
    expect(shown).toContain("thread 261");
    const numbers = shown.filter((name) => name.startsWith("thread")).map((name) => Number(name.slice(7)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it("says what is under the pointer, once, and nothing of the view while that stands still", async () => {
    const at = await place(700, "bytes");
    await said();
    await page.mouse.move(at.x, at.y);
    await drawn();
    const event = await place(420, "stream 7");
    await page.mouse.move(event.x, event.y);
    await drawn();
    await drawn();
    expect(await said()).toEqual(["hover 0/p1/c0 undefined 30", "hover 0/p1/t1 2 undefined"]);
    await page.mouse.move(event.x, 600);
    await drawn();
    expect(await said()).toEqual(["hover undefined undefined undefined"]);
  });

  it("moves its window in the minimap", async () => {
    const map = (await page.locator(".minimap").boundingBox())!;
    await page.mouse.move(map.x + 0.2 * map.width, map.y + 10);
    await page.evaluate(() => enginePage.engine.setRange({ start: 100, end: 300 }));
    await drawn();
    await page.mouse.down();
    await page.mouse.move(map.x + 0.5 * map.width, map.y + 10, { steps: 3 });
    await page.mouse.up();
    const { start, end } = await range();
    expect([Math.round(start), Math.round(end)]).toEqual([400, 600]);
  });

  it("shows two traces under their names, one moved, in a tree a level deeper", async () => {
    await page.evaluate(() => {
      const [{ columns }] = enginePage.engine.traces;
      document.getElementById("host")!.style.height = "600px";
      enginePage.engine.setData([
        { columns, label: "A" },
        { columns, label: "B", offset: 500 },
      ]);
    });
    await drawn();
    const rows = page.getByRole("treeitem");
    const said = await rows.evaluateAll((all) =>
      all.map((row) => ["aria-level", "aria-posinset", "aria-setsize"].map((name) => row.getAttribute(name)).join(" ")),
    );
    expect(said.slice(0, 6)).toEqual(["1 1 2", "2 1 2", "3 1 1", "2 2 2", "3 1 2", "3 2 2"]);
    const { start, end } = await page.evaluate(() => enginePage.engine.extent);
    expect([start, end]).toEqual([0, 1500]);
    const box = (await page.locator('[data-part="surface"]').boundingBox())!;
    const row = await page.evaluate(() => enginePage.engine.items.find(({ key }) => key === "1/p1/t1")!.top);
    const all = await range();
    // The gemm of the second trace, 500 ns later.
    await page.mouse.click(box.x + ((920 - all.start) / (all.end - all.start)) * box.width, box.y + row + 10);
    expect(await page.evaluate(() => enginePage.engine.selected)).toEqual({ trace: 1, event: 2 });
  });

  it("bears a trace without events", async () => {
    await page.evaluate(() => {
      const { columns } = enginePage.engine.traces[0];
      const { events } = columns;
      const none = Object.fromEntries(
        Object.entries(events).map(([name, column]) => [name, typeof column === "number" ? 0 : column.subarray(0, 0)]),
      ) as unknown as typeof events;
      enginePage.engine.setData([{ columns: { ...columns, events: none, counters: [], end: 0 }, label: "" }]);
    });
    await drawn();
    expect(await page.getByRole("treeitem").count()).toBe(0);
    await page.evaluate(() => enginePage.engine.showAll());
    await page.locator('[data-part="surface"]').focus();
    for (const key of ["w", "d", ".", "f", "Enter", "0", "Escape"]) await page.keyboard.press(key);
    await page.mouse.click(500, 200);
    await drawn();
    expect(await page.evaluate(() => enginePage.engine.selected)).toBeUndefined();
  });

  it("counts what is within a collapsed process to the area over its heading", async () => {
    await page.evaluate(() => enginePage.engine.toggleCollapsed("0/p1"));
    const heading = await page.evaluate(() => enginePage.engine.items.find(({ key }) => key === "0/p1")!.top);
    const surface = (await page.locator('[data-part="surface"]').boundingBox())!;
    await page.keyboard.down("Shift");
    await page.mouse.move(surface.x + 100, surface.y + heading + 8);
    await page.mouse.down();
    await page.mouse.move(surface.x + 300, surface.y + heading + 12, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    expect((await page.evaluate(() => enginePage.engine.area))!.tracks).toEqual(["0/p1/c0", "0/p1/t1"]);
  });

  it("leaves nothing behind", async () => {
    await page.evaluate(() => enginePage.engine.dispose());
    expect(await page.locator("#host").innerHTML()).toBe("");
  });
});
