// The runtime of a static form: the page inside one output's frame, which shows one view and holds nothing else. It is carried by
// each such output, so it knows no controls, no outputs and no other widgets; hosts/page.ts is a whole page's.

import { stepper } from "../stepper/view.js";
import { restoreBuffers, type SavedBuffer } from "./binary.js";
import { followFrame } from "./frame.js";
import { PageModel } from "./page-model.js";
import { registerView, viewNamed } from "./views.js";

// What is framed carries its view with it, in each output: no others than those that have such a form.
registerView("stepper", stepper);

/** The one widget, as `application/vnd.jupyter.widget-state+json` holds it. */
interface FramedWidget {
  readonly state: Record<string, unknown>;
  readonly buffers: readonly SavedBuffer[];
}

function start(): void {
  followFrame();
  const el = document.getElementById("warplab-view")!;
  try {
    const { state, buffers } = JSON.parse(document.getElementById("warplab-widget")!.textContent) as FramedWidget;
    restoreBuffers(state, buffers);
    const model = new PageModel(state);
    const view = viewNamed(model.get("view"));
    view.initialize?.({ model });
    el.replaceChildren();
    view.render({ model, el });
  } catch (error) {
    el.textContent = `This widget could not be drawn. ${error instanceof Error ? error.message : String(error)}`;
  }
}

start();
