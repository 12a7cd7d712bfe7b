// A LayoutModel on an element: its properties are CSS properties by another spelling. Only these names are taken over.

const properties = [
  ...["align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right", "border_top"],
  ...["bottom", "display", "flex", "flex_flow", "grid_area", "grid_auto_columns", "grid_auto_flow", "grid_auto_rows"],
  ...["grid_column", "grid_gap", "grid_row", "grid_template_areas", "grid_template_columns", "grid_template_rows"],
  ...["height", "justify_content", "justify_items", "left", "margin", "max_height", "max_width", "min_height"],
  ...[
    "min_width",
    "object_fit",
    "object_position",
    "order",
    "overflow",
    "padding",
    "right",
    "top",
    "visibility",
    "width",
  ],
] as const;

/** What is read of a model. */
interface Properties {
  get(name: string): unknown;
}

export function applyLayout(layout: Properties | undefined, el: HTMLElement): void {
  for (const name of properties) {
    const value = layout?.get(name);
    const css = name.replace(/_/g, "-");
    if (value === undefined || value === null || value === "") el.style.removeProperty(css);
    else el.style.setProperty(css, String(value));
  }
  // A fixed width is meant for a wide window; none may push the page's edge out on a narrow one.
  if (!layout?.get("max_width")) el.style.setProperty("max-width", "100%");
}
