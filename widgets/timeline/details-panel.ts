// The chosen event: all that was recorded of it, what it lies within and belongs to, and ways from it to others. Knows no drawing.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { element } from "../stepper/dom.js";
import { durationOf } from "./opened.js";
import type { Panel } from "./panel.js";
import { enclosing, nthOfName, sameName } from "./relatives.js";
import type { Session } from "./session.js";
import type { EventRef } from "./shown.js";
import { bothTimes, counted, formatBytes, formatCount, roleWord } from "./words.js";

export interface DetailsEvents {
  /** What belongs together with an event by correlation or arrows. */
  related(event: EventRef): readonly EventRef[];
  /** Another event is chosen. */
  onGo(event: EventRef): void;
  onZoom(event: EventRef): void;
  onArea(event: EventRef): void;
  /** Moves the traces so that these two begin together. */
  onAlign(one: EventRef, other: EventRef): void;
}

/** Longer texts are cut on the screen; the recorded text below has them whole. */
const longest = 400;

export class DetailsPanel implements Panel {
  readonly id = "event";
  readonly element: HTMLElement = element("div", { class: "details" });
  private shownFor: EventRef | undefined;

  constructor(
    private readonly session: Session,
    private readonly events: DetailsEvents,
  ) {}

  title(): string {
    return "Event";
  }

  update(): void {
    const { chosen } = this.session;
    if (chosen === undefined) {
      this.element.replaceChildren(
        element("p", { class: "soft" }, "No event is chosen: click one, or press . on the picture."),
      );
    } else if (chosen !== this.shownFor) {
      this.element.replaceChildren(...this.parts(chosen));
    }
    this.shownFor = chosen;
  }

  /** After the traces were moved against each other, the same event stands elsewhere. */
  forget(): void {
    this.shownFor = undefined;
  }

  private parts(ref: EventRef): HTMLElement[] {
    const timeline = this.session.shown.timelineOf(ref);
    const event = timeline.event(ref.event);
    const kind = [roleWord(event.role), event.category === "" ? undefined : `category ${event.category}`];
    const heading = element(
      "h4",
      {},
      element("b", {}, event.name),
      element("span", { class: "soft" }, ` ${kind.filter((word) => word !== undefined).join(", ")}`),
    );
    const facts: [string, (Node | string)[]][] = [
      ["starts", [bothTimes(event.start)]],
      ["takes", [this.takes(ref)]],
      ["track", [`${event.track.name} of ${event.process.name}`]],
    ];
    const { shown } = this.session;
    if (shown.traces.length > 1) facts.push(["trace", [shown.traces[ref.trace].title]]);
    if (event.stream !== undefined) facts.push(["stream", [String(event.stream)]]);
    if (event.bytes !== undefined) facts.push(["bytes", [formatBytes(event.bytes)]]);
    if (event.direction !== "") facts.push(["direction", [event.direction]]);
    if (event.correlation !== undefined) facts.push(["correlation", [String(event.correlation)]]);
    const related = this.events.related(ref);
    if (related.length > 0) facts.push(["belongs to", this.links(related)]);
    const around = enclosing(timeline, ref.event).map((each) => ({ trace: ref.trace, event: each }));
    if (around.length > 0) facts.push(["within", this.links(around)]);
    return [heading, this.actions(ref), list(facts), this.recorded(ref)];
  }

  private takes(ref: EventRef): string {
    const timeline = this.session.shown.timelineOf(ref);
    const { form, duration } = timeline.event(ref.event);
    if (form === "instant") return "no time: an instant";
    if (form === "slice") return bothTimes(duration);
    return `its end was not recorded; drawn over the ${formatNanoseconds(durationOf(timeline, ref.event))} to the trace's end`;
  }

  private actions(ref: EventRef): HTMLElement {
    const timeline = this.session.shown.timelineOf(ref);
    const { place, count, previous, next } = sameName(timeline, ref.event);
    const go = (event: number | undefined) => (): void => {
      if (event !== undefined) this.events.onGo({ trace: ref.trace, event });
    };
    const actions = [
      action("Zoom to it", () => this.events.onZoom(ref)),
      action("Sum up its time", () => this.events.onArea(ref)),
      action("\u2039 same name", go(previous), previous === undefined),
      element("span", { class: "soft" }, `${formatCount(place)} of ${formatCount(count)}`),
      action("same name \u203a", go(next), next === undefined),
    ];
    const other = this.counterpart(ref, place);
    if (other !== undefined) {
      const title = this.session.shown.traces[other.trace].title;
      actions.push(
        action(`Show it in ${title}`, () => this.events.onGo(other)),
        action(`Align with ${title} here`, () => this.events.onAlign(ref, other)),
      );
    }
    return element("div", { class: "actions" }, ...actions);
  }

  /** The event of the same name in the other trace, the same in order where it has as many. */
  private counterpart(ref: EventRef, place: number): EventRef | undefined {
    const { shown } = this.session;
    if (shown.traces.length < 2) return undefined;
    const trace = 1 - ref.trace;
    const name = shown.timelineOf(ref).nameOf(ref.event);
    const event =
      nthOfName(shown.traces[trace].timeline, name, place) ?? nthOfName(shown.traces[trace].timeline, name, 1);
    return event === undefined ? undefined : { trace, event };
  }

  private links(refs: readonly EventRef[]): Node[] {
    const few = refs.slice(0, 12).map((ref) => {
      const timeline = this.session.shown.timelineOf(ref);
      const link = element("button", { type: "button", class: "link" }, timeline.nameOf(ref.event));
      link.addEventListener("click", () => this.events.onGo(ref));
      const { role, track } = timeline.event(ref.event);
      return element("span", {}, link, ` ${roleWord(role)} on ${track.name} `);
    });
    return refs.length > few.length ? [...few, element("span", {}, `and ${refs.length - few.length} more`)] : few;
  }

  /** The arguments, one by one and as they were recorded. */
  private recorded(ref: EventRef): HTMLElement {
    const timeline = this.session.shown.timelineOf(ref);
    const text = timeline.argumentTextOf(ref.event);
    if (text === "") {
      const { leftOut } = this.session.shown.traces[ref.trace];
      return element(
        "p",
        { class: "soft" },
        leftOut === "" ? "No arguments were recorded." : `No arguments here. ${leftOut}`,
      );
    }
    const rows = Object.entries(timeline.argumentsOf(ref.event)).map(([name, value]): [string, string[]] => {
      const words = typeof value === "string" ? value : JSON.stringify(value);
      return [name, [words.length > longest ? `${words.slice(0, longest)}\u2026` : words]];
    });
    const whole = element(
      "details",
      {},
      element("summary", {}, `${counted(rows.length, "argument")} as recorded`),
      element("pre", { tabindex: 0 }, text),
    );
    return element("div", { class: "arguments" }, list(rows), whole);
  }
}

function list(rows: readonly (readonly [string, readonly (Node | string)[]])[]): HTMLElement {
  return element(
    "dl",
    {},
    ...rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, ...value))),
  );
}

function action(words: string, onPress: () => void, isOff = false): HTMLElement {
  const button = element("button", { type: "button" }, words);
  button.disabled = isOff;
  button.addEventListener("click", onPress);
  return button;
}
