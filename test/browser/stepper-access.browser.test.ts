// The stepper for those who use no mouse, no eyes, no colours of ours, no motion, or paper.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, StepperDriver, screenshot } from "./chromium.js";
import type { LaunchName, StepperPage } from "./stepper-page.js";
import { type Opening, StepperSite } from "./stepper-site.js";

/** A node as assistive technology is told of it. */
interface Told {
  readonly role: string;
  readonly name: string;
  readonly value: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

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
    await stepper.ready();
  }

  const part = (name: string) => stepper.host.locator(`[data-part="${name}"]`);
  const inPage = <T>(act: (page: StepperPage) => T): Promise<T> =>
    page.evaluate(`(${act})(globalThis.stepperPage)`) as Promise<T>;
  /** Where the focus is: the stepper itself, a control in it, or the page. */
  const focused = () =>
    page.evaluate(() => {
      const host = document.activeElement;
      if (host === null || host === document.body) return "page";
      const inner = host.shadowRoot?.activeElement;
      if (!inner) return host.getAttribute("data-warplab") ?? host.id;
      const { action, part, choose, lane } = (inner as HTMLElement).dataset;
      return action ?? choose ?? part ?? (lane === undefined ? undefined : "lane") ?? inner.localName;
    });

  /** Chromium's accessibility tree, what is ignored left out. */
  async function told(): Promise<Told[]> {
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    return nodes
      .filter((node) => !node.ignored)
      .map((node) => ({
        role: String(node.role?.value ?? ""),
        name: String(node.name?.value ?? ""),
        value: String(node.value?.value ?? ""),
        properties: Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value])),
      }));
  }

  it("tells assistive technology what each part is", async () => {
    await open("shared");
    await stepper.key("m");
    const nodes = await told();
    const one = (role: string, name: RegExp): Told => {
      const found = nodes.filter((node) => node.role === role && name.test(node.name));
      expect(
        found.map((node) => node.name),
        `${role} ${name}`,
      ).toHaveLength(1);
      return found[0];
    };
    one("group", /^Stepper of reduce$/);
    one("toolbar", /^Stepping$/);
    one("button", /^Run one step$/);
    expect(one("slider", /^Step of this warp$/).value).toBe("10");
    expect(await part("scrubber").getAttribute("aria-valuetext")).toMatch(/^step 10 of \d+ of warp 0$/);
    one("group", /^Lanes of the warp/);
    expect(one("button", /^lane 0 ran this instruction$/).properties["pressed"]).toBe("true");
    one("listbox", /^Source/);
    one("listbox", /^PTX/);
    one("tablist", /^Memory$/);
    expect(one("tab", /^x, accessed last$/).properties["selected"]).toBe(true);
    one("grid", /^Values/);
    one("gridcell", /^x\[0\] /);
    expect(nodes.filter(({ role }) => role === "option").length).toBeGreaterThan(20);
    const nameless = nodes.filter(
      ({ role, name }) => /^(button|slider|listbox|grid|combobox|checkbox|spinbutton)$/i.test(role) && name === "",
    );
    expect(nameless).toEqual([]);
  });

  it("says each step politely, and the line or value that the arrows choose", async () => {
    await open("divergent");
    await stepper.key("d");
    expect(await part("heard").getAttribute("aria-live")).toBe("polite");
    expect(await part("heard").textContent()).toMatch(
      /^Step \d+ of [\d,]+, warp 0 of block \(0, 0\), line \d+: [\w.]+\. \d+ lanes jump, \d+ go on\. The warp diverges/,
    );
    const source = part("source").locator("[role=listbox]");
    await source.focus();
    await page.keyboard.press("ArrowDown");
    const chosen = await source.getAttribute("aria-activedescendant");
    expect(await source.locator(`#${chosen}`).getAttribute("aria-selected")).toBe("true");
    expect(await source.locator("[aria-current=step]").count()).toBe(1);
    const grid = part("memory").locator("[role=grid]");
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    const cell = await grid.getAttribute("aria-activedescendant");
    expect(await grid.locator(`#${cell}`).getAttribute("aria-selected")).toBe("true");
  });

  it("is entered, walked through and left by keys", async () => {
    await open("shared");
    await page.evaluate(() => {
      document.body.insertAdjacentHTML("afterbegin", '<div id="cell" tabindex="0"></div>');
      document.body.insertAdjacentHTML("beforeend", '<button id="after"></button>');
      document.querySelector("#cell")?.append(...document.querySelectorAll("body > div:not(#cell)"));
    });
    await page.locator("#cell").focus();
    const stops: string[] = [];
    do {
      await page.keyboard.press("Tab");
      stops.push(await focused());
    } while (stops.at(-1) !== "after" && stops.length < 60);
    expect(stops[0]).toBe("stepper");
    expect(stops).toContain("scrubber");
    expect(stops.filter((stop) => stop === "lane")).toHaveLength(1);
    expect(stops.at(-1)).toBe("after");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).not.toBe("after");

    await stepper.host.locator('[data-action="next-memory"]').focus();
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("stepper");
    const outline = await stepper.host
      .locator(".stepper")
      .evaluate((node) => [getComputedStyle(node).outlineStyle, getComputedStyle(node).outlineWidth]);
    expect(outline).toEqual(["solid", "2px"]);
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("cell");
  });

  it("tells its states by lines where the reader's system chooses the colours", async () => {
    for (const scheme of ["light", "dark"] as const) {
      await open("divergent", { forcedColors: "active", scheme });
      await stepper.key("d");
      await stepper.key("ArrowRight");
      const line = part("source").locator(".now");
      expect(await line.evaluate((node) => getComputedStyle(node).outlineStyle)).toBe("solid");
      const ground = (state: string) =>
        stepper.host
          .locator(`[data-lane][data-state="${state}"]`)
          .first()
          .evaluate((node) => getComputedStyle(node).backgroundColor);
      expect(await ground("on")).not.toBe(await ground("off"));
      await screenshot(stepper.host, `stepper-forced-colours-${scheme}`);
      await page.context().close();
    }
  });

  it("moves nothing by itself for those who want no motion", async () => {
    await open("shared", { reducedMotion: "reduce" });
    await stepper.key("m");
    const moving = await stepper.host.evaluate(
      (host) =>
        [...host.shadowRoot!.querySelectorAll("*")].filter((each) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
          return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
        }).length,
    );
    expect(moving).toBe(0);
    expect(await part("toolbar").locator('[data-choose="speed"]').inputValue()).toBe("2");
  });

  it("prints dark on white without its buttons, from a dark page too", async () => {
    await open("divergent", { scheme: "dark", cursor: 60 });
    await page.emulateMedia({ media: "print" });
    const { color, backgroundColor } = await stepper.host.locator(".stepper").evaluate((node) => {
      const { color, backgroundColor } = getComputedStyle(node);
      return { color, backgroundColor };
    });
    expect({ color, backgroundColor }).toEqual({ color: "rgb(29, 29, 36)", backgroundColor: "rgb(255, 255, 255)" });
    expect(await part("toolbar").isVisible()).toBe(false);
    await screenshot(stepper.host, "stepper-printed");
  });

  it("reads on the white that VS Code puts behind widgets", async () => {
    const attributes = 'data-vscode-theme-kind="vscode-dark" class="vscode-dark"';
    await open("divergent", { attributes, scheme: "light", cursor: 60 });
    const { ink, ground } = await stepper.host.locator(".stepper").evaluate((node) => {
      const { color, backgroundColor } = getComputedStyle(node);
      return { ink: color, ground: backgroundColor };
    });
    expect({ ink, ground }).toEqual({ ink: "rgb(232, 233, 238)", ground: "rgb(17, 19, 25)" });
  });

  it("says when no kernel hears it, and goes on", async () => {
    await open("shared");
    expect(await part("connection").isVisible()).toBe(false);
    await inPage(({ model }) => model.connect(false));
    expect(await part("connection").textContent()).toMatch(/^No kernel is connected to this view\./);
    expect(await part("connection").getAttribute("role")).toBe("status");
    await stepper.key("ArrowRight");
    expect(await stepper.cursor()).toBe(1);
    await inPage(({ model }) => model.connect(true));
    expect(await part("connection").isVisible()).toBe(false);
  });

  it("numbers every lane readably, however narrow", async () => {
    for (const width of [420, 720, 1400]) {
      await open("divergent", { width });
      const cut = await stepper.host
        .locator("[data-lane]")
        .evaluateAll((lanes) => lanes.filter((lane) => lane.scrollHeight > lane.clientHeight + 1).length);
      expect(cut, `at ${width} pixels`).toBe(0);
      await page.context().close();
    }
  });
});
