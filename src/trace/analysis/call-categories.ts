// What each call of a timeline is about, and whether the host waits in it for the device: decided once a name. Knows no format.
import { type DriverCallCategory, driverCallCategory } from "../driver-call.js";
import type { Timeline } from "../timeline/index.js";

/** By the name of the call and never by what a file calls its category: files file synchronisation under streams. */
export class CallCategories {
  private readonly known: (DriverCallCategory | undefined)[] = [];
  private readonly waits: (boolean | undefined)[] = [];

  constructor(private readonly timeline: Pick<Timeline, "events" | "texts">) {}

  /** The category of a call by its event. */
  of(index: number): DriverCallCategory {
    const { events, texts } = this.timeline;
    const name = events.name[index];
    let category = this.known[name];
    if (category === undefined) {
      category = driverCallCategory(texts[name]);
      this.known[name] = category;
    }
    return category;
  }

  /**
   * Whether the host waits in this call until the device has done something: synchronisation, copies and memsets that are not
   * asynchronous, and the freeing of memory that is not.
   */
  waitsForDevice(index: number): boolean {
    const { events, texts } = this.timeline;
    const name = events.name[index];
    let waits = this.waits[name];
    if (waits === undefined) {
      const text = texts[name];
      const category = this.of(index);
      waits =
        category === "sync" ||
        (category === "transfer" && !/Async/.test(text)) ||
        /^(cuMemFree|cudaFree)(Host)?(_v\d+)?$/.test(text);
      this.waits[name] = waits;
    }
    return waits;
  }
}
