// Two traces name by name: how often, how long, what became slower. Knows no drawing.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { element, setText } from "../stepper/dom.js";
import { csvOf } from "./csv.js";
import { Grid, type GridColumn, type GridSort } from "./grid.js";
import { compareNames, comparisonInWords, type NameComparison } from "./name-comparison.js";
import type { Panel } from "./panel.js";
import type { Session } from "./session.js";
import { absent, formatCount, roleWord } from "./words.js";

export interface ComparisonEvents {
  onName(name: string): void;
  onAlignStarts(): void;
  onSave(name: string, text: string): void;
}

export class ComparisonPanel implements Panel {
  readonly id = "comparison";
  readonly element: HTMLElement;
  private readonly said: HTMLElement = element("p", { role: "status" });
  private readonly inArea: HTMLInputElement = element("input", { type: "checkbox" });
  private readonly grid: Grid;
  private rows: NameComparison[] = [];
  private sort: GridSort = { key: "difference", isDescending: true };
  private madeOf: unknown[] = [];

  constructor(
    private readonly session: Session,
    events: ComparisonEvents,
  ) {
    this.inArea.addEventListener("change", () => this.update());
    this.grid = new Grid("Names of A against B", {
      onSort: (key) => {
        this.sort = { key, isDescending: this.sort.key === key ? !this.sort.isDescending : key !== "name" };
        this.order();
      },
      onRow: (row, how) => {
        if (how === "asked") events.onName(this.rows[row].name);
      },
    });
    const starts = element("button", { type: "button" }, "Align at their starts");
    starts.addEventListener("click", () => events.onAlignStarts());
    const save = element("button", { type: "button" }, "Save as CSV");
    save.addEventListener("click", () => events.onSave("comparison.csv", csvOf(this.table(), ",")));
    const label = element("label", {}, this.inArea, " only what begins in the area");
    this.element = element(
      "div",
      { class: "comparison" },
      this.said,
      element("div", { class: "actions" }, label, starts, save),
      this.grid.element,
    );
  }

  title(): string {
    return "A and B";
  }

  update(): void {
    const { shown, area } = this.session;
    this.inArea.disabled = area === undefined;
    const range = this.inArea.checked ? area : undefined;
    if (this.madeOf[0] === shown && this.madeOf[1] === range) return;
    this.madeOf = [shown, range];
    this.rows = compareNames(shown, range);
    setText(this.said, comparisonInWords(shown, this.rows, formatNanoseconds));
    this.order();
  }

  private order(): void {
    const value = values[this.sort.key];
    const factor = this.sort.isDescending ? -1 : 1;
    this.rows.sort((a, b) => {
      const [one, other] = [value(a), value(b)];
      return factor * (one < other ? -1 : one > other ? 1 : 0);
    });
    this.grid.update(this.columns(), this.rows.length, { sort: this.sort });
  }

  private columns(): GridColumn[] {
    const figure = (key: string, title: string, text: (row: NameComparison) => string): GridColumn => ({
      ...{ key, title, track: "minmax(6em, 1fr)", isFigure: true, text: (row) => text(this.rows[row]) },
    });
    const time = (of: NameComparison, trace: 0 | 1): string =>
      of.counts[trace] === 0 ? absent : formatNanoseconds(of.totals[trace]);
    return [
      { key: "name", title: "name", track: "minmax(12em, 3fr)", text: (row) => this.rows[row].name },
      { key: "role", title: "kind", track: "minmax(6.5em, 1fr)", text: (row) => roleWord(this.rows[row].role) },
      figure("countA", "count A", ({ counts }) => formatCount(counts[0])),
      figure("countB", "count B", ({ counts }) => formatCount(counts[1])),
      figure("totalA", "time A", (row) => time(row, 0)),
      figure("totalB", "time B", (row) => time(row, 1)),
      figure("difference", "B \u2212 A", ({ totals }) => signed(totals[1] - totals[0])),
      figure("ratio", "B / A", ({ totals }) =>
        totals[0] === 0 ? absent : `${Number((totals[1] / totals[0]).toPrecision(3))}`,
      ),
    ];
  }

  private table(): (string | number)[][] {
    const head = ["name", "role", "count_a", "count_b", "total_a_ns", "total_b_ns", "difference_ns"];
    return [
      head,
      ...this.rows.map(({ name, role, counts, totals }) => [name, role, ...counts, ...totals, totals[1] - totals[0]]),
    ];
  }
}

/** Differences are ordered by their size, whichever way they go. */
const values: Readonly<Record<string, (row: NameComparison) => string | number>> = {
  name: ({ name }) => name,
  role: ({ role }) => role,
  countA: ({ counts }) => counts[0],
  countB: ({ counts }) => counts[1],
  totalA: ({ totals }) => totals[0],
  totalB: ({ totals }) => totals[1],
  difference: ({ totals }) => Math.abs(totals[1] - totals[0]),
  ratio: ({ totals }) => (totals[0] === 0 ? Number.POSITIVE_INFINITY : totals[1] / totals[0]),
};

function signed(time: number): string {
  if (time === 0) return "0";
  return `${time > 0 ? "+" : "\u2212"}${formatNanoseconds(Math.abs(time))}`;
}
