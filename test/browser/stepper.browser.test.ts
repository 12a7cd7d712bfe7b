// The stepper alone in a page of Chromium, driven as a person drives it. Needs no notebook and no build.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, StepperDriver, screenshot } from "./chromium.js";
import type { LaunchName, StepperPage } from "./stepper-page.js";
import { type Opening, StepperSite } from "./stepper-site.js";

describe.skipIf(chromiumPath === undefined)("the stepper", () => {
  let site: StepperSite;
  let page: Page;
  let stepper: StepperDriver;

  beforeAll(async () => {
    site = await StepperSite.start();
  });
  afterAll(() => site?.close());
  afterEach(async () => {
    await page?.context().close();
    expect(site.complaints.splice(0)).toEqual([]);
  });

  async function open(launch: LaunchName, options?: Opening): Promise<void> {
    page = await site.open(launch, options);
    stepper = new StepperDriver(page);
  }

  const part = (name: string) => stepper.host.locator(`[data-part="${name}"]`);
  const value = (name: string) => stepper.host.locator(`[data-part="variables"] [data-name="${name}"]`);
  const laneStates = (): Promise<string[]> =>
    stepper.host
      .locator("[data-lane]")
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute("data-state") ?? ""));
  const inPage = <T>(act: (page: StepperPage) => T): Promise<T> =>
    page.evaluate(`(${act})(globalThis.stepperPage)`) as Promise<T>;

  it("steps by its button: the cursor, the mask and the lanes follow", async () => {
    await open("divergent");
    await stepper.ready();
    expect(await stepper.cursor()).toBe(0);
    expect(await stepper.mask()).toBe("00000000");
    expect(new Set(await laneStates())).toEqual(new Set(["ready"]));
    await stepper.press("step");
    expect(await stepper.cursor()).toBe(1);
    expect(await stepper.mask()).toBe("ffffffff");
    expect(new Set(await laneStates())).toEqual(new Set(["on"]));
    await stepper.press("next-divergence");
    const mask = Number.parseInt(await stepper.mask(), 16);
    expect(await laneStates()).toEqual(Array.from({ length: 32 }, (_, lane) => ((mask >>> lane) & 1 ? "on" : "off")));
    expect(await part("effect").textContent()).toContain("The warp diverges");
    expect(await page.locator("[data-position]").getAttribute("data-position")).toBe(String(await stepper.cursor()));
  });

  it("is driven by keys while it has the focus, and only then", async () => {
    await open("shared");
    await stepper.ready();
    await page.keyboard.press("ArrowRight");
    expect(await stepper.cursor()).toBe(0);
    await stepper.key("ArrowRight");
    await stepper.key("ArrowRight");
    expect(await stepper.cursor()).toBe(2);
    await stepper.key("ArrowLeft");
    expect(await stepper.cursor()).toBe(1);
    await stepper.key("m");
    expect(await part("access").textContent()).toContain("Load from x: 32 lanes touch 4 sectors");
    await stepper.key("b");
    expect(await part("effect").textContent()).toContain("waits until every warp of its block is here");
    await stepper.key("D");
    expect(await part("notice").textContent()).toBe("No divergence before this step.");
    await stepper.key("]");
    expect(await part("lanes").locator('[aria-pressed="true"]').getAttribute("data-lane")).toBe("1");
    await stepper.key("End");
    const end = await stepper.cursor();
    expect(end).toBeGreaterThan(300);
    await stepper.key("ArrowRight");
    expect(await stepper.cursor()).toBe(end);
    await stepper.key("Home");
    expect(await stepper.cursor()).toBe(0);
    await stepper.key("n");
    await stepper.key("n");
    expect(await part("source").locator(".now").getAttribute("data-line")).toBe("2");
  });

  it("keeps its keys from the page around it", async () => {
    await open("shared");
    await stepper.ready();
    await page.evaluate(
      "globalThis.heard = []; addEventListener('keydown', (event) => globalThis.heard.push(event.key))",
    );
    await stepper.key("ArrowRight");
    await stepper.key("x");
    expect(await page.evaluate("globalThis.heard")).toEqual(["x"]);
    expect(await stepper.host.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
    // What comes with Ctrl is the notebook's, and its listener captures on the document.
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const note = (event: KeyboardEvent) => {
        const mark = (event.target as Element).closest("[data-lm-suppress-shortcuts]");
        seen.push(`${event.key} ${mark === null ? "free" : "kept"}`);
      };
      document.addEventListener("keydown", note, true);
    });
    await stepper.key("Control+s");
    await stepper.key("d");
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([
      "Control free",
      "s free",
      "d kept",
    ]);
  });

  it("restores every value when it goes back over a step", async () => {
    await open("shared", { lane: 2 });
    await stepper.ready();
    const seen: string[] = [];
    const look = async (): Promise<string> =>
      JSON.stringify([
        await stepper.mask(),
        await part("variables").textContent(),
        await part("memory").locator(".grid").textContent(),
        await part("lanes-sentence").textContent(),
      ]);
    for (let step = 0; step < 60; step++) {
      seen.push(await look());
      await stepper.key("ArrowRight");
    }
    for (let step = 59; step >= 0; step--) {
      await stepper.key("ArrowLeft");
      expect(await look()).toBe(seen[step]);
    }
  });

  it("goes anywhere by its timeline, with the pointer and with keys", async () => {
    await open("divergent");
    await stepper.ready();
    const box = (await part("scrubber").boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => Number(await part("scrubber").getAttribute("aria-valuenow"))).toBeGreaterThan(10);
    const steps = Number(await part("scrubber").getAttribute("aria-valuemax"));
    const at = Number(await part("scrubber").getAttribute("aria-valuenow"));
    expect(Math.abs(at - steps / 2)).toBeLessThanOrEqual(2);
    const cursor = await stepper.cursor();
    await part("scrubber").focus();
    await page.keyboard.press("ArrowRight");
    expect(await stepper.cursor()).toBe(cursor + 1);
    await page.keyboard.press("PageUp");
    expect(await stepper.cursor()).toBeGreaterThan(cursor + 20);
    const bar = (await part("launch-bar").boundingBox())!;
    await page.mouse.click(bar.x + bar.width - 1, bar.y + bar.height / 2);
    expect(await stepper.cursor()).toBeGreaterThan(cursor * 2);
  });

  it("says what variables hold in the selected lane, and marks the one that changed", async () => {
    await open("divergent", { lane: 5 });
    await stepper.ready();
    const line = part("source").locator('[data-line="10"]');
    await line.click();
    expect(await value("i").getAttribute("data-value")).toBe("1");
    expect(await value("i").getAttribute("data-changed")).toBe("here");
    expect(await value("x").getAttribute("data-changed")).toBeNull();
    expect(await value("x").getAttribute("data-value")).toBe("5");
    await stepper.host.locator('[data-lane="9"]').click();
    expect(await value("x").getAttribute("data-value")).toBe("9");
    expect(await inPage(({ model }) => model.get("lane"))).toBe(9);
    const details = part("registers");
    await details.locator("summary").click();
    await expect.poll(() => details.locator('[data-name="%x"]').getAttribute("data-value")).toBe("9");
  });

  it("goes to who wrote a value that is selected in memory", async () => {
    await open("shared");
    await stepper.ready();
    const reads = part("ptx").locator(".line", { hasText: "ld.shared.f32 %f1" });
    await reads.click();
    await reads.click();
    const before = await stepper.cursor();
    await part("memory").locator('[data-name="tile[0]"]').click();
    await stepper.press("who-wrote");
    const written = await stepper.cursor();
    expect(written).toBeLessThan(before);
    expect(await part("notice").textContent()).toBe(`tile[0] was last written by step ${written}.`);
    expect(await part("access").textContent()).toContain("Store to tile");
    expect(await part("memory").locator('[data-name="tile[0]"]').getAttribute("data-reached")).toBe("store");
    await stepper.key("w");
    expect(await stepper.cursor()).toBeLessThan(written);
  });

  it("moves through memory by key", async () => {
    await open("shared");
    await stepper.ready();
    await part("memory").locator('[data-name="x[0]"]').click();
    await part("memory").locator(".grid").focus();
    for (const key of ["ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
    expect(await part("memory").locator('[aria-selected="true"][data-name]').getAttribute("data-name")).toBe("x[9]");
    expect(await stepper.cursor()).toBe(0);
  });

  it("draws memory as a picture that fills as the launch runs, and takes a click for a value", async () => {
    await open("divergent");
    await stepper.ready();
    const canvas = part("map").locator("canvas");
    const painted = (): Promise<number> =>
      canvas.evaluate((node: HTMLCanvasElement) => {
        const copy = new OffscreenCanvas(node.width, node.height).getContext("2d", { willReadFrequently: true })!;
        copy.drawImage(node, 0, 0);
        const { data } = copy.getImageData(0, 0, node.width, node.height);
        return data.filter((value, index) => index % 4 === 3 && value > 30).length;
      });
    expect(await painted()).toBe(0);
    await stepper.key("End");
    expect(await painted()).toBeGreaterThan(100);
    await canvas.click({ position: { x: 1, y: 1 } });
    expect(await part("memory").locator('[aria-selected="true"][data-name]').getAttribute("data-name")).toBe("out[0]");
    await stepper.key("w");
    expect(await part("notice").textContent()).toContain("out[0] was last written by step");
  });

  it("stays with a warp that is chosen", async () => {
    await open("shared");
    await stepper.ready();
    await part("header").locator('[data-choose="warp"]').selectOption("1");
    expect(await stepper.host.getAttribute("data-warp")).toBe("1");
    for (let step = 0; step < 30; step++) {
      await stepper.key("ArrowRight");
      expect(await stepper.host.getAttribute("data-warp")).toBe("1");
    }
    await stepper.key("f");
    await stepper.key("Home");
    expect(await stepper.host.getAttribute("data-warp")).toBe("0");
  });

  it("plays until it is paused", async () => {
    await open("divergent", { reducedMotion: "reduce" });
    await stepper.ready();
    await part("toolbar").locator('[data-choose="speed"]').selectOption("60");
    await stepper.key(" ");
    await expect.poll(() => stepper.cursor()).toBeGreaterThan(20);
    await stepper.key(" ");
    const paused = await stepper.cursor();
    await page.waitForTimeout(200);
    expect(await stepper.cursor()).toBe(paused);
    expect(await inPage(({ model }) => model.get("cursor"))).toBe(paused);
  });

  it("shares its cursor: what the kernel sets it shows, where it goes the kernel hears", async () => {
    await open("divergent", { cursor: 40, lane: 7 });
    await stepper.ready();
    expect(await stepper.cursor()).toBe(40);
    await inPage(({ model }) => model.set("cursor", 90));
    expect(await stepper.cursor()).toBe(90);
    expect(await inPage(({ saves }) => saves)).toBe(0);
    await stepper.key("ArrowRight");
    expect(await inPage(({ model, saves }) => [model.get("cursor"), saves])).toEqual([91, 1]);
    await inPage(({ model }) => model.set("cursor", 1e9));
    expect(await inPage(({ model }) => model.get("cursor"))).toBe(await stepper.cursor());
    await inPage(({ model }) => model.set("lane", 30));
    expect(await part("lanes").locator('[aria-pressed="true"]').getAttribute("data-lane")).toBe("30");
  });

  it("tells the kernel of a stream of changes now and then, and of the last", async () => {
    await open("divergent");
    await stepper.ready();
    const box = (await part("scrubber").boundingBox())!;
    await page.mouse.move(box.x + 5, box.y + 20);
    await page.mouse.down();
    for (let move = 1; move <= 40; move++) await page.mouse.move(box.x + 5 + move * 10, box.y + 20);
    await page.mouse.up();
    const cursor = await stepper.cursor();
    await expect.poll(() => inPage(({ model }) => model.get("cursor"))).toBe(cursor);
    const saves = await inPage((each) => each.saves);
    expect(saves).toBeGreaterThan(0);
    expect(saves).toBeLessThan(20);
  });

  it("shows an access fault at the step that made it", async () => {
    await open("faulty");
    await stepper.ready();
    expect(await part("fault").isVisible()).toBe(false);
    await stepper.key("End");
    expect(await part("fault").textContent()).toContain("out-of-bounds");
    expect(await part("source").locator(".now").getAttribute("class")).toContain("fault");
    expect(await stepper.host.locator('[data-lane="2"]').getAttribute("aria-pressed")).toBe("true");
    expect(await stepper.host.locator("[data-lane][data-fault]").count()).toBe(30);
    expect(await part("access").textContent()).toBe(
      "Store to out: 30 of 32 lanes, the first of them lane 2, reach outside of it.",
    );
    await screenshot(stepper.host, "stepper-fault");
    await stepper.key("ArrowLeft");
    expect(await part("fault").isVisible()).toBe(false);
  });

  it("shows of a call the text, the variables and the registers of the function, and the calls that the lane is in", async () => {
    await open("calling", { lane: 5 });
    await stepper.ready();
    const heading = part("source").locator("h4");
    expect(await heading.textContent()).toContain("Source of deep, cell 4");
    expect(await value("out").count()).toBe(1);
    await part("ptx").locator(".line", { hasText: "add.s32" }).click();
    expect(await heading.textContent()).toContain("Source of ackermann, cell 3");
    expect(await part("source").locator(".line.now").textContent()).toContain("if (m === 0) return n + 1");
    expect(await part("source").locator(".line.now > .number").textContent()).toBe("10");
    expect(await part("heard").textContent()).toContain("line 10 of ackermann");
    expect(await value("out").count()).toBe(0);
    expect(await value("m").getAttribute("data-value")).toMatch(/^\d$/);
    expect(await part("calls").textContent()).toBe("Lane 5 is in ackermann, called at line 5 of deep.");
    expect(await part("registers").locator("summary").textContent()).toMatch(/^all \d+ registers of ackermann$/);
    await stepper.key("End");
    expect(await heading.textContent()).toContain("Source of deep, cell 4");
    expect(await part("calls").isVisible()).toBe(false);
    await inPage(({ model }) => model.set("cursor", 600));
    expect(await part("calls").textContent()).toMatch(
      /^Lane 5 is in ackermann, called( \d+ times)? at line 11 of ackermann/,
    );
    expect(await part("calls").textContent()).toMatch(/called at line 5 of deep\.$/);
  });

  it("shows what was printed so far, of much the end, and takes it back", async () => {
    await open("printing");
    await stepper.ready();
    expect(await part("printed").isVisible()).toBe(false);
    await stepper.key("End");
    const box = part("printed");
    expect(await box.textContent()).toMatch(/^…\n[\s\S]*thread 127 has 31\.75\n$/);
    const { scrolled, wide } = await box.evaluate((node) => ({
      scrolled: node.scrollHeight - node.clientHeight - node.scrollTop,
      wide: node.scrollWidth - node.clientWidth,
    }));
    expect(scrolled).toBeLessThan(2);
    expect(wide).toBe(0);
    expect((await box.boundingBox())!.height).toBeLessThan(200);
    await stepper.key("Home");
    expect(await box.isVisible()).toBe(false);
  });

  it("goes from block to block where several are on the SMs, and stays with the one that is chosen", async () => {
    await open("resident");
    await stepper.ready();
    const seen: string[] = [];
    for (let step = 0; step < 8; step++) {
      await stepper.key("ArrowRight");
      seen.push(`${await stepper.host.getAttribute("data-block")}.${await stepper.host.getAttribute("data-warp")}`);
    }
    expect(seen).toEqual(["0.0", "1.0", "2.0", "3.0", "0.1", "1.1", "2.1", "3.1"]);
    await part("header").locator('[data-choose="block"]').selectOption("2");
    for (let step = 0; step < 5; step++) {
      await stepper.key("ArrowRight");
      expect(await stepper.host.getAttribute("data-block")).toBe("2");
    }
    await stepper.key("End");
    await part("memory").locator('[data-name="out[163]"]').click();
    await stepper.key("w");
    expect(await part("notice").textContent()).toMatch(/^out\[163\] was last written by step \d+\.$/);
    expect([await stepper.host.getAttribute("data-block"), await stepper.host.getAttribute("data-warp")]).toEqual([
      "2",
      "1",
    ]);
  });

  it("shows memory that threads allocate while they have it, after what the launch was given", async () => {
    await open("allocating", { cursor: 50, lane: 3 });
    await stepper.ready();
    const tabs = part("memory").getByRole("tab");
    expect(await tabs.count()).toBeGreaterThan(60);
    expect(await tabs.first().textContent()).toBe("out");
    expect((await part("memory").getByRole("tablist").boundingBox())!.height).toBeLessThan(120);
    expect(await part("access").textContent()).toMatch(/^Store to malloc in thread \(3\), .* and 9 more: 12 lanes/);
    const shown = part("memory").locator('[role="tab"][aria-selected="true"]');
    expect(await shown.textContent()).toBe("malloc in thread (3)");
    const [list, tab] = [await part("memory").getByRole("tablist").boundingBox(), await shown.boundingBox()];
    expect(tab!.y).toBeGreaterThanOrEqual(list!.y - 1);
    expect(tab!.y + tab!.height).toBeLessThanOrEqual(list!.y + list!.height + 1);
    await stepper.key("End");
    expect(await tabs.filter({ hasText: "malloc" }).count()).toBe(0);
  });

  it("says what copies and barriers in memory do, and shows the line where it is opened", async () => {
    await open("copying", { cursor: 160, lane: 3 });
    await stepper.ready();
    const inView = part("ptx")
      .locator("pre")
      .evaluate((pane) => {
        const [box, now] = [pane.getBoundingClientRect(), pane.querySelector(".line.now")!.getBoundingClientRect()];
        return now.top >= box.top && now.bottom <= box.bottom;
      });
    expect(await inView).toBe(true);
    // Without variables of a source there are registers to look at.
    expect(await part("registers").locator('[data-name="%r1"]').getAttribute("data-value")).toBe("3");
    await stepper.key("Home");
    await part("ptx").locator(".line", { hasText: "mbarrier.init" }).click();
    expect(await part("effect").textContent()).toBe("1 lane sets up a barrier in memory.");
    await part("ptx").locator(".line", { hasText: "sub.s32 \t%r14" }).click();
    expect(await part("effect").textContent()).toBe("%r14 changes in 32 lanes.");
    await part("ptx").locator(".line", { hasText: "cp.async.mbarrier" }).click();
    expect(await part("effect").textContent()).toBe(
      "32 lanes arrive at a barrier in memory when their copies are done.",
    );
  });

  it("says in one message why a module cannot run", async () => {
    await open("nameless");
    await part("failure").waitFor();
    expect(await part("failure").textContent()).toBe('the PTX has no kernel "nope"\nIt has "reduce".');
  });

  it("announces a launch that takes a while", async () => {
    await open("large");
    expect(await inPage(({ firstWords }) => firstWords)).toBe("Running mandelbrot …");
    await stepper.ready();
    expect(await stepper.host.getAttribute("data-cursor")).toBe("0");
  });

  it("shows and hides its keys, and gives the focus back", async () => {
    await open("shared");
    await stepper.ready();
    await stepper.key("?");
    expect(await part("help").isVisible()).toBe(true);
    expect(await part("help").textContent()).toContain("Next divergence");
    await page.keyboard.press("Escape");
    expect(await part("help").isVisible()).toBe(false);
    await page.keyboard.press("ArrowRight");
    expect(await stepper.cursor()).toBe(1);
  });

  it("says each step to a screen reader", async () => {
    await open("shared");
    await stepper.ready();
    await stepper.key("m");
    expect(await part("heard").getAttribute("aria-live")).toBe("polite");
    expect(await part("heard").textContent()).toContain(
      "Step 10 of 398, warp 0 of block (0), line 5: ld.global.f32. 32 lanes run.",
    );
    const nameless = await stepper.host
      .locator("button, select, input, [role=slider], [role=grid], pre")
      .evaluateAll((controls) =>
        controls.filter(
          (each) => !each.getAttribute("aria-label") && !each.textContent?.trim() && !each.closest("label"),
        ),
      );
    expect(nameless).toEqual([]);
  });

  for (const [what, scheme, attributes, dark] of [
    ["the reader's system", "dark", "", true],
    ["JupyterLab's theme", "light", 'data-jp-theme-light="false"', true],
    ["the page's theme", "dark", 'data-theme="light"', false],
  ] as const) {
    it(`is ${dark ? "dark" : "light"} where ${what} is`, async () => {
      await open("divergent", { scheme, attributes, cursor: 60, lane: 13 });
      await stepper.ready();
      const colours = await stepper.host.locator(".stepper").evaluate((node) => {
        const { color, backgroundColor } = getComputedStyle(node);
        const brightness = (text: string): number =>
          (text.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((sum, each) => sum + Number(each) / 3, 0);
        return { ink: brightness(color), ground: brightness(backgroundColor) };
      });
      expect(colours.ground < 60).toBe(dark);
      expect(Math.abs(colours.ink - colours.ground)).toBeGreaterThan(150);
    });
  }

  it("fits widths from a phone's to a desk's, in both themes", async () => {
    for (const width of [420, 700, 1040, 1400]) {
      for (const scheme of ["light", "dark"] as const) {
        await open(width === 700 ? "shared" : "divergent", { width, scheme, lane: 13 });
        await stepper.ready();
        for (const key of ["m", "m", "m"]) await stepper.key(key);
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow).toBeLessThanOrEqual(0);
        await screenshot(stepper.host, `stepper-${width}-${scheme}`);
        await page.context().close();
      }
    }
  });

  it("leaves nothing behind", async () => {
    await open("shared");
    await stepper.ready();
    await inPage(({ clean }) => clean());
    expect(await stepper.host.count()).toBe(0);
    await inPage(({ model }) => model.set("cursor", 5));
    expect(await inPage(({ saves }) => saves)).toBe(0);
  });
});
