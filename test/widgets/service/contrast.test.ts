// Every colour that the view of a service writes words in stands out from the ground behind it, in light and in dark.
import { describe, expect, it } from "vitest";
import { style } from "../../../widgets/service/style.js";

const [light, dark] = [/^\.service \{([\s\S]*?)\n\}/m, /^\.service\[data-theme="dark"\] \{([\s\S]*?)\n\}/m].map(
  (block) =>
    new Map(
      [...(block.exec(style)?.[1] ?? "").matchAll(/--([\w-]+): (?:var\([^,]+, )*(#[0-9a-f]+)/g)].map(
        ([, name, colour]) => [name, colour],
      ),
    ),
);

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const digits = hex.slice(1);
  const long = digits.length < 6 ? [...digits].map((digit) => digit + digit).join("") : digits;
  const [r, g, b] = (long.match(/../g) ?? []).map((pair) => {
    const c = Number.parseInt(pair, 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", light],
  ["dark", dark],
])("in %s", (_, colours) => {
  it.each(["ink", "soft", "accent", "hot", "green", "yellow", "red", "violet"])("%s is read at 4.5 to 1", (name) => {
    for (const ground of ["bg", "panel"]) {
      expect(contrast(colours.get(name) ?? "#", colours.get(ground) ?? "#"), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("the word on the button that runs too", () => {
    expect(contrast(colours.get("on-accent") ?? "#", colours.get("accent") ?? "#")).toBeGreaterThanOrEqual(4.5);
  });
});
