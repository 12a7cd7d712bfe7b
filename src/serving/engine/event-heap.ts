// Events in the order of (time, sequence), the first at hand: a heap with four children to a node. Knows nothing of what is later than
// what it holds.
import { type EventStore, grown } from "./event-store.js";

const firstCapacity = 64;

/**
 * Taking the first event leaves the root empty until the next call, since most events schedule another one: that takes the place, and
 * one way down serves both.
 */
export class EventHeap {
  /** By place, so that a comparison needs no look at the store; sequences are looked up only where times are equal. */
  private times: Float64Array = new Float64Array(firstCapacity);
  private slots: Int32Array = new Int32Array(firstCapacity);
  /** Places, an empty root among them. */
  private length = 0;
  private rootIsEmpty = false;

  constructor(private readonly store: EventStore) {}

  get size(): number {
    return this.rootIsEmpty ? this.length - 1 : this.length;
  }

  /** The slot of the first event, which the heap then no longer has; -1 when there is none. */
  take(): number {
    if (this.rootIsEmpty) this.fillRoot();
    if (this.length === 0) return -1;
    this.rootIsEmpty = true;
    return this.slots[0];
  }

  /** An event whose sequence is after all others' that are here: times alone decide. */
  addNewest(time: number, slot: number): void {
    if (this.rootIsEmpty) {
      this.rootIsEmpty = false;
      this.sinkNewest(time, slot);
      return;
    }
    if (this.length === this.times.length) this.grow();
    const { times, slots } = this;
    let hole = this.length++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (times[parent] <= time) break;
      times[hole] = times[parent];
      slots[hole] = slots[parent];
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  add(time: number, slot: number): void {
    if (this.rootIsEmpty) this.fillRoot();
    if (this.length === this.times.length) this.grow();
    this.rise(this.length++, time, slot);
  }

  /** Empties the heap, in no order. */
  drain(into: (time: number, slot: number) => void): void {
    for (let place = this.rootIsEmpty ? 1 : 0; place < this.length; place++) into(this.times[place], this.slots[place]);
    this.length = 0;
    this.rootIsEmpty = false;
  }

  private sinkNewest(time: number, slot: number): void {
    const { times, slots, length } = this;
    let hole = 0;
    for (let first = 1; first < length; first = 4 * hole + 1) {
      const least = this.leastChild(first, length);
      if (times[least] > time) break;
      times[hole] = times[least];
      slots[hole] = slots[least];
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  /** The least child of the root moves up, and so on, and the last event into the hole that this leaves at the bottom. */
  private fillRoot(): void {
    const { times, slots } = this;
    const last = --this.length;
    this.rootIsEmpty = false;
    if (last === 0) return;
    let hole = 0;
    for (let first = 1; first < last; first = 4 * hole + 1) {
      const least = this.leastChild(first, last);
      times[hole] = times[least];
      slots[hole] = slots[least];
      hole = least;
    }
    this.rise(hole, times[last], slots[last]);
  }

  private rise(from: number, time: number, slot: number): void {
    const { times, slots } = this;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const above = times[parent];
      if (above < time || (above === time && this.precedes(slots[parent], slot))) break;
      times[hole] = above;
      slots[hole] = slots[parent];
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  private leastChild(first: number, length: number): number {
    const { times, slots } = this;
    const end = first + 4 < length ? first + 4 : length;
    let least = first;
    let time = times[first];
    for (let child = first + 1; child < end; child++) {
      const other = times[child];
      if (other < time || (other === time && this.precedes(slots[child], slots[least]))) {
        least = child;
        time = other;
      }
    }
    return least;
  }

  private precedes(a: number, b: number): boolean {
    return this.store.sequenceOf(a) < this.store.sequenceOf(b);
  }

  private grow(): void {
    this.times = grown(this.times, new Float64Array(2 * this.length));
    this.slots = grown(this.slots, new Int32Array(2 * this.length));
  }
}
