// What waits to leave by one socket, in order, since ZeroMQ allows one outstanding send per socket. Knows nothing of messages.
import type { Pace, RateEffect } from "./pace.js";

/** A socket, as far as sending needs it. */
export interface Sender {
  send(frames: (Uint8Array | string)[]): Promise<void>;
}

/** The longest that a message waits before it is asked again whether there still is a reason to, in milliseconds. */
const nap = 50;

export class Outlet {
  private tail: Promise<void> = Promise.resolve();

  /** Without a pace everything leaves as soon as it can. */
  constructor(
    private readonly socket: Sender,
    private pace: Pace | undefined = undefined,
  ) {}

  send(frames: (Uint8Array | string)[], effect: RateEffect = "free"): void {
    this.tail = this.tail.then(() => this.sendInTime(frames, effect)).catch(() => {});
  }

  /** Resolves when all that was to be sent is sent. */
  drained(): Promise<void> {
    return this.tail;
  }

  /** Sends all that waits at once: there is no time left. */
  hurry(): void {
    this.pace = undefined;
  }

  private async sendInTime(frames: (Uint8Array | string)[], effect: RateEffect): Promise<void> {
    for (;;) {
      const delay = this.pace?.delay(effect, performance.now()) ?? 0;
      if (delay === 0) break;
      await new Promise((resolve) => setTimeout(resolve, Math.min(delay, nap)));
    }
    await this.socket.send(frames);
  }
}
