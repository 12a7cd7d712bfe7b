// The contract between a view and whoever hosts it: anywidget's, so that one module serves JupyterLab, anywidget and a saved page.

/** The part of a widget's model that a view may use. */
export interface ViewModel {
  /** False while no kernel hears what is set: a saved notebook, or one whose kernel was started again. Undefined where none could. */
  readonly comm_live?: boolean | undefined;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  /** Sends what was set to the kernel, where there is one. */
  save_changes(): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event?: string | null, callback?: ((...args: never[]) => void) | null): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
}

/** Undoes what `initialize` or `render` did. */
export type CleanUp = () => void;

export interface View {
  /** Once for a model, before its first view, whether or not there will be one. What it returns is called when the model ends. */
  initialize?(context: { model: ViewModel }): CleanUp | undefined;
  /** Once for each view of the model. What it returns is called when that view goes. */
  render(context: { model: ViewModel; el: HTMLElement }): CleanUp | undefined;
}
