// The events as a table, for those who do not see the picture and those who want to read on: what is in sight, in the area, the hits, or
// all. The event that is current here is chosen there. Knows no drawing.
import { element, setText } from "../stepper/dom.js";
import { csvOf } from "./csv.js";
import { Grid, type GridColumn, type GridSort } from "./grid.js";
import { durationOf, type Shown } from "./opened.js";
import type { Panel } from "./panel.js";
import type { Session } from "./session.js";
import type { EventRef } from "./shown.js";
import { counted, durationWords, formatCount, momentFormat, roleWord } from "./words.js";

export interface EventsPanelEvents {
  colourOf(event: EventRef): string;
  /** An event became the current one. */
  onGo(event: EventRef): void;
  /** It was asked for: by Enter or a click. */
  onAsk(event: EventRef): void;
  onSave(name: string, text: string): void;
}

export const scopes = {
  view: "in sight",
  area: "in the area",
  hits: "found by the search",
  all: "all",
} as const;
export type Scope = keyof typeof scopes;

/** More would be a file of hundreds of megabytes. */
const mostSaved = 1_000_000;

export class EventsPanel implements Panel {
  readonly id = "events";
  readonly element: HTMLElement;
  private readonly choice: HTMLSelectElement;
  private readonly count: HTMLElement = element("span", { class: "soft", role: "status" });
  private readonly grid: Grid;
  private numbers: Int32Array = new Int32Array();
  private startWords: (start: number) => string = String;
  private sort: GridSort = { key: "start", isDescending: false };
  /** What the rows were made of, so that they are not made again for nothing. */
  private madeOf: unknown[] = [];

  constructor(
    private readonly session: Session,
    private readonly events: EventsPanelEvents,
  ) {
    this.choice = element("select", { "aria-label": "Which events are listed" });
    for (const [scope, words] of Object.entries(scopes)) {
      this.choice.append(element("option", { value: scope }, words));
    }
    this.choice.addEventListener("change", () => this.update());
    this.grid = new Grid("Events", {
      onSort: (key) => {
        this.sort = { key, isDescending: this.sort.key === key ? !this.sort.isDescending : key === "duration" };
        this.order();
      },
      onRow: (row, how) => {
        const ref = session.shown.refOf(this.numbers[row]);
        if (how === "asked") events.onAsk(ref);
        else events.onGo(ref);
      },
    });
    const save = element("button", { type: "button" }, "Save as CSV");
    save.addEventListener("click", () => events.onSave("events.csv", csvOf(this.table(), ",")));
    const label = element("label", {}, "Events ", this.choice);
    this.element = element(
      "div",
      { class: "events" },
      element("div", { class: "actions" }, label, this.count, save),
      this.grid.element,
    );
  }

  title(): string {
    return "Events";
  }

  focus(): void {
    this.grid.element.focus();
  }

  /** Lists these. */
  list(scope: Scope): void {
    this.choice.value = scope;
    this.update();
  }

  update(): void {
    const { session } = this;
    const { shown, area, hits, range, isVisible } = session;
    const scope = this.choice.value as Scope;
    const parts = [scope, shown, isVisible, scope === "area" && area, scope === "hits" && hits];
    const span = scope === "view" ? `${range.start} ${range.end}` : "";
    const madeOf = [...parts, span];
    if (madeOf.some((part, i) => part !== this.madeOf[i])) {
      this.madeOf = madeOf;
      this.numbers = this.collect(scope);
      this.startWords = momentFormat(startsOf(shown, this.numbers));
      setText(this.count, counted(this.numbers.length, "event"));
      this.order();
    } else this.grid.show(this.place());
  }

  private collect(scope: Scope): Int32Array {
    const { session } = this;
    const { shown, area, range, isVisible } = session;
    if (scope === "hits") return session.hitNumbers();
    if (scope === "all") return session.numbers(() => true);
    const span = scope === "area" ? area : range;
    if (span === undefined) return new Int32Array();
    return session.numbers((trace, event) => {
      const { timeline } = shown.traces[trace];
      const start = timeline.events.start[event] + shown.offsets[trace];
      const isIn = start < span.end && start + durationOf(timeline, event) >= span.start;
      return isIn && isVisible(trace, timeline.events.track[event]);
    });
  }

  /** The row of the chosen event; -1 where it is not among them. */
  private place(): number {
    const { chosen, shown } = this.session;
    return chosen === undefined ? -1 : this.numbers.indexOf(shown.numberOf(chosen));
  }

  private order(): void {
    const { shown } = this.session;
    const { key, isDescending } = this.sort;
    const rank = ranks(this.session, key);
    const keys = new Float64Array(shown.length);
    for (const number of this.numbers) {
      const { trace, event } = shown.refOf(number);
      keys[number] = rank(trace, event);
    }
    const factor = isDescending ? -1 : 1;
    this.numbers.sort((a, b) => factor * (keys[a] - keys[b]) || a - b);
    this.grid.update(this.columns(), this.numbers.length, { sort: this.sort, current: this.place() });
  }

  private columns(): GridColumn[] {
    const { session, events } = this;
    const { shown } = session;
    const at = (row: number): EventRef => shown.refOf(this.numbers[row]);
    const read = (text: (ref: EventRef) => string) => (row: number) => text(at(row));
    const columns: GridColumn[] = [
      {
        ...{ key: "start", title: "start", track: "minmax(10em, 1fr)", isFigure: true },
        text: read((ref) => this.startWords(shown.startOf(ref))),
      },
      {
        ...{ key: "duration", title: "takes", track: "minmax(7em, 1fr)", isFigure: true },
        text: read((ref) => durationWords(shown.timelineOf(ref), ref.event)),
      },
      {
        ...{ key: "name", title: "name", track: "minmax(12em, 3fr)" },
        text: read((ref) => shown.timelineOf(ref).nameOf(ref.event)),
        colour: (row) => events.colourOf(at(row)),
      },
      {
        ...{ key: "role", title: "kind", track: "minmax(6.5em, 1fr)" },
        text: read((ref) => roleWord(shown.timelineOf(ref).roleOf(ref.event))),
      },
      {
        ...{ key: "track", title: "track", track: "minmax(10em, 2fr)" },
        text: read((ref) => {
          const { track, process } = shown.timelineOf(ref).event(ref.event);
          return `${track.name} of ${process.name}`;
        }),
      },
      {
        ...{ key: "bytes", title: "bytes", track: "minmax(6em, 1fr)", isFigure: true },
        text: read((ref) => {
          const bytes = shown.timelineOf(ref).events.bytes[ref.event];
          return Number.isNaN(bytes) ? "" : formatCount(bytes);
        }),
      },
    ];
    if (shown.traces.length > 1) {
      columns.splice(2, 0, {
        ...{ key: "trace", title: "trace", track: "minmax(6em, 1fr)" },
        text: read((ref) => shown.traces[ref.trace].title),
      });
    }
    return columns;
  }

  private table(): (string | number)[][] {
    const { shown } = this.session;
    const head = [
      "trace",
      "start_ns",
      "duration_ns",
      "name",
      "category",
      "role",
      "track",
      "process",
      "bytes",
      "arguments",
    ];
    return [
      head,
      ...Array.from(this.numbers.subarray(0, mostSaved), (number) => {
        const ref = shown.refOf(number);
        const timeline = shown.timelineOf(ref);
        const { name, category, role, track, process, start, duration, bytes } = timeline.event(ref.event);
        const args = timeline.argumentTextOf(ref.event);
        const { title } = shown.traces[ref.trace];
        return [title, start, duration, name, category, role, track.name, process.name, bytes ?? "", args];
      }),
    ];
  }
}

function* startsOf(shown: Shown, numbers: Int32Array): Generator<number> {
  for (const number of numbers) yield shown.startOf(shown.refOf(number));
}

/** What an event is ordered by. */
function ranks({ shown }: Session, key: string): (trace: number, event: number) => number {
  const columns = shown.traces.map(({ timeline }) => timeline.events);
  switch (key) {
    case "duration":
      return (trace, event) => durationOf(shown.traces[trace].timeline, event);
    case "name": {
      const places = placesOf(shown.traces.flatMap(({ timeline }) => [...timeline.texts]));
      const ofText = shown.traces.map(({ timeline }) => timeline.texts.map((text) => places.get(text)!));
      return (trace, event) => ofText[trace][columns[trace].name[event]];
    }
    case "role":
      return (trace, event) => columns[trace].role[event];
    case "track":
      return (trace, event) => columns[trace].track[event];
    case "bytes":
      return (trace, event) => columns[trace].bytes[event] || 0;
    case "trace":
      return (trace) => trace;
    default:
      return (trace, event) => columns[trace].start[event] + shown.offsets[trace];
  }
}

function placesOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const inOrder = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  return new Map(inOrder.map((text, place) => [text, place]));
}
