import { describe, expect, it } from "vitest";
import { surface } from "../../src/view/theme.js";
import { htmlForms } from "./html-forms.js";

// How they look with these is seen in test/browser/forms.browser.test.ts.
describe.each(Object.entries(htmlForms()))("the HTML form of a value: %s", (_, html) => {
  it("takes text and background from one place, reaches for nothing outside and runs nothing", () => {
    expect(html).toContain(surface);
    expect(html).not.toMatch(/<script|(?:src|href)=|url\(/);
  });
});

it("text and background come from the same programs, in the same order, and end with colours that go together", () => {
  const [ink, paper] = surface.split(";").map((declaration) =>
    declaration
      .split(/var\(|, ?|\)+/)
      .filter(Boolean)
      .slice(1),
  );
  expect(ink.map((name) => name.slice(0, 6))).toEqual(["--jp-u", "--vsco", "#1b1b2"]);
  expect(paper.map((name) => name.slice(0, 6))).toEqual(["--jp-l", "--vsco", "#fffff"]);
});
