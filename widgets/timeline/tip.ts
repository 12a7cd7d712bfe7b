// What is under the pointer, in a few words beside it. Knows no drawing.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { element, setText } from "../stepper/dom.js";
import type { Session } from "./session.js";
import type { Hover } from "./shown.js";
import { durationWords, formatCount, roleWord } from "./words.js";

/** Milliseconds for which a hint stands. */
const hintTime = 2500;

export class Tip {
  // To a screen reader the chosen event is told; what a pointer passes over is not.
  private readonly element: HTMLElement = element("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly picture: HTMLElement,
    private readonly session: Session,
  ) {
    picture.append(this.element);
  }

  show(hover: Hover | undefined): void {
    const words = hover === undefined ? "" : this.words(hover);
    this.element.hidden = words === "";
    if (hover === undefined || words === "") return;
    setText(this.element, words);
    const { clientWidth, clientHeight } = this.picture;
    const { offsetWidth, offsetHeight } = this.element;
    this.element.style.left = `${Math.max(2, Math.min(hover.x + 12, clientWidth - offsetWidth - 4))}px`;
    const below = hover.y + 16;
    this.element.style.top = `${below + offsetHeight > clientHeight ? Math.max(2, hover.y - offsetHeight - 8) : below}px`;
  }

  /** Words that stand for a moment. */
  hint(words: string): void {
    clearTimeout(this.timer);
    setText(this.element, words);
    this.element.hidden = false;
    this.element.style.left = "12px";
    this.element.style.top = "40px";
    this.timer = setTimeout(() => {
      this.element.hidden = true;
    }, hintTime);
  }

  private words({ event, count, value, time }: Hover): string {
    if (value !== undefined) return `${formatCount(value)} at ${formatNanoseconds(Math.round(time))}`;
    if (event === undefined) return "";
    const { shown } = this.session;
    const timeline = shown.timelineOf(event);
    const kind = roleWord(timeline.roleOf(event.event));
    const said = `${timeline.nameOf(event.event)}: ${kind}, ${durationWords(timeline, event.event)}, at ${formatNanoseconds(shown.startOf(event))}`;
    return count > 1 ? `${said}; one of ${formatCount(count)} here` : said;
  }
}
