// Which states a page takes along, by what its cells show.
import { describe, expect, it } from "vitest";
import { renderPage } from "../../../src/view/page/index.js";
import { prints, SavedControls, shows } from "../../widgets/controls/saved-controls.js";

const assets = {
  page: "/* page */",
  chart: "/* chart */",
  service: "/* service */",
  validation: "/* validation */",
  timeline: "/* timeline */",
};

function statesOf(html: string): Record<string, { state: Record<string, unknown> }> {
  const text = /id="warplab-widgets">(.*?)<\/script>/s.exec(html)?.[1];
  return text === undefined ? {} : JSON.parse(text).state;
}

describe("the states in a page", () => {
  it("are those shown, those inside them and their layouts, and no others", () => {
    const saved = new SavedControls();
    const child = saved.add("child", "IntSlider", { layout: saved.layout("l", { width: "50%" }) });
    saved.add("box", "VBox", { children: [child] });
    saved.add("elsewhere", "IntSlider");
    const html = renderPage(saved.notebook("box"), { title: "t", assets });
    expect(Object.keys(statesOf(html)).sort()).toEqual(["box", "child", "l"]);
  });

  it("have a link where both its ends are", () => {
    const saved = new SavedControls();
    const [a, b, c] = ["a", "b", "c"].map((id) => saved.add(id, "IntSlider"));
    saved.add("inside", "Link", { source: [a, "value"], target: [b, "value"] });
    saved.add("outside", "Link", { source: [a, "value"], target: [c, "value"] });
    const html = renderPage(saved.notebook("a", "b"), { title: "t", assets });
    expect(Object.keys(statesOf(html)).sort()).toEqual(["a", "b", "inside"]);
  });

  it("have what an output shows, the charts' code where it holds a chart, and its Markdown as HTML", () => {
    const saved = new SavedControls();
    saved.output("out", [
      prints("hello"),
      shows("inner"),
      { output_type: "display_data", data: { "application/vnd.vegalite.v5+json": { mark: "bar" } }, metadata: {} },
      { output_type: "display_data", data: { "text/markdown": "*so*" }, metadata: {} },
    ]);
    saved.add("inner", "Label");
    const html = renderPage(saved.notebook("out"), { title: "t", assets });
    expect(Object.keys(statesOf(html)).sort()).toEqual(["inner", "out"]);
    expect(html).toContain("/* chart */");
    const outputs = statesOf(html)["out"].state["outputs"] as { data?: Record<string, string> }[];
    expect(outputs[3].data?.["text/html"]).toContain("<em>so</em>");
  });

  it("have the grid of answers of an output, with what the answers show", () => {
    const saved = new SavedControls();
    const [n, out] = [saved.add("n", "IntSlider"), saved.output("out", [])];
    saved.add("deep", "Label");
    const grid = { view: "precomputed", axes: [[n, "value", [1, 2]]], output: out, answers: [[shows("deep")], []] };
    saved.add("grid", "Warplab", grid, "warplab");
    const html = renderPage(saved.notebook("out"), { title: "t", assets });
    expect(Object.keys(statesOf(html)).sort()).toEqual(["deep", "grid", "n", "out"]);
  });

  it("may refer to each other in a circle", () => {
    const saved = new SavedControls();
    saved.add("a", "VBox", { children: ["IPY_MODEL_a", "IPY_MODEL_missing"] });
    expect(Object.keys(statesOf(renderPage(saved.notebook("a"), { title: "t", assets })))).toEqual(["a"]);
  });
});
