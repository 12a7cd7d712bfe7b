// When work is launched within its step, and when the launch arrives. Knows no format.
import type { Timeline } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";
import type { Steps } from "./steps.js";
import type { StreamOrder } from "./stream-order.js";

/**
 * When a work is launched within its step: at the end of its call. Where the work began while the call still ran, nobody recorded the
 * moment: it is the call's beginning if something else then kept the work from beginning, and the work's own beginning if nothing did.
 * How long a launch needs to arrive is seen where nothing else was in its way: every launch is given what the quickest of those took.
 */
export class LaunchTimes {
  private readonly quickest: number;

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
    private readonly steps: Steps,
    /** Per work: the step that launches it. */
    private readonly launchedBy: Int32Array,
    private readonly order: StreamOrder,
    /** Works that wait for an event: for which works. */
    private readonly after: ReadonlyMap<number, readonly number[]>,
  ) {
    const { start } = timeline.events;
    let quickest = Number.POSITIVE_INFINITY;
    for (let number = 0; number < work.length; number++) {
      if (launchedBy[number] < 0) continue;
      const taken = start[work.event[number]] - this.endOf(work.call[number]);
      if (taken >= 0 && taken < quickest) quickest = taken;
    }
    this.quickest = quickest;
  }

  /** Nanoseconds from the beginning of a work's step to its launch. */
  offset(number: number): number {
    const { start } = this.timeline.events;
    const step = this.launchedBy[number];
    if (step < 0) return 0;
    const { event, call } = this.work;
    const begun = start[event[number]];
    const callStart = start[call[number]];
    const callEnd = this.endOf(call[number]);
    const launched = begun >= callEnd ? callEnd : this.isHeld(number, callStart) ? callStart : begun;
    return launched - start[this.steps.event[step]];
  }

  /** Nanoseconds from there at least until it can begin. */
  arrival(number: number): number {
    const { event, call } = this.work;
    if (this.launchedBy[number] < 0) return 0;
    return this.timeline.events.start[event[number]] >= this.endOf(call[number]) ? this.quickest : 0;
  }

  /** Whether something that a work follows was still under way at a moment. */
  private isHeld(number: number, moment: number): boolean {
    const { event } = this.work;
    const before = this.order.before[number];
    if (before >= 0 && this.endOf(event[before]) > moment) return true;
    return this.after.get(number)?.some((other) => this.endOf(event[other]) > moment) ?? false;
  }

  private endOf(index: number): number {
    const { start, duration } = this.timeline.events;
    return start[index] + duration[index];
  }
}
