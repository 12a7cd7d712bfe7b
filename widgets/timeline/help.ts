// The keys, as a sheet over the view. Knows no panel.
import { element } from "../stepper/dom.js";
import { type KeySheet, keySheet } from "../stepper/key-sheet.js";
import { engineKeys } from "./engine.js";
import { queryHelp } from "./query.js";

/** The keys of the view around the picture. */
const viewKeys: readonly (readonly [keys: string, what: string])[] = [
  ["/", "search"],
  ["Enter / Shift + Enter", "in the search: next and previous hit"],
  ["h / H", "next and previous hit, from the picture"],
  ["1 \u2026 9", "zoom to a stage of the program"],
  ["t", "the events as a table"],
  ["e", "the chosen event"],
  ["x", "the sums of the area"],
  ["l", "the list of tracks"],
  ["1 \u2026 7", "in a table: sort by this column"],
  ["?", "these keys"],
  [
    "Esc",
    "close this; in the search: back to the picture, the hit stays; there, with nothing chosen: end the search, leave the timeline",
  ],
];

/** What stands between two keys of one line. */
const between = /( \/ |, | or |; )/;

/** `focusBack` is called when the sheet closes. */
export function help(focusBack: () => void): KeySheet {
  const row = ([keys, what]: readonly [string, string]): HTMLElement =>
    element(
      "div",
      {},
      element("dt", {}, ...keys.split(between).map((part, i) => (i % 2 === 0 ? element("kbd", {}, part) : part))),
      element("dd", {}, what),
    );
  const keys = element("dl", { class: "keys" }, ...[...engineKeys, ...viewKeys].map(row));
  return keySheet("the timeline", [keys, element("p", { class: "soft" }, queryHelp)], focusBack);
}
