// The field of a search with its count and its ways from hit to hit. Looks in slices, so that typing never waits. Knows no drawing.
import { element, set, setText } from "../stepper/dom.js";
import { parseQuery, queryHelp } from "./query.js";
import { type Hits, search } from "./search.js";
import type { Session } from "./session.js";
import type { EventRef } from "./shown.js";
import { formatCount } from "./words.js";

export interface SearchEvents {
  /** The next or previous hit is gone to. */
  onGo(event: EventRef): void;
  /** All hits are to be listed. */
  onList(): void;
  /** Escape: the keys are the picture's again. What is looked for stays. */
  onLeave(): void;
}

/** Milliseconds of work between two rests: half a frame. */
const budget = 8;
/** Milliseconds without a key before a search begins. */
const patience = 180;

export class SearchBox {
  readonly element: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly said: HTMLElement = element("span", { class: "soft found", role: "status" });
  private readonly steps: readonly HTMLButtonElement[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private numbers: Int32Array = new Int32Array();
  /** Whether what was typed is not yet looked for. */
  private isTyped = false;
  /** Where to go as soon as something is found. */
  private wanted: 1 | -1 | undefined;

  constructor(
    private readonly session: Session,
    private readonly events: SearchEvents,
  ) {
    this.field = element("input", {
      ...{
        type: "search",
        placeholder: "search  (/)",
        "aria-label": "Search events",
        title: `${queryHelp} Enter: next hit; Esc: back to the picture.`,
        spellcheck: "false",
      },
    });
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    const step = (words: string, label: string, onPress: () => void): HTMLButtonElement => {
      const button = element("button", { type: "button", "aria-label": label, title: label }, words);
      button.addEventListener("click", onPress);
      return button;
    };
    this.steps = [
      step("\u2039", "Previous hit (H)", () => this.go(-1)),
      step("\u203a", "Next hit (h)", () => this.go(1)),
      step("list", "List all hits", () => events.onList()),
    ];
    this.element = element("div", { class: "search", role: "search" }, this.field, ...this.steps, this.said);
    this.show(undefined);
    session.on(["chosen"], () => this.tellPlace());
    session.on(["traces"], () => this.start());
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  /** Looks for nothing any more. Returns whether something was looked for. */
  clear(): boolean {
    if (this.field.value === "") return false;
    this.field.value = "";
    this.start();
    return true;
  }

  /** Looks for a name, exactly as it stands. */
  lookFor(name: string): void {
    this.field.value = `name:/^${name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$/`;
    this.start();
  }

  /** The hit after the chosen event, or before it; around the ends. */
  go(by: 1 | -1): void {
    const { numbers, session } = this;
    if (numbers.length === 0) return;
    const { chosen, shown } = session;
    const at = chosen === undefined ? -1 : this.placeOf(shown.numberOf(chosen));
    const start = at >= 0 ? at + by : by === 1 ? this.firstInSight() : numbers.length - 1;
    this.events.onGo(shown.refOf(numbers[(start + numbers.length) % numbers.length]));
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      event.preventDefault();
      const by = event.shiftKey ? -1 : 1;
      if (this.timer === undefined) this.go(by);
      else {
        this.wanted = by;
        if (this.isTyped) this.start();
      }
    } else if (event.key === "Escape") {
      // The browser would empty the field.
      event.preventDefault();
      event.stopPropagation();
      this.events.onLeave();
    }
  }

  private later(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
    this.isTyped = true;
    this.timer = setTimeout(() => this.start(), patience);
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isTyped = false;
    let query: ReturnType<typeof parseQuery>;
    try {
      query = parseQuery(this.field.value);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (query.terms.length === 0) {
      this.show(undefined);
      return;
    }
    const steps = search(this.session.shown.traces, query);
    const work = (): void => {
      const until = performance.now() + budget;
      for (;;) {
        const step = steps.next();
        if (step.done === true) {
          this.timer = undefined;
          this.show(step.value);
          return;
        }
        if (performance.now() < until) continue;
        setText(this.said, `searching \u2026 ${Math.floor(step.value * 100)} %`);
        this.timer = setTimeout(work);
        return;
      }
    };
    work();
  }

  private fail(reason: string): void {
    this.wanted = undefined;
    this.session.setHits(undefined);
    this.numbers = new Int32Array();
    set(this.field, { "aria-invalid": "true" });
    setText(this.said, reason);
  }

  private show(hits: Hits | undefined): void {
    set(this.field, { "aria-invalid": undefined });
    if (hits !== this.session.hits) this.session.setHits(hits);
    this.numbers = this.session.hitNumbers();
    for (const button of this.steps) {
      button.hidden = hits === undefined;
      button.disabled = this.numbers.length === 0;
    }
    this.tellPlace();
    const by = this.wanted;
    this.wanted = undefined;
    if (by !== undefined) this.go(by);
  }

  private tellPlace(): void {
    const { hits, chosen, shown } = this.session;
    if (hits === undefined) {
      setText(this.said, "");
      return;
    }
    const at = chosen === undefined ? -1 : this.placeOf(shown.numberOf(chosen));
    const place = at < 0 ? "" : `${formatCount(at + 1)} of `;
    setText(this.said, hits.count === 0 ? "nothing found" : `${place}${formatCount(hits.count)} found`);
  }

  /** The place of an event among the hits; -1 where it is none. */
  private placeOf(number: number): number {
    return this.numbers.indexOf(number);
  }

  private firstInSight(): number {
    const { shown, range } = this.session;
    return Math.max(
      0,
      this.numbers.findIndex((number) => shown.startOf(shown.refOf(number)) >= range.start),
    );
  }
}
