// What the pointer is over, told once for each change, with the arrows of the event there. Knows no canvas.
import type { EventArrow, EventRef, Hover } from "./shown.js";
import type { Sight } from "./sight.js";

export class Pointing {
  /** Where the pointer is on the surface; undefined while it is elsewhere. */
  at: { readonly x: number; readonly y: number } | undefined;
  private event: EventRef | undefined;
  private found: readonly EventArrow[] = [];
  private said = "";

  constructor(private readonly onHover: ((hover: Hover | undefined) => void) | undefined) {}

  get hovered(): EventRef | undefined {
    return this.event;
  }

  get arrows(): readonly EventArrow[] {
    return this.found;
  }

  /** Other traces are shown: what was under the pointer is no more. */
  forget(): void {
    this.event = undefined;
    this.found = [];
  }

  /** Looks again, since the pointer or what is shown may have moved. */
  look(sight: Sight): void {
    const hover = this.at === undefined ? undefined : sight.hoverAt(this.at.x, this.at.y);
    const event = hover?.event;
    if (event?.event !== this.event?.event || event?.trace !== this.event?.trace) {
      this.event = event;
      this.found = event === undefined ? [] : sight.arrowsOf(event);
    }
    const said = hover === undefined ? "" : `${hover.x} ${hover.y} ${hover.time} ${event?.trace} ${event?.event}`;
    if (said === this.said) return;
    this.said = said;
    this.onHover?.(hover);
  }
}
