// A LayoutModel on an element: its properties are CSS properties by another spelling. Only these names are taken over.
import { layoutProperties } from "../../src/view/layout-properties.js";

/** What is read of a model. */
interface Properties {
  get(name: string): unknown;
}

export function applyLayout(layout: Properties | undefined, el: HTMLElement): void {
  for (const name of layoutProperties) {
    const value = layout?.get(name);
    const css = name.replace(/_/g, "-");
    if (value === undefined || value === null || value === "") el.style.removeProperty(css);
    else el.style.setProperty(css, String(value));
  }
  // A fixed width is meant for a wide window; none may push the page's edge out on a narrow one.
  if (!layout?.get("max_width")) el.style.setProperty("max-width", "100%");
}
