// Where the numbers of pending events are, in typed arrays: an event is a slot in them for as long as it is pending. Knows nothing of
// order.

const firstCapacity = 64;

/** Numbers of a slot in each array, so that what is read together lies together. */
const keysPerSlot = 2;
const wordsPerSlot = 4;

export class EventStore {
  /** Time and sequence of each slot. A double counts sequences further than any run goes. */
  private keys: Float64Array = new Float64Array(keysPerSlot * firstCapacity);
  /** Kind and payload of each slot, and the slot that follows it in the list in which it is. */
  private words: Int32Array = new Int32Array(wordsPerSlot * firstCapacity);
  private capacity: number = firstCapacity;
  /** The first of the list of free slots; -1 at its end. */
  private free = 0;
  private sequence = 0;

  constructor() {
    this.chain(0);
  }

  /** A slot with this event; later than all others of its time. */
  add(time: number, kind: number, payload: number): number {
    if (this.free < 0) this.grow();
    const slot = this.free;
    const { keys, words } = this;
    this.free = words[wordsPerSlot * slot];
    words[wordsPerSlot * slot + 1] = kind;
    words[wordsPerSlot * slot + 2] = payload;
    keys[keysPerSlot * slot] = time;
    keys[keysPerSlot * slot + 1] = this.sequence++;
    return slot;
  }

  remove(slot: number): void {
    this.words[wordsPerSlot * slot] = this.free;
    this.free = slot;
  }

  timeOf(slot: number): number {
    return this.keys[keysPerSlot * slot];
  }

  sequenceOf(slot: number): number {
    return this.keys[keysPerSlot * slot + 1];
  }

  kindOf(slot: number): number {
    return this.words[wordsPerSlot * slot + 1];
  }

  payloadOf(slot: number): number {
    return this.words[wordsPerSlot * slot + 2];
  }

  /** The slot after this one in its list, -1 at its end. */
  after(slot: number): number {
    return this.words[wordsPerSlot * slot];
  }

  link(slot: number, after: number): void {
    this.words[wordsPerSlot * slot] = after;
  }

  private grow(): void {
    const { capacity } = this;
    this.keys = grown(this.keys, new Float64Array(2 * this.keys.length));
    this.words = grown(this.words, new Int32Array(2 * this.words.length));
    this.capacity = 2 * capacity;
    this.chain(capacity);
    this.free = capacity;
  }

  /** Makes a list of all slots from this one on. */
  private chain(from: number): void {
    for (let slot = from; slot < this.capacity; slot++) this.link(slot, slot + 1 < this.capacity ? slot + 1 : -1);
  }
}

/** What was there, at the beginning of an array with more room. */
export function grown<A extends Float64Array | Int32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
