// The table of a validation: only the rows that are in sight are in the page, so that ten thousand scroll as ten do.
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationColumns } from "../../src/view/validation-state.js";
import { element, set, setText } from "../stepper/dom.js";
import type { SortKey } from "./rows.js";
import { type Column, tableColumns } from "./table-columns.js";

const rowHeight = 26;
/** Rows beyond the edges, so that a scroll finds them there. */
const margin = 8;

export interface GridEvents {
  onSort(key: SortKey): void;
  /** A row was chosen, by its place in the columns. */
  onSelect(row: number): void;
}

/** The table; `update` brings it up to date. */
export class Grid {
  readonly element: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #body: HTMLElement;
  readonly #head: HTMLElement;
  #heads: ReadonlyMap<SortKey, HTMLElement> = new Map();
  #mode: ShownModes | undefined;
  #shown: readonly Column[] = [];
  #columns: ValidationColumns | undefined;
  #rows: readonly number[] = [];
  #selected: number | undefined;
  #pending = false;

  constructor(private readonly events: GridEvents) {
    this.#body = element("div", { class: "rows", role: "rowgroup" });
    this.#spacer = element("div", { class: "spacer", role: "presentation" }, this.#body);
    this.#head = element("div", { class: "head", role: "row" });
    this.#scroller = element(
      "div",
      { class: "scroller", tabindex: 0, role: "presentation", "aria-label": "Rows: arrow keys choose one" },
      this.#head,
      this.#spacer,
    );
    this.#scroller.addEventListener("scroll", () => this.#later());
    this.#scroller.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-row]")?.dataset["row"];
      if (row !== undefined) this.events.onSelect(Number(row));
    });
    this.element = element("div", { class: "grid", role: "table" }, this.#scroller);
  }

  update(
    columns: ValidationColumns,
    rows: readonly number[],
    { mode, ...sort }: { readonly key: SortKey; readonly descending: boolean; readonly mode: ShownModes },
  ): void {
    if (mode !== this.#mode) this.#setColumns(mode);
    this.#columns = columns;
    this.#rows = rows;
    for (const [key, head] of this.#heads) {
      set(head, { "aria-sort": key !== sort.key ? "none" : sort.descending ? "descending" : "ascending" });
    }
    set(this.element, { "aria-rowcount": rows.length + 1 });
    this.#spacer.style.height = `${rows.length * rowHeight}px`;
    this.#draw();
  }

  /** Marks a row, and scrolls to it where it is out of sight. */
  select(row: number | undefined): void {
    this.#selected = row;
    const place = row === undefined ? -1 : this.#rows.indexOf(row);
    if (place >= 0) {
      const { scrollTop, clientHeight } = this.#scroller;
      const top = place * rowHeight;
      // The heading covers the first line.
      if (top < scrollTop) this.#scroller.scrollTop = top;
      else if (top + 2 * rowHeight > scrollTop + clientHeight)
        this.#scroller.scrollTop = top + 2 * rowHeight - clientHeight;
    }
    this.#draw();
  }

  #setColumns(mode: ShownModes): void {
    this.#mode = mode;
    this.#shown = tableColumns(mode);
    const heads = this.#shown.map(({ key, title, hint, isFigure }) => {
      const button = element("button", { type: "button", title: hint === "" ? undefined : hint }, title);
      button.addEventListener("click", () => this.events.onSort(key));
      const head = element(
        "div",
        { role: "columnheader", class: isFigure ? "figure" : "", "aria-sort": "none" },
        button,
      );
      return [key, head] as const;
    });
    this.#heads = new Map(heads);
    this.#head.replaceChildren(...this.#heads.values());
    this.element.style.setProperty("--tracks", this.#shown.map(({ track }) => track).join(" "));
    this.#body.replaceChildren();
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 2);
    const place = this.#selected === undefined ? -1 : this.#rows.indexOf(this.#selected);
    const last = this.#rows.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place < 0 ? 0 : place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.events.onSelect(this.#rows[Math.min(last, Math.max(0, to))]);
  }

  #later(): void {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.#draw();
    });
  }

  #draw(): void {
    const columns = this.#columns;
    if (columns === undefined) return;
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + (clientHeight || 400)) / rowHeight) + margin);
    this.#body.style.transform = `translateY(${first * rowHeight}px)`;
    while (this.#body.childElementCount > last - first) this.#body.lastElementChild?.remove();
    while (this.#body.childElementCount < last - first) this.#body.append(emptyRow(this.#shown));
    for (let place = first; place < last; place++) {
      const row = this.#rows[place];
      const line = this.#body.children[place - first] as HTMLElement;
      set(line, {
        "data-row": row,
        "aria-rowindex": place + 2,
        "aria-selected": row === this.#selected ? "true" : "false",
      });
      for (const [i, column] of this.#shown.entries()) {
        setText(line.children[i], column.text(columns, row));
        if (column.status !== undefined) set(line.children[i], { "data-status": column.status(columns, row) });
      }
    }
  }
}

function emptyRow(shown: readonly Column[]): HTMLElement {
  return element(
    "div",
    { class: "row", role: "row" },
    ...shown.map(({ isFigure }) => element("div", { role: "cell", class: isFigure ? "figure" : "" })),
  );
}
