// The widgets that a page needs: those that its cells show, and all that these refer to. Knows states, and no view of any.
import { MarkdownRenderer } from "./markdown.js";
import { joinText, type MultilineText, type Notebook, type Output, widgetStateType } from "./notebook.js";
import { type OutputContext, renderOutput } from "./outputs.js";

/** One widget of `application/vnd.jupyter.widget-state+json`. */
export interface SavedWidget {
  readonly model_name?: string;
  readonly model_module?: string;
  readonly state?: Readonly<Record<string, unknown>>;
}

export type SavedWidgets = Readonly<Record<string, SavedWidget>>;

/** The modules whose views the page's runtime brings along: ours and Jupyter's stock controls. */
const drawn: readonly unknown[] = ["warplab", "@jupyter-widgets/controls", "@jupyter-widgets/output"];

const referencePrefix = "IPY_MODEL_";

export function savedWidgets(notebook: Notebook): SavedWidgets {
  const widgets = notebook.metadata["widgets"] as Record<string, { state?: SavedWidgets }> | undefined;
  return widgets?.[widgetStateType]?.state ?? {};
}

/** Whether the page holds this widget and can draw it. */
export function canDraw(widgets: SavedWidgets, id: string): boolean {
  return Object.hasOwn(widgets, id) && drawn.includes(widgets[id].model_module);
}

/**
 * The states that the page takes along, in the notebook's order: the shown widgets, those inside them, those that their outputs
 * show, and the links and grids of answers between them. Outputs come with their Markdown written out as HTML.
 */
export function reachable(widgets: SavedWidgets, shown: Iterable<string>, context: OutputContext): SavedWidgets {
  const found = new Map<string, SavedWidget>();
  const inside: OutputContext = {
    ...context,
    markdown: new MarkdownRenderer(),
    usesWidget: (id) => visit(id),
  };
  const visit = (id: string): void => {
    if (found.has(id) || !Object.hasOwn(widgets, id)) return;
    const widget = widgets[id];
    found.set(id, widget);
    found.set(id, withHtml(widget, inside));
    for (const reference of referencesIn(widget.state)) visit(reference);
  };
  for (const id of shown) visit(id);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [id, widget] of Object.entries(widgets)) if (joins(widget, found)) visit(id);
  }
  return Object.fromEntries(Object.keys(widgets).flatMap((id) => (found.has(id) ? [[id, found.get(id)!]] : [])));
}

/** Links and grids are referred to by nobody: they belong to the page when what they join does. */
function joins({ model_name, state = {} }: SavedWidget, found: ReadonlyMap<string, unknown>): boolean {
  if (model_name === "LinkModel" || model_name === "DirectionalLinkModel") {
    return [...referencesIn(state["source"]), ...referencesIn(state["target"])].every((id) => found.has(id));
  }
  return state["view"] === "precomputed" && [...referencesIn(state["output"])].some((id) => found.has(id));
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value === "string") {
    if (value.startsWith(referencePrefix)) yield value.slice(referencePrefix.length);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) yield* referencesIn(inner);
  }
}

function withHtml(widget: SavedWidget, context: OutputContext): SavedWidget {
  const { state } = widget;
  if (state === undefined) return widget;
  if (widget.model_name === "OutputModel" && Array.isArray(state["outputs"])) {
    return { ...widget, state: { ...state, outputs: written(state["outputs"], context) } };
  }
  if (state["view"] === "precomputed" && Array.isArray(state["answers"])) {
    const answers = state["answers"].map((outputs) => (Array.isArray(outputs) ? written(outputs, context) : outputs));
    return { ...widget, state: { ...state, answers } };
  }
  return widget;
}

/** Draws each output once, which tells the context what it uses, and writes out what the page's runtime could not. */
function written(outputs: readonly Output[], context: OutputContext): Output[] {
  return outputs.map((output) => {
    renderOutput(output, context);
    if (output.output_type !== "display_data" && output.output_type !== "execute_result") return output;
    const markdown = output.data["text/markdown"];
    if (markdown === undefined || output.data["text/html"] !== undefined || context.markdown === undefined)
      return output;
    const html = context.markdown.render(joinText(markdown as MultilineText), { picture: () => undefined });
    return { ...output, data: { ...output.data, "text/html": `<div class="prose">${html}</div>` } };
  });
}
