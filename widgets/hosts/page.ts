// The runtime of a saved page: finds the widgets' state in the page, and mounts a live view wherever the page asks for one.
// There is no kernel here: what a view sets stays in the page. Also runs alone in the frame of a self-contained output.
import { restoreBuffers, type SavedBuffer } from "./binary.js";
import { followFrame } from "./frame.js";
import { PageModel } from "./page-model.js";
import "./standard-views.js";
import { viewNamed } from "./views.js";

/** One widget in `application/vnd.jupyter.widget-state+json`. */
interface SavedWidget {
  readonly model_module?: string;
  readonly state: Record<string, unknown>;
  readonly buffers?: readonly SavedBuffer[];
}

function start(): void {
  followFrame();
  const text = document.getElementById("warplab-widgets")?.textContent;
  if (!text) return;
  const saved = (JSON.parse(text) as { state: Record<string, SavedWidget> }).state;
  const models = new Map<string, PageModel>();
  for (const place of document.querySelectorAll<HTMLElement>("[data-warplab-widget]")) {
    const id = place.dataset["warplabWidget"]!;
    try {
      mount(modelOf(id, saved, models), place);
    } catch (error) {
      place.classList.add("warplab-failed");
      place.textContent = `This widget could not be drawn. ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

function modelOf(id: string, saved: Record<string, SavedWidget>, models: Map<string, PageModel>): PageModel {
  const known = models.get(id);
  if (known !== undefined) return known;
  const widget = saved[id];
  if (widget === undefined) throw new Error(`The page holds no state for widget ${id}.`);
  restoreBuffers(widget.state, widget.buffers ?? []);
  const model = new PageModel(widget.state);
  viewNamed(model.get("view")).initialize?.({ model });
  models.set(id, model);
  return model;
}

function mount(model: PageModel, place: HTMLElement): void {
  place.replaceChildren();
  place.classList.add("warplab-widget");
  viewNamed(model.get("view")).render({ model, el: place });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
