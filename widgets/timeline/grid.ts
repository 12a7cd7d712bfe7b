// A table of which only the rows that are in sight are in the page, so that a million scroll as ten do. It is a grid to a screen reader:
// one row is current, arrow keys move it. Knows nothing of what is in it.
import { element, set, setText } from "../stepper/dom.js";

export interface GridColumn {
  readonly key: string;
  readonly title: string;
  /** Of the grid's template: `minmax(8em, 2fr)`. */
  readonly track: string;
  readonly isFigure?: boolean;
  readonly hint?: string;
  /** What stands in the row of this number. */
  text(row: number): string;
  /** A colour beside it, where it has one. */
  colour?(row: number): string;
}

export interface GridEvents {
  onSort(key: string): void;
  /** A row became the current one; `how` says whether a person only goes past it or asks for it. */
  onRow(row: number, how: "current" | "asked"): void;
}

export interface GridSort {
  readonly key: string;
  readonly isDescending: boolean;
}

const rowHeight = 24;
const margin = 6;
/** Browsers cannot make an element of any height; beyond this the scroll bar stands for shares, not pixels. */
const tallest = 8_000_000;

export class Grid {
  readonly element: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly spacer: HTMLElement;
  private readonly body: HTMLElement;
  private readonly head: HTMLElement;
  private columns: readonly GridColumn[] = [];
  private length = 0;
  private current = -1;
  private isPending = false;

  constructor(
    private readonly label: string,
    private readonly events: GridEvents,
  ) {
    this.body = element("div", { class: "rows", role: "rowgroup" });
    this.spacer = element("div", { class: "spacer", role: "presentation" }, this.body);
    this.head = element("div", { class: "head", role: "row", "aria-rowindex": 1 });
    this.scroller = element("div", { class: "scroller", role: "presentation" }, this.head, this.spacer);
    this.element = element("div", { class: "grid", role: "grid", tabindex: 0, "aria-label": label }, this.scroller);
    this.scroller.addEventListener("scroll", () => this.later());
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-row]")?.dataset["row"];
      if (row !== undefined) this.go(Number(row), "asked");
    });
  }

  /** Other rows. The current one stays where `current` says it is now; -1 for none. */
  update(
    columns: readonly GridColumn[],
    length: number,
    { sort, current = -1 }: { sort: GridSort; current?: number },
  ): void {
    if (columns.map(({ key }) => key).join() !== this.columns.map(({ key }) => key).join()) this.layOut(columns);
    this.columns = columns;
    this.length = length;
    for (const [i, { key }] of columns.entries()) {
      const order = key !== sort.key ? "none" : sort.isDescending ? "descending" : "ascending";
      set(this.head.children[i], { "aria-sort": order });
    }
    set(this.element, { "aria-rowcount": length + 1 });
    this.spacer.style.height = `${Math.min(tallest, length * rowHeight)}px`;
    this.show(current);
  }

  /** Makes a row the current one and brings it to sight. */
  show(row: number): void {
    this.current = row;
    if (row >= 0) this.scrollTo(row);
    this.draw();
  }

  private layOut(columns: readonly GridColumn[]): void {
    this.head.replaceChildren(
      ...columns.map(({ key, title, hint, isFigure }) => {
        // Reached by the grid's own key, so that Tab does not stop at each.
        const button = element("button", { type: "button", tabindex: -1, title: hint }, title);
        button.addEventListener("click", () => this.events.onSort(key));
        return element("div", { role: "columnheader", class: isFigure ? "figure" : "" }, button);
      }),
    );
    this.element.style.setProperty("--tracks", columns.map(({ track }) => track).join(" "));
    this.body.replaceChildren();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.current + 1,
      ArrowUp: this.current < 0 ? 0 : this.current - 1,
      PageDown: this.current + page,
      PageUp: this.current - page,
      Home: 0,
      End: this.length - 1,
    };
    const number = Number(event.key);
    if (number >= 1 && number <= this.columns.length) this.events.onSort(this.columns[number - 1].key);
    else if (event.key === "Enter" && this.current >= 0) this.events.onRow(this.current, "asked");
    else if (moves[event.key] !== undefined && this.length > 0) this.go(moves[event.key], "current");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private go(to: number, how: "current" | "asked"): void {
    const row = Math.min(this.length - 1, Math.max(0, to));
    this.show(row);
    this.events.onRow(row, how);
  }

  private scrollTo(row: number): void {
    const { clientHeight, scrollTop } = this.scroller;
    const visible = Math.max(1, Math.floor(clientHeight / rowHeight) - 1);
    const first = this.firstAt(scrollTop);
    if (row >= first && row < first + visible) return;
    const top = row < first ? row : row - visible + 1;
    this.scroller.scrollTop = this.isScaled() ? (top / this.lastTop()) * this.scrollable() : top * rowHeight;
  }

  private isScaled(): boolean {
    return this.length * rowHeight > tallest;
  }

  private scrollable(): number {
    return Math.max(1, tallest + rowHeight - this.scroller.clientHeight);
  }

  /** The first row where the last is at the lower edge. */
  private lastTop(): number {
    return Math.max(1, this.length - Math.floor(this.scroller.clientHeight / rowHeight) + 2);
  }

  private firstAt(scrollTop: number): number {
    if (!this.isScaled()) return Math.floor(scrollTop / rowHeight);
    return Math.round((scrollTop / this.scrollable()) * this.lastTop());
  }

  private later(): void {
    if (this.isPending) return;
    this.isPending = true;
    requestAnimationFrame(() => {
      this.isPending = false;
      this.draw();
    });
  }

  private draw(): void {
    const { scrollTop, clientHeight } = this.scroller;
    const top = this.firstAt(scrollTop);
    const visible = Math.ceil((clientHeight || 300) / rowHeight);
    // Where the scroll bar stands for shares, rows are laid from its place on.
    const first = this.isScaled() ? Math.min(top, Math.max(0, this.length - 1)) : Math.max(0, top - margin);
    const last = Math.min(this.length, top + visible + margin);
    this.body.style.transform = `translateY(${this.isScaled() ? scrollTop : first * rowHeight}px)`;
    while (this.body.childElementCount > last - first) this.body.lastElementChild?.remove();
    while (this.body.childElementCount < last - first) this.body.append(this.emptyRow());
    for (let row = first; row < last; row++) this.fill(this.body.children[row - first] as HTMLElement, row);
    const current = this.body.querySelector('[aria-selected="true"]');
    set(this.element, { "aria-activedescendant": current?.id });
  }

  private fill(line: HTMLElement, row: number): void {
    set(line, {
      id: `row-${this.label.replace(/\W+/g, "-")}-${row}`,
      "data-row": row,
      "aria-rowindex": row + 2,
      "aria-selected": row === this.current ? "true" : "false",
    });
    for (const [i, column] of this.columns.entries()) {
      const cell = line.children[i] as HTMLElement;
      const text = column.text(row);
      setText(cell.lastElementChild!, text);
      set(cell, { title: text });
      if (column.colour !== undefined) (cell.firstElementChild as HTMLElement).style.background = column.colour(row);
    }
  }

  private emptyRow(): HTMLElement {
    const cells = this.columns.map(({ isFigure, colour }) => {
      const swatch = colour === undefined ? [] : [element("i", { class: "swatch", "aria-hidden": "true" })];
      return element("div", { role: "gridcell", class: isFigure ? "figure" : "" }, ...swatch, element("span"));
    });
    return element("div", { class: "row", role: "row" }, ...cells);
  }
}
