// A chart is a Vega-Lite specification: plain JSON that a person can take and change. Knows how to tell one, to say it in
// words and to have it drawn; knows neither what it shows nor vega, which whoever draws brings along.
import { InputError } from "../../core/errors.js";

/** A Vega-Lite specification. */
export interface ChartSpec {
  readonly $schema: string;
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

/** Whether a value is a Vega-Lite specification. */
export function isChart(value: unknown): value is ChartSpec {
  const schema = typeof value === "object" && value !== null ? (value as ChartSpec).$schema : undefined;
  return typeof schema === "string" && /\/vega-lite\/v\d/.test(schema);
}

/** A chart in words: its title and its description. */
export function chartText(spec: ChartSpec): string {
  return [titleOf(spec), spec.description].filter((part) => part !== undefined && part !== "").join(". ");
}

/**
 * A chart as a picture that needs nothing: SVG text with a title and a description, the same bytes for the same chart.
 * Throws InputError when it is not a Vega-Lite specification, and what the compiler throws.
 */
export async function toSvg(spec: ChartSpec, compiler: ChartCompiler): Promise<string> {
  if (!isChart(spec)) {
    throw new InputError("only a Vega-Lite specification can be drawn", {
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
