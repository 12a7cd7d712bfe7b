// A key that takes the keyboard from a cell into what the cell shows. JupyterLab has none: there Tab goes to the next editor, which
// keeps it. Knows no view: any control will do, a slider as well as a stepper.

/** What is used of JupyterLab's application. */
export interface LabApp {
  readonly commands: {
    addCommand(id: string, options: { label: string; caption: string; execute(): void }): unknown;
    addKeyBinding(options: { command: string; keys: string[]; selector: string }): unknown;
  };
}

const command = "warplab:focus-output";
const controls =
  '[data-warplab], iframe.warplab-frame, button, input, select, textarea, a[href], [tabindex]:not([tabindex="-1"])';

/** Adds the command "Go to the Cell's Output" and its key, Alt+O. Escape in a stepper goes back to the cell. */
export function addOutputKey({ commands }: LabApp): void {
  commands.addCommand(command, {
    label: "Go to the Cell’s Output",
    caption: "Give the keyboard to the first control under the active cell",
    execute: focusOutput,
  });
  commands.addKeyBinding({ command, keys: ["Alt O"], selector: ".jp-Notebook" });
}

function focusOutput(): void {
  const cell = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active");
  const output = cell?.querySelector(".jp-OutputArea");
  const control = [...(output?.querySelectorAll<HTMLElement>(controls) ?? [])].find(
    (each) => each.offsetParent !== null,
  );
  control?.focus();
  control?.scrollIntoView({ block: "nearest" });
}
