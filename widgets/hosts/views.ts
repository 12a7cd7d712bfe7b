// The views that a WarplabModel can ask for by name. A host knows no view, and a view no host: they meet here.
import type { View } from "../view.js";

/** Shared by all scripts of a page, since a view may come in one of its own. */
const shared = globalThis as { [views: symbol]: Map<string, View> | undefined };
const key = Symbol.for("warplab.views");
shared[key] ??= new Map();
const views: Map<string, View> = shared[key];

export function registerView(name: string, view: View): void {
  views.set(name, view);
}

export function viewNamed(name: unknown): View {
  const view = views.get(String(name));
  if (view === undefined) {
    throw new Error(
      `This build of warplab has no view called "${String(name)}": it has ${[...views.keys()].join(", ")}.`,
    );
  }
  return view;
}
