// The charts of a saved page: each static picture becomes a live chart with tooltips, and stays as it is where that fails. Goes
// only into pages that hold charts, since vega is ten times the size of everything else.
import embed, { type VisualizationSpec } from "vega-embed";
import { isVega } from "../../src/view/chart/chart.js";

/** vega.Error */
const errorsOnly = 1;

async function start(within: ParentNode): Promise<void> {
  for (const figure of within.querySelectorAll<HTMLElement>("[data-warplab-chart]")) {
    const text = figure.querySelector('script[type="application/json"]')?.textContent;
    const still = figure.querySelector<HTMLElement>(".chart-place");
    if (!text || still === null) continue;
    try {
      await bringToLife(JSON.parse(text) as VisualizationSpec, still);
    } catch (error) {
      console.warn("warplab: a chart stays a picture.", error);
    }
  }
}

async function bringToLife(spec: VisualizationSpec, still: HTMLElement): Promise<void> {
  // Drawn out of sight first: the picture gives way when there is something to take its place.
  const place = document.createElement("div");
  place.className = "chart-place";
  place.hidden = true;
  still.after(place);
  try {
    await embed(place, spec, {
      renderer: "svg",
      mode: isVega(spec) ? "vega" : "vega-lite",
      actions: { export: true, source: true, compiled: false, editor: false },
      // Our charts name version 5, which JupyterLab draws; what we use of it is the same in the version here.
      logLevel: errorsOnly,
      // Expressions are interpreted, not compiled: the page's policy has no eval.
      ast: true,
      tooltip: { theme: "custom" },
      loader: {
        load: async (address: string) => Promise.reject(new Error(`A page without a network loads no ${address}.`)),
      } as never,
    });
  } catch (error) {
    place.remove();
    throw error;
  }
  // Its menu is a picture without words.
  const menu = place.querySelector("summary");
  menu?.setAttribute("aria-label", "Save the chart, or see its specification");
  menu?.querySelector("svg")?.setAttribute("aria-hidden", "true");
  place.hidden = false;
  still.remove();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => void start(document));
else void start(document);
// An Output widget draws its charts later, and again and again.
addEventListener("warplab-charts", (event) => void start((event as CustomEvent<ParentNode>).detail));
