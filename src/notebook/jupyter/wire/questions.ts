// The question that the main thread waits for, as the I/O thread sees it: sent to the front end that runs the cell, answered once,
// by the reply that is meant for it, by an interrupt, or because nobody is there. Knows nothing of sockets or of cells.
import type { Message } from "./message.js";
import type { InputDelivery } from "./threads.js";

/** How long a front end that has just connected may take until its stdin channel is known, in milliseconds. */
const connectionPatience = 2000;
/** How often that is tried, in milliseconds. */
const retryInterval = 50;

export interface QuestionParts {
  /** Rejects with code EHOSTUNREACH while no such peer is connected. */
  send(frames: (Uint8Array | string)[]): Promise<void>;
  deliver(delivery: InputDelivery): void;
}

export class Questions {
  /** The message id of the input_request that waits. */
  private waiting: string | undefined;
  private over = false;
  private readonly past = new Set<unknown>();

  constructor(private readonly parts: QuestionParts) {}

  ask(id: string, frames: (Uint8Array | string)[]): void {
    this.waiting = id;
    if (this.over) this.interrupt();
    else void this.send(id, frames, Date.now() + connectionPatience);
  }

  /** Takes an input_reply. What answers no question, or one that was given up, goes nowhere: it is not the next one's. */
  answer({ parent, content }: Message): void {
    const value = content["value"];
    // Not every front end says which question it answers.
    const meantForAnother = this.past.has((parent as { msg_id?: unknown }).msg_id);
    if (this.waiting !== undefined && typeof value === "string" && !meantForAnother) {
      this.settle({ kind: "value", value });
    }
  }

  /** Ends the wait; false when there is none. */
  interrupt(): boolean {
    if (this.waiting === undefined) return false;
    this.settle({ kind: "interrupted" });
    return true;
  }

  /** The kernel is to end: what is asked from now on is interrupted at once. */
  end(): void {
    this.over = true;
    this.interrupt();
  }

  private settle(answer: InputDelivery["answer"]): void {
    const id = this.waiting!;
    this.waiting = undefined;
    this.past.add(id);
    this.parts.deliver({ id, answer });
  }

  private async send(id: string, frames: (Uint8Array | string)[], deadline: number): Promise<void> {
    while (this.waiting === id) {
      try {
        await this.parts.send(frames);
        return;
      } catch {
        if (this.waiting !== id) return;
        if (Date.now() >= deadline) this.settle({ kind: "unreachable" });
        else await new Promise((resolve) => setTimeout(resolve, retryInterval));
      }
    }
  }
}
