// A chart as a picture that needs nothing, in Node: the entry of its own bundle.
import { type ChartSpec, toSvg } from "../../src/view/chart/chart.js";
import { renderSvg } from "./svg.js";

/** SVG with its title and description. Rejects when the chart cannot be drawn. */
export function stillChart(spec: ChartSpec): Promise<string> {
  return toSvg(spec, { svg: renderSvg });
}
