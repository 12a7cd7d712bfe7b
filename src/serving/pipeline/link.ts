// One way between host and device: the transfers that go on at a time share its bandwidth equally (processor sharing). Knows nothing of
// queues and of who transfers.

/** Times in seconds; the caller says what time it is, and never goes back. */
export class SharedLink {
  /** Transfers that go on. */
  active = 0;
  /** Counts the changes: a prediction of an earlier one is void. */
  generation = 0;
  /** The lane that will be through first, as of the last prediction. */
  first = -1;

  private readonly remaining: Float64Array;
  private readonly owners: Int32Array;
  /** Order of beginning: of two that are through together, the one that began first is first. */
  private readonly begun: Float64Array;
  private readonly lanes: Int32Array;
  private begins = 0;
  private last = 0;

  /** Bytes a second, for so many transfers at a time. */
  constructor(
    private readonly rate: number,
    engines: number,
  ) {
    this.remaining = new Float64Array(engines);
    this.owners = new Int32Array(engines);
    this.begun = new Float64Array(engines);
    // The lanes that transfer come first, then the free ones, the lowest next.
    this.lanes = Int32Array.from({ length: engines }, (_, lane) => lane);
  }

  get isFull(): boolean {
    return this.active === this.lanes.length;
  }

  /** Begins a transfer and says on which lane. */
  begin(now: number, owner: number, bytes: number): number {
    this.progress(now);
    const lane = this.lanes[this.active++];
    this.remaining[lane] = bytes;
    this.owners[lane] = owner;
    this.begun[lane] = this.begins++;
    this.generation = (this.generation + 1) | 0;
    return lane;
  }

  /** Ends the transfer that `predict` said would be first, and says whose it was. */
  end(now: number): number {
    this.progress(now);
    const lane = this.first;
    const place = this.lanes.indexOf(lane);
    const last = --this.active;
    this.lanes[place] = this.lanes[last];
    this.lanes[last] = lane;
    this.generation = (this.generation + 1) | 0;
    return this.owners[lane];
  }

  /** When the next transfer will be through if none begins before. */
  predict(now: number): number {
    this.first = this.lanes[0];
    for (let i = 1; i < this.active; i++) {
      const lane = this.lanes[i];
      const less = this.remaining[lane] - this.remaining[this.first];
      if (less < 0 || (less === 0 && this.begun[lane] < this.begun[this.first])) this.first = lane;
    }
    return now + (this.remaining[this.first] * this.active) / this.rate;
  }

  private progress(now: number): void {
    if (this.active > 0 && now > this.last) {
      const bytes = ((now - this.last) * this.rate) / this.active;
      for (let i = 0; i < this.active; i++) {
        const lane = this.lanes[i];
        // Rounding must not make a transfer owe bytes.
        this.remaining[lane] = Math.max(0, this.remaining[lane] - bytes);
      }
    }
    this.last = now;
  }
}
