// Controls that are pressed or ticked.
import { type Control, ControlBase, type Input, makeControl, type Options, type Shown } from "./control.js";

export type ButtonLook = "" | "primary" | "success" | "info" | "warning" | "danger";

export interface ButtonProperties extends Shown {
  description: string;
  disabled: boolean;
  buttonStyle: ButtonLook;
  /** The name of one of Font Awesome's icons: `"play"`. */
  icon: string;
}

export interface CheckboxProperties extends Input {
  value: boolean;
  /** Whether it stands under the values of controls above it, beside their descriptions. */
  indent: boolean;
}

export interface ToggleButtonProperties extends Input {
  value: boolean;
  buttonStyle: ButtonLook;
  icon: string;
}

export interface ValidProperties extends Input {
  value: boolean;
  /** What stands there while it is false. */
  readout: string;
}

export type Button = ButtonControl & ButtonProperties;

/** A button that calls back. */
export class ButtonControl extends ControlBase<ButtonProperties> {
  constructor(options: Options<ButtonProperties>) {
    super("Button", options, { where: "button" });
  }

  /** Calls `listener` at each click. What it prints and throws appears under the cell that calls this. Returns what stops it. */
  onClick(listener: () => unknown): () => void {
    return this.onMessage((content) => {
      if ((content as { event?: unknown } | null)?.event === "click") return listener();
    });
  }
}

/** A button with words on it: `button("Run", { onClick: () => ... })`. */
export function button(
  description = "",
  { onClick, ...options }: Options<ButtonProperties> & { readonly onClick?: () => unknown } = {},
): Button {
  const made = new ButtonControl({ description, ...options }) as Button;
  if (onClick !== undefined) made.onClick(onClick);
  return made;
}

/** A box to tick. */
export function checkbox(options: Options<CheckboxProperties> = {}): Control<CheckboxProperties> {
  return makeControl("Checkbox", options, { where: "checkbox" });
}

/** A button that stays pressed until it is pressed again. */
export function toggleButton(options: Options<ToggleButtonProperties> = {}): Control<ToggleButtonProperties> {
  return makeControl("ToggleButton", options, { where: "toggleButton" });
}

/** A sign that something holds, or words that it does not. */
export function valid(options: Options<ValidProperties> = {}): Control<ValidProperties> {
  return makeControl("Valid", options, { where: "valid" });
}
