// The names of the rows, at the left. They are HTML and not painted: a tree that is walked with the arrow keys and read by screen readers, whose
// words can be searched in the page and follow its fonts. Only those in sight are there, and the one that has the focus.
import { element, set } from "../stepper/dom.js";
import type { Layout } from "./layout.js";
import type { LayoutItem } from "./shown.js";

export interface NamesCallbacks {
  readonly onToggle: (key: string) => void;
  /** Brings a row to sight that gets the focus. */
  readonly onReach: (item: LayoutItem) => void;
}

interface Shown {
  readonly node: HTMLElement;
  readonly name: HTMLElement;
  readonly detail: HTMLElement;
}

export class Names {
  readonly element: HTMLElement = element("div", { class: "names", role: "tree", "aria-label": "Tracks" });
  private readonly shown = new Map<string, Shown>();
  private layout: Layout | undefined;
  private top = 0;
  private bottom = 0;
  /** The rows that are laid out, in their order. */
  private rows: readonly LayoutItem[] = [];
  /** The keys of rows that lie in one, by its key; those that lie in none by "". */
  private siblings: ReadonlyMap<string, readonly string[]> = new Map();
  /** The row that the Tab key leads to. */
  private current = "";

  constructor(private readonly callbacks: NamesCallbacks) {
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("click", (event) => {
      const key = keyOf(event.target);
      if (key === undefined) return;
      this.focus(key);
      if (this.layout?.byKey.get(key)?.canCollapse === true) this.callbacks.onToggle(key);
    });
  }

  /** Shows the names between two heights. Costs nothing while one pans and zooms in time. */
  update(layout: Layout, top: number, bottom: number): void {
    if (layout === this.layout && top === this.top && bottom === this.bottom) return;
    this.top = top;
    this.bottom = bottom;
    if (layout !== this.layout) {
      this.layout = layout;
      this.rows = layout.items.filter(({ height }) => height > 0);
      this.siblings = siblingsOf(this.rows);
      if (!layout.byKey.has(this.current)) this.current = this.rows[0]?.key ?? "";
    }
    const active = this.focused();
    const wanted: LayoutItem[] = [];
    for (let at = firstBelow(this.rows, top); at < this.rows.length && this.rows[at].top < bottom; at++) {
      wanted.push(this.rows[at]);
    }
    // The one that the Tab key leads to is there wherever the others are scrolled.
    const current = layout.byKey.get(this.current);
    if (current !== undefined && current.height > 0 && !wanted.includes(current)) {
      if (current.top < top) wanted.unshift(current);
      else wanted.push(current);
    }
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { node }] of this.shown) {
      if (keys.has(key)) continue;
      node.remove();
      this.shown.delete(key);
    }
    // They stand in the order in which they are read.
    let next = this.element.firstElementChild;
    for (const item of wanted) {
      const node = this.show(item);
      if (node === next) next = node.nextElementSibling;
      else this.element.insertBefore(node, next);
    }
    // Moved or gone, a row has lost the focus.
    if (active !== undefined && this.focused() === undefined) this.focus(keys.has(active) ? active : this.current);
  }

  private show(item: LayoutItem): HTMLElement {
    let shown = this.shown.get(item.key);
    if (shown === undefined) {
      const name = element("span", { class: "name" });
      const detail = element("span", { class: "detail" });
      const node = element("div", { role: "treeitem", "data-key": item.key }, name, detail);
      shown = { node, name, detail };
      this.shown.set(item.key, shown);
    }
    const { node, name, detail } = shown;
    const siblings = this.siblings.get(parentOf(item.key)) ?? [];
    if (name.textContent !== item.name) name.textContent = item.name;
    if (detail.textContent !== item.detail) detail.textContent = item.detail;
    set(node, {
      class: `row ${item.kind}`,
      title: item.detail === "" ? item.name : `${item.name}: ${item.detail}`,
      "aria-level": this.levelOf(item),
      // Only some of them are there, so they are counted here.
      "aria-posinset": siblings.indexOf(item.key) + 1,
      "aria-setsize": siblings.length,
      "aria-expanded": item.canCollapse ? String(!item.isCollapsed) : undefined,
      tabindex: item.key === this.current ? 0 : -1,
    });
    node.style.transform = `translateY(${item.top - this.top}px)`;
    node.style.height = `${item.height}px`;
    return node;
  }

  private onKey(event: KeyboardEvent): void {
    const key = keyOf(event.target);
    const item = key === undefined ? undefined : this.layout?.byKey.get(key);
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.rows.indexOf(item);
    const go = (to: number): void => {
      const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, to))];
      this.callbacks.onReach(row);
      this.focus(row.key);
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(this.rows.length - 1);
    else if (event.key === "Enter" || event.key === " ") {
      if (item.canCollapse) this.callbacks.onToggle(item.key);
    } else if (event.key === "ArrowRight" && item.canCollapse && item.isCollapsed) this.callbacks.onToggle(item.key);
    else if (event.key === "ArrowLeft" && item.canCollapse && !item.isCollapsed) this.callbacks.onToggle(item.key);
    else if (event.key === "ArrowLeft") {
      const parent = this.rows.findIndex((row) => row.key === parentOf(item.key));
      if (parent >= 0) go(parent);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private focus(key: string): void {
    for (const [other, { node }] of this.shown) set(node, { tabindex: other === key ? 0 : -1 });
    this.current = key;
    const item = this.layout?.byKey.get(key);
    // One that comes to sight with the next frame is put to its place then.
    if (item !== undefined && !this.shown.has(key)) this.element.append(this.show(item));
    this.shown.get(key)?.node.focus({ preventScroll: true });
  }

  /** As trees count, from 1: processes are the first level unless they stand under traces. */
  private levelOf({ key }: LayoutItem): number {
    const depth = key.split("/").length;
    return this.rows[0]?.kind === "trace" ? depth : depth - 1;
  }

  private focused(): string | undefined {
    const root = this.element.getRootNode() as Document | ShadowRoot;
    return this.element.contains(root.activeElement) ? keyOf(root.activeElement) : undefined;
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element
    ? (target.closest<HTMLElement>("[data-key]")?.dataset["key"] ?? undefined)
    : undefined;
}

/** The key of what a row lies in; empty where it lies in none. */
function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

function siblingsOf(rows: readonly LayoutItem[]): ReadonlyMap<string, readonly string[]> {
  const siblings = new Map<string, string[]>();
  for (const { key } of rows) {
    const parent = parentOf(key);
    const known = siblings.get(parent);
    if (known === undefined) siblings.set(parent, [key]);
    else known.push(key);
  }
  return siblings;
}

function firstBelow(rows: readonly LayoutItem[], top: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle].top + rows[middle].height <= top) low = middle + 1;
    else high = middle;
  }
  return low;
}
