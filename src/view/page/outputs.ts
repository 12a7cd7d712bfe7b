// What a cell showed, as HTML: the richest form that the page can bring to life. Knows no cell and no kernel.
import { escapeXml } from "../chart/chart.js";
import { ansiToHtml, overwrite } from "./ansi.js";
import { embedJson, escapeHtml } from "./html.js";
import type { MarkdownRenderer } from "./markdown.js";
import { joinText, type MimeData, type MultilineText, type Output } from "./notebook.js";

/** What the outputs of one page have in common. */
export interface OutputContext {
  /** Undefined where Markdown was written out before: it is then shown as the text that it is. */
  readonly markdown: Pick<MarkdownRenderer, "render"> | undefined;
  /** Whether the page holds the state of this widget and a view for it. */
  hasWidget(modelId: string): boolean;
  /** Is told of each widget that the page shows. */
  usesWidget(modelId: string): void;
  /** Is told that the page holds a chart. */
  usesChart(): void;
  /** The beginning of names that no other output has. */
  nextId(): string;
}

type Renderer = (value: unknown, data: MimeData, context: OutputContext) => string | undefined;

/** Best first. A renderer that returns undefined passes to the next. */
const renderers: readonly (readonly [string, Renderer])[] = [
  ["application/vnd.jupyter.widget-view+json", widget],
  ["application/vnd.vegalite.v5+json", chart],
  ["application/vnd.vegalite.v6+json", chart],
  ["application/vnd.vega.v5+json", chart],
  ["application/vnd.vega.v6+json", chart],
  ["image/svg+xml", (value, _, context) => figure(inlineSvg(text(value), context))],
  ["image/png", picture("image/png")],
  ["image/jpeg", picture("image/jpeg")],
  ["image/gif", picture("image/gif")],
  ["text/html", (value) => `<div class="html-output">${text(value)}</div>`],
  ["text/markdown", (value, _, context) => prose(text(value), context)],
  ["text/latex", (value) => preformatted(escapeHtml(text(value)))],
  ["text/plain", (value) => preformatted(ansiToHtml(text(value)))],
  ["application/json", (value) => preformatted(escapeHtml(JSON.stringify(value, null, 2)))],
];

export function renderOutput(output: Output, context: OutputContext): string {
  switch (output.output_type) {
    case "stream":
      return stream(output.name, joinText(output.text));
    case "error":
      return errorOutput(output.ename, output.evalue, output.traceback);
    case "display_data":
    case "execute_result":
      return renderData(output.data, context);
    default:
      return unknownOutput(`an output of type ${JSON.stringify((output as { output_type: unknown }).output_type)}`);
  }
}

function renderData(data: MimeData, context: OutputContext): string {
  for (const [type, render] of renderers) {
    if (data[type] === undefined) continue;
    const html = render(data[type], data, context);
    if (html !== undefined) return html;
  }
  const types = Object.keys(data);
  return types.length === 0 ? "" : unknownOutput(types.join(", "));
}

function widget(value: unknown, data: MimeData, context: OutputContext): string | undefined {
  const id = (value as { model_id?: unknown } | null)?.model_id;
  if (typeof id !== "string" || !context.hasWidget(id)) return undefined;
  context.usesWidget(id);
  const words = data["text/plain"] === undefined ? "A widget." : text(data["text/plain"]);
  const svg = data["image/svg+xml"];
  const still = svg === undefined ? "" : figure(inlineSvg(text(svg), context));
  // A picture whose title the words are says them itself.
  const isSaid = svg !== undefined && text(svg).includes(`<title>${escapeXml(words)}</title>`);
  return (
    `<div class="widget" data-warplab-widget="${escapeHtml(id)}">${isSaid ? "" : `<p class="quiet">${escapeHtml(words)}</p>`}` +
    `<noscript>${still}<p class="quiet">It comes alive where scripts run.</p></noscript></div>`
  );
}

function chart(value: unknown, data: MimeData, context: OutputContext): string {
  context.usesChart();
  const svg = data["image/svg+xml"];
  const words = data["text/plain"] === undefined ? "A chart." : text(data["text/plain"]);
  const still = svg === undefined ? `<p class="quiet">${escapeHtml(words)}</p>` : inlineSvg(text(svg), context);
  return (
    `<figure class="chart" data-warplab-chart aria-label="${escapeHtml(words)}">` +
    `<div class="chart-place">${still}</div><script type="application/json">${embedJson(value)}</script></figure>`
  );
}

function picture(type: string): Renderer {
  return (value, data) => {
    const words = data["text/plain"] === undefined ? "" : text(data["text/plain"]);
    const bytes = text(value).replace(/\s/g, "");
    return figure(`<img src="data:${type};base64,${escapeHtml(bytes)}" alt="${escapeHtml(words)}">`);
  };
}

/** Names inside one SVG must not meet those of another: a clip path by the same name would cut the wrong chart. */
function inlineSvg(svg: string, context: OutputContext): string {
  const prefix = context.nextId();
  const body = svg.replace(/^[\s\S]*?(?=<svg)/, "");
  const names = new Set([...body.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]));
  return body.replace(/(\sid="|url\(#|href="#)([^")]+)/g, (whole, before, name) =>
    names.has(name) ? `${before}${prefix}${name}` : whole,
  );
}

function stream(name: string, written: string): string {
  const shown = ansiToHtml(overwrite(written));
  if (shown === "") return "";
  return name === "stderr"
    ? preformatted(shown, { classes: "stream stderr", label: "Output, standard error" })
    : preformatted(shown, { classes: "stream" });
}

function errorOutput(name: string, message: string, traceback: readonly string[]): string {
  const lines = traceback.length > 0 ? traceback.join("\n") : `${name}: ${message}`;
  return `<div class="error" role="note" aria-label="Error">${preformatted(ansiToHtml(lines))}</div>`;
}

function prose(markdown: string, context: OutputContext): string {
  if (context.markdown === undefined) return preformatted(escapeHtml(markdown));
  return `<div class="prose">${context.markdown.render(markdown, { picture: () => undefined })}</div>`;
}

function figure(inner: string): string {
  return `<figure>${inner}</figure>`;
}

// Focusable, since it scrolls: the keyboard must reach what the mouse wheel does, and what is reached has a name.
function preformatted(html: string, { classes = "result", label = "Output" } = {}): string {
  return `<pre class="${classes}" tabindex="0" role="group" aria-label="${label}">${html.replace(/\n$/, "")}</pre>`;
}

function unknownOutput(what: string): string {
  return `<p class="quiet">This page cannot show ${escapeHtml(what)}.</p>`;
}

function text(value: unknown): string {
  if (typeof value === "string" || Array.isArray(value)) return joinText(value as MultilineText);
  return JSON.stringify(value, null, 2);
}
