// A timeline that a reader works with: zooms, searches, sums up an area, compares it with another. The notebook packs it and hears what
// is chosen; the drawing is widgets/timeline's.
import { deflateSync } from "node:zlib";
import { InputError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { TraceRecorder } from "../trace/index.js";
import { timelineOfCalls } from "../trace/read/index.js";
import { Timeline, type TimelineEvent } from "../trace/timeline/index.js";
import {
  type AlignBy,
  type AskedRange,
  aroundStage,
  type ChosenEvent,
  describeTimeline,
  firstStart,
  offsetsOf,
  openingStage,
  packTimeline,
  stagesOf,
  stillWords,
  type TimelineViewState,
  type TimeRange,
  type TraceState,
  timelineSvg,
} from "../view/timeline/index.js";
import { type KernelBridge, kernelBridge, type MimeBundle, mimeForm } from "./bridge.js";
import { layoutWidget, ownModel, Widget } from "./widget.js";
import { isRecord, type WidgetState } from "./widget-state.js";

export interface TimelineExplorerOptions {
  /** What the traces are called: their files' names unless given. */
  readonly titles?: readonly string[];
  /**
   * How two traces stand to each other: both from their starts (`start`, the default), or moved so that the first events of a name
   * begin together: `{ first: "iteration 1" }`.
   */
  readonly align?: AlignBy;
  /** The most bytes of arguments that go to the page with each trace; 24 MB unless given. */
  readonly argumentBytes?: number;
}

/** What is shown as a timeline: one that was read, or the driver calls that a simulation recorded (`run.trace`). */
export type Traced = Timeline | TraceRecorder;

/** A timeline to work with, or two to compare. `event` and `area` are what is chosen in the page at present. */
export class TimelineExplorer {
  readonly timelines: readonly Timeline[];
  readonly #titles: readonly string[];
  readonly #align: AlignBy;
  readonly #argumentBytes: number | undefined;
  #widget: Widget | undefined;
  #packed: readonly TraceState[] | undefined;
  #sentences: readonly string[] | undefined;
  #chosen: ChosenEvent | null = null;
  #area: TimeRange | null = null;
  #range: AskedRange | null = null;

  /** Throws InputError for what is no timeline, for more than two, and for an `align` that an event of no trace has. */
  constructor(traces: Traced | readonly Traced[], options: TimelineExplorerOptions = {}) {
    this.timelines = checked(traces);
    const { titles, align = "start", argumentBytes } = options;
    if (titles !== undefined && titles.length !== this.timelines.length) {
      throw new InputError(`there are ${titles.length} titles for ${this.timelines.length} timelines`, {
        where: "titles",
      });
    }
    this.#titles = titles ?? titlesOf(this.timelines);
    this.#align = checkedAlign(align, this.timelines, this.#titles);
    this.#argumentBytes = argumentBytes;
    Object.defineProperty(this, mimeForm, { value: () => this.#bundle() });
  }

  static {
    inspectAsText(TimelineExplorer);
  }

  /** The event that is chosen in the page; undefined for none. */
  get event(): TimelineEvent | undefined {
    return this.#chosen === null ? undefined : this.timelines[this.#chosen.trace].event(this.#chosen.event);
  }

  /** The area that is selected in the page, in nanoseconds from the start; undefined for none. */
  get area(): TimeRange | undefined {
    return this.#area ?? undefined;
  }

  /**
   * Shows a part of time in every page, in nanoseconds from the start, or by name: a stage, else the first event that is called so;
   * undefined shows all. Throws InputError for what is no part and for a name that nothing has.
   *
   * @example
   * explorer.zoom("inference");
   */
  zoom(range?: TimeRange | string): void {
    const { start, end } = this.#rangeOf(range);
    this.#range = { start, end, asked: (this.#range?.asked ?? 0) + 1 };
    this.#widget?.set({ range: this.#range });
  }

  toString(): string {
    return this.timelines.map(String).join("\n");
  }

  /** Its live form; undefined outside warplab's kernel. */
  view(bridge: KernelBridge | undefined = kernelBridge()): MimeBundle | undefined {
    return bridge === undefined ? undefined : this.#live(bridge).viewBundle();
  }

  /** What every notebook can show: a picture of what the live view would show at first, and words. */
  still(): MimeBundle {
    const { timelines } = this;
    const offsets = this.#offsets();
    const shown = timelines.map((timeline, i) => ({
      ...{ timeline, title: this.#titles[i], sentence: this.#said()[i], offset: offsets[i] },
    }));
    const opening = openingStage(stagesOf(timelines, offsets), timelines, offsets);
    const span = this.#range ?? (opening && { ...aroundStage(opening), name: opening.name });
    return { "image/svg+xml": timelineSvg(shown, { span }), "text/plain": stillWords(shown) };
  }

  #offsets(): number[] {
    return offsetsOf(this.timelines, this.#align);
  }

  #rangeOf(range: TimeRange | string | undefined): TimeRange {
    if (typeof range === "string") return this.#rangeCalled(range);
    if (range === undefined) {
      const offsets = this.#offsets();
      return { start: 0, end: Math.max(1, ...this.timelines.map(({ end }, i) => end + offsets[i])) };
    }
    if (range.end > range.start) return range;
    throw new InputError(`the end, ${range.end}, must come after the start, ${range.start}`, { where: "range" });
  }

  #rangeCalled(name: string): TimeRange {
    const { timelines } = this;
    const offsets = this.#offsets();
    const stages = stagesOf(timelines, offsets);
    const stage = stages.find((each) => each.name === name);
    if (stage !== undefined) return aroundStage(stage);
    for (const [i, timeline] of timelines.entries()) {
      const start = firstStart(timeline, name);
      if (start === undefined) continue;
      const event = timeline.events.name.indexOf(timeline.texts.indexOf(name));
      return aroundStage({ start: start + offsets[i], end: start + offsets[i] + timeline.events.duration[event] });
    }
    const known =
      stages.length === 0 ? {} : { fix: `Its stages are ${stages.map((each) => `"${each.name}"`).join(", ")}.` };
    throw new InputError(`no stage and no event is called ${JSON.stringify(name)}`, { where: "zoom", ...known });
  }

  #live(bridge: KernelBridge): Widget {
    if (this.#widget === undefined || this.#widget.closed) {
      const widget = new Widget(
        { ...ownModel(), tabbable: null, tooltip: null, layout: layoutWidget({}, bridge), ...this.#state() },
        bridge,
      );
      widget.observe("chosen", (chosen) => {
        this.#chosen = chosenOf(chosen, this.timelines);
      });
      widget.observe("area", (area) => {
        this.#area = rangeOf(area);
      });
      this.#widget = widget;
    }
    return this.#widget;
  }

  #state(): WidgetState {
    this.#packed ??= this.timelines.map((timeline, i) => this.#pack(timeline, i));
    const state: TimelineViewState = {
      view: "timeline",
      traces: this.#packed,
      align: this.#align,
      range: this.#range,
      chosen: this.#chosen,
      area: this.#area,
    };
    return { ...state };
  }

  /** What happened in each; its analysis takes a moment for a million events. */
  #said(): readonly string[] {
    this.#sentences ??= this.timelines.map((timeline) => describeTimeline(timeline));
    return this.#sentences;
  }

  #pack(timeline: Timeline, trace: number): TraceState {
    const limit = this.#argumentBytes === undefined ? {} : { argumentBytes: this.#argumentBytes };
    const { bytes, withoutArguments } = packTimeline(timeline, limit);
    const leftOut =
      withoutArguments === 0
        ? ""
        : `The arguments of ${withoutArguments.toLocaleString("en-US")} events are not in this view: they would make it too large. ` +
          "The timeline in the notebook has them.";
    return { title: this.#titles[trace], sentence: this.#said()[trace], bytes: deflateSync(bytes), leftOut };
  }

  #bundle(): MimeBundle {
    return { ...this.view(), ...this.still() };
  }
}

/**
 * A timeline to work with: in a notebook one zooms and searches it, chooses events and areas; of two the second is shown below the
 * first. Takes what reads a trace gives. Throws InputError for what is no timeline.
 */
export function timelineExplorer(
  traces: Traced | readonly Traced[],
  options: TimelineExplorerOptions = {},
): TimelineExplorer {
  return new TimelineExplorer(traces, options);
}

const explorers = new WeakMap<Traced, { readonly explorer: TimelineExplorer; readonly calls: number }>();

/** The explorer that shows a trace: the same one each time, so that all its views show one choice; a new one when calls were added. */
export function timelineExplorerOf(traced: Traced): TimelineExplorer {
  const calls = traced instanceof TraceRecorder ? traced.calls.length : 0;
  const known = explorers.get(traced);
  if (known?.calls === calls) return known.explorer;
  const explorer = new TimelineExplorer(traced);
  explorers.set(traced, { explorer, calls });
  return explorer;
}

/** Whether a value is a timeline, even one of another installation. */
export function isTimeline(value: unknown): value is Timeline {
  if (value instanceof Timeline) return true;
  if (!isRecord(value)) return false;
  const { events, tracks, processes, argumentTexts, event } = value as Partial<Timeline>;
  return (
    isRecord(events) &&
    Array.isArray(tracks) &&
    Array.isArray(processes) &&
    isRecord(argumentTexts) &&
    typeof event === "function"
  );
}

function checked(traces: Traced | readonly Traced[]): readonly Timeline[] {
  const given: readonly unknown[] = Array.isArray(traces) ? traces : [traces];
  const list = given.map((each) => (each instanceof TraceRecorder ? recordedTimeline(each) : each));
  const stranger = list.findIndex((each) => !isTimeline(each));
  if (stranger >= 0) {
    const place = list.length === 1 ? "this" : `the ${stranger === 0 ? "first" : "second"}`;
    throw new InputError(`${place} is no timeline`, {
      where: "timelineExplorer",
      fix: "Give what openTrace(path) returns, or a simulated run's trace; two of them in a list to compare.",
    });
  }
  if (list.length < 1 || list.length > 2) {
    throw new InputError(`${list.length} timelines cannot be compared`, {
      where: "timelineExplorer",
      fix: "Give one, or a list of two.",
    });
  }
  return list as readonly Timeline[];
}

function recordedTimeline({ header, calls }: TraceRecorder): Timeline {
  return timelineOfCalls(header, calls, `${header.device} trace`);
}

/** Two of one name are told apart. */
function titlesOf(timelines: readonly Timeline[]): readonly string[] {
  const names = timelines.map(({ source }) => source.name);
  return names.length === 2 && names[0] === names[1] ? [`${names[0]} (A)`, `${names[1]} (B)`] : names;
}

function checkedAlign(align: AlignBy, timelines: readonly Timeline[], titles: readonly string[]): AlignBy {
  if (align === "start") return align;
  for (const [i, timeline] of timelines.entries()) {
    if (firstStart(timeline, align.first) === undefined) {
      throw new InputError(`no event of ${titles[i]} is called ${JSON.stringify(align.first)}`, {
        where: "align",
        fix: 'Name an event that both traces have, or align: "start".',
      });
    }
  }
  return align;
}

/** What a page says is chosen, where there is such an event. */
function chosenOf(value: unknown, timelines: readonly Timeline[]): ChosenEvent | null {
  if (!isRecord(value)) return null;
  const { trace, event } = value as Partial<ChosenEvent>;
  const isThere = Number.isInteger(trace) && Number.isInteger(event) && event! >= 0;
  return isThere && event! < (timelines[trace!]?.events.length ?? 0) ? { trace: trace!, event: event! } : null;
}

function rangeOf(value: unknown): TimeRange | null {
  if (!isRecord(value)) return null;
  const { start, end } = value as Partial<TimeRange>;
  return typeof start === "number" && typeof end === "number" && end > start ? { start, end } : null;
}
