import { describe, expect, it } from "vitest";
import { colours } from "../../src/view/theme.js";

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const all = [colours.ink, ...colours.series, ...Object.values(colours.status)];

describe.each(["#ffffff", "#111319", "#1e1e1e"])("on %s", (background) => {
  it.each(all)("%s stands out by 3.5 to 1 at least", (colour) => {
    expect(contrast(colour, background)).toBeGreaterThanOrEqual(3.5);
  });
});

it("words stand out by more than 4 to 1 on both pages that we make", () => {
  expect(contrast(colours.ink, "#ffffff")).toBeGreaterThan(4.2);
  expect(contrast(colours.ink, "#111319")).toBeGreaterThan(4.2);
});

it("computes contrast as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
});
