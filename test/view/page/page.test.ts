import { describe, expect, it } from "vitest";
import { type Cell, type Notebook, type Output, renderPage } from "../../../src/view/page/index.js";

const assets = {
  page: "/* runtime of the page */ '</script>'",
  chart: "/* vega */",
  service: "/* service */",
  validation: "/* validation */",
  timeline: "/* timeline */",
};

function notebook(cells: Partial<Cell>[], metadata: Record<string, unknown> = {}): Notebook {
  const whole = cells.map((cell, i) => ({ cell_type: "code", metadata: {}, source: "", id: `c${i}`, ...cell }) as Cell);
  return { nbformat: 4, nbformat_minor: 5, metadata, cells: whole };
}

const page = (cells: Partial<Cell>[], metadata?: Record<string, unknown>): string =>
  renderPage(notebook(cells, metadata), { title: "tour", assets });

const shows = (...outputs: Output[]): string => page([{ source: "x", outputs, execution_count: 1 }]);
const data = (bundle: Record<string, unknown>): Output => ({ output_type: "display_data", data: bundle, metadata: {} });

const widgets = (module: string) => ({
  widgets: {
    "application/vnd.jupyter.widget-state+json": {
      version_major: 2,
      version_minor: 0,
      state: {
        w1: { model_module: module, model_name: "M", state: { view: "stepper", text: "</script><script>alert(1)" } },
        unused: { model_module: module, model_name: "M", state: { secret: 1 } },
      },
    },
  },
});
const view = data({
  "application/vnd.jupyter.widget-view+json": { model_id: "w1" },
  "text/html": "<iframe></iframe>",
  "text/plain": "Stepper of saxpy",
});

describe("a page", () => {
  it("forbids its outputs everything that is not in it, before anything else is read", () => {
    const head = page([]).slice(0, page([]).indexOf("<title>"));
    const policy = /<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(
      head,
    )?.[1];
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/https?:|\*|'self'|unsafe-eval/);
  });

  it.each(["%E0%A4%A", "100%", "__proto__", "nowhere.png"])(
    "shows the words of an attachment %j that is not there",
    (name) => {
      const html = page([{ cell_type: "markdown", source: `![words](attachment:${name})`, attachments: {} }]);
      expect(html).toContain('<em class="missing-picture">words</em>');
    },
  );

  it.each([
    ["a%20b.png", "a b.png"],
    ["100%.png", "100%.png"],
  ])("finds the attachment %j", (address, name) => {
    const attachments = { [name]: { "image/png": "AAAA" } };
    const html = page([{ cell_type: "markdown", source: `![words](attachment:${address})`, attachments }]);
    expect(html).toContain('<img src="data:image/png;base64,AAAA" alt="words">');
  });

  it("is titled by the notebook's first heading, else by its name", () => {
    expect(page([{ cell_type: "markdown", source: "# A <GPU>" }])).toContain("<title>A &#60;GPU&#62;</title>");
    expect(page([])).toContain("<title>tour</title>");
  });

  it("asks no network for anything", () => {
    const html = page(
      [
        { cell_type: "markdown", source: "# T\n![p](https://example.org/p.png) [link](https://example.org)" },
        { source: "1", outputs: [view, data({ "application/vnd.vegalite.v5+json": { mark: "bar" } })] },
      ],
      widgets("warplab"),
    );
    expect(html).not.toMatch(/(?:src|srcset|data)="https?:|<link[^>]+href="(?!data:)|@import|url\(["']?https?:/);
  });

  it("lists its sections where there are several", () => {
    const markdown = "# T\n## One\n## Two\n### Deep\n## Three";
    expect(page([{ cell_type: "markdown", source: markdown }])).toContain(
      '<li class="deeper"><a href="#deep">Deep</a></li>',
    );
    expect(page([{ cell_type: "markdown", source: "# T\n## One" }])).not.toContain("<nav");
  });

  it("is the same text for the same notebook", () => {
    const cells = [{ source: "1", outputs: [view] }];
    expect(page(cells, widgets("warplab"))).toBe(page(cells, widgets("warplab")));
  });

  it("carries the runtimes only where they are needed", () => {
    expect(page([{ source: "1" }])).not.toContain("runtime of the page");
    expect(page([{ source: "1" }])).not.toContain("/* vega */");
    expect(page([{ source: "1", outputs: [view] }], widgets("warplab"))).toContain(
      "runtime of the page */ '<\\/script>'",
    );
    expect(shows(data({ "application/vnd.vegalite.v5+json": {} }))).toContain("/* vega */");
  });

  it("hides what its tags say", () => {
    const html = page([
      { source: "kept();" },
      { source: "gone();", metadata: { tags: ["remove-cell"] } },
      { source: "folded();", metadata: { tags: ["hide-input"] } },
    ]);
    expect(html).toContain("kept");
    expect(html).not.toContain("gone");
    expect(html).toMatch(/<details class="input"><summary>Code<\/summary>.*folded/);
  });
});

describe("a widget", () => {
  it("is mounted by its id, from the one state that the page holds", () => {
    const html = page([{ source: "1", outputs: [view, view] }], widgets("warplab"));
    expect(html.match(/data-warplab-widget="w1"/g)).toHaveLength(2);
    expect(html.match(/id="warplab-widgets"/g)).toHaveLength(1);
    expect(html).not.toContain("secret");
    expect(html).not.toContain("</script><script>alert");
  });

  it("of others, or without its state, shows its next best form", () => {
    expect(page([{ source: "1", outputs: [view] }], widgets("elsewhere"))).toContain(
      '<div class="html-output"><iframe>',
    );
    expect(page([{ source: "1", outputs: [view] }])).toContain('<div class="html-output"><iframe>');
  });
});

describe("an output", () => {
  it("that is a chart is a picture with its specification beside it", () => {
    const html = shows(
      data({
        "application/vnd.vegalite.v5+json": { title: "</script>" },
        "image/svg+xml": ["<svg>", "</svg>"],
        "text/plain": "Chart: t",
      }),
    );
    expect(html).toContain(
      '<figure class="chart" data-warplab-chart aria-label="Chart: t"><div class="chart-place"><svg></svg></div>' +
        '<script type="application/json">{"title":"\\u003c/script>"}</script></figure>',
    );
  });

  it("that is one of two pictures keeps its clip path to itself", () => {
    const svg = '<svg><clipPath id="c1"/><g clip-path="url(#c1)"/><a href="#elsewhere"/></svg>';
    const html = shows(data({ "image/svg+xml": svg }), data({ "image/svg+xml": svg }));
    expect(html).toContain('<clipPath id="svg1-c1"/><g clip-path="url(#svg1-c1)"/><a href="#elsewhere"/>');
    expect(html).toContain('<clipPath id="svg2-c1"/><g clip-path="url(#svg2-c1)"/>');
  });

  it.each([
    [
      "text",
      { output_type: "stream", name: "stdout", text: ["a<b\n", "c\n"] },
      '<pre class="stream" tabindex="0" role="group" aria-label="Output">a&#60;b\nc</pre>',
    ],
    [
      "a complaint",
      { output_type: "stream", name: "stderr", text: "oh" },
      '<pre class="stream stderr" tabindex="0" role="group" aria-label="Output, standard error">oh</pre>',
    ],
    [
      "an error",
      { output_type: "error", ename: "E", evalue: "m", traceback: ["\u001b[31mE\u001b[0m: m"] },
      '<span class="ansi-red">E</span>: m',
    ],
    [
      "a picture",
      data({ "image/png": "AA\n", "text/plain": "a plot" }),
      '<img src="data:image/png;base64,AA" alt="a plot">',
    ],
    ["Markdown", data({ "text/markdown": "*hi*" }), "<em>hi</em>"],
    ["data", data({ "application/json": { a: 1 } }), "{\n  &#34;a&#34;: 1\n}"],
    ["what no page can show, by name", data({ "application/x-odd": 1 }), "This page cannot show application/x-odd."],
  ] as [string, Output, string][])("that is %s is shown", (_, output, html) => {
    expect(shows(output)).toContain(html);
  });
});
