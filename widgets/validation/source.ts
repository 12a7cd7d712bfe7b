// Where a JSON file comes from: it is opened, dropped or pasted. Knows nothing of what is in it.
import { element } from "../stepper/dom.js";

/** A larger file is nothing that a person works with in a page. Bytes. */
const largest = 32 * 2 ** 20;

/** What the file is called, as a reader meets it. */
export interface SourceWords {
  /** `benchmark file`, after an article. */
  readonly file: string;
  /** Of the box for pasted text. */
  readonly label: string;
  readonly placeholder: string;
  /** On the button that takes what was pasted. */
  readonly use: string;
}

export interface SourceEvents {
  onText(text: string, name: string): void;
  onRefusal(reason: string): void;
}

/** The buttons for opening and pasting; `host` also takes what is dropped on it. Returns what ends it, too. */
export function source(
  host: HTMLElement,
  { onText, onRefusal }: SourceEvents,
  words: SourceWords,
): { readonly element: HTMLElement; dispose(): void } {
  const read = async (file: File): Promise<void> => {
    if (file.size > largest)
      onRefusal(
        `${file.name} has ${Math.round(file.size / 2 ** 20)} MiB: a ${words.file} has ${largest / 2 ** 20} at most.`,
      );
    else onText(await file.text(), file.name);
  };
  const input = element("input", { type: "file", accept: ".json,application/json", hidden: "" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file !== undefined) void read(file);
    // So that the same file can be opened again.
    input.value = "";
  });
  const open = element("button", { type: "button", title: `Open a ${words.file}; or drop one here` }, "Open\u2026");
  open.addEventListener("click", () => input.click());
  const area = element("textarea", {
    rows: 6,
    "aria-label": words.label,
    placeholder: words.placeholder,
    spellcheck: "false",
  });
  const use = element("button", { type: "button" }, words.use);
  const panel = element("div", { class: "paste" }, area, use);
  panel.hidden = true;
  const paste = element("button", { type: "button", "aria-expanded": "false" }, "Paste\u2026");
  const fold = (isOpen: boolean): void => {
    panel.hidden = !isOpen;
    paste.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) area.focus();
  };
  paste.addEventListener("click", () => fold(panel.hidden));
  use.addEventListener("click", () => {
    onText(area.value, "pasted text");
    fold(false);
  });
  // JupyterLab has keys of its own, and takes pasted text as cells.
  for (const kind of ["keydown", "paste"] as const) area.addEventListener(kind, (event) => event.stopPropagation());

  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    host.dataset["dropping"] = "";
  };
  const leave = (): void => void delete host.dataset["dropping"];
  const drop = (event: DragEvent): void => {
    leave();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void read(file);
  };
  host.addEventListener("dragover", over);
  host.addEventListener("dragleave", leave);
  host.addEventListener("drop", drop);
  return {
    element: element("div", { class: "source" }, open, paste, input, panel),
    dispose() {
      host.removeEventListener("dragover", over);
      host.removeEventListener("dragleave", leave);
      host.removeEventListener("drop", drop);
    },
  };
}
