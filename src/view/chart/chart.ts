// A chart is a Vega-Lite specification, or a Vega one: plain JSON that a person can take and change. Knows how to tell one, to say it in
// words and to have it drawn; knows neither what it shows nor vega, which whoever draws brings along.
import { InputError } from "../../core/errors.js";

/** A Vega-Lite or Vega specification. */
export interface ChartSpec {
  /** Says which; a specification without it is Vega-Lite's. */
  readonly $schema?: string;
  /** What the chart shows, in sentences, for those who do not see it. */
  readonly description?: string;
  readonly title?: string | { readonly text: string | readonly string[]; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Draws specifications; the built bundle of widgets/chart/svg.ts is one. */
export interface ChartCompiler {
  svg(spec: ChartSpec): Promise<string>;
}

/** The schema that charts name: JupyterLab 4.0 to 4.4 draws version 5 and no later one. */
export const vegaLiteSchema = "https://vega.github.io/schema/vega-lite/v5.json";

/** The MIME type under which JupyterLab draws a chart itself. */
export const vegaLiteMimeType = "application/vnd.vegalite.v5+json";

/** The MIME type under which JupyterLab draws a Vega specification itself. */
export const vegaMimeType = "application/vnd.vega.v5+json";

/** Whether a value is a Vega-Lite or Vega specification, by its `$schema`, or, where it names none, by its parts. */
export function isChart(value: unknown): value is ChartSpec {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { $schema } = value as ChartSpec;
  return typeof $schema === "string" ? /\/vega(?:-lite)?\/v\d/.test($schema) : $schema === undefined && isView(value);
}

/** Whether a value is a Vega specification, which says so in its `$schema`. */
export function isVega(value: unknown): value is ChartSpec {
  const schema = typeof value === "object" && value !== null ? (value as ChartSpec).$schema : undefined;
  return typeof schema === "string" && /\/vega\/v\d/.test(schema);
}

/** A mark with data or an encoding, or views that are put together: what Vega-Lite's type of a whole chart asks for. */
function isView(value: object): boolean {
  const { mark, data, encoding, spec, facet, repeat, ...rest } = value as Readonly<Record<string, unknown>>;
  const views = ["layer", "hconcat", "vconcat", "concat"].map((name) => rest[name]);
  const isMark = typeof mark === "string" || (isRecord(mark) && typeof mark["type"] === "string");
  if (isMark) return isRecord(encoding) || isData(data);
  if (
    views.some((list) => Array.isArray(list) && list.length > 0 && list.every((view) => isRecord(view) && isPart(view)))
  )
    return true;
  return isRecord(spec) && (facet !== undefined || repeat !== undefined) && isPart(spec);
}

/** A view inside another, which may take its data and its encoding from there. */
function isPart(view: object): boolean {
  return "mark" in view || isView(view);
}

function isData(data: unknown): boolean {
  return (
    isRecord(data) && ["values", "url", "name", "sequence", "sphere", "graticule"].some((source) => source in data)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A chart in words: its title and its description. */
export function chartText(spec: ChartSpec): string {
  return [titleOf(spec), spec.description].filter((part) => part !== undefined && part !== "").join(". ");
}

/**
 * A chart as a picture that needs nothing: SVG text with a title and a description, the same bytes for the same chart.
 * Throws InputError when it is no specification of a chart, and what the compiler throws.
 */
export async function toSvg(spec: ChartSpec, compiler: ChartCompiler): Promise<string> {
  if (!isChart(spec)) {
    throw new InputError("only a Vega-Lite or Vega specification can be drawn", {
      fix: `Its "$schema" is "${vegaLiteSchema}"; roofline(...) makes one.`,
    });
  }
  const svg = await compiler.svg(spec);
  const start = /^<svg\b[^>]*>/.exec(svg)?.[0];
  if (start === undefined) throw new Error(`the chart compiler gave no SVG: ${svg.slice(0, 60)}`);
  const words = [
    `<title>${escapeXml(titleOf(spec) ?? "Chart")}</title>`,
    spec.description === undefined ? "" : `<desc>${escapeXml(spec.description)}</desc>`,
  ].join("");
  // Figures of equal width, so that ticks and labels line up.
  const opening = `${start.slice(0, -1)} role="img" style="max-width:100%;height:auto;font-variant-numeric:tabular-nums">`;
  return opening + words + svg.slice(start.length);
}

/** Text as it may stand in XML and HTML, between tags or in an attribute with double quotes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function titleOf({ title }: ChartSpec): string | undefined {
  if (title === undefined || typeof title === "string") return title;
  return typeof title.text === "string" ? title.text : title.text.join(" ");
}
