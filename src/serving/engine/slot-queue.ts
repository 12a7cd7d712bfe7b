// A queue of slots of requests, from both ends: a ring that grows with those who wait and not with those who were served. Knows nothing of
// why they wait.

export class SlotQueue {
  private ring: Int32Array = new Int32Array(16);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The one that is next; there must be one. */
  first(): number {
    return this.ring[this.head];
  }

  push(slot: number): void {
    if (this.count === this.ring.length) this.grow();
    this.ring[(this.head + this.count++) & (this.ring.length - 1)] = slot;
  }

  /** Before all others. */
  unshift(slot: number): void {
    if (this.count === this.ring.length) this.grow();
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = slot;
    this.count++;
  }

  /** Takes the one that is next; there must be one. */
  shift(): number {
    const slot = this.ring[this.head];
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.count--;
    return slot;
  }

  private grow(): void {
    const { ring, head } = this;
    this.ring = new Int32Array(2 * ring.length);
    this.ring.set(ring.subarray(head), 0);
    this.ring.set(ring.subarray(0, head), ring.length - head);
    this.head = 0;
  }
}
