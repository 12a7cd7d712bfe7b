// HTML, Markdown, drawings and pictures of one's own, for every reader.
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { html, vbox } from "../../src/notebook/controls/index.js";
import { heatmap } from "../../src/notebook/heatmap.js";
import { image, markdown, rawHtml, svg } from "../../src/notebook/markup.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { show } from "../../src/notebook/show.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

const png = Buffer.from(bundleOf(heatmap([0, 1], { width: 2 }))["image/png"] as string, "base64");
const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><title>A &lt; B</title><circle r="4"/></svg>';

let leave: (() => void) | undefined;
afterEach(() => {
  leave?.();
  leave = undefined;
  vi.restoreAllMocks();
});

describe("HTML as a template", () => {
  it("escapes what is put in, joins lists, and leaves markup and nothing as they are", () => {
    const items = ["a<b", "c"].map((item) => html`<li>${item}</li>`);
    const list = html`<ul class="${'x" onclick="y'}">${items}${null}${false}${0}</ul>`;
    expect(bundleOf(list)).toEqual({
      "text/html": '<ul class="x&#34; onclick=&#34;y"><li>a&#60;b</li><li>c</li>0</ul>',
      "text/plain": "a<b\nc\n0",
    });
  });

  it("never lets what is put in make a tag or end an attribute", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inside = String(bundleOf(html`<i>${text}</i>`)["text/html"]).slice(3, -4);
        expect(inside).not.toMatch(/[<>"]/);
      }),
    );
  });

  it("takes HTML of one's own as it is where it is said so", () => {
    expect(bundleOf(html`<p>${rawHtml("<b>1</b>")}</p>`)["text/html"]).toBe("<p><b>1</b></p>");
  });

  it("is words for a terminal, without style and script", () => {
    expect(String(rawHtml("<style>b{}</style><p>one &amp;\n two</p><script>x</script><p>three</p>"))).toBe(
      "one & two\nthree",
    );
  });
});

describe("Markdown", () => {
  it("is a text or a template, whose lines lose the indentation that they share", () => {
    expect(bundleOf(markdown("**a**"))).toEqual({ "text/markdown": "**a**", "text/plain": "**a**" });
    const source = bundleOf(markdown`
      # ${"Title"}

      - one
        - two
    `)["text/markdown"];
    expect(source).toBe("# Title\n\n- one\n  - two");
  });
});

describe("a drawing and a picture", () => {
  it("have words of their own", () => {
    expect(bundleOf(svg(drawing))).toEqual({ "image/svg+xml": drawing, "text/plain": "A < B" });
    expect(bundleOf(svg(drawing, { alt: "A circle" }))["text/plain"]).toBe("A circle");
    expect(bundleOf(image(png, { alt: "Two squares" }))).toEqual({
      "image/png": png.toString("base64"),
      "text/plain": "Two squares",
    });
    expect(bundleOf(image(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)))).toEqual({
      "image/jpeg": "/9j/4A==",
      "text/plain": "JPEG picture",
    });
  });

  it.each<[string, () => unknown, string]>([
    ["no SVG", () => svg("<p>"), 'svg: the text is no SVG, it begins with "<p>"\nBegin with <svg'],
    ["other bytes", () => image(Uint8Array.of(1, 2)), "image: the bytes are no PNG, JPEG or GIF: they begin with 0102"],
    ["no bytes", () => image("picture.png" as never), "image: the picture must be bytes, got string\nRead its file"],
    ["no text", () => markdown(3 as never), "markdown: the first argument must be a text, got number"],
  ])("are refused where they are none: %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("wherever it is shown", () => {
  it("a plain program prints its words", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    show(html`<b>${"bold"}</b>`);
    expect(log.mock.calls).toEqual([["bold"]]);
    expect(inspect(markdown("# a"))).toBe("# a");
    expect(() => html("<b>")).toThrow("Write html`<b>...</b>` or rawHtml(text)");
  });

  it("a box holds it", () => {
    leave = asKernel(new RecordingBridge());
    const box = vbox([html`<b>1</b>`, image(png, { alt: "Two" })]);
    expect(bundleOf(box)["text/html"]).toMatch(/<b>1<\/b>.*<img src="data:image\/png;base64,[^"]+" alt="Two">/s);
  });

  it("Deno finds its form, and Deno's objects are shown by theirs", () => {
    const display = Symbol.for("Jupyter.display");
    expect((markdown("a") as unknown as Record<symbol, () => unknown>)[display]()).toEqual({
      "text/markdown": "a",
      "text/plain": "a",
    });
    expect(bundleOf({ [display]: () => ({ "text/html": "<i>", "text/plain": "i" }) })).toEqual({
      "text/html": "<i>",
      "text/plain": "i",
    });
    expect(() => bundleOf({ [display]: async () => ({}) })).toThrow("Write the value as the last line of the cell.");
  });
});
