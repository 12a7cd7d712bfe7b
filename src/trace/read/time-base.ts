// The moment from which a reader counts: the first time that it meets, so that all others are exact in a double. Knows no format.
import { ExactTime } from "./exact-time.js";

export class TimeBase {
  /** The moment that 0 stands for; 0 itself until there is one. */
  readonly base: ExactTime = new ExactTime();
  private isKnown = false;

  /** Nanoseconds from the base, which the first time is; undefined for a time so far off that they would not be exact. */
  since(time: ExactTime): number | undefined {
    if (!this.isKnown) {
      this.isKnown = true;
      this.base.copy(time);
      return 0;
    }
    const nanoseconds = time.since(this.base);
    return Math.abs(nanoseconds) <= Number.MAX_SAFE_INTEGER ? nanoseconds : undefined;
  }

  /** Whether the base lies within a day of 0, as times do that somebody forgot to set. */
  get isNearZero(): boolean {
    return Math.abs(this.base.seconds) < 86400;
  }

  /** Takes another base for the times to come. */
  moveTo(time: ExactTime): void {
    this.isKnown = true;
    this.base.copy(time);
  }
}
