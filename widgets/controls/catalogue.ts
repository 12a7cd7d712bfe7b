// Every stock control that a page can draw, by the name of its model.
import * as boxes from "./boxes.js";
import * as buttons from "./buttons.js";
import * as choices from "./choices.js";
import type { Control } from "./control.js";
import * as fields from "./fields.js";
import { play } from "./play.js";
import * as readings from "./readings.js";
import * as sliders from "./sliders.js";

const controls: Readonly<Record<string, Control>> = {
  IntSlider: sliders.intSlider,
  FloatSlider: sliders.floatSlider,
  FloatLogSlider: sliders.floatLogSlider,
  IntRangeSlider: sliders.intRangeSlider,
  FloatRangeSlider: sliders.floatRangeSlider,
  SelectionSlider: sliders.selectionSlider,
  SelectionRangeSlider: sliders.selectionRangeSlider,
  Text: fields.text,
  Textarea: fields.textarea,
  Password: fields.password,
  Combobox: fields.combobox,
  IntText: fields.intText,
  BoundedIntText: fields.intText,
  FloatText: fields.floatText,
  BoundedFloatText: fields.floatText,
  ColorPicker: fields.colorPicker,
  DatePicker: fields.datePicker,
  Dropdown: choices.dropdown,
  Select: choices.select,
  SelectMultiple: choices.selectMultiple,
  RadioButtons: choices.radioButtons,
  ToggleButtons: choices.toggleButtons,
  Button: buttons.button,
  ToggleButton: buttons.toggleButton,
  Checkbox: buttons.checkbox,
  Valid: buttons.valid,
  IntProgress: readings.progress,
  FloatProgress: readings.progress,
  Label: readings.label,
  HTML: readings.html,
  HTMLMath: readings.html,
  Image: readings.image,
  Play: play,
  Box: boxes.box,
  HBox: boxes.hbox,
  VBox: boxes.vbox,
  GridBox: boxes.gridBox,
  Tab: boxes.tab,
  Accordion: boxes.accordion,
  Stack: boxes.stack,
  Output: boxes.output,
};

/** The control of a model by its `_model_name`, such as `IntSliderModel`. */
export function controlOf(modelName: unknown): Control | undefined {
  const name = String(modelName).replace(/Model$/, "");
  return Object.hasOwn(controls, name) ? controls[name] : undefined;
}
