// What a frame of the timeline costs while somebody pans and zooms over a million events in Chromium: the time of all scripts between two
// frames, listeners and frame callbacks together. What the browser does to put the pixels on the screen is not in it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const events = 1e6;
const bar = 8;

/** Undefined without Chromium. */
export async function measureTimeline() {
  const executablePath = process.env.WARPLAB_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) return undefined;
  const { chromium } = await import("playwright-core");
  const script = await pageScript();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("pageerror", (error) => {
      throw error;
    });
    await page.setContent('<body style="margin: 0"><div id="host" style="height: 900px"></div></body>');
    await page.evaluate(timeScripts);
    await page.addScriptTag({ content: script });
    const { ready_ms } = await page.evaluate((count) => window.show(count), events);
    const surface = await page.locator('[data-part="surface"]').boundingBox();
    const at = { x: surface.x + surface.width / 2, y: surface.y + 150 };
    await page.mouse.move(at.x, at.y);
    // Takes the focus, so that the wheel zooms.
    await page.mouse.click(at.x, at.y);
    await page.waitForTimeout(500);
    const rows = [];
    for (const { where, share } of places) {
      for (const [how, act] of Object.entries(acts)) {
        await page.evaluate(showMiddle, share);
        await page.waitForTimeout(300);
        await page.evaluate(() => window.frames_ms.splice(0));
        await act(page);
        const frames = await page.evaluate(() => window.frames_ms.splice(0));
        rows.push({ where, how, frames: frames.length, ...quantiles(frames), bar });
      }
    }
    return { events, ready_ms, rows };
  } finally {
    await browser.close();
  }
}

/** How much of all of the time is shown when it begins. */
const places = [
  { where: "all of it", share: 1 },
  { where: "a hundredth", share: 1e-2 },
  { where: "deep inside", share: 2e-5 },
];

const acts = {
  "zoom by wheel": (page) => wheel(page, (step) => [0, step % 40 < 20 ? -80 : 80]),
  "pan by wheel": (page) => wheel(page, (step) => [step % 40 < 20 ? 60 : -60, 0]),
  "zoom by keys": (page) => hold(page, ["w", "s"]),
  "pan by keys": (page) => hold(page, ["d", "a"]),
};

async function wheel(page, deltas) {
  for (let step = 0; step < 120; step++) await page.mouse.wheel(...deltas(step));
}

async function hold(page, keys) {
  for (const key of keys) {
    await page.keyboard.down(key);
    await page.waitForTimeout(1200);
    await page.keyboard.up(key);
  }
}

/** In the page, before any script of ours: adds up the time of frame callbacks and listeners, frame by frame. */
function timeScripts() {
  window.frames_ms = [];
  let spent = 0;
  const timed = (call) => {
    const began = performance.now();
    try {
      return call();
    } finally {
      spent += performance.now() - began;
    }
  };
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((now) => {
      timed(() => callback(now));
      window.frames_ms.push(spent);
      spent = 0;
    });
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const wrapped = (event) =>
      timed(() => (typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event)));
    listen.call(this, type, wrapped, options);
  };
}

function showMiddle(share) {
  const { start, end } = window.engine.extent;
  const middle = start + 0.4 * (end - start);
  const half = (share * (end - start)) / 2;
  window.engine.setRange({ start: middle - half, end: middle + half });
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return { median_ms: at(0.5), p95_ms: at(0.95), most_ms: sorted.at(-1) };
}

async function pageScript() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "bench/timeline/page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

export function timelineTable({ events, ready_ms, rows }) {
  const ms = (value) => `${value.toFixed(1)} ms`.padStart(9);
  return [
    `  ${events.toLocaleString("en-US")} events made ready to draw in ${ms(ready_ms).trim()}`,
    ...rows.map(
      ({ where, how, frames, median_ms, p95_ms, most_ms, bar }) =>
        `  ${where.padEnd(12)} ${how.padEnd(14)} ${String(frames).padStart(4)} frames` +
        `  median ${ms(median_ms)}  95th percentile ${ms(p95_ms)}  most ${ms(most_ms)}  (bar: ${bar} ms)`,
    ),
  ];
}
