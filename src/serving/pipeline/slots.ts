// The requests that are inside the service, in columns. A slot is used again when its request has left, so that memory grows with how
// many are inside at a time and not with how many were served.

export class RequestSlots {
  /** Slots in use. */
  used = 0;
  /** Which request of the run it is. */
  number: Int32Array;
  arrival: Float64Array;
  /** The stage that it waits for or is in. */
  stage: Int32Array;
  /** When it began to wait for that stage, and when the stage began. */
  queued: Float64Array;
  started: Float64Array;
  /** Seconds that it has waited so far. */
  waited: Float64Array;
  lane: Int32Array;
  /** Of a batch's first request: how many it has, when it joined the line of its resource. */
  size: Int32Array;
  joined: Float64Array;
  /** The next request of its batch, or the next free slot; -1 after the last. */
  next: Int32Array;
  /** What its times are multiplied by, at slot * draws + draw. */
  factors: Float64Array;
  private free = -1;

  /** `draws`: random factors of a request. */
  constructor(private readonly draws: number) {
    this.number = new Int32Array(0);
    this.arrival = new Float64Array(0);
    this.stage = new Int32Array(0);
    this.queued = new Float64Array(0);
    this.started = new Float64Array(0);
    this.waited = new Float64Array(0);
    this.lane = new Int32Array(0);
    this.size = new Int32Array(0);
    this.joined = new Float64Array(0);
    this.next = new Int32Array(0);
    this.factors = new Float64Array(0);
  }

  take(): number {
    if (this.free < 0) this.grow();
    const slot = this.free;
    this.free = this.next[slot];
    this.used++;
    this.next[slot] = -1;
    this.size[slot] = 1;
    this.waited[slot] = 0;
    return slot;
  }

  release(slot: number): void {
    this.next[slot] = this.free;
    this.free = slot;
    this.used--;
  }

  private grow(): void {
    const before = this.number.length;
    const capacity = Math.max(64, 2 * before);
    this.number = int32(this.number, capacity);
    this.arrival = float64(this.arrival, capacity);
    this.stage = int32(this.stage, capacity);
    this.queued = float64(this.queued, capacity);
    this.started = float64(this.started, capacity);
    this.waited = float64(this.waited, capacity);
    this.lane = int32(this.lane, capacity);
    this.size = int32(this.size, capacity);
    this.joined = float64(this.joined, capacity);
    this.next = int32(this.next, capacity);
    this.factors = float64(this.factors, capacity * this.draws);
    for (let slot = capacity - 1; slot >= before; slot--) {
      this.next[slot] = this.free;
      this.free = slot;
    }
  }
}

function int32(old: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(old);
  return grown;
}

function float64(old: Float64Array, length: number): Float64Array {
  const grown = new Float64Array(length);
  grown.set(old);
  return grown;
}
