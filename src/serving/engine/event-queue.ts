// What is to happen in a simulation, in the order of (time, sequence): of two events at one time the one that was scheduled first comes
// first. Without an object or an allocation for an event. Knows nothing of what the events mean.
import { EventBuckets } from "./event-buckets.js";
import { EventHeap } from "./event-heap.js";
import { EventStore } from "./event-store.js";

/** Pending events from which on intervals are quicker than one heap. */
const heapReach = 256;

/**
 * Events are three numbers: a time in seconds, and a `kind` and a `payload`, whole numbers of 32 bits, signed. `next` moves to the next
 * event and leaves its numbers in `time`, `kind` and `payload`. There is no cancelling: who may change their mind puts a generation
 * into the payload and passes over an event of an old one.
 *
 * Few events are in a heap. Of many, those of the interval at hand are, and later ones in intervals without order, which are
 * brought into the heap when their time comes; so an event takes as long among ten thousand as among a hundred. In the worst case, all
 * of them at a few times, everything is in the heap, whose time rises with the logarithm.
 */
export class EventQueue {
  /** Of the event that `next` took last; 0 before. */
  time = 0;
  kind = 0;
  payload = 0;

  private readonly store: EventStore = new EventStore();
  private readonly near: EventHeap = new EventHeap(this.store);
  private readonly later: EventBuckets = new EventBuckets(this.store);
  private pending = 0;
  private usesBuckets = false;
  /** Events in the heap alone at which intervals are tried. */
  private spreadAt: number = heapReach;

  /** Events that are still to come. */
  get size(): number {
    return this.pending;
  }

  /** At `time`, which is finite and not before the event that was taken last; anything else is a defect of the simulation. */
  schedule(time: number, kind: number, payload: number): void {
    if (!(time >= this.time && time < Number.POSITIVE_INFINITY)) {
      throw new Error(`an event of kind ${kind} was scheduled at ${time} s when it was ${this.time} s`);
    }
    const slot = this.store.add(time, kind, payload);
    this.pending++;
    if (this.usesBuckets) {
      if (this.later.add(time, slot)) return;
    } else if (this.pending > this.spreadAt) {
      this.near.drain((at, of) => this.later.addBeyond(at, of));
      this.later.addBeyond(time, slot);
      this.refill();
      return;
    }
    this.near.addNewest(time, slot);
  }

  /** Takes the next event; false where there is none, and then nothing has changed. */
  next(): boolean {
    let slot = this.near.take();
    if (slot < 0) {
      if (this.pending === 0) return false;
      this.refill();
      slot = this.near.take();
    }
    const { store } = this;
    this.time = store.timeOf(slot);
    this.kind = store.kindOf(slot);
    this.payload = store.payloadOf(slot);
    store.remove(slot);
    this.pending--;
    return true;
  }

  /** Brings the events of the next interval into the heap, which is empty. */
  private refill(): void {
    const { near, later, store } = this;
    let slot = this.usesBuckets ? later.takeList() : -1;
    if (slot < 0) {
      this.usesBuckets = later.sizeBeyond >= heapReach / 2 && later.spread();
      if (!this.usesBuckets) {
        this.spreadAt = Math.max(heapReach, 2 * later.sizeBeyond);
        later.drainBeyond((at, of) => near.add(at, of));
        return;
      }
      slot = later.takeList();
    }
    while (slot >= 0) {
      const after = store.after(slot);
      near.add(store.timeOf(slot), slot);
      slot = after;
    }
  }
}
