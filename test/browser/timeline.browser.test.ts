// A timeline in Chromium, by pointer and by key alone: search, sums, details, tables, tracks, two traces, files, and what a reader's
// system asks for.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { chromiumPath, screenshot } from "./chromium.js";
import type { TimelinePage } from "./timeline-page.js";
import { TimelineSite } from "./timeline-site.js";

/** Waits as long as a machine that does other work besides may need. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

describe.skipIf(chromiumPath === undefined)("a timeline", () => {
  let site: TimelineSite;
  beforeAll(async () => {
    site = await TimelineSite.start();
  });
  afterAll(async () => {
    await site?.close();
    expect(site?.complaints).toEqual([]);
  });

  const chosen = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { timelinePage: TimelinePage }).timelinePage.model.get("chosen"));
  const rows = (panel: Locator, column: number) =>
    panel.locator(".grid .row").evaluateAll((all, at) => all.map((row) => row.children[at].textContent ?? ""), column);
  const saved = async (page: Page, press: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent("download"), press()]);
    return { name: file.suggestedFilename(), text: readFileSync((await file.path())!, "utf8") };
  };
  const describeFocus = (page: Page) =>
    page.evaluate(() => {
      const inside = document.activeElement?.shadowRoot?.activeElement;
      return `${inside?.tagName.toLowerCase()} ${inside?.getAttribute("aria-label") ?? inside?.textContent ?? ""}`.slice(
        0,
        60,
      );
    });

  it("says what the trace is, and what of the file is not on it", async () => {
    const { page, view } = await site.open("one");
    expect(await view.locator('[data-part="said"]').textContent()).toMatch(
      /^mlp\.jsonl .* The device is busy for 52\.2 %/,
    );
    await view.getByRole("button", { name: "1 note on what is not here" }).click();
    expect(await view.getByRole("tabpanel", { name: /^About/ }).textContent()).toContain(
      "1 \u00d7 a line that is no JSON (first: line 17)",
    );
    await page.context().close();
  });

  it("opens where the kernels are, says so, and leads to each stage and to all by click and key", async () => {
    const { page, view } = await site.open("program");
    onTestFailed(() => screenshot(page, "failure-timeline-stages"));
    const stages = view.getByRole("group", { name: "Stages" });
    const shown = () => view.locator('[data-part="surface"]').getAttribute("aria-label");
    await eventually(shown).toContain("312 \u00b5s, from 270.09 ms to 270.41 ms shown");
    expect(await stages.textContent()).toBe(
      "stagesinitialise 270 msload weights 100 \u00b5sinference 300 \u00b5sclean up 20 \u00b5s" +
        "Opened at inference, where the kernels are: 0.1 % of the time. 0 or Home shows all.",
    );
    const pressed = () => stages.locator('[aria-pressed="true"]').getAttribute("data-stage");
    await eventually(pressed).toBe("inference");
    // Where it lies in all of the time is seen, although it is the last thousandth.
    const map = (await view.locator(".minimap").boundingBox())!;
    const shownThere = (await view.locator(".minimap .window").boundingBox())!;
    expect(shownThere.width).toBeGreaterThanOrEqual(5);
    expect(shownThere.x + shownThere.width).toBeLessThanOrEqual(map.x + map.width + 0.01);
    await screenshot(view, "timeline-stages");
    await stages.getByRole("button", { name: "load weights" }).click();
    await eventually(shown).toContain("104 \u00b5s, from 269.998 ms to 270.102 ms shown");
    await eventually(pressed).toBe("load weights");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await eventually(pressed).toBe("clean up");
    await view.evaluate((host: HTMLElement) => host.focus());
    await page.keyboard.press("0");
    await eventually(shown).toContain("from -5.408 ms to 275.8 ms shown");
    expect(await stages.locator('[aria-pressed="true"]').count()).toBe(0);
    await page.keyboard.press("1");
    await eventually(pressed).toBe("initialise");
    await page.keyboard.press("9");
    expect(await pressed()).toBe("initialise");
    await page.context().close();
  });

  it("draws a call that took no time before the one that followed it, not in it", async () => {
    const { page, view } = await site.open("program");
    await view.getByLabel("Search events").fill("name:cuMemAlloc_v2");
    await page.keyboard.press("Enter");
    const panel = view.getByRole("tabpanel", { name: "Event", exact: true });
    expect(await panel.textContent()).toContain("withinload weights range on thread 1");
    await page.keyboard.press("Escape");
    await page.keyboard.press(".");
    expect(await view.locator(".heard").textContent()).toMatch(
      /^cuMemcpyHtoD_v2, driver call, which takes 100 \u00b5s/,
    );
    expect(await panel.textContent()).toContain("withinload weights range on thread 1");
    // Of two rows, one of stages and one of calls.
    expect((await view.getByRole("treeitem", { name: /^thread 1/ }).boundingBox())!.height).toBeLessThan(45);
    await screenshot(view, "timeline-moments");
    await page.context().close();
  });

  it("has no stages where the program marked none", async () => {
    const { page, view } = await site.open("large");
    expect(await view.locator(".stages").isVisible()).toBe(false);
    await page.context().close();
  });

  it("searches, goes from hit to hit and lists them", async () => {
    const { page, view } = await site.open("one");
    onTestFailed(() => screenshot(page, "failure-timeline-search"));
    await view.getByLabel("Search events").fill("sgemm");
    const found = () => view.locator(".found").textContent();
    await eventually(found).toBe("4 found");
    await page.keyboard.press("Enter");
    expect(await found()).toBe("1 of 4 found");
    expect(await view.getByRole("tabpanel", { name: "Event", exact: true }).textContent()).toMatch(
      /^cuLaunchKernel driver call, category kernel/,
    );
    await page.keyboard.press("Enter");
    await view.getByRole("button", { name: "Previous hit" }).click();
    await view.getByRole("button", { name: "Previous hit" }).click();
    expect(await found()).toBe("4 of 4 found");
    await view.getByRole("button", { name: "List all hits" }).click();
    expect(await rows(view.getByRole("tabpanel", { name: "Events" }), 2)).toEqual([
      "cuLaunchKernel",
      "sgemm",
      "cuLaunchKernel",
      "sgemm",
    ]);
    await view.getByLabel("Search events").fill("/a(/");
    await eventually(found).toMatch(/^This is no regular expression/);
    await view.getByLabel("Search events").fill("nothing at all");
    await eventually(found).toBe("nothing found");
    await page.context().close();
  });

  it("gives the keys back to the picture with one Escape, and keeps the hit", async () => {
    const { page, view } = await site.open("one");
    onTestFailed(() => screenshot(page, "failure-timeline-leave"));
    const field = view.getByLabel("Search events");
    await field.click();
    // Enter follows at once, as from quick fingers: it goes to what was typed, and not to what was found before.
    await page.keyboard.type("relu");
    await page.keyboard.press("Enter");
    const found = () => view.locator(".found").textContent();
    expect(await found()).toBe("1 of 4 found");
    await page.keyboard.press("Enter");
    expect(await found()).toBe("2 of 4 found");
    // It is still the field's: what is typed is text.
    await field.selectText();
    await page.keyboard.type("name:sgemm");
    await page.keyboard.press("Shift+Enter");
    expect(await found()).toBe("2 of 2 found");
    await page.keyboard.press("Escape");
    expect(await describeFocus(page)).toMatch(/^div Timeline/);
    const hit = await chosen(page);
    await page.keyboard.press("f");
    expect(await field.inputValue()).toBe("name:sgemm");
    expect(await found()).toBe("2 of 2 found");
    await eventually(() => view.locator('[data-part="surface"]').getAttribute("aria-label")).toContain(
      "75 \u00b5s, from 157.5 \u00b5s to 232.5 \u00b5s shown",
    );
    await page.keyboard.press("H");
    expect(await found()).toBe("1 of 2 found");
    await page.keyboard.press("h");
    expect(await chosen(page)).toEqual(hit);
    await page.keyboard.press("?");
    expect(await view.getByRole("dialog", { name: "Keys" }).textContent()).toContain(
      "in the search: back to the picture, the hit stays",
    );
    await page.context().close();
  });

  it("tells all that is known of an event, and leads to those that belong to it", async () => {
    const { page, view } = await site.open("one");
    const panel = view.getByRole("tabpanel", { name: "Event", exact: true });
    await view.getByLabel("Search events").fill("name:sgemm");
    await eventually(() => view.locator(".found").textContent()).toBe("2 found");
    await page.keyboard.press("Enter");
    const text = await panel.textContent();
    expect(text).toContain("starts115 \u00b5s (115,000 ns)");
    expect(text).toContain("takes30 \u00b5s (30,000 ns)");
    expect(text).toContain("block[256,1,1]");
    await panel.getByRole("button", { name: "cuLaunchKernel" }).click();
    expect(await panel.textContent()).toContain("105 \u00b5s");
    await panel.getByRole("button", { name: "iteration 0" }).click();
    expect(await panel.locator("h4").textContent()).toBe("iteration 0 range, category other");
    expect(await chosen(page)).toMatchObject({ trace: 0 });
    await panel.getByRole("button", { name: "Sum up its time" }).click();
    expect(await view.getByRole("tabpanel", { name: "Area" }).textContent()).toContain(
      "65 \u00b5s, from 100 \u00b5s to 165 \u00b5s: 6 events",
    );
    await page.context().close();
  });

  it("sums up the area that is dragged on the ruler, and gives it away as text", async () => {
    const { page, view } = await site.open("one");
    onTestFailed(() => screenshot(page, "failure-timeline-area"));
    const box = (await view.locator(".ruler").boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.45, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 12, { steps: 4 });
    await page.mouse.up();
    const panel = view.getByRole("tabpanel", { name: "Area" });
    await eventually(() => panel.textContent()).toMatch(/events?\. Times are those within the area/);
    expect(await rows(panel, 0)).toContain("sgemm");
    await screenshot(view, "timeline-area");
    await panel.getByRole("columnheader", { name: "name" }).getByRole("button").click();
    const names = await rows(panel, 0);
    expect(names).toEqual([...names].sort());
    const csv = await saved(page, () => panel.getByRole("button", { name: "Save as CSV" }).click());
    expect(csv.name).toBe("area.csv");
    expect(csv.text.split("\n")[0]).toBe("name,track,count,total_ns,mean_ns,min_ns,max_ns,share_of_area");
    expect(csv.text).toMatch(/^sgemm,stream 7,1,30000,30000,30000,30000,/m);
    await panel.getByRole("button", { name: "Clear the area" }).click();
    expect(await panel.textContent()).toContain("No area is selected");
    await page.context().close();
  });

  it("is read and used by key alone", async () => {
    const { page, view } = await site.open("one");
    onTestFailed(() => screenshot(page, "failure-timeline-keys"));
    // What a reader passes by on the way through: few stops, each with a name.
    const stops: string[] = [];
    for (let stop = "first"; !stop.startsWith("undefined"); stops.push(stop)) {
      await page.keyboard.press("Tab");
      stop = await describeFocus(page);
      expect(stops.length).toBeLessThan(20);
    }
    expect(stops.slice(0, -1).map((stop) => stop.replace(/^(div Timeline).*/, "$1"))).toEqual([
      "button 1 note on what is not here",
      "input Search events",
      ...["Zoom out", "Zoom in", "Zoom to the area or the chosen event", "Show all of the time"].map(
        (name) => `button ${name}`,
      ),
      ...["Save what is shown as SVG", "Save as a Chrome trace, for Perfetto", "Keys"].map((name) => `button ${name}`),
      "button load weights 100 \u00b5s",
      ...[expect.stringMatching(/^div /), "div Timeline"],
      "button Event",
    ]);
    await view.evaluate((host: HTMLElement) => host.focus());
    expect(await describeFocus(page)).toMatch(/^div Timeline, .* shown/);
    await page.keyboard.press("/");
    expect(await describeFocus(page)).toBe("input Search events");
    await page.keyboard.type("iteration 1");
    await eventually(() => view.locator(".found").textContent()).toBe("1 found");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(await describeFocus(page)).toMatch(/^div Timeline/);
    expect(await view.locator(".heard").textContent()).toBe(
      "iteration 1, range, which takes 65 \u00b5s, at 165 \u00b5s on main thread of python.",
    );
    await page.keyboard.press("t");
    const table = view.getByRole("grid", { name: "Events" });
    expect(await describeFocus(page)).toBe("div Events");
    expect(await table.locator('[aria-selected="true"]').textContent()).toContain("iteration 1");
    await page.keyboard.press("ArrowDown");
    expect(await view.locator(".heard").textContent()).toMatch(/^cuLaunchKernel, driver call/);
    expect(await table.getAttribute("aria-activedescendant")).toMatch(/^row-Events-\d+$/);
    await page.keyboard.press("End");
    expect(await view.locator(".heard").textContent()).toMatch(/^done, other event, an instant/);
    await page.keyboard.press("2");
    expect(await view.getByRole("columnheader", { name: "takes" }).getAttribute("aria-sort")).toBe("descending");
    await page.keyboard.press("Home");
    expect(await view.locator(".heard").textContent()).toMatch(/^load weights/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    expect(await view.getByRole("dialog", { name: "Keys" }).isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await view.getByRole("dialog", { name: "Keys" }).isVisible()).toBe(false);
    expect(await describeFocus(page)).toMatch(/^div Timeline/);
    // The first drops the chosen event, the second ends the search, and then nothing holds the keyboard here.
    await page.keyboard.press("Escape");
    expect(await chosen(page)).toBeNull();
    expect(await view.locator(".found").textContent()).toBe("1 found");
    await page.keyboard.press("Escape");
    expect(await view.locator(".found").textContent()).toBe("");
    expect(await view.getByLabel("Search events").inputValue()).toBe("");
    expect(await describeFocus(page)).toMatch(/^div Timeline/);
    await page.keyboard.press("Escape");
    expect(await describeFocus(page)).toMatch(/^undefined/);
    await page.context().close();
  });

  it("hides, finds, closes and moves tracks", async () => {
    const { page, view } = await site.open("one");
    await view.getByRole("tab", { name: "Tracks" }).click();
    const panel = view.getByRole("tabpanel", { name: /^Tracks/ });
    const names = () =>
      panel.locator(".track-row").evaluateAll((all) => all.map((row) => row.getAttribute("aria-label") ?? ""));
    const [first] = await names();
    expect(first).toMatch(/^python/);
    await panel.locator(".track-row").first().focus();
    await page.keyboard.press("]");
    expect((await names())[0]).toMatch(/^GPU 0: H100/);
    await page.keyboard.press("[");
    expect((await names())[0]).toBe(first);
    await page.keyboard.press(" ");
    expect(await view.getByRole("tab", { name: "Tracks (1 hidden)" }).isVisible()).toBe(true);
    await eventually(() => view.locator('[data-part="surface"]').getAttribute("aria-label")).toContain(
      "5 events on 1 track",
    );
    await panel.getByRole("button", { name: "Show all" }).click();
    await panel.getByLabel("Find tracks").fill("stream");
    expect((await names()).length).toBe(1);
    await panel.getByRole("button", { name: "Show only these" }).click();
    await eventually(() => view.locator('[data-part="surface"]').getAttribute("aria-label")).toContain(
      "5 events on 1 track",
    );
    await page.context().close();
  });

  it("compares two traces, and aligns them at an event", async () => {
    const { page, view } = await site.open("two", { scheme: "dark" });
    expect(await view.getByRole("group", { name: "Stages" }).textContent()).toBe(
      "stagesload weights 100 \u00b5s / 100 \u00b5s",
    );
    onTestFailed(() => screenshot(page, "failure-timeline-two"));
    const panel = view.getByRole("tabpanel", { name: "A and B" });
    expect(await panel.locator("p").first().textContent()).toBe(
      "B, slow.jsonl, takes 290 \u00b5s: 60 \u00b5s more than A, mlp.jsonl. What differs most is sgemm: 60 \u00b5s more in B.",
    );
    expect((await rows(panel, 0))[0]).toBe("sgemm");
    await screenshot(view, "timeline-two-dark");
    await view.getByLabel("Search events").fill('name:"iteration 1"');
    await eventually(() => view.locator(".found").textContent()).toBe("2 found");
    await page.keyboard.press("Enter");
    await view.getByRole("button", { name: "Align with slow.jsonl here" }).click();
    expect(await view.locator(".heard").textContent()).toBe("iteration 1 begins together in both traces.");
    await view.getByRole("button", { name: "Show it in slow.jsonl" }).click();
    // 195 us on its own clock, and the other was moved to it.
    expect(await view.locator(".heard").textContent()).toContain(
      "at 195 \u00b5s on main thread of python of slow.jsonl",
    );
    await screenshot(view, "timeline-two-aligned");
    await page.context().close();
  });

  it("tells neighbours in the table of events apart by their starts", async () => {
    const { page, view } = await site.open("program");
    await view.evaluate((host: HTMLElement) => host.focus());
    await page.keyboard.press("t");
    const panel = view.getByRole("tabpanel", { name: "Events" });
    await panel.getByLabel("Which events are listed").selectOption("all");
    expect((await rows(panel, 0)).slice(0, 9)).toEqual([
      ...["0.000 ms", "0.000 ms", "270.000 ms", "270.000 ms", "270.000 ms"],
      ...["270.100 ms", "270.110 ms", "270.116 ms", "270.200 ms"],
    ]);
    await page.context().close();
  });

  it("is taken away as a picture and as a Chrome trace", async () => {
    const { page, view } = await site.open("one");
    const picture = await saved(page, () => view.getByRole("button", { name: "Save what is shown as SVG" }).click());
    expect(picture.name).toBe("mlp-jsonl.svg");
    expect(picture.text).toMatch(/^<svg .*sgemm.*<\/svg>$/s);
    expect(picture.text).toContain("bytes allocated");
    await view.getByRole("tab", { name: "Tracks" }).click();
    await view.locator(".track-row", { hasText: "bytes allocated" }).locator("input").click();
    const without = await saved(page, () => view.getByRole("button", { name: "Save what is shown as SVG" }).click());
    expect(without.text).toContain("stream 7");
    expect(without.text).not.toContain("bytes allocated");
    const trace = await saved(page, () => view.getByRole("button", { name: "Save as a Chrome trace" }).click());
    expect(trace.name).toBe("mlp-jsonl-chrome.json");
    const { traceEvents } = JSON.parse(trace.text) as { traceEvents: { ph: string; name: string }[] };
    expect(traceEvents.filter(({ ph, name }) => ph === "X" && name === "sgemm")).toHaveLength(2);
    await page.context().close();
  });

  it("follows the notebook, and tells it what is chosen", async () => {
    const { page, view } = await site.open("one");
    const shown = () => view.locator('[data-part="surface"]').getAttribute("aria-label");
    await page.evaluate(() => {
      const { model } = (globalThis as unknown as { timelinePage: TimelinePage }).timelinePage;
      model.set("range", { start: 100_000, end: 164_000 });
      model.set("chosen", { trace: 0, event: 7 });
    });
    await eventually(shown).toContain("64 \u00b5s, from 100 \u00b5s to 164 \u00b5s shown");
    await page.evaluate(() =>
      (globalThis as unknown as { timelinePage: TimelinePage }).timelinePage.model.set("range", null),
    );
    await eventually(shown).toContain("17 events on 2 tracks");
    await page.context().close();
  });

  it.each([
    ["narrow", { width: 380 }],
    ["dark", { scheme: "dark" }],
    ["forced-colours", { forcedColors: "active" }],
    ["forced-colours-dark", { forcedColors: "active", scheme: "dark" }],
  ] as const)("looks whole where the page is %s", async (name, options) => {
    const { page, view } = await site.open("one", options);
    await view.getByLabel("Search events").fill("cuLaunch");
    await eventually(() => view.locator(".found").textContent()).toBe("4 found");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await screenshot(page, `timeline-${name}`);
    await page.context().close();
  });

  it("lists two hundred thousand events, and keeps no more in the page than is in sight", async () => {
    const { page, view } = await site.open("large");
    await view.getByRole("tab", { name: "Events" }).click();
    const panel = view.getByRole("tabpanel", { name: "Events" });
    await panel.getByLabel("Which events are listed").selectOption("all");
    expect(await panel.getByRole("status").textContent()).toBe("200,000 events");
    expect(await panel.locator(".row").count()).toBeLessThan(60);
    const grid = view.getByRole("grid", { name: "Events" });
    await grid.focus();
    await page.keyboard.press("End");
    await eventually(() => grid.locator('[aria-selected="true"]').getAttribute("aria-rowindex")).toBe("200001");
    await page.context().close();
  });

  it.each([
    ["broken", "This timeline could not be drawn. The data of mlp.jsonl cannot be read"],
    ["none", "This timeline could not be drawn. Its widget holds no trace."],
  ] as const)("says in one line what is wrong: %s", async (trace, words) => {
    const { page, view } = await site.open(trace);
    expect(await view.getByRole("alert").textContent()).toContain(words);
    await page.context().close();
  });

  it("is there for a trace without events", async () => {
    const { page, view } = await site.open("empty");
    expect(await view.locator('[data-part="said"]').textContent()).toBe("empty.json (Chrome trace): no events.");
    for (const tab of ["Area", "Events", "Tracks", "About"]) await view.getByRole("tab", { name: tab }).click();
    await view.getByLabel("Search events").fill("a");
    await eventually(() => view.locator(".found").textContent()).toBe("nothing found");
    await page.context().close();
  });

  it("leaves nothing behind when its view goes", async () => {
    const { page, view } = await site.open("one");
    await page.evaluate(() => (globalThis as unknown as { timelinePage: TimelinePage }).timelinePage.clean());
    expect(await view.count()).toBe(0);
    await page.keyboard.press("t");
    await page.context().close();
  });
});
