// The row of actions above the picture. Knows no drawing.
import { element } from "../stepper/dom.js";

export interface ToolbarEvents {
  onZoom(factor: number): void;
  onAll(): void;
  onFit(): void;
  onSavePicture(): void;
  onSaveTrace(): void;
  onHelp(): void;
}

export function toolbar(search: HTMLElement, events: ToolbarEvents): HTMLElement {
  const action = (words: string, label: string, name: string, onPress: () => void): HTMLElement => {
    const button = element("button", { type: "button", title: label, "data-action": name }, words);
    if (words !== label) button.setAttribute("aria-label", label);
    button.addEventListener("click", onPress);
    return button;
  };
  const group = (label: string, ...buttons: HTMLElement[]): HTMLElement =>
    element("div", { class: "group", role: "group", "aria-label": label }, ...buttons);
  return element(
    "div",
    { class: "toolbar" },
    search,
    group(
      "Time",
      action("\u2212", "Zoom out", "out", () => events.onZoom(2)),
      action("+", "Zoom in", "in", () => events.onZoom(0.5)),
      action("fit", "Zoom to the area or the chosen event", "fit", events.onFit),
      action("all", "Show all of the time", "all", events.onAll),
    ),
    group(
      "Take away",
      action("SVG", "Save what is shown as SVG", "svg", events.onSavePicture),
      action("Chrome trace", "Save as a Chrome trace, for Perfetto", "trace", events.onSaveTrace),
      action("?", "Keys", "help", events.onHelp),
    ),
  );
}
