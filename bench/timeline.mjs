// What a frame of the timeline costs while somebody pans and zooms over a million events in Chromium: the time of all scripts between two
// frames, listeners and frame callbacks together. What the browser does to put the pixels on the screen is not in it. CPU time of the
// page's thread, as the browser's own tracing counts it, since a machine that does other work besides would else be measured too; the
// time that passed stands beside it.
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
    await page.setContent('<body style="margin: 0"><div id="host"></div></body>');
    await page.evaluate(timeScripts);
    await page.addScriptTag({ content: script });
    const { packed_bytes, ready_ms } = await page.evaluate((count) => window.show(count), events);
    // As high as a large window has room for.
    await page.locator('[data-part="picture"]').evaluate((picture) => {
      picture.style.height = "800px";
    });
    const surface = await page.locator('[data-part="surface"]').boundingBox();
    const at = { x: surface.x + surface.width / 2, y: surface.y + 150 };
    await page.mouse.move(at.x, at.y);
    // Takes the focus, so that the wheel zooms.
    await page.mouse.click(at.x, at.y);
    await page.waitForTimeout(500);
    const rows = [];
    for (const { where, share, search = "" } of places) {
      await page.getByRole("searchbox").fill(search);
      await page.mouse.click(at.x, at.y);
      for (const [how, act] of Object.entries(acts)) {
        await page.evaluate(showMiddle, share);
        await page.waitForTimeout(1000);
        await browser.startTracing(page, { categories: ["devtools.timeline"] });
        await page.evaluate(() => window.frames_ms.splice(0));
        await act(page);
        const passed = await page.evaluate(() => window.frames_ms.splice(0));
        const frames = cpuOfFrames(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
        const { median_ms, p95_ms, most_ms } = quantiles(frames);
        const { p95_ms: passed_p95_ms } = quantiles(passed);
        rows.push({ where, how, frames: frames.length, median_ms, p95_ms, most_ms, passed_p95_ms, bar });
      }
    }
    return { events, packed_bytes, ready_ms, rows };
  } finally {
    await browser.close();
  }
}

/** How much of all of the time is shown when it begins. */
const places = [
  { where: "all of it", share: 1 },
  { where: "a hundredth", share: 1e-2 },
  { where: "deep inside", share: 2e-5 },
  { where: "all, searched", share: 1, search: "softmax" },
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
  const middle = 0.4 * window.end;
  const half = (share * window.end) / 2;
  window.model.set("range", { start: middle - half, end: middle + half });
}

/** Milliseconds of CPU time that the scripts of each frame took: those called since the last frame's, and its own. */
function cpuOfFrames(traceEvents) {
  // The page's thread is the one that calls our frames.
  const { pid, tid } = traceEvents.find(({ name }) => name === "FireAnimationFrame");
  const ours = traceEvents
    .filter((event) => event.pid === pid && event.tid === tid && event.ph === "X" && event.tdur !== undefined)
    .filter(({ name }) => name === "FunctionCall" || name === "FireAnimationFrame")
    .sort((a, b) => a.ts - b.ts);
  const frames = [];
  let spent = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { name, ts, dur, tdur } of ours) {
    // A call within another, or within a frame's callback, is counted with it.
    if (ts < end) continue;
    end = ts + dur;
    spent += tdur / 1000;
    if (name !== "FireAnimationFrame") continue;
    frames.push(spent);
    spent = 0;
  }
  return frames;
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

export function timelineTable({ events, packed_bytes, ready_ms, rows }) {
  const ms = (value) => `${value.toFixed(1)} ms`.padStart(9);
  return [
    `  ${events.toLocaleString("en-US")} events in ${(packed_bytes / 1e6).toFixed(1)} MB, drawn ${ms(ready_ms).trim()} after`,
    ...rows.map(
      ({ where, how, frames, median_ms, p95_ms, most_ms, passed_p95_ms, bar }) =>
        `  ${where.padEnd(13)} ${how.padEnd(14)} ${String(frames).padStart(4)} frames` +
        `  median ${ms(median_ms)}  95th percentile ${ms(p95_ms)}  most ${ms(most_ms)}  (bar: ${bar} ms; passed: ${ms(passed_p95_ms).trim()})`,
    ),
  ];
}
