// The keys, as a sheet over the stepper. Reads the table of commands.
import { commands, keyWord } from "./commands.js";
import { element } from "./dom.js";
import { type KeySheet, keySheet } from "./key-sheet.js";

const more: readonly (readonly [keys: string, meaning: string])[] = [
  ["↑ ↓ Enter", "In the source or PTX: choose a line and run to it"],
  ["↑ ↓ ← →", "In the memory values: choose one"],
  ["Page Up, Page Down", "On the timeline: a twentieth of the launch"],
  ["Esc", "Close this; leave a control; leave the stepper"],
];

/** `focusBack` is called when the sheet closes. */
export function help(focusBack: () => void): KeySheet {
  const row = (keys: string, meaning: string): HTMLElement =>
    element(
      "div",
      {},
      element("dt", {}, ...keys.split(" ").map((key) => element("kbd", {}, key))),
      element("dd", {}, meaning),
    );
  const keys = element(
    "dl",
    {},
    ...commands.map(({ keys, meaning }) => row(keys.map(keyWord).join(" "), meaning)),
    ...more.map(([keys, meaning]) => row(keys.replaceAll("Page ", "Page\u00a0").replaceAll(",", ""), meaning)),
  );
  return keySheet("the stepper", [keys], focusBack);
}
