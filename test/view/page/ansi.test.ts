import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ansiToHtml, overwrite } from "../../../src/view/page/ansi.js";

const esc = "\u001b";

describe("terminal text as HTML", () => {
  it.each([
    ["a colour", `${esc}[31mred${esc}[0m plain`, '<span class="ansi-red">red</span> plain'],
    [
      "bold and a colour at once",
      `${esc}[1;32mok${esc}[22m still${esc}[39m`,
      '<span class="ansi-green ansi-bold">ok</span><span class="ansi-green"> still</span>',
    ],
    ["a bright colour as its own", `${esc}[91mx`, '<span class="ansi-red">x</span>'],
    ["inverse video", `${esc}[7mx${esc}[27m`, '<span class="ansi-inverse ansi-bg-inverse">x</span>'],
    [
      "a colour out of 256 only where the theme has it",
      `${esc}[38;5;4ma${esc}[38;5;200mb`,
      '<span class="ansi-blue">a</span>b',
    ],
    ["true colour without a trace", `${esc}[38;2;1;2;3mx`, "x"],
    ["movements and titles not at all", `${esc}[2Ja${esc}]0;title\u0007b`, "ab"],
    ["markup as text", "<b>&", "&#60;b&#62;&#38;"],
  ])("shows %s", (_, text, html) => {
    expect(ansiToHtml(text)).toBe(html);
  });

  it("never lets a tag through", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("<", ">", "\u001b[31m", "\u001b[0m", "script", '"', "&", "\u001b[")),
        (parts) => {
          const html = ansiToHtml(parts.join(""));
          expect(html.replace(/<span class="[a-z -]*">|<\/span>/g, "")).not.toMatch(/[<>]/);
        },
      ),
    );
  });
});

describe("a line that is written over", () => {
  it.each([
    ["10 %\r20 %\r100 %", "100 %"],
    ["long line\rshort", "shortline"],
    ["a\r\nb\r\n", "a\nb\n"],
    ["ab\bc", "ac"],
  ])("%j ends as %j", (written, shown) => {
    expect(overwrite(written)).toBe(shown);
  });
});
