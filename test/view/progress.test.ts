import { describe, expect, it } from "vitest";
import type { ProgressState } from "../../src/core/progress.js";
import { progressHtml, progressLine, progressText, progressWords } from "../../src/view/progress.js";

const running: ProgressState = {
  label: "sweep of gemm",
  done: 12,
  total: 30,
  unit: "shapes",
  status: "running",
  seconds: 4,
  detail: undefined,
};

describe("a task in words", () => {
  it.each<[string, Partial<ProgressState>, string]>([
    ["with a total", {}, "40 % · 12 of 30 shapes · 3 shapes/s · 6.0 s left"],
    ["slowly", { done: 1, seconds: 90 }, "3 % · 1 of 30 shapes · 1 min 30 s each · 43 min 30 s left"],
    ["not begun", { done: 0 }, "0 % · 0 of 30 shapes"],
    ["nearly done", { done: 2999, total: 3000, unit: undefined }, "99 % · 2,999 of 3,000 · 750/s · 0.0 s left"],
    ["of nobody knows how many", { total: undefined, done: 96e6, unit: "steps" }, "96,000,000 steps · 24 M steps/s"],
    ["with a detail", { detail: "1,000 steps" }, "40 % · 12 of 30 shapes · 1,000 steps · 3 shapes/s · 6.0 s left"],
    ["done", { status: "done", done: 30, seconds: 3.21 }, "done in 3.2 s"],
    ["done without a total", { status: "done", total: undefined }, "done in 4.0 s · 12 shapes"],
    ["interrupted", { status: "interrupted" }, "interrupted at 40 % after 4.0 s"],
    ["failed without a total", { status: "failed", total: undefined }, "failed at 12 shapes after 4.0 s"],
    ["of nothing", { total: 0, done: 0 }, "0 of 0 shapes"],
  ])("%s", (_how, change, words) => {
    expect(progressWords({ ...running, ...change })).toBe(words);
  });

  it("has a line for each bar", () => {
    expect(progressText([running, { ...running, label: "launch of spin", done: 15 }])).toBe(
      "sweep of gemm: 40 % · 12 of 30 shapes · 3 shapes/s · 6.0 s left\nlaunch of spin: 50 % · 15 of 30 shapes · 3.8 shapes/s · 4.0 s left",
    );
  });
});

describe("a bar as HTML", () => {
  it("is a progress element with a name and its words", () => {
    const html = progressHtml([running]);
    expect(html).toContain(
      '<progress max="30" value="12" aria-label="sweep of gemm" aria-valuetext="40 % · 12 of 30 shapes · 3 shapes/s · 6.0 s left">40 %</progress>',
    );
    expect(html).not.toMatch(/<script|https?:/);
  });

  it("tells a screen reader of its end, and not ten times a second of its course", () => {
    expect(progressHtml([running])).not.toContain('role="status"');
    expect(progressHtml([{ ...running, status: "failed" }])).toContain('role="status">failed at 40 %');
  });

  it("has no value where nobody knows how much there is", () => {
    expect(progressHtml([{ ...running, total: undefined }])).toContain("<progress aria-label=");
  });

  it("shows a label as it is written", () => {
    expect(progressHtml([{ ...running, label: 'a < "b"' }])).toContain("a &lt; &quot;b&quot;</span>");
  });
});

describe("a bar on a terminal", () => {
  it("fills with what is done, and fits its line", () => {
    expect(progressLine(running, 80)).toBe(
      "sweep of gemm  ━━━━━━─────────  40 % · 12 of 30 shapes · 3 shapes/s · 6.0 s left",
    );
    for (const columns of [10, 20, 40, 60, 79, 120]) {
      expect(progressLine(running, columns).length).toBeLessThanOrEqual(columns);
      expect(progressLine({ ...running, status: "done" }, columns).length).toBeLessThanOrEqual(columns);
    }
  });
});
