// The keys, as a sheet over the stepper. Reads the table of commands.
import { commands, keyWord } from "./commands.js";
import { element } from "./dom.js";

const more: readonly (readonly [keys: string, meaning: string])[] = [
  ["↑ ↓ Enter", "In the source or PTX: choose a line and run to it"],
  ["↑ ↓ ← →", "In the memory values: choose one"],
  ["Page Up, Page Down", "On the timeline: a twentieth of the launch"],
  ["Esc", "Close this; leave a control; leave the stepper"],
];

export interface Help {
  readonly element: HTMLElement;
  toggle(): void;
  close(): boolean;
}

/** `focusBack` is called when the sheet closes. */
export function help(focusBack: () => void): Help {
  const row = (keys: string, meaning: string): HTMLElement =>
    element(
      "div",
      {},
      element("dt", {}, ...keys.split(" ").map((key) => element("kbd", {}, key))),
      element("dd", {}, meaning),
    );
  const sheet = element(
    "div",
    { class: "help", role: "dialog", "aria-label": "Keys", tabindex: -1, "data-part": "help" },
    element("h4", {}, "Keys, while the stepper has the focus"),
    element(
      "dl",
      {},
      ...commands.map(({ keys, meaning }) => row(keys.map(keyWord).join(" "), meaning)),
      ...more.map(([keys, meaning]) => row(keys.replaceAll("Page ", "Page\u00a0").replaceAll(",", ""), meaning)),
    ),
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
