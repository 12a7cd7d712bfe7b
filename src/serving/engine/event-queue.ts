// What is to happen in a simulation, in the order of (time, sequence): of two events at one time the one that was scheduled first comes
// first. A heap in typed arrays, without an object or an allocation for an event. Knows nothing of what the events mean.

const firstCapacity = 64;

/**
 * Events are three numbers: a time in seconds, a `kind` (0 to 255) and a `payload` (a whole number of 32 bits, signed). `next` moves to
 * the next event and leaves its numbers in `time`, `kind` and `payload`. There is no cancelling: who may change their mind puts a
 * generation into the payload and passes over an event of an old one.
 *
 * The heap has four children to a node. Taking an event leaves its root empty until the next call, since most events schedule another
 * one: that takes the place, and one way down serves both.
 */
export class EventQueue {
  /** Of the event that `next` took last; 0 before. */
  time = 0;
  kind = 0;
  payload = 0;

  /** By place in the heap, so that a comparison needs no second look; `slots` says where the rest of an event is. */
  private times: Float64Array = new Float64Array(firstCapacity);
  /** Each slot once: those from `length` on are free. */
  private slots: Int32Array = Int32Array.from({ length: firstCapacity }, (_, slot) => slot);
  /** By slot. A double counts further than any run goes. */
  private sequences: Float64Array = new Float64Array(firstCapacity);
  private kinds: Uint8Array = new Uint8Array(firstCapacity);
  private payloads: Int32Array = new Int32Array(firstCapacity);
  private length = 0;
  private sequence = 0;
  private rootIsTaken = false;

  /** Events that are still to come. */
  get size(): number {
    return this.rootIsTaken ? this.length - 1 : this.length;
  }

  /** At `time`, which is finite and not before the event that was taken last; anything else is a defect of the simulation. */
  schedule(time: number, kind: number, payload: number): void {
    if (!(time >= this.time && time < Number.POSITIVE_INFINITY)) {
      throw new Error(`an event of kind ${kind} was scheduled at ${time} s when it was ${this.time} s`);
    }
    if (this.rootIsTaken) {
      this.rootIsTaken = false;
      const slot = this.slots[0];
      this.fill(slot, kind, payload);
      this.sinkNewest(time, slot);
      return;
    }
    if (this.length === this.times.length) this.grow();
    const slot = this.slots[this.length];
    this.fill(slot, kind, payload);
    this.riseNewest(this.length++, time, slot);
  }

  /** Takes the next event; false where there is none, and then nothing has changed. */
  next(): boolean {
    if (this.rootIsTaken) {
      if (this.length === 1) return false;
      this.removeRoot();
    } else if (this.length === 0) return false;
    const slot = this.slots[0];
    this.time = this.times[0];
    this.kind = this.kinds[slot];
    this.payload = this.payloads[slot];
    this.rootIsTaken = true;
    return true;
  }

  private fill(slot: number, kind: number, payload: number): void {
    this.kinds[slot] = kind;
    this.payloads[slot] = payload;
    this.sequences[slot] = this.sequence++;
  }

  /** Whatever is at the same time was there before it, so that times alone decide. */
  private riseNewest(place: number, time: number, slot: number): void {
    const { times, slots } = this;
    let hole = place;
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

  private sinkNewest(time: number, slot: number): void {
    const { times, slots, length } = this;
    let hole = 0;
    for (;;) {
      const first = 4 * hole + 1;
      if (first >= length) break;
      const least = this.leastChild(first, length);
      if (times[least] > time) break;
      times[hole] = times[least];
      slots[hole] = slots[least];
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  /** Fills the empty root: its least child moves up, and so on, and the last event into the hole that this leaves at the bottom. */
  private removeRoot(): void {
    const { times, slots } = this;
    const last = --this.length;
    this.rootIsTaken = false;
    const time = times[last];
    const slot = slots[last];
    slots[last] = slots[0];
    let hole = 0;
    for (;;) {
      const first = 4 * hole + 1;
      if (first >= last) break;
      const least = this.leastChild(first, last);
      times[hole] = times[least];
      slots[hole] = slots[least];
      hole = least;
    }
    const sequence = this.sequences[slot];
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const above = times[parent];
      if (above < time || (above === time && this.sequences[slots[parent]] < sequence)) break;
      times[hole] = above;
      slots[hole] = slots[parent];
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  private leastChild(first: number, length: number): number {
    const { times } = this;
    let least = first;
    let time = times[first];
    const end = first + 4 < length ? first + 4 : length;
    for (let child = first + 1; child < end; child++) {
      const other = times[child];
      if (other < time || (other === time && this.precedes(child, least))) {
        least = child;
        time = other;
      }
    }
    return least;
  }

  private precedes(a: number, b: number): boolean {
    return this.sequences[this.slots[a]] < this.sequences[this.slots[b]];
  }

  private grow(): void {
    const { times, slots, sequences, kinds, payloads } = this;
    const capacity = 2 * times.length;
    this.times = new Float64Array(capacity);
    this.slots = Int32Array.from({ length: capacity }, (_, slot) => slot);
    this.sequences = new Float64Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.payloads = new Int32Array(capacity);
    this.times.set(times);
    this.slots.set(slots);
    this.sequences.set(sequences);
    this.kinds.set(kinds);
    this.payloads.set(payloads);
  }
}
