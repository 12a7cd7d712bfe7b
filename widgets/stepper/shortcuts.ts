// Whose keys are pressed in a view: its own are plain, what comes with Ctrl, Cmd or Alt is the notebook's, but for what a view claims.

const suppress = "data-lm-suppress-shortcuts";

/**
 * Keeps JupyterLab's shortcuts off plain keys and lets `Ctrl+S` and the like through. JupyterLab listens on the document in
 * the capture phase and passes over what the mark stands on; only the window hears of a key before that. `claims` says which of those
 * are the view's all the same: its own undo. Returns what ends it.
 */
export function keepPlainKeys(host: HTMLElement, claims: (event: KeyboardEvent) => boolean = () => false): () => void {
  host.setAttribute(suppress, "true");
  const onKey = (event: KeyboardEvent): void => {
    if (!event.composedPath().includes(host)) return;
    if ((event.ctrlKey || event.metaKey || event.altKey) && !claims(event)) host.removeAttribute(suppress);
    else host.setAttribute(suppress, "true");
  };
  const restore = (): void => host.setAttribute(suppress, "true");
  window.addEventListener("keydown", onKey, { capture: true });
  window.addEventListener("keyup", restore, { capture: true });
  return () => {
    window.removeEventListener("keydown", onKey, { capture: true });
    window.removeEventListener("keyup", restore, { capture: true });
  };
}
