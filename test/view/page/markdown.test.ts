import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkdownRenderer } from "../../../src/view/page/markdown.js";

function html(text: string, pictures: Readonly<Record<string, string>> = {}): string {
  return new MarkdownRenderer().render(text, { picture: (path) => pictures[path] }).trim();
}

describe("Markdown", () => {
  it("gives each heading an anchor of its own", () => {
    const renderer = new MarkdownRenderer();
    const nothing = { picture: () => undefined };
    renderer.render("# A *virtual* GPU\n\n## Steps & lanes", nothing);
    renderer.render("## Steps & lanes", nothing);
    expect(renderer.headings).toEqual([
      { level: 1, text: "A virtual GPU", anchor: "a-virtual-gpu" },
      { level: 2, text: "Steps & lanes", anchor: "steps-lanes" },
      { level: 2, text: "Steps & lanes", anchor: "steps-lanes-2" },
    ]);
  });

  it("marks up TypeScript and leaves other code as it is", () => {
    expect(html("```ts\nconst a = 1;\n```")).toContain('<span class="hljs-keyword">const</span>');
    expect(html("```\nconst <b>\n```")).toContain("const &#60;b&#62;");
  });

  it("takes pictures in, and says in words those that it cannot have", () => {
    expect(html("![a lane](lane.png)", { "lane.png": "data:image/png;base64,AA" })).toContain(
      '<img src="data:image/png;base64,AA" alt="a lane">',
    );
    expect(html("![a lane](https://example.org/lane.png)")).toBe('<p><em class="missing-picture">a lane</em></p>');
  });
});

describe("raw HTML in Markdown", () => {
  it("may shape text", () => {
    expect(html("H<sub>2</sub>O, <kbd>w</kbd>")).toBe("<p>H<sub>2</sub>O, <kbd>w</kbd></p>");
    expect(html("<details open><summary>More</summary>\n\ntext\n\n</details>")).toContain('<details open="">');
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<div onclick='alert(1)' style='position:fixed'>x</div>",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    '<b title="a" onmouseover="alert(1)">x</b>',
  ])("cannot run: %s", (text) => {
    const tags = html(text).match(/<[^>]*>/g) ?? [];
    for (const tag of tags) {
      expect(tag).not.toMatch(/<\/?(script|iframe|svg|style)/i);
      expect(tag).not.toMatch(/\son\w+\s*=|javascript:|style=|data:text/i);
    }
  });

  it("never yields a tag that is not on the list, whatever is written", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "script",
      "b",
      "/",
      " ",
      "onload=",
      '"',
      "'",
      "x",
      "<!--",
      "-->",
      "\n",
      "&lt;",
      "=",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(html(pieces.join(""))).not.toMatch(/<\/?script|<[a-z]+[^>]*\sonload/i);
      }),
    );
  });
});
