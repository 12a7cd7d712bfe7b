// What every control of a page is made with: its model read with defaults, listeners that end with the view, and the page around
// it. The states are those of ipywidgets 8; nothing here knows a particular control or how states were saved.
import type { CleanUp, ViewModel } from "../view.js";

/** The page as a control sees it. */
export interface Surroundings {
  /** The model that `IPY_MODEL_…` refers to; undefined where the page holds none. */
  modelOf(reference: unknown): ViewModel | undefined;
  /** Draws the widget that `IPY_MODEL_…` refers to into an element; what it returns takes it out again. */
  mount(reference: unknown, el: HTMLElement): CleanUp;
  /** Draws a list of a notebook's outputs into an element, as the page draws those of a cell. */
  drawOutputs(outputs: readonly unknown[], el: HTMLElement): CleanUp;
  /** Whether anything in the page follows this property: without a kernel nothing else can. */
  isFollowed(model: ViewModel, property: string): boolean;
}

/** A property of a model, as links and grids save it: `["IPY_MODEL_…", "value"]`. */
export interface LinkEnd {
  readonly model: ViewModel;
  readonly property: string;
}

/** Draws one control; the element that it returns is put into the page. */
export type Control = (it: Drawing) => HTMLElement;

/** One control that is being drawn. */
export class Drawing {
  readonly #ends: CleanUp[] = [];

  constructor(
    readonly model: ViewModel,
    readonly page: Surroundings,
  ) {}

  /** A property as text; the empty text where it is not set. */
  text(name: string): string {
    const value = this.model.get(name);
    return value === undefined || value === null ? "" : String(value);
  }

  /** A property as a number; `otherwise` where it is none. */
  number(name: string, otherwise: number): number {
    const value = this.model.get(name);
    return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
  }

  /** A property that is true or false; ipywidgets leaves out what has its default. */
  flag(name: string, otherwise = false): boolean {
    const value = this.model.get(name);
    return typeof value === "boolean" ? value : otherwise;
  }

  list(name: string): readonly unknown[] {
    const value = this.model.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** A property of the control's style, which is a model of its own. */
  style(name: string): string {
    const value = this.page.modelOf(this.model.get("style"))?.get(name);
    return typeof value === "string" ? value : "";
  }

  set(name: string, value: unknown): void {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** Calls `update` now, and at each change of one of the properties until the view ends. */
  follow(names: readonly string[], update: () => void, model: ViewModel = this.model): void {
    for (const name of names) model.on(`change:${name}`, update);
    this.atEnd(() => {
      for (const name of names) model.off(`change:${name}`, update);
    });
    update();
  }

  /** Follows the model that a property refers to, such as `layout` or `style`. */
  followPart(part: string, update: () => void): void {
    const model = this.page.modelOf(this.model.get(part));
    model?.on("change", update);
    this.atEnd(() => model?.off("change", update));
    update();
  }

  atEnd(end: CleanUp): void {
    this.#ends.push(end);
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}
