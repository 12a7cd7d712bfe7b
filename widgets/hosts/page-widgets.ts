// The widgets of a page without a kernel: their models, made from the saved states when they are first asked for, and their views:
// our own and the stock controls. Knows nothing of where in the page they stand.
import type { Output } from "../../src/view/page/notebook.js";
import { type OutputContext, renderOutput } from "../../src/view/page/outputs.js";
import { controlOf } from "../controls/catalogue.js";
import type { LinkEnd, Surroundings } from "../controls/control.js";
import { applyLayout } from "../controls/layout.js";
import { linkOf, startLink } from "../controls/links.js";
import { mountControl } from "../controls/mount.js";
import { answerFromGrid, precomputedOf } from "../controls/precomputed.js";
import { inertMark } from "../controls/row.js";
import type { CleanUp, ViewModel } from "../view.js";
import { restoreBuffers, type SavedBuffer } from "./binary.js";
import { PageModel } from "./page-model.js";
import { viewNamed } from "./views.js";

/** One widget in `application/vnd.jupyter.widget-state+json`. */
export interface SavedWidget {
  readonly model_name?: string;
  readonly model_module?: string;
  readonly state: Record<string, unknown>;
  readonly buffers?: readonly SavedBuffer[];
}

const ownModule = "warplab";
const referencePrefix = "IPY_MODEL_";
const rootClass = "warplab-widget";

/** The words beside controls that nothing in the page follows. */
export const needsNotebook: string =
  "Greyed controls need the running notebook; here they show what they were when this page was saved.";

export class PageWidgets implements Surroundings {
  readonly #saved: Readonly<Record<string, SavedWidget>>;
  readonly #models = new Map<string, PageModel>();
  readonly #ends: CleanUp[] = [];
  /** For each model the properties that something in the page follows. */
  readonly #followed = new Map<ViewModel, Set<string>>();
  #outputs = 0;

  constructor(saved: Readonly<Record<string, SavedWidget>>) {
    this.#saved = saved;
    // Links and grids have no place in the page, and nothing refers to them.
    for (const [id, { model_name, state }] of Object.entries(saved)) {
      if (/LinkModel$/.test(String(state["_model_name"] ?? model_name))) this.#startLink(id);
      else if (state["view"] === "precomputed") this.#startGrid(id);
    }
  }

  has(id: string): boolean {
    return Object.hasOwn(this.#saved, id);
  }

  model(id: string): PageModel {
    const known = this.#models.get(id);
    if (known !== undefined) return known;
    if (!this.has(id)) throw new Error(`The page holds no state for widget ${id}.`);
    const { state, buffers, model_name, model_module } = this.#saved[id];
    restoreBuffers(state, buffers ?? []);
    const model = new PageModel({ _model_name: model_name, _model_module: model_module, ...state });
    this.#models.set(id, model);
    const end = isOwn(model) ? viewNamed(model.get("view")).initialize?.({ model }) : undefined;
    if (end !== undefined) this.#ends.push(end);
    return model;
  }

  modelOf(reference: unknown): PageModel | undefined {
    const id = idOf(reference);
    return id !== undefined && this.has(id) ? this.model(id) : undefined;
  }

  mount(reference: unknown, el: HTMLElement): CleanUp {
    const place = document.createElement("div");
    place.className = "warplab-place";
    el.append(place);
    const end = this.#draw(idOf(reference) ?? String(reference), place);
    // What a tab draws when it is first opened comes after its root was looked at.
    const root = el.closest<HTMLElement>(`.${rootClass}`);
    if (root !== null) explain(root, place);
    return () => {
      end();
      place.remove();
    };
  }

  /** Draws a widget where a cell shows it, with a word about what needs a kernel. */
  mountRoot(id: string, place: HTMLElement): CleanUp {
    place.replaceChildren();
    place.classList.add(rootClass);
    const end = this.#draw(id, place);
    explain(place, place);
    return end;
  }

  /** Mounts every widget that a piece of the page asks for. */
  mountAll(within: ParentNode): CleanUp {
    const ends = [...within.querySelectorAll<HTMLElement>("[data-warplab-widget]")].map((place) =>
      this.mountRoot(place.dataset["warplabWidget"]!, place),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  drawOutputs(outputs: readonly unknown[], el: HTMLElement): CleanUp {
    const context: OutputContext = {
      // The page has written Markdown out as HTML when it was made, since the renderer is larger than all of this.
      markdown: undefined,
      hasWidget: (id) => this.has(id),
      usesWidget: () => {},
      usesChart: () => {},
      nextId: () => `live${++this.#outputs}-`,
    };
    const html = outputs.map((output) => renderOutput(output as Output, context)).join("\n");
    // A fragment made so runs its scripts when it is put into the page, as those of a cell's outputs run.
    el.replaceChildren(document.createRange().createContextualFragment(html));
    const end = this.mountAll(el);
    dispatchEvent(new CustomEvent("warplab-charts", { detail: el }));
    return end;
  }

  isFollowed(model: ViewModel, property: string): boolean {
    return this.#followed.get(model)?.has(property) ?? false;
  }

  /** Ends what the models began; their views end by what `mount` returned. */
  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #draw(id: string, place: HTMLElement): CleanUp {
    try {
      const model = this.model(id);
      if (isOwn(model)) return this.#drawOwn(model, place);
      const name = model.get("_model_name");
      const control = /^@jupyter-widgets\//.test(String(model.get("_model_module"))) ? controlOf(name) : undefined;
      if (control === undefined) throw new Error(`This page has no view for ${String(name)}.`);
      return mountControl(control, model, this, place);
    } catch (error) {
      place.classList.add("warplab-failed");
      place.textContent = `This widget could not be drawn. ${error instanceof Error ? error.message : String(error)}`;
      return () => {};
    }
  }

  #drawOwn(model: PageModel, place: HTMLElement): CleanUp {
    place.classList.add("warplab-own");
    const layout = this.modelOf(model.get("layout"));
    if (layout !== undefined) applyLayout(layout, place);
    return viewNamed(model.get("view")).render({ model, el: place }) ?? (() => {});
  }

  #startLink(id: string): void {
    const link = linkOf(this.model(id), this);
    if (link === undefined) return;
    this.#ends.push(startLink(link));
    this.#follow(link.source);
    if (link.isMutual) this.#follow(link.target);
  }

  #startGrid(id: string): void {
    const grid = precomputedOf(this.model(id), this);
    if (grid === undefined) return;
    this.#ends.push(answerFromGrid(grid));
    for (const axis of grid.axes) this.#follow(axis);
  }

  #follow({ model, property }: LinkEnd): void {
    const properties = this.#followed.get(model) ?? new Set();
    properties.add(property);
    this.#followed.set(model, properties);
  }
}

function isOwn(model: PageModel): boolean {
  return model.get("_model_module") === ownModule || model.get("_model_module") === undefined;
}

function idOf(reference: unknown): string | undefined {
  if (typeof reference !== "string" || !reference.startsWith(referencePrefix)) return undefined;
  return reference.slice(referencePrefix.length);
}

/** Says once in the page what greyed controls wait for, below the first widget that has one, and at each to who comes there. */
function explain(root: HTMLElement, within: HTMLElement): void {
  const inert = [...within.querySelectorAll(`[${inertMark}]`)];
  if (inert.length === 0) return;
  const note = document.querySelector(`.${noteClass}`) ?? root.appendChild(newNote());
  for (const one of inert) {
    for (const field of one.matches("button") ? [one] : one.querySelectorAll("input, select, textarea, button")) {
      field.setAttribute("aria-describedby", note.id);
      if (!field.hasAttribute("title")) field.setAttribute("title", "Needs the running notebook");
    }
  }
}

const noteClass = "wc-note";

function newNote(): HTMLElement {
  const note = document.createElement("p");
  note.className = noteClass;
  note.id = noteClass;
  note.textContent = needsNotebook;
  return note;
}
