// What each call of a timeline is about, and whether the host waits in it for the device: decided once a name. Knows no format.
import { type DriverCallCategory, driverCallCategories, driverCallCategory } from "../driver-call.js";
import type { Timeline } from "../timeline/index.js";

/** By the name of the call and never by what a file calls its category: files file synchronisation under streams. */
export class CallCategories {
  /** By name: one more than the place of its category, and bits for what else is known of it; 0 where nobody asked. */
  private readonly known: Uint16Array;

  constructor(private readonly timeline: Pick<Timeline, "events" | "texts">) {
    this.known = new Uint16Array(timeline.texts.length);
  }

  /** The category of a call by its event. */
  of(index: number): DriverCallCategory {
    return this.ofName(this.timeline.events.name[index]);
  }

  /** The same by the number of its name. */
  ofName(name: number): DriverCallCategory {
    return driverCallCategories[(this.knownOf(name) & categoryBits) - 1];
  }

  /**
   * Whether the host waits in this call until the device has done something: synchronisation, copies and memsets that are not
   * asynchronous, and the freeing of memory that is not.
   */
  waitsForDevice(index: number): boolean {
    return (this.knownOf(this.timeline.events.name[index]) & waits) !== 0;
  }

  /** Whether the call records an event, or makes a stream wait for one. */
  marksEvent(index: number): boolean {
    return (this.knownOf(this.timeline.events.name[index]) & (recordsEvent | awaitsEvent)) !== 0;
  }

  recordsEvent(index: number): boolean {
    return (this.knownOf(this.timeline.events.name[index]) & recordsEvent) !== 0;
  }

  /** Whether its name speaks of an event, or of a stream. */
  namesEvent(index: number): boolean {
    return (this.knownOf(this.timeline.events.name[index]) & namesEvent) !== 0;
  }

  namesStream(index: number): boolean {
    return (this.knownOf(this.timeline.events.name[index]) & namesStream) !== 0;
  }

  private knownOf(name: number): number {
    const known = this.known[name];
    if (known !== 0) return known;
    const found = factsOf(this.timeline.texts[name]);
    this.known[name] = found;
    return found;
  }
}

const categoryBits = 0x0f;
const waits = 0x10;
const recordsEvent = 0x20;
const awaitsEvent = 0x40;
const namesEvent = 0x80;
const namesStream = 0x100;

function factsOf(name: string): number {
  const category = driverCallCategory(name);
  const isWaiting =
    category === "sync" ||
    (category === "transfer" && !/Async/.test(name)) ||
    /^(cuMemFree|cudaFree)(Host)?(_v\d+)?$/.test(name);
  return (
    (driverCallCategories.indexOf(category) + 1) |
    (isWaiting ? waits : 0) |
    (/EventRecord/.test(name) ? recordsEvent : /StreamWaitEvent/.test(name) ? awaitsEvent : 0) |
    (/Event/.test(name) ? namesEvent : 0) |
    (/Stream/.test(name) ? namesStream : 0)
  );
}
