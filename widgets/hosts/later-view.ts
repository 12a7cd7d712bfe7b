// A view that comes in a script of its own, when the first one is shown. Knows no view.
import type { CleanUp, View } from "../view.js";
import { viewNamed } from "./views.js";

const loading = new Map<string, Promise<void>>();

/** Stands for the view of this name until `load` has brought it: the script registers it under the same name. */
export function laterView(name: string, load: () => Promise<void>): View {
  const later: View = {
    render({ model, el }) {
      let end: CleanUp | undefined;
      let isGone = false;
      const note = document.createElement("p");
      note.textContent = "Loading \u2026";
      el.append(note);
      load()
        .then(() => {
          note.remove();
          const view = viewNamed(name);
          if (view === later) throw new Error(`its script brought no view called "${name}"`);
          if (!isGone) end = view.render({ model, el });
        })
        .catch((error: unknown) => {
          note.textContent = `This widget could not be drawn. ${error instanceof Error ? error.message : String(error)}`;
          el.append(note);
        });
      return () => {
        isGone = true;
        note.remove();
        end?.();
      };
    },
  };
  return later;
}

/** Loads a script once; it can be tried again where that failed. */
export function loadScript(address: string): Promise<void> {
  const known = loading.get(address);
  if (known !== undefined) return known;
  const loaded = new Promise<void>((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done();
    script.onerror = () => {
      loading.delete(address);
      script.remove();
      fail(new Error(`${address} could not be loaded`));
    };
    document.head.append(script);
  });
  loading.set(address, loaded);
  return loaded;
}
