// Every colour that the stepper writes words in stands out from the ground behind it, in light and in dark.
import { describe, expect, it } from "vitest";
import { style } from "../../../widgets/stepper/style.js";

const [light, dark] = [/^\.stepper \{([\s\S]*?)\n\}/m, /^\.stepper\[data-theme="dark"\] \{([\s\S]*?)\n\}/m].map(
  (block) => variables(block.exec(style)?.[1] ?? ""),
);

function variables(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([\w-]+): (?:var\([^,]+, )*(#[0-9a-f]+)/g)].map(([, name, colour]) => [name, colour]),
  );
}

function channels(hex: string): number[] {
  const digits = hex.slice(1);
  const long = digits.length < 6 ? [...digits].map((digit) => digit + digit).join("") : digits;
  return (long.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16) / 255);
}

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** A colour with an alpha, over an opaque one. */
function over(above: string, below: readonly number[]): number[] {
  const [r, g, b, alpha = 1] = channels(above);
  return [r, g, b].map((channel, i) => channel * alpha + below[i] * (1 - alpha));
}

describe.each([
  ["light", light],
  ["dark", dark],
])("in %s", (_, colours) => {
  const of = (name: string): string => colours.get(name) ?? "";
  const ground = channels(of("bg"));
  const grounds = { page: ground, panel: channels(of("panel")), "the line on show": over(of("accent-soft"), ground) };

  it.each(["ink", "soft", "accent", "violet", "green", "hot", "bad"])("%s is read at 4.5 to 1 at least", (name) => {
    expect(of(name)).toMatch(/^#[0-9a-f]{3,6}$/);
    for (const [where, each] of Object.entries(grounds)) {
      expect(contrast(channels(of(name)), each), `${name} on ${where}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("words on a filled lane too", () => {
    expect(contrast(channels(of("on-accent")), channels(of("accent")))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(ground, channels(of("bad")))).toBeGreaterThanOrEqual(4.5);
  });
});
