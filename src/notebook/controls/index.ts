/** Jupyter's stock controls, typed: sliders, choices, texts, buttons, boxes, outputs, and what connects them to functions. */
export {
  accordion,
  asWidget,
  type Box,
  type BoxProperties,
  gridBox,
  hbox,
  stack,
  type TitledBox,
  type TitledBoxProperties,
  tabs,
  vbox,
} from "./boxes.js";
export {
  type Button,
  type ButtonProperties,
  button,
  type CheckboxProperties,
  checkbox,
  type ToggleButtonProperties,
  toggleButton,
  type ValidProperties,
  valid,
} from "./buttons.js";
export type { Control, ControlBase, LayoutOptions, Options, StyleOptions } from "./control.js";
export { type Abbreviation, type Interactive, type InteractOptions, interact, type Values } from "./interact.js";
export { dlink, jsdlink, jslink, type Link, link } from "./links.js";
export {
  type BoundedText,
  floatRangeSlider,
  floatSlider,
  floatText,
  intText,
  type LogSlider,
  logSlider,
  type NumberText,
  type Play,
  type Progress,
  play,
  progressBar,
  type RangeSlider,
  rangeSlider,
  type Slider,
  type SliderProperties,
  slider,
} from "./numbers.js";
export { type OutputArea, type OutputControl, output } from "./output.js";
export {
  dropdown,
  type MultipleSelection,
  type OptionList,
  type OptionValue,
  radioButtons,
  type Selection,
  select,
  selectionSlider,
  selectMultiple,
  toggleButtons,
} from "./selections.js";
export {
  type ColorProperties,
  colorPicker,
  combobox,
  type DateProperties,
  datePicker,
  html,
  label,
  password,
  type TextProperties,
  text,
  textarea,
} from "./texts.js";
