// The stages of the program as a row of buttons that lead there, and a word on where the picture opened. Knows no drawing.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { aroundStage, openingStage, type Stage, stagesOf } from "../../src/view/timeline/stages.js";
import { element, set, setText } from "../stepper/dom.js";
import type { Session } from "./session.js";
import type { TimeRange } from "./shown.js";
import { absent, formatShare } from "./words.js";

/** Stages beyond these are counted and not listed; the digits lead to the first nine. */
const most = 12;

export class StageBar {
  readonly element: HTMLElement = element("div", { class: "stages", role: "group", "aria-label": "Stages" });
  private readonly said: HTMLElement = element("span", { class: "soft" });
  private stages: readonly Stage[] = [];
  private buttons: readonly HTMLButtonElement[] = [];
  /** Where the one that was gone to fills the picture. */
  private current: { readonly place: number; readonly range: TimeRange } | undefined;

  /** `onGo` shows a part of time and says what will be shown then, since that lies within what there is. */
  constructor(
    private readonly session: Session,
    private readonly onGo: (range: TimeRange) => TimeRange,
  ) {
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    session.on(["traces"], () => this.list());
    this.list();
  }

  /** Goes to the part of time at which the picture opens, and says so. Returns whether it is a part. */
  open(): boolean {
    const { traces, offsets } = this.session.shown;
    const timelines = traces.map(({ timeline }) => timeline);
    const stage = openingStage(this.stages, timelines, offsets);
    if (stage === undefined) return false;
    setText(
      this.said,
      `Opened at ${stage.name}, where the kernels are: ${this.shareOf(stage)} of the time. 0 or Home shows all.`,
    );
    return this.go(this.stages.indexOf(stage));
  }

  /** Goes to a stage by its place, from 0. Returns whether there is one. */
  go(place: number): boolean {
    const stage = this.stages[place];
    if (stage !== undefined) this.current = { place, range: this.onGo(aroundStage(stage)) };
    return stage !== undefined;
  }

  /** Marks the stage that fills the picture. */
  show({ start, end }: TimeRange): void {
    const { place = -1, range } = this.current ?? {};
    const near = (end - start) * 1e-6;
    const isThere = range !== undefined && Math.abs(range.start - start) < near && Math.abs(range.end - end) < near;
    for (const [i, button] of this.buttons.entries()) set(button, { "aria-pressed": String(isThere && i === place) });
  }

  private list(): void {
    this.current = undefined;
    const { traces, offsets } = this.session.shown;
    this.stages = stagesOf(
      traces.map(({ timeline }) => timeline),
      offsets,
    );
    this.element.hidden = this.stages.length === 0;
    this.buttons = this.stages.slice(0, most).map((stage, place) => {
      const key = place < 9 ? ` (${place + 1})` : "";
      const button = element(
        "button",
        {
          ...{ type: "button", tabindex: place === 0 ? 0 : -1, "data-stage": stage.name },
          title: `Zoom to ${stage.name}, ${this.shareOf(stage)} of the time${key}`,
        },
        `${stage.name} `,
        // Of two traces one after the other, as they stand.
        element(
          "span",
          { class: "soft" },
          stage.lengths.map((length) => (length === undefined ? absent : formatNanoseconds(length))).join(" / "),
        ),
      );
      button.addEventListener("click", () => this.go(place));
      return button;
    });
    const left = this.stages.length - this.buttons.length;
    const more = left === 0 ? [] : [element("span", { class: "soft" }, `and ${left} more`)];
    this.element.replaceChildren(element("span", { class: "soft" }, "stages"), ...this.buttons, ...more, this.said);
  }

  private shareOf({ start, end }: TimeRange): string {
    const { traces, offsets } = this.session.shown;
    return formatShare((end - start) / Math.max(1, ...traces.map(({ timeline }, i) => timeline.end + offsets[i])));
  }

  /** One stop of the Tab key, as the tabs below are. */
  private onKey(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = this.buttons.indexOf(event.target as HTMLButtonElement);
    const to = this.buttons[at + by];
    if (by === 0 || at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    for (const button of this.buttons) set(button, { tabindex: button === to ? 0 : -1 });
    to.focus();
  }
}
