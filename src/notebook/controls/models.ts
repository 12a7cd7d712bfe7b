// The stock models of Jupyter that a control can be: `@jupyter-widgets/controls` 2.0.0, `@jupyter-widgets/base` 2.0.0 and
// `@jupyter-widgets/output` 1.0.0, with every property and its default as ipywidgets 8.1 has them. Knows no widget that lives.

export type Properties = Readonly<Record<string, unknown>>;

export interface ControlModel {
  /** The view's name without "View", where it is not the model's. */
  readonly view?: string;
  /** The name of its style's model, without "Model". */
  readonly style?: StyleName;
  /** Its numbers are whole. */
  readonly whole?: true;
  /** Its bounds and its value are dates. */
  readonly dates?: true;
  readonly properties: Properties;
}

export type ControlName =
  | "IntSlider"
  | "FloatSlider"
  | "FloatLogSlider"
  | "IntRangeSlider"
  | "FloatRangeSlider"
  | "BoundedIntText"
  | "BoundedFloatText"
  | "IntText"
  | "FloatText"
  | "IntProgress"
  | "FloatProgress"
  | "Play"
  | "Text"
  | "Textarea"
  | "Password"
  | "Combobox"
  | "HTML"
  | "Label"
  | "Checkbox"
  | "ToggleButton"
  | "Valid"
  | "Button"
  | "DatePicker"
  | "ColorPicker"
  | "Dropdown"
  | "RadioButtons"
  | "ToggleButtons"
  | "Select"
  | "SelectMultiple"
  | "SelectionSlider"
  | "HBox"
  | "VBox"
  | "GridBox"
  | "Tab"
  | "Accordion"
  | "Stack"
  | "Output";

export type StyleName =
  | "DescriptionStyle"
  | "SliderStyle"
  | "ProgressStyle"
  | "ButtonStyle"
  | "CheckboxStyle"
  | "ToggleButtonStyle"
  | "ToggleButtonsStyle"
  | "TextStyle"
  | "HTMLStyle"
  | "LabelStyle";

export const controlsModule = { name: "@jupyter-widgets/controls", version: "2.0.0" } as const;
export const baseModule = { name: "@jupyter-widgets/base", version: "2.0.0" } as const;
export const outputModule = { name: "@jupyter-widgets/output", version: "1.0.0" } as const;

/** What stands where nothing is typed yet: a space without width keeps the line's height. */
const placeholder = "\u200b";

const dom = { tabbable: null, tooltip: null };
const described = { ...dom, description: "", description_allow_html: false };
const input = { ...described, disabled: false };
const sliding = {
  ...input,
  behavior: "drag-tap",
  continuous_update: true,
  orientation: "horizontal",
  readout: true,
};
const wholeRange = { min: 0, max: 100, step: 1 };
const fractionRange = { min: 0, max: 100, step: 0.1 };
const progress = { ...described, bar_style: "", min: 0, max: 100, orientation: "horizontal", value: 0 };
const typed = { ...input, continuous_update: true, placeholder, value: "" };
const words = { ...described, placeholder, value: "" };
const choice = { ...input, _options_labels: [], index: 0 };
const box = { ...dom, box_style: "", children: [] };
const titledBox = { ...box, selected_index: null, titles: [] };

/** By the model's name without "Model". */
export const controlModels: Readonly<Record<ControlName, ControlModel>> = {
  IntSlider: {
    style: "SliderStyle",
    whole: true,
    properties: { ...sliding, ...wholeRange, readout_format: "d", value: 0 },
  },
  FloatSlider: { style: "SliderStyle", properties: { ...sliding, ...fractionRange, readout_format: ".2f", value: 0 } },
  FloatLogSlider: {
    style: "SliderStyle",
    properties: { ...sliding, base: 10, min: 0, max: 4, step: 0.1, readout_format: ".3g", value: 1 },
  },
  IntRangeSlider: {
    style: "SliderStyle",
    whole: true,
    properties: { ...sliding, ...wholeRange, readout_format: "d", value: [25, 75] },
  },
  FloatRangeSlider: {
    style: "SliderStyle",
    properties: { ...sliding, ...fractionRange, readout_format: ".2f", value: [25, 75] },
  },
  BoundedIntText: {
    view: "IntText",
    style: "DescriptionStyle",
    whole: true,
    properties: { ...input, ...wholeRange, continuous_update: false, value: 0 },
  },
  BoundedFloatText: {
    view: "FloatText",
    style: "DescriptionStyle",
    properties: { ...input, min: 0, max: 100, step: null, continuous_update: false, value: 0 },
  },
  IntText: {
    style: "DescriptionStyle",
    whole: true,
    properties: { ...input, step: 1, continuous_update: false, value: 0 },
  },
  FloatText: { style: "DescriptionStyle", properties: { ...input, step: null, continuous_update: false, value: 0 } },
  IntProgress: { view: "Progress", style: "ProgressStyle", whole: true, properties: progress },
  FloatProgress: { view: "Progress", style: "ProgressStyle", properties: progress },
  Play: {
    style: "DescriptionStyle",
    whole: true,
    properties: { ...input, ...wholeRange, interval: 100, playing: false, repeat: false, show_repeat: true, value: 0 },
  },
  Text: { style: "TextStyle", properties: typed },
  Textarea: { style: "TextStyle", properties: { ...typed, rows: null } },
  Password: { style: "TextStyle", properties: typed },
  Combobox: { style: "TextStyle", properties: { ...typed, options: [], ensure_option: false } },
  HTML: { style: "HTMLStyle", properties: words },
  Label: { style: "LabelStyle", properties: words },
  Checkbox: { style: "CheckboxStyle", properties: { ...input, indent: true, value: false } },
  ToggleButton: { style: "ToggleButtonStyle", properties: { ...input, button_style: "", icon: "", value: false } },
  Valid: { style: "DescriptionStyle", properties: { ...input, readout: "Invalid", value: false } },
  Button: {
    style: "ButtonStyle",
    properties: { ...dom, button_style: "", description: "", disabled: false, icon: "" },
  },
  DatePicker: {
    style: "DescriptionStyle",
    dates: true,
    properties: { ...input, min: null, max: null, step: 1, value: null },
  },
  ColorPicker: { style: "DescriptionStyle", properties: { ...input, concise: false, value: "black" } },
  Dropdown: { style: "DescriptionStyle", properties: choice },
  RadioButtons: { style: "DescriptionStyle", properties: { ...choice, orientation: "vertical" } },
  ToggleButtons: {
    style: "ToggleButtonsStyle",
    properties: { ...choice, button_style: "", icons: [], tooltips: [] },
  },
  Select: { style: "DescriptionStyle", properties: { ...choice, rows: 5 } },
  SelectMultiple: { style: "DescriptionStyle", properties: { ...choice, index: [], rows: 5 } },
  SelectionSlider: { style: "SliderStyle", properties: { ...sliding, _options_labels: [], index: 0 } },
  HBox: { properties: box },
  VBox: { properties: box },
  GridBox: { properties: box },
  Tab: { properties: titledBox },
  Accordion: { properties: titledBox },
  Stack: { properties: titledBox },
  Output: { properties: { ...dom, msg_id: "", outputs: [] } },
};

const description = { description_width: "" };
const coloured = { background: null, font_size: null, text_color: null };
const font = {
  font_family: null,
  font_size: null,
  font_style: null,
  font_variant: null,
  font_weight: null,
  text_color: null,
  text_decoration: null,
};

/** The properties of styles, by the model's name without "Model". */
export const styleModels: Readonly<Record<StyleName, Properties>> = {
  DescriptionStyle: description,
  SliderStyle: { ...description, handle_color: null },
  ProgressStyle: { ...description, bar_color: null },
  ButtonStyle: { ...font, button_color: null },
  CheckboxStyle: { ...description, background: null },
  ToggleButtonStyle: { ...description, ...font },
  ToggleButtonsStyle: { ...description, button_width: "", font_weight: "" },
  TextStyle: { ...description, ...coloured },
  HTMLStyle: { ...description, ...coloured },
  LabelStyle: { ...description, ...font, background: null },
};
