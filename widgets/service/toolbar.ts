// The line above: where a scenario comes from and goes to, undo and redo, running and pinning. Knows nothing of what these do.
import { element, set } from "../stepper/dom.js";

export type Action =
  | "run"
  | "cancel"
  | "results"
  | "undo"
  | "redo"
  | "save"
  | "pin"
  | "unpin"
  | "trace"
  | "breakdown"
  | "share";

export interface ToolbarState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly canRun: boolean;
  readonly isRunning: boolean;
  /** There is a run to see, be it of an earlier scenario. */
  readonly hasResults: boolean;
  readonly hasRun: boolean;
  readonly hasLog: boolean;
  readonly isPinned: boolean;
}

export interface ToolbarEvents {
  onAction(action: Action): void;
  onPreset(name: string): void;
}

const titles: Readonly<Record<Action, readonly [string, string]>> = {
  run: ["Run", "Simulate the scenario (Ctrl+Enter)"],
  cancel: ["Cancel", "End the run (Escape)"],
  results: ["To the results", "Pass over the scenario's fields, to what came of the run"],
  undo: ["Undo", "Undo the last change (Ctrl+Z)"],
  redo: ["Redo", "Do it again (Ctrl+Shift+Z)"],
  save: ["Save", "Download the scenario as JSON"],
  pin: ["Pin as A", "Keep this run, to compare what you change with it"],
  unpin: ["Let A go", "End the comparison"],
  trace: ["trace.json", "Download what happened as a Chrome trace, which Perfetto opens"],
  breakdown: ["breakdown.json", "Download the times of each request"],
  share: ["Share", "Store the scenario on the server and copy a link to its run"],
};

export class Toolbar {
  readonly element: HTMLElement;
  readonly #buttons: Readonly<Record<Action, HTMLButtonElement>>;
  readonly #presets: HTMLSelectElement;

  /** `source` has the buttons that open a scenario. */
  constructor(source: HTMLElement, { onAction, onPreset }: ToolbarEvents) {
    this.#presets = element("select", { "aria-label": "Preset" });
    this.#presets.addEventListener("change", () => {
      if (this.#presets.value !== "") onPreset(this.#presets.value);
      this.#presets.value = "";
    });
    const buttons = Object.entries(titles).map(([action, [words, title]]) => {
      const button = element("button", { type: "button", title, "data-action": action }, words);
      button.addEventListener("click", () => onAction(action as Action));
      return [action as Action, button] as const;
    });
    this.#buttons = Object.fromEntries(buttons) as Record<Action, HTMLButtonElement>;
    const { run, cancel, results, undo, redo, save, pin, unpin, trace, breakdown, share } = this.#buttons;
    run.className = "run";
    results.className = "skip";
    this.element = element(
      "div",
      { class: "top", role: "toolbar", "aria-label": "Scenario and run" },
      run,
      cancel,
      results,
      this.#presets,
      source,
      save,
      undo,
      redo,
      element("span", { class: "end" }, pin, unpin, trace, breakdown, share),
    );
  }

  set presets(names: readonly string[]) {
    this.#presets.replaceChildren(
      element("option", { value: "" }, "Presets\u2026"),
      ...names.map((name) => element("option", { value: name }, name)),
    );
  }

  /** Whether there is a server to store things on. */
  set canShare(can: boolean) {
    this.#buttons.share.hidden = !can;
  }

  update({ canUndo, canRedo, canRun, isRunning, hasResults, hasRun, hasLog, isPinned }: ToolbarState): void {
    const { run, cancel, results, undo, redo, pin, unpin, trace, breakdown, share } = this.#buttons;
    set(this.element, { "aria-busy": isRunning ? "true" : undefined });
    run.disabled = !canRun;
    // A button that goes leaves the keyboard to its neighbour.
    if (!isRunning && cancel.matches(":focus")) run.focus();
    if (!isPinned && unpin.matches(":focus")) pin.focus();
    cancel.hidden = !isRunning;
    undo.disabled = !canUndo;
    redo.disabled = !canRedo;
    results.disabled = !hasResults;
    pin.disabled = !hasRun;
    unpin.hidden = !isPinned;
    trace.disabled = !hasLog;
    breakdown.disabled = !hasLog;
    share.disabled = !canRun;
  }
}
