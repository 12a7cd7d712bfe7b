// What stands below the picture: panels of which one is open, as tabs. Knows no panel.
import { element, set, setText } from "../stepper/dom.js";

export interface Panel {
  readonly id: string;
  /** On its tab; read again at each change. */
  title(): string;
  readonly element: HTMLElement;
  /** Brings it up to date; called only while it is open. */
  update(): void;
}

export class Panels {
  readonly element: HTMLElement;
  private readonly tabs: readonly HTMLButtonElement[];
  private opened: Panel;

  constructor(
    private readonly panels: readonly Panel[],
    first: string,
  ) {
    this.tabs = panels.map((panel) => {
      const tab = element("button", {
        ...{ type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": `panel-${panel.id}`, tabindex: -1 },
      });
      tab.addEventListener("click", () => this.open(panel.id));
      set(panel.element, { role: "tabpanel", id: `panel-${panel.id}`, "aria-labelledby": tab.id });
      return tab;
    });
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "What is shown below" }, ...this.tabs);
    list.addEventListener("keydown", (event) => this.onKey(event));
    this.element = element("div", { class: "panels" }, list, ...panels.map((panel) => panel.element));
    this.opened = panels[0];
    this.open(first);
  }

  get openPanel(): string {
    return this.opened.id;
  }

  open(id: string): void {
    this.opened = this.panels.find((panel) => panel.id === id) ?? this.panels[0];
    for (const [i, panel] of this.panels.entries()) {
      const isOpen = panel === this.opened;
      panel.element.hidden = !isOpen;
      set(this.tabs[i], { "aria-selected": String(isOpen), tabindex: isOpen ? 0 : -1 });
    }
    this.update();
  }

  /** Brings tabs and the open panel up to date. */
  update(): void {
    for (const [i, panel] of this.panels.entries()) setText(this.tabs[i], panel.title());
    this.opened.update();
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.panels.indexOf(this.opened);
    const last = this.panels.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(this.panels[to].id);
    this.tabs[to].focus();
  }
}
