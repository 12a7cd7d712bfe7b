// The rows as a list: which are shown, which are closed, in which order; found by words. Knows no drawing.
import { element, set, setText } from "../stepper/dom.js";
import { isWithin } from "./layout.js";
import type { Panel } from "./panel.js";
import type { LayoutItem, LayoutState } from "./shown.js";

export interface TracksEvents {
  items(): readonly LayoutItem[];
  layout(): LayoutState;
  onLayout(change: Partial<LayoutState>): void;
  onCollapse(key: string): void;
  /** The row is brought to sight. */
  onReveal(item: LayoutItem): void;
}

const depths: Readonly<Record<LayoutItem["kind"], number>> = { trace: 0, process: 1, track: 2, counter: 2 };

export class TracksPanel implements Panel {
  readonly id = "tracks";
  readonly element: HTMLElement;
  private readonly filter: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly said: HTMLElement = element("span", { class: "soft", role: "status" });
  private current = "";

  constructor(private readonly events: TracksEvents) {
    this.filter = element("input", {
      ...{ type: "search", placeholder: "find tracks", "aria-label": "Find tracks by words" },
    });
    this.filter.addEventListener("input", () => this.update());
    const action = (words: string, onPress: () => void): HTMLElement => {
      const button = element("button", { type: "button" }, words);
      button.addEventListener("click", onPress);
      return button;
    };
    this.list = element("div", { class: "track-list", role: "tree", "aria-label": "Tracks" });
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.element = element(
      "div",
      { class: "tracks" },
      element(
        "div",
        { class: "actions" },
        this.filter,
        action("Show only these", () => this.only()),
        action("Show all", () => events.onLayout({ hidden: new Set() })),
        action("Close all", () => events.onLayout({ collapsed: this.collapsible() })),
        action("Open all", () => events.onLayout({ collapsed: new Set() })),
        action("Usual order", () => events.onLayout({ order: [] })),
        this.said,
      ),
      this.list,
      element(
        "p",
        { class: "soft keys" },
        "Space shows or hides the row, Enter opens or closes it, [ and ] move it up and down.",
      ),
    );
  }

  title(): string {
    const hidden = this.events.layout().hidden.size;
    return hidden === 0 ? "Tracks" : `Tracks (${hidden} hidden)`;
  }

  update(): void {
    const items = this.found();
    const tracks = items.filter(({ kind }) => kind === "track");
    const shown = tracks.filter(({ isHidden }) => !isHidden).length;
    setText(this.said, `${shown} of ${tracks.length} shown`);
    const hasFocus = this.list.contains((this.list.getRootNode() as ShadowRoot).activeElement);
    if (!items.some(({ key }) => key === this.current)) this.current = items[0]?.key ?? "";
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    if (hasFocus) this.list.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  private row(item: LayoutItem): HTMLElement {
    const box = element("input", { type: "checkbox", tabindex: -1, "aria-hidden": "true" });
    box.checked = !item.isHidden;
    box.addEventListener("click", (event) => {
      event.stopPropagation();
      this.toggle(item);
    });
    const small = (words: string, title: string, onPress: () => void): HTMLElement => {
      const button = element("button", { type: "button", class: "small", tabindex: -1, title }, words);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        onPress();
      });
      return button;
    };
    const opener = item.canCollapse
      ? small(item.isCollapsed ? "\u25b8" : "\u25be", item.isCollapsed ? "Open" : "Close", () =>
          this.events.onCollapse(item.key),
        )
      : element("span", { class: "small" });
    const depth = depths[item.kind] - (this.events.items()[0]?.kind === "trace" ? 0 : 1);
    const row = element(
      "div",
      {
        ...{ class: "track-row", role: "treeitem", "aria-level": depth + 1, "data-key": item.key },
        ...{ "aria-checked": String(!item.isHidden), tabindex: item.key === this.current ? 0 : -1 },
        "aria-expanded": item.canCollapse ? String(!item.isCollapsed) : undefined,
        "aria-label": [item.name, item.detail, item.isHidden ? "hidden" : ""]
          .filter((words) => words !== "")
          .join(", "),
      },
      opener,
      box,
      element("span", {}, item.name),
      element("span", { class: "soft" }, item.detail),
      small("\u2191", "Move up", () => this.move(item, -1)),
      small("\u2193", "Move down", () => this.move(item, 1)),
    );
    row.style.setProperty("--depth", String(depth));
    row.addEventListener("click", () => {
      this.current = item.key;
      this.events.onReveal(item);
      this.update();
    });
    return row;
  }

  private found(): readonly LayoutItem[] {
    const words = this.filter.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const items = this.events.items();
    if (words.length === 0) return items;
    return items.filter(({ name, kind }) => {
      const text = `${kind} ${name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  private only(): void {
    const kept = new Set(this.found().map(({ key }) => key));
    const rows = this.events.items().filter(({ kind }) => kind === "track" || kind === "counter");
    this.events.onLayout({ hidden: new Set(rows.filter(({ key }) => !isWithin(key, kept)).map(({ key }) => key)) });
  }

  private collapsible(): Set<string> {
    return new Set(
      this.events
        .items()
        .filter(({ canCollapse, kind }) => canCollapse && kind !== "trace")
        .map(({ key }) => key),
    );
  }

  private toggle({ key, isHidden }: LayoutItem): void {
    const hidden = new Set(this.events.layout().hidden);
    if (isHidden) hidden.delete(key);
    else hidden.add(key);
    this.current = key;
    this.events.onLayout({ hidden });
  }

  /** Moves a row among its siblings. */
  private move(item: LayoutItem, by: 1 | -1): void {
    const parent = item.key.slice(0, Math.max(0, item.key.lastIndexOf("/")));
    const siblings = this.events
      .items()
      .filter(
        ({ key, kind }) =>
          key.slice(0, Math.max(0, key.lastIndexOf("/"))) === parent && depths[kind] === depths[item.kind],
      )
      .map(({ key }) => key);
    const at = siblings.indexOf(item.key);
    const to = at + by;
    if (to < 0 || to >= siblings.length) return;
    [siblings[at], siblings[to]] = [siblings[to], siblings[at]];
    const others = this.events.layout().order.filter((key) => !siblings.includes(key));
    this.current = item.key;
    this.events.onLayout({ order: [...others, ...siblings] });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = this.found();
    const at = items.findIndex(({ key }) => key === this.current);
    const item = items[at];
    if (item === undefined) return;
    const go = (to: number): void => {
      this.current = items[Math.min(items.length - 1, Math.max(0, to))].key;
      for (const row of this.list.children) {
        set(row, { tabindex: row.getAttribute("data-key") === this.current ? 0 : -1 });
      }
      this.list.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    };
    const fold = (isWanted: boolean): void => {
      if (item.canCollapse && item.isCollapsed !== isWanted) this.events.onCollapse(item.key);
    };
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(items.length - 1),
      ArrowRight: () => fold(false),
      ArrowLeft: () => fold(true),
      " ": () => this.toggle(item),
      Enter: () => this.events.onCollapse(item.key),
      "[": () => this.move(item, -1),
      "]": () => this.move(item, 1),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}
