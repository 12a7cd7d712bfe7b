// A stock control in its place: drawn, laid out as its LayoutModel says, with the classes that its author gave it.
import type { CleanUp, ViewModel } from "../view.js";
import { type Control, Drawing, type Surroundings } from "./control.js";
import { applyLayout } from "./layout.js";
import { controlsStyle } from "./style.js";

/** Draws the control at the end of `place`; what it returns takes it out again. */
export function mountControl(control: Control, model: ViewModel, page: Surroundings, place: HTMLElement): CleanUp {
  ensureStyle(place.ownerDocument);
  const drawing = new Drawing(model, page);
  const el = control(drawing);
  el.classList.add("wc");
  const layout = page.modelOf(model.get("layout"));
  const lay = (): void => applyLayout(layout, el);
  drawing.followPart("layout", lay);
  let own: string[] = [];
  drawing.follow(["_dom_classes"], () => {
    el.classList.remove(...own);
    own = drawing
      .list("_dom_classes")
      .filter((name): name is string => typeof name === "string" && /^[\w-]+$/.test(name));
    el.classList.add(...own);
  });
  place.append(el);
  return () => {
    drawing.end();
    el.remove();
  };
}

const styleId = "warplab-controls-style";

function ensureStyle(document: Document): void {
  if (document.getElementById(styleId) !== null) return;
  const style = document.createElement("style");
  style.id = styleId;
  style.textContent = controlsStyle;
  document.head.append(style);
}
