// Whether an event's arguments speak of something, without reading them: most of a million events do not. Knows no format.
import type { Timeline } from "../timeline/index.js";

/** Looks for names in the recorded JSON texts. A name within a text is found too: whoever finds it reads the arguments. */
export class ArgumentSearch {
  private readonly wanted: Uint8Array;

  constructor(
    private readonly timeline: Pick<Timeline, "events" | "argumentTexts">,
    name: string,
  ) {
    this.wanted = new TextEncoder().encode(JSON.stringify(name));
  }

  has(index: number): boolean {
    const { wanted } = this;
    const { argumentsAt, argumentsLength } = this.timeline.events;
    const length = argumentsLength[index];
    if (length < wanted.length) return false;
    const text = this.timeline.argumentTexts.view(argumentsAt[index], length);
    const last = length - wanted.length;
    for (let at = 0; at <= last; at++) {
      let same = 0;
      while (same < wanted.length && text[at + same] === wanted[same]) same++;
      if (same === wanted.length) return true;
    }
    return false;
  }
}
