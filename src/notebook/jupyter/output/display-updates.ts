// Changes of what is shown: of a stream of them to one display only as many are published as an eye can follow, and always the last.
// Jupyter's server drops messages beyond a thousand a second, the last among them. Knows nothing of sockets or of cells.
import { clearTimeout, setTimeout } from "node:timers";

/** Milliseconds between two changes of one display. */
const interval = 50;

export class DisplayUpdates {
  /** When each display was last changed. */
  private readonly published = new Map<string, number>();
  private readonly waiting = new Map<string, () => void>();
  private timer: NodeJS.Timeout | undefined;

  /** Calls `publish` now, or later unless a newer change takes its place. */
  offer(displayId: string, publish: () => void): void {
    this.waiting.set(displayId, publish);
    const now = performance.now();
    if (now - (this.published.get(displayId) ?? Number.NEGATIVE_INFINITY) >= interval) this.publish(displayId, now);
    else this.timer ??= setTimeout(() => this.flush(), interval);
  }

  /** Publishes what waits: before a cell's end, and before anything whose place among the output matters. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = performance.now();
    for (const displayId of [...this.waiting.keys()]) this.publish(displayId, now);
  }

  private publish(displayId: string, now: number): void {
    const publish = this.waiting.get(displayId);
    this.waiting.delete(displayId);
    if (this.published.size > 1000) this.published.clear();
    this.published.set(displayId, now);
    publish?.();
  }
}
