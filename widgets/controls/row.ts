// The line that most controls are: a description, the control, perhaps its value. Also what keeps a control quiet whose effect
// would need a kernel.
import { element } from "../stepper/dom.js";
import type { Drawing } from "./control.js";
import { showText } from "./safe-html.js";

let count = 0;

/** An id that no other element of the page has. */
export function freshId(): string {
  count++;
  return `wc-${count}`;
}

export interface Row {
  readonly element: HTMLElement;
  /** Id of the description, for `aria-labelledby`. */
  readonly labelId: string;
}

/** `main` is what the description labels; where it is a group, the description is its name instead. */
export function row(it: Drawing, main: HTMLElement, ...more: HTMLElement[]): Row {
  const isField = main.matches("input, select, textarea, progress");
  main.id ||= freshId();
  const labelId = freshId();
  const label = isField
    ? element("label", { class: "wc-label", id: labelId, for: main.id })
    : element("span", { class: "wc-label", id: labelId });
  if (!isField) main.setAttribute("aria-labelledby", labelId);
  it.follow(["description", "description_allow_html"], () => {
    showText(label, it.text("description"), { html: it.flag("description_allow_html") });
    label.hidden = it.text("description") === "";
    nameless(it, main, label.hidden && isField);
  });
  it.followPart("style", () => {
    const width = it.style("description_width");
    label.style.width = width === "initial" ? "auto" : width;
  });
  followTooltip(it, main);
  return { element: element("div", { class: "wc-row" }, label, main, ...more), labelId };
}

/** A field without a description still has a name for those who do not see it. */
function nameless(it: Drawing, main: HTMLElement, isNameless: boolean): void {
  const name = it.text("tooltip") || it.text("placeholder") || it.text("_model_name").replace(/Model$/, "");
  if (isNameless) main.setAttribute("aria-label", name);
  else main.removeAttribute("aria-label");
}

export function followTooltip(it: Drawing, el: HTMLElement): void {
  it.follow(["tooltip", "tabbable"], () => {
    const words = it.text("tooltip");
    if (words === "") el.removeAttribute("title");
    else el.title = words;
    if (it.model.get("tabbable") === false) el.tabIndex = -1;
  });
}

/** Marks a control that nothing in the page follows; the page says once beside it what that means. */
export const inertMark = "data-wc-inert";

/**
 * Calls `apply` with whether a person may change the control: not where its author disabled it, and not where nothing in the
 * page would follow. `whole` carries the mark.
 */
export function followUse(
  it: Drawing,
  whole: HTMLElement,
  property: string,
  apply: (use: { readonly isUsable: boolean }) => void,
): void {
  const isFollowed = it.page.isFollowed(it.model, property);
  whole.toggleAttribute(inertMark, !isFollowed && !it.flag("disabled"));
  it.follow(["disabled"], () => apply({ isUsable: isFollowed && !it.flag("disabled") }));
}
