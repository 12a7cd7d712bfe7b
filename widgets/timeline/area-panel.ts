// The sums of the selected area: by name, and how busy each track was. Knows no drawing.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { element, setText } from "../stepper/dom.js";
import { csvOf } from "./csv.js";
import { Grid, type GridColumn, type GridSort } from "./grid.js";
import type { Panel } from "./panel.js";
import type { Session } from "./session.js";
import type { EventRef } from "./shown.js";
import { type AreaSums, areaSums, type NameSum } from "./sums.js";
import { counted, formatCount, formatRange, formatShare } from "./words.js";

export interface AreaEvents {
  colourOf(event: EventRef): string;
  /** The text is to go to the clipboard. */
  onCopy(text: string): void;
  onSave(name: string, text: string): void;
  /** The area is what is in sight. */
  onView(): void;
  onClear(): void;
  /** Events of this name are looked for. */
  onName(name: string): void;
}

type Key = "name" | "track" | "count" | "total" | "mean" | "least" | "most" | "share";

export class AreaPanel implements Panel {
  readonly id = "area";
  readonly element: HTMLElement;
  private readonly said: HTMLElement = element("p", { role: "status" });
  private readonly busy: HTMLElement = element("div", { class: "busy-tracks" });
  private readonly grid: Grid;
  private readonly withArea: HTMLElement;
  /** Actions that need an area. */
  private readonly forArea: readonly HTMLElement[];
  private sums: AreaSums = { names: [], tracks: [], count: 0 };
  private rows: readonly NameSum[] = [];
  private sort: GridSort = { key: "total", isDescending: true };

  constructor(
    private readonly session: Session,
    private readonly events: AreaEvents,
  ) {
    this.grid = new Grid("Sums of the area by name", {
      onSort: (key) => this.order(key as Key),
      onRow: (row, how) => {
        if (how === "asked") this.events.onName(this.rows[row].name);
      },
    });
    const action = (words: string, onPress: () => void): HTMLElement => {
      const button = element("button", { type: "button" }, words);
      button.addEventListener("click", onPress);
      return button;
    };
    this.withArea = element("div", {}, this.busy, this.grid.element);
    this.forArea = [
      action("Copy as text", () => this.events.onCopy(csvOf(this.table(), "\t"))),
      action("Save as CSV", () => this.events.onSave("area.csv", csvOf(this.table(), ","))),
      action("Clear the area", () => this.events.onClear()),
    ];
    const actions = element(
      "div",
      { class: "actions" },
      action("Sum up what is in sight", () => this.events.onView()),
      ...this.forArea,
    );
    this.element = element("div", { class: "area" }, this.said, actions, this.withArea);
  }

  title(): string {
    return "Area";
  }

  update(): void {
    const { area, shown, isVisible } = this.session;
    for (const part of [this.withArea, ...this.forArea]) part.hidden = area === undefined;
    if (area === undefined) {
      setText(this.said, "No area is selected: drag along the ruler, or with Shift over the rows.");
      return;
    }
    const keys = area.tracks === undefined ? undefined : new Set(area.tracks);
    this.sums = areaSums(shown, area, (trace, track) => {
      if (keys === undefined) return isVisible(trace, track);
      return keys.has(this.keyOf(trace, track));
    });
    const where = keys === undefined ? "" : `, on ${counted(keys.size, "track")}`;
    setText(
      this.said,
      `${formatRange(area)}${where}: ${counted(this.sums.count, "event")}. Times are those within the area.`,
    );
    this.drawBusy();
    this.order(this.sort.key as Key, this.sort.isDescending);
  }

  /** The key of a track's row (`LayoutItem.key`). */
  private keyOf(trace: number, track: number): string {
    return `${trace}/p${this.session.shown.traces[trace].timeline.tracks[track].process}/t${track}`;
  }

  private order(key: Key, isDescending?: boolean): void {
    const falls = isDescending ?? (this.sort.key === key ? !this.sort.isDescending : key !== "name" && key !== "track");
    this.sort = { key, isDescending: falls };
    const value = values[key];
    this.rows = [...this.sums.names].sort((a, b) => {
      const [one, other] = [value(a, this.session), value(b, this.session)];
      return (one < other ? -1 : one > other ? 1 : 0) * (falls ? -1 : 1);
    });
    this.grid.update(this.columns(), this.rows.length, { sort: this.sort });
  }

  private columns(): GridColumn[] {
    const { session, events } = this;
    const { area, shown } = session;
    const length = area === undefined ? 1 : Math.max(1, area.end - area.start);
    const figure = (key: Key, title: string, text: (sum: NameSum) => string, hint?: string): GridColumn => ({
      ...{ key, title, track: "minmax(6.5em, 1fr)", isFigure: true, text: (row) => text(this.rows[row]) },
      ...(hint === undefined ? {} : { hint }),
    });
    const columns: readonly GridColumn[] = [
      {
        ...{ key: "name", title: "name", track: "minmax(12em, 3fr)", text: (row) => this.rows[row].name },
        colour: (row) => events.colourOf({ trace: this.rows[row].trace, event: this.rows[row].example }),
      },
      {
        ...{ key: "track", title: "track", track: "minmax(9em, 2fr)" },
        text: (row) => trackWords(session, this.rows[row]),
      },
      figure("count", "count", ({ count }) => formatCount(count)),
      figure("total", "total", ({ total }) => formatNanoseconds(total), "Of nested events each counts"),
      figure("mean", "mean", ({ total, count }) => formatNanoseconds(total / count)),
      figure("least", "min", ({ least }) => formatNanoseconds(least)),
      figure("most", "max", ({ most }) => formatNanoseconds(most)),
      figure(
        "share",
        "of the time",
        ({ total }) => formatShare(total / length),
        `Of the ${formatNanoseconds(length)} selected`,
      ),
    ];
    const isOneTrack = shown.traces.every(({ timeline }) => timeline.tracks.length < 2);
    return columns.filter(({ key }) => key !== "track" || !isOneTrack);
  }

  private drawBusy(): void {
    const { area } = this.session;
    const length = Math.max(1, area!.end - area!.start);
    const few = this.sums.tracks.slice(0, 24);
    this.busy.replaceChildren(
      ...few.map((sum) => {
        const share = Math.min(1, sum.busy / length);
        const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span"));
        (bar.firstElementChild as HTMLElement).style.width = `${(share * 100).toFixed(1)}%`;
        return element(
          "span",
          { class: "busy-track" },
          `${trackWords(this.session, sum)} `,
          bar,
          ` busy ${formatShare(share)}`,
        );
      }),
      ...(few.length < this.sums.tracks.length ? [`and ${this.sums.tracks.length - few.length} more tracks`] : []),
    );
  }

  /** The rows as they stand, with all digits. */
  private table(): (string | number)[][] {
    const length = Math.max(1, this.session.area!.end - this.session.area!.start);
    const head = ["name", "track", "count", "total_ns", "mean_ns", "min_ns", "max_ns", "share_of_area"];
    return [
      head,
      ...this.rows.map((sum) => {
        const { name, count, total, least, most } = sum;
        return [name, trackWords(this.session, sum), count, total, total / count, least, most, total / length];
      }),
    ];
  }
}

const values: Readonly<Record<Key, (sum: NameSum, session: Session) => string | number>> = {
  name: ({ name }) => name,
  track: (sum, session) => trackWords(session, sum),
  count: ({ count }) => count,
  total: ({ total }) => total,
  mean: ({ total, count }) => total / count,
  least: ({ least }) => least,
  most: ({ most }) => most,
  share: ({ total }) => total,
};

function trackWords({ shown }: Session, { trace, track }: { readonly trace: number; readonly track: number }): string {
  const { timeline, title } = shown.traces[trace];
  const { name } = timeline.tracks[track];
  return shown.traces.length > 1 ? `${title}: ${name}` : name;
}
