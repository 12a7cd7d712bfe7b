// Our stock models against those of ipywidgets itself, as scripts/ipywidgets-golden.py printed them.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as controls from "../../../src/notebook/controls/index.js";
import { controlModels, styleModels } from "../../../src/notebook/controls/models.js";
import { Widget } from "../../../src/notebook/widget.js";
import { asKernel, RecordingBridge } from "../recording-bridge.js";

type State = Record<string, unknown>;

const golden = JSON.parse(readFileSync(new URL("ipywidgets.json", import.meta.url), "utf8")) as {
  ipywidgets: string;
  models: Record<string, State>;
};

let leave: () => void;
beforeEach(() => {
  leave = asKernel(new RecordingBridge());
});
afterEach(() => leave());

const pages = {};
/** How each model is made by those who use it, without settings of their own. */
const makers: Readonly<Record<string, () => Widget>> = {
  IntSliderModel: () => controls.slider(),
  FloatSliderModel: () => controls.floatSlider(),
  FloatLogSliderModel: () => controls.logSlider(),
  IntRangeSliderModel: () => controls.rangeSlider(),
  FloatRangeSliderModel: () => controls.floatRangeSlider(),
  IntTextModel: () => controls.intText(),
  FloatTextModel: () => controls.floatText(),
  BoundedIntTextModel: () => controls.intText({ min: 0, max: 100 }),
  BoundedFloatTextModel: () => controls.floatText({ min: 0, max: 100 }),
  IntProgressModel: () => controls.progressBar(),
  FloatProgressModel: () => {
    const bar = controls.progressBar({ value: 0.5 });
    bar.value = 0;
    return bar;
  },
  PlayModel: () => controls.play(),
  TextModel: () => controls.text(),
  TextareaModel: () => controls.textarea(),
  PasswordModel: () => controls.password(),
  ComboboxModel: () => controls.combobox(),
  HTMLModel: () => controls.html(),
  LabelModel: () => controls.label(),
  CheckboxModel: () => controls.checkbox(),
  ToggleButtonModel: () => controls.toggleButton(),
  ValidModel: () => controls.valid(),
  ButtonModel: () => controls.button(),
  DatePickerModel: () => controls.datePicker(),
  ColorPickerModel: () => controls.colorPicker(),
  DropdownModel: () => controls.dropdown(["a", "b"]),
  RadioButtonsModel: () => controls.radioButtons(["a", "b"]),
  ToggleButtonsModel: () => controls.toggleButtons(["a", "b"]),
  SelectModel: () => controls.select(["a", "b"]),
  SelectMultipleModel: () => controls.selectMultiple(["a", "b"]),
  SelectionSliderModel: () => controls.selectionSlider(["a", "b"]),
  HBoxModel: () => controls.hbox([]),
  VBoxModel: () => controls.vbox([]),
  GridBoxModel: () => controls.gridBox([]),
  TabModel: () => controls.tabs(pages),
  AccordionModel: () => controls.accordion(pages),
  StackModel: () => controls.stack(pages),
  OutputModel: () => controls.output(),
};

/** The state with references named by their models. */
function described(widget: Widget, names: readonly string[]): State {
  return Object.fromEntries(
    names.map((name) => {
      const value = widget.get(name);
      return [name, value instanceof Widget ? { model: value.get("_model_name") } : value];
    }),
  );
}

function namesOf(widget: Widget): string[] {
  return Object.keys(widget.packed().state).sort();
}

describe(`each control is the model that ipywidgets ${golden.ipywidgets} has, with its properties and defaults`, () => {
  it.each(Object.keys(makers))("%s", (name) => {
    const widget = makers[name]();
    expect(namesOf(widget)).toEqual(Object.keys(golden.models[name]).sort());
    expect(described(widget, namesOf(widget))).toEqual(golden.models[name]);
  });

  it("and all of them are here", () => {
    expect(Object.keys(makers).sort()).toEqual(
      Object.keys(controlModels)
        .map((name) => `${name}Model`)
        .sort(),
    );
    const parts = [...Object.keys(styleModels).map((name) => `${name}Model`), "LayoutModel", "LinkModel"];
    expect(Object.keys(golden.models).sort()).toEqual(
      [...Object.keys(makers), ...parts, "DirectionalLinkModel"].sort(),
    );
  });
});

describe("so are the layout, every style and the links of the page", () => {
  it("LayoutModel", () => {
    const { layout } = controls.slider();
    expect(described(layout, namesOf(layout))).toEqual(golden.models["LayoutModel"]);
  });

  it.each(Object.keys(styleModels))("%sModel", (name) => {
    const maker = Object.entries(controlModels).find(([, model]) => "style" in model && model.style === name)!;
    const style = makers[`${maker[0]}Model`]().get("style") as Widget;
    expect(described(style, namesOf(style))).toEqual(golden.models[`${name}Model`]);
  });

  it.each(["LinkModel", "DirectionalLinkModel"])("%s", (name) => {
    const bridge = new RecordingBridge();
    leave();
    leave = asKernel(bridge);
    const one = controls.slider();
    (name === "LinkModel" ? controls.jslink : controls.jsdlink)(one, "value", one, "max");
    const { state } = bridge.comms.at(-1)!.opening.data as { state: State };
    expect({ ...state, source: null, target: null }).toEqual(golden.models[name]);
    expect([state["source"], state["target"]]).toEqual([
      [`IPY_MODEL_${one.id}`, "value"],
      [`IPY_MODEL_${one.id}`, "max"],
    ]);
  });
});
