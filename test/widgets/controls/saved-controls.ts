// Widget states as ipywidgets 8 saves them, and notebooks that show them: what the tests of controls are made of.
import type { Cell, Notebook, Output } from "../../../src/view/page/index.js";

export type State = Readonly<Record<string, unknown>>;

/** Collects models under ids that say what they are. */
export class SavedControls {
  readonly state: Record<
    string,
    { model_name: string; model_module: string; model_module_version: string; state: State }
  > = {};

  /** Adds a control; returns the reference that other states use for it. */
  add(id: string, name: string, state: State = {}, module = "@jupyter-widgets/controls"): string {
    this.state[id] = {
      model_name: `${name}Model`,
      model_module: module,
      model_module_version: "2.0.0",
      state: {
        _model_name: `${name}Model`,
        _model_module: module,
        _view_name: `${name}View`,
        _view_module: module,
        ...state,
      },
    };
    return `IPY_MODEL_${id}`;
  }

  layout(id: string, state: State): string {
    return this.add(id, "Layout", state, "@jupyter-widgets/base");
  }

  output(id: string, outputs: readonly unknown[]): string {
    return this.add(id, "Output", { outputs }, "@jupyter-widgets/output");
  }

  /** A notebook with one cell for each of the given widgets. */
  notebook(...shown: readonly string[]): Notebook {
    const cells = shown.map(
      (id, i): Cell => ({ cell_type: "code", id: `c${i}`, metadata: {}, source: `show(${id})`, outputs: [shows(id)] }),
    );
    const saved = { version_major: 2, version_minor: 0, state: this.state };
    return {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { widgets: { "application/vnd.jupyter.widget-state+json": saved } },
      cells,
    };
  }
}

/** The output that shows a widget. */
export function shows(id: string): Output {
  const view = { version_major: 2, version_minor: 0, model_id: id };
  return {
    output_type: "display_data",
    data: { "application/vnd.jupyter.widget-view+json": view, "text/plain": `A widget: ${id}.` },
    metadata: {},
  };
}

export function prints(text: string): Output {
  return { output_type: "stream", name: "stdout", text };
}

/** One of each stock control, some of them alive by links within the page. */
export function gallery(): SavedControls {
  const saved = new SavedControls();
  const int = { min: 0, max: 100, step: 1, value: 37, readout_format: "d" };
  const live = saved.add("live", "IntSlider", { ...int, description: "threads" });
  const bar = saved.add("bar", "IntProgress", {
    min: 0,
    max: 100,
    value: 0,
    bar_style: "success",
    description: "progress",
  });
  const field = saved.add("field", "BoundedIntText", { min: 0, max: 100, value: 0, description: "as text" });
  saved.add("link-1", "DirectionalLink", { source: [live, "value"], target: [bar, "value"] });
  saved.add("link-2", "Link", { source: [live, "value"], target: [field, "value"] });
  const play = saved.add("play", "Play", { min: 0, max: 100, step: 5, value: 0, interval: 30, description: "" });
  saved.add("link-3", "DirectionalLink", { source: [play, "value"], target: [live, "value"] });
  saved.add("linked", "VBox", { children: [play, live, bar, field] });

  const options = ["FP64", "FP32", "BF16"];
  const inert = [
    saved.add("slider", "IntSlider", { ...int, description: "block size" }),
    saved.add("float", "FloatSlider", { min: 0, max: 10, step: 0.1, value: 2.5, description: "α" }),
    saved.add("log", "FloatLogSlider", { min: 0, max: 6, step: 0.5, value: 1000, base: 10, description: "bytes" }),
    saved.add("range", "IntRangeSlider", { min: 0, max: 100, value: [20, 60], description: "rows" }),
    saved.add("picked", "SelectionSlider", { _options_labels: options, index: 1, description: "precision" }),
    saved.add("text", "Text", { value: "saxpy", description: "kernel" }),
    saved.add("area", "Textarea", { value: "one\ntwo", description: "notes" }),
    saved.add("number", "FloatText", { value: 1.5, description: "scale" }),
    saved.add("menu", "Dropdown", { _options_labels: options, index: 0, description: "precision" }),
    saved.add("list", "Select", { _options_labels: options, index: 2, rows: 3, description: "device" }),
    saved.add("radio", "RadioButtons", { _options_labels: options, index: 1, description: "engine" }),
    saved.add("toggles", "ToggleButtons", {
      _options_labels: options,
      index: 2,
      description: "mode",
      button_style: "",
    }),
    saved.add("check", "Checkbox", { value: true, description: "count sectors", indent: true }),
    saved.add("button", "Button", { description: "Launch", button_style: "primary", tooltip: "Runs it" }),
    saved.add("toggle", "ToggleButton", { value: true, description: "Sanitize" }),
    saved.add("valid", "Valid", { value: false, description: "aligned", readout: "no" }),
    saved.add("label", "Label", { value: "plain <b>text</b>" }),
    saved.add("html", "HTML", {
      value: "<b>bold</b> and <a href='https://example.org'>a link</a>",
      description: "note",
    }),
  ];
  saved.add("inert", "VBox", { children: inert });

  const out = saved.output("out", [
    prints("\u001b[31mred\u001b[0m and plain\n"),
    {
      output_type: "display_data",
      data: { "text/html": "<table><tr><th>n</th></tr><tr><td>1</td></tr></table>" },
      metadata: {},
    },
    { output_type: "display_data", data: { "text/markdown": "some *Markdown*" }, metadata: {} },
    shows("inside"),
  ]);
  saved.add("inside", "Label", { value: "a widget in an output" });
  const tabs = saved.add("tabs", "Tab", {
    children: [out, saved.add("second", "Label", { value: "second panel" })],
    titles: ["Output", "Words"],
    selected_index: 0,
  });
  const accordion = saved.add("accordion", "Accordion", {
    children: [saved.add("deep", "Label", { value: "deep" }), saved.add("deeper", "Label", { value: "deeper" })],
    titles: ["First", "Second"],
    selected_index: null,
  });
  saved.add("containers", "HBox", { children: [tabs, accordion], layout: saved.layout("wide", { width: "100%" }) });
  return saved;
}
