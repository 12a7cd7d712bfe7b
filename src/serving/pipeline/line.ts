// Who waits for a resource, first come, first served: a ring that grows with those who wait and not with those who were served.

export class WaitingLine {
  length = 0;
  private ring: Int32Array = new Int32Array(16);
  private head = 0;

  push(item: number): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length++) & (this.ring.length - 1)] = item;
  }

  /** The one that has waited longest; there must be one. */
  shift(): number {
    const item = this.ring[this.head];
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.length--;
    return item;
  }

  private grow(): void {
    const { ring, head, length } = this;
    this.ring = new Int32Array(2 * ring.length);
    for (let i = 0; i < length; i++) this.ring[i] = ring[(head + i) & (ring.length - 1)];
    this.head = 0;
  }
}
