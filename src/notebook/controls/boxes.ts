// Controls that hold others: rows, columns, grids, and pages behind titles.
import { inspect } from "node:util";
import { InputError } from "../../core/errors.js";
import { kernelBridge } from "../bridge.js";
import { bundleOf, isStepper } from "../mime.js";
import { stepperWidget } from "../stepper-widget.js";
import { Widget } from "../widget.js";
import type { WidgetState } from "../widget-state.js";
import { type Control, ControlBase, type ControlSetup, type Options, type Shown } from "./control.js";
import type { ControlName } from "./models.js";
import { output } from "./output.js";
import { html } from "./texts.js";

export interface BoxProperties extends Shown {
  /** Widgets; anything else is shown in its best form, text as HTML. */
  children: readonly unknown[];
  boxStyle: "" | "success" | "info" | "warning" | "danger";
}

export interface TitledBoxProperties extends BoxProperties {
  titles: readonly string[];
  /** Which page is open, from 0; null for none. */
  selectedIndex: number | null;
}

export type Box = Control<BoxProperties>;
export type TitledBox = Control<TitledBoxProperties>;

type BoxOptions<P> = Omit<Options<P>, "children" | "titles">;

/** A control that holds others, and lets go of those that are closed. */
export class BoxControl<P extends object> extends ControlBase<P> {
  constructor(name: ControlName, where: string, options: Readonly<Record<string, unknown>>) {
    super(name, options, boxSetup(where));
    const watched = new Map<Widget, () => void>();
    const watch = (): void => {
      const children = this.get("children") as readonly Widget[];
      for (const child of children) {
        if (!watched.has(child))
          watched.set(
            child,
            child.onClose(() => letGo(this, child)),
          );
      }
      for (const [child, stop] of watched) {
        if (children.includes(child)) continue;
        stop();
        watched.delete(child);
      }
    };
    watch();
    this.observe("children" as never, watch);
    this.onClose(() => {
      for (const stop of watched.values()) stop();
    });
  }
}

/** Side by side. */
export function hbox(children: readonly unknown[], options: BoxOptions<BoxProperties> = {}): Box {
  return makeBox("HBox", "hbox", { ...options, children });
}

/** One below the other. */
export function vbox(children: readonly unknown[], options: BoxOptions<BoxProperties> = {}): Box {
  return makeBox("VBox", "vbox", { ...options, children });
}

/** In a grid, as `layout` says: `{ layout: { gridTemplateColumns: "auto auto" } }`. */
export function gridBox(children: readonly unknown[], options: BoxOptions<BoxProperties> = {}): Box {
  return makeBox("GridBox", "gridBox", { ...options, children });
}

/** Pages behind tabs: `tabs({ Launch: vbox([...]), Roofline: chart })`. The first is open unless `selectedIndex` says another. */
export function tabs(
  pages: Readonly<Record<string, unknown>>,
  options: BoxOptions<TitledBoxProperties> = {},
): TitledBox {
  return makePages("Tab", "tabs", pages, { selectedIndex: firstOf(pages), ...options });
}

/** Pages that unfold one at a time; the first is open unless `selectedIndex` says another, or null for none. */
export function accordion(
  pages: Readonly<Record<string, unknown>>,
  options: BoxOptions<TitledBoxProperties> = {},
): TitledBox {
  return makePages("Accordion", "accordion", pages, { selectedIndex: firstOf(pages), ...options });
}

/** Pages of which only the one that `selectedIndex` says is seen. */
export function stack(
  pages: Readonly<Record<string, unknown>>,
  options: BoxOptions<TitledBoxProperties> = {},
): TitledBox {
  return makePages("Stack", "stack", pages, { selectedIndex: firstOf(pages), ...options });
}

/** A value as a widget: itself when it is one, else what shows it in its best form. */
export function asWidget(value: unknown): Widget {
  if (value instanceof Widget) return value;
  if (typeof value === "string") return html(value);
  const bridge = kernelBridge();
  if (bridge !== undefined && isStepper(value)) return stepperWidget(value, bridge);
  const shown = output();
  shown.set({ outputs: [{ output_type: "display_data", data: { ...bundleOf(value) }, metadata: {} }] });
  return shown;
}

function firstOf(pages: Readonly<Record<string, unknown>>): number | null {
  return Object.keys(pages).length === 0 ? null : 0;
}

function makePages(
  name: ControlName,
  where: string,
  pages: Readonly<Record<string, unknown>>,
  options: BoxOptions<TitledBoxProperties>,
): TitledBox {
  if (pages === null || typeof pages !== "object" || Array.isArray(pages)) {
    throw new InputError(`pages must be a record of contents by title, got ${inspect(pages, { depth: 0 })}`, { where });
  }
  return makeBox(name, where, { ...options, children: Object.values(pages), titles: Object.keys(pages) });
}

function makeBox<P extends BoxProperties>(
  name: ControlName,
  where: string,
  options: Readonly<Record<string, unknown>>,
): Control<P> {
  return new BoxControl<P>(name, where, options) as unknown as Control<P>;
}

function boxSetup(where: string): ControlSetup {
  return {
    where,
    forms: {
      children: {
        property: "children",
        read: (children) => children,
        write: (children) => {
          if (!Array.isArray(children)) {
            throw new InputError(`children must be a list, got ${inspect(children, { depth: 0 })}`, { where });
          }
          return { children: children.map(asWidget) };
        },
      },
    },
    reconcile: (changes, next, refuse) => {
      const children = next["children"] as readonly Widget[];
      const closed = children.findIndex((child) => child.closed);
      if (closed >= 0) refuse(`child ${closed} is closed`);
      const selected = next["selected_index"];
      if (typeof selected !== "number" || (selected >= 0 && selected < children.length)) return changes;
      if ("selected_index" in changes) {
        refuse(`selectedIndex must be from 0 to ${children.length - 1} or null, got ${selected}`);
      }
      return { ...changes, selected_index: children.length === 0 ? null : children.length - 1 };
    },
  };
}

/** Takes a closed child out, with its title, so that no page looks for it. */
function letGo(box: Widget, child: Widget): void {
  if (box.closed) return;
  const children = box.get("children") as readonly Widget[];
  const stays = (_: unknown, i: number): boolean => children[i] !== child;
  const titles = box.get("titles");
  const selected = box.get("selected_index");
  const changes: WidgetState = { children: children.filter(stays) };
  if (Array.isArray(titles)) changes["titles"] = titles.filter(stays);
  if (typeof selected === "number" && selected > children.indexOf(child)) changes["selected_index"] = selected - 1;
  box.set(changes);
}
