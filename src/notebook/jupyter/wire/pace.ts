// How fast messages leave on IOPub when a Jupyter server passes them on to a page. The server drops what is beyond a thousand a
// second, measured over three seconds, and starts to count again with each "idle". Knows nothing of sockets or of threads.
import type { Content } from "./message.js";

/** What a message is to the server's count. */
export type RateEffect = "counted" | "free" | "reset";

export function rateEffect(type: string, content: Content): RateEffect {
  if (type === "status") return content["execution_state"] === "idle" ? "reset" : "free";
  return type === "comm_open" || type === "execute_input" ? "free" : "counted";
}

export interface PaceOptions {
  /** How many messages may go at once. */
  readonly burst: number;
  /** How many may follow, a second. */
  readonly rate: number;
}

/**
 * Three seconds let 600 + 3 x 650 = 2,550 messages through, of the 3,000 that the server allows: room for a server that was busy for
 * half a second, to which what had gathered seems to come at once.
 */
const forJupyterServer: PaceOptions = { burst: 600, rate: 650 };

export class Pace {
  private allowed: number;
  private since = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: PaceOptions = forJupyterServer) {
    this.allowed = options.burst;
  }

  /** How long a message has to wait at the time `now`, in milliseconds; with 0 it has gone, and counts. */
  delay(effect: RateEffect, now: number): number {
    if (effect === "free") return 0;
    const { burst, rate } = this.options;
    const earned = Math.max(0, now - this.since) * (rate / 1000);
    this.allowed = effect === "reset" ? burst : Math.min(burst, this.allowed + earned);
    this.since = now;
    if (effect === "reset") return 0;
    // A whole millisecond: what is missing may be less than the clock can tell.
    if (this.allowed < 1) return Math.ceil(((1 - this.allowed) * 1000) / rate);
    this.allowed--;
    return 0;
  }
}
