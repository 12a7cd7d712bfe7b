// A sheet of keys over a view: opened and closed by a key, closed by a click. Knows no key.
import { element } from "./dom.js";

export interface KeySheet {
  readonly element: HTMLElement;
  toggle(): void;
  close(): boolean;
}

/** `what` has the focus while the keys hold: `the stepper`. `focusBack` is called when the sheet closes. */
export function keySheet(what: string, content: readonly HTMLElement[], focusBack: () => void): KeySheet {
  const sheet = element(
    "div",
    { class: "help", role: "dialog", "aria-label": "Keys", tabindex: -1, "data-part": "help" },
    element("h4", {}, `Keys, while ${what} has the focus`),
    ...content,
  );
  sheet.hidden = true;
  const close = (): boolean => {
    if (sheet.hidden) return false;
    sheet.hidden = true;
    focusBack();
    return true;
  };
  sheet.addEventListener("click", close);
  return {
    element: sheet,
    close,
    toggle() {
      if (close()) return;
      sheet.hidden = false;
      sheet.focus();
    },
  };
}
