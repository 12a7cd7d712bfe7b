// The keys, as a sheet over the view. Knows no panel.
import { element } from "../stepper/dom.js";
import { engineKeys } from "./engine.js";
import { queryHelp } from "./query.js";

/** The keys of the view around the picture. */
const viewKeys: readonly (readonly [keys: string, what: string])[] = [
  ["/", "search"],
  ["h / H", "next and previous hit"],
  ["t", "the events as a table"],
  ["e", "the chosen event"],
  ["x", "the sums of the area"],
  ["l", "the list of tracks"],
  ["1 \u2026 7", "in a table: sort by this column"],
  ["?", "these keys"],
  ["Esc", "close this; leave a field; leave the timeline"],
];

/** What stands between two keys of one line. */
const between = /( \/ |, | or |; )/;

export interface Help {
  readonly element: HTMLElement;
  toggle(): void;
  close(): boolean;
}

/** `focusBack` is called when the sheet closes. */
export function help(focusBack: () => void): Help {
  const row = ([keys, what]: readonly [string, string]): HTMLElement =>
    element(
      "div",
      {},
      element("dt", {}, ...keys.split(between).map((part, i) => (i % 2 === 0 ? element("kbd", {}, part) : part))),
      element("dd", {}, what),
    );
  const sheet = element(
    "div",
    { class: "help", role: "dialog", "aria-label": "Keys", tabindex: -1, "data-part": "help" },
    element("h4", {}, "Keys, while the timeline has the focus"),
    element("dl", { class: "keys" }, ...[...engineKeys, ...viewKeys].map(row)),
    element("p", { class: "soft" }, queryHelp),
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
