// An executed notebook as one HTML file that needs nothing else: no network, no server. Knows nothing of files and kernels; what
// was built for the browser comes as an argument.
import { highlight } from "./code.js";
import { embedJson, embedScript, escapeHtml } from "./html.js";
import { type Heading, MarkdownRenderer } from "./markdown.js";
import { type Cell, joinText, type Notebook } from "./notebook.js";
import { type OutputContext, renderOutput } from "./outputs.js";
import { pageStyle } from "./style.js";
import { themeScript } from "./theme.js";
import { canDraw, reachable, savedWidgets } from "./widget-states.js";

export { embedJson, embedScript, escapeHtml } from "./html.js";
export {
  type Cell,
  type DisplayOutput,
  type ErrorOutput,
  joinText,
  type MimeData,
  type MultilineText,
  type Notebook,
  type Output,
  parseNotebook,
  type ResultOutput,
  type StreamOutput,
  splitText,
  widgetStateType,
} from "./notebook.js";
export { themeStyle } from "./style.js";
export { themeScript } from "./theme.js";

/** JavaScript for the page, as text. */
export interface PageAssets {
  /** Brings the widgets to life; goes in only where the notebook shows one. */
  readonly page: string;
  /** Draws the charts; goes in only where the notebook shows one. */
  readonly chart: string;
  /** The view of a service; goes in only where the notebook shows one, as does the next. */
  readonly service: string;
  /** The view of a validation. */
  readonly validation: string;
  /** The view of a timeline. */
  readonly timeline: string;
}

export interface PageOptions {
  /** Title where the notebook has no heading of its own, usually its name. */
  readonly title: string;
  readonly assets: PageAssets;
  /** The content, as a data: address, of a picture that a Markdown cell names by its path; undefined where there is none. */
  picture?(path: string): string | undefined;
}

/**
 * What the page may load: only what it holds. Outputs are HTML and SVG of anybody's making, and a picture, style sheet or
 * script of theirs from elsewhere would make the page need a network and tell others who reads it. The chart's expressions
 * are interpreted (widgets/chart/embed.ts), so that nothing needs eval.
 */
const nothingFromElsewhere: string = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  // A service is simulated by the page's own script, started once more as a worker.
  "worker-src blob:",
  "img-src data: blob:",
  "media-src data: blob:",
  "font-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

interface PageContext extends OutputContext {
  readonly markdown: MarkdownRenderer;
}

/** The whole page, as text. The same notebook and assets give the same text. */
export function renderPage(notebook: Notebook, options: PageOptions): string {
  const widgets = savedWidgets(notebook);
  const used = new Set<string>();
  let charts = 0;
  let ids = 0;
  const markdown = new MarkdownRenderer();
  const context: PageContext = {
    markdown,
    hasWidget: (id) => canDraw(widgets, id),
    usesWidget: (id) => used.add(id),
    usesChart: () => charts++,
    nextId: () => `svg${++ids}-`,
  };
  const cells = notebook.cells.map((cell) => renderCell(cell, context, options)).filter((html) => html !== "");
  const title = markdown.headings.find(({ level }) => level === 1)?.text ?? titleOf(notebook) ?? options.title;
  const state = reachable(widgets, [...used], context);
  const scripts: string[] = [];
  if (used.size > 0) {
    const saved = { version_major: 2, version_minor: 0, state };
    scripts.push(`<script type="application/json" id="warplab-widgets">${embedJson(saved)}</script>`);
    for (const view of ["service", "validation", "timeline"] as const) {
      const isShown = Object.values(state).some((widget) => widget.state?.["view"] === view);
      if (isShown) scripts.push(`<script>${embedScript(options.assets[view])}</script>`);
    }
    scripts.push(`<script>${embedScript(options.assets.page)}</script>`);
  }
  if (charts > 0) scripts.push(`<script>${embedScript(options.assets.chart)}</script>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${nothingFromElsewhere}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="warplab">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
<script>${themeScript}</script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<button id="theme" class="theme" type="button" hidden aria-label="Switch between light and dark">Dark</button>
<div class="page">
${tableOfContents(markdown.headings)}<main id="content">
${cells.join("\n")}
</main>
</div>
${scripts.join("\n")}
</body>
</html>
`;
}

function renderCell(cell: Cell, context: PageContext, options: PageOptions): string {
  const tags = cell.metadata.tags ?? [];
  const source = joinText(cell.source);
  if (tags.includes("remove-cell")) return "";
  if (cell.cell_type === "markdown") {
    const picture = (path: string): string | undefined => attachment(cell, path) ?? pictureFrom(path, options);
    return `<section class="cell prose">${context.markdown.render(source, { picture })}</section>`;
  }
  if (cell.cell_type === "raw") {
    return source.trim() === ""
      ? ""
      : `<section class="cell"><pre class="result">${escapeHtml(source)}</pre></section>`;
  }
  const outputs = (cell.outputs ?? []).map((output) => renderOutput(output, context)).filter((html) => html !== "");
  if (source.trim() === "" && outputs.length === 0) return "";
  const shown = outputs.length === 0 ? "" : `\n<div class="outputs">\n${outputs.join("\n")}\n</div>`;
  return `<section class="cell code">\n${renderInput(cell, source)}${shown}\n</section>`;
}

function renderInput(cell: Cell, source: string): string {
  const tags = cell.metadata.tags ?? [];
  if (tags.includes("remove-input") || source.trim() === "") return "";
  const code = `<pre tabindex="0" role="group" aria-label="Code"><code>${highlight(source.trimEnd(), "typescript")}</code></pre>`;
  const jupyter = cell.metadata["jupyter"] as { source_hidden?: unknown } | undefined;
  if (tags.includes("hide-input") || jupyter?.source_hidden === true) {
    return `<details class="input"><summary>Code</summary>${code}</details>`;
  }
  const count = typeof cell.execution_count === "number" ? cell.execution_count : undefined;
  const label = count === undefined ? "" : `<span class="count" aria-hidden="true">${count}</span>`;
  return `<div class="input">${label}${code}</div>`;
}

function tableOfContents(headings: readonly Heading[]): string {
  const listed = headings.filter(({ level }) => level === 2 || level === 3);
  if (listed.filter(({ level }) => level === 2).length < 3) return "";
  const items = listed.map(
    ({ level, text, anchor }) =>
      `<li${level === 3 ? ' class="deeper"' : ""}><a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary><ol>${items.join("")}</ol></details></nav>\n`;
}

function attachment(cell: Cell, path: string): string | undefined {
  if (!path.startsWith("attachment:")) return undefined;
  const written = path.slice("attachment:".length);
  const name = [written, decoded(written)].find((name) => Object.hasOwn(cell.attachments ?? {}, name ?? ""));
  const content = name === undefined ? undefined : cell.attachments?.[name];
  const [type, data] = Object.entries(content ?? {})[0] ?? [];
  return typeof data === "string" && type?.startsWith("image/") ? `data:${type};base64,${data}` : undefined;
}

/** Undefined where the text is no percent-encoding of anything. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function pictureFrom(path: string, options: PageOptions): string | undefined {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(path)) return path;
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(path) ? undefined : options.picture?.(path);
}

function titleOf(notebook: Notebook): string | undefined {
  const title = notebook.metadata["title"];
  return typeof title === "string" ? title : undefined;
}
