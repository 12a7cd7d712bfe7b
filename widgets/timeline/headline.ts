// What happened in each trace, in a sentence, and that something of it is not here, where so. Knows no picture.
import { element } from "../stepper/dom.js";
import { notesOf } from "./about-panel.js";
import type { OpenedTrace } from "./opened.js";
import { counted } from "./words.js";

/** `onNotes` is called when a reader wants to know what is not here. */
export function headline(traces: readonly OpenedTrace[], onNotes: () => void): HTMLElement {
  const letters = traces.length > 1 ? ["A: ", "B: "] : [""];
  const sentences = traces.map((trace, i) => {
    const sentence = element("p", {}, element("b", {}, letters[i]), trace.sentence);
    const notes = notesOf([trace]);
    if (notes > 0) {
      const link = element(
        "button",
        { type: "button", class: "link" },
        `${counted(notes, "note")} on what is not here`,
      );
      link.addEventListener("click", onNotes);
      sentence.append(" ", link);
    }
    return sentence;
  });
  return element("div", { class: "sentences", "data-part": "said" }, ...sentences);
}
