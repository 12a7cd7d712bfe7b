// Events that are further away, sorted only as far as it is cheap: into intervals of equal length, each a list in no order, and what is
// beyond the last interval. Knows nothing of the order of events in an interval.
import { type EventStore, grown } from "./event-store.js";

/** As many intervals as a half of the events: most then have a few. */
const eventsPerBucket = 2;
/** The intervals reach to this share of the events, by a sample of them: one that is very far away does not stretch them. */
const sampleSize = 31;
const sampleReach = 20;

/**
 * A calendar queue's intervals (Brown, 1988), made anew when they are used up, as the ladder queue has it (Tang, Goh and Thng, 2005).
 * Which interval a time is in is computed in one way and rises with the time, so that no rounding can bring two events out of order.
 */
export class EventBuckets {
  private heads: Int32Array = new Int32Array(0);
  private count = 0;
  private start = 0;
  private perSecond = 0;
  /** The interval from which events were taken last; -1 before the first. */
  private current = -1;

  private beyondTimes: Float64Array = new Float64Array(64);
  private beyondSlots: Int32Array = new Int32Array(64);
  private beyond = 0;

  constructor(private readonly store: EventStore) {}

  /** Events beyond the intervals. */
  get sizeBeyond(): number {
    return this.beyond;
  }

  /** Keeps an event that is after the interval at hand; false where it is not, and so does not belong here. */
  add(time: number, slot: number): boolean {
    const place = (time - this.start) * this.perSecond;
    if (place < this.current + 1) return false;
    if (place < this.count) this.put(place, slot);
    else this.addBeyond(time, slot);
    return true;
  }

  addBeyond(time: number, slot: number): void {
    if (this.beyond === this.beyondTimes.length) {
      this.beyondTimes = grown(this.beyondTimes, new Float64Array(2 * this.beyond));
      this.beyondSlots = grown(this.beyondSlots, new Int32Array(2 * this.beyond));
    }
    this.beyondTimes[this.beyond] = time;
    this.beyondSlots[this.beyond++] = slot;
  }

  /** Goes on to the next interval that has events: the first of its list, which `EventStore.after` follows; -1 where none is left. */
  takeList(): number {
    const { heads, count } = this;
    let bucket = this.current + 1;
    while (bucket < count && heads[bucket] < 0) bucket++;
    if (bucket >= count) {
      this.current = count - 1;
      return -1;
    }
    this.current = bucket;
    const list = heads[bucket];
    heads[bucket] = -1;
    return list;
  }

  /** What is beyond, in no order, and then no longer here. */
  drainBeyond(into: (time: number, slot: number) => void): void {
    const count = this.beyond;
    this.beyond = 0;
    for (let i = 0; i < count; i++) into(this.beyondTimes[i], this.beyondSlots[i]);
  }

  /** Makes new intervals for what is beyond. False, and nothing changed, where too many are at one time for intervals to part them. */
  spread(): boolean {
    const { beyondTimes, beyondSlots, beyond } = this;
    let first = Number.POSITIVE_INFINITY;
    for (let i = 0; i < beyond; i++) if (beyondTimes[i] < first) first = beyondTimes[i];
    const sample = new Float64Array(sampleSize);
    for (let i = 0; i < sampleSize; i++) sample[i] = beyondTimes[Math.floor(((i + 0.5) * beyond) / sampleSize)];
    const length = sample.sort()[sampleReach] - first;
    const count = Math.ceil(beyond / eventsPerBucket);
    const perSecond = count / length;
    if (!(length > 0 && perSecond < Number.POSITIVE_INFINITY)) return false;
    if (this.heads.length < count) this.heads = new Int32Array(2 * count).fill(-1);
    this.count = count;
    this.start = first;
    this.perSecond = perSecond;
    this.current = -1;
    this.beyond = 0;
    for (let i = 0; i < beyond; i++) this.add(beyondTimes[i], beyondSlots[i]);
    return true;
  }

  private put(place: number, slot: number): void {
    const bucket = Math.floor(place);
    this.store.link(slot, this.heads[bucket]);
    this.heads[bucket] = slot;
  }
}
