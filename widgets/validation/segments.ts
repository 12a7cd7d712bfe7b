// A row of words of which one is chosen, by pointer or arrow keys. Knows nothing of what they mean.
import { element } from "../stepper/dom.js";

/** `label` says what is chosen, for those who do not see the row. */
export function segments<Word extends string>(
  label: string,
  words: readonly Word[],
  chosen: Word,
  onChoice: (word: Word) => void,
): HTMLElement {
  const choices = words.map((word) => {
    const input = element("input", { type: "radio", name: label, value: word });
    input.checked = word === chosen;
    input.addEventListener("change", () => onChoice(word));
    return element("label", {}, input, word);
  });
  return element("div", { class: "segments", role: "radiogroup", "aria-label": label }, ...choices);
}
