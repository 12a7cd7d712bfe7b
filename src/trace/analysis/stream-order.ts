// Which work follows which in its stream, and after which step each can be placed so that what it depends on is placed before. Knows no
// format.
import type { Timeline } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";

export interface StreamOrder {
  /** Per work: the work before it in its stream that had ended when it began; -1 for none. */
  readonly before: Int32Array;
  /** Per work: the step with which it is placed; -1 for those that depend on no step and are placed before all. */
  readonly placedAfter: Int32Array;
  /** Per step: the first of the works to be placed when it has begun, each after what it depends on; -1 for none. */
  readonly places: Int32Array;
  /** The first of those that depend on no step; -1 for none. */
  readonly unlaunched: number;
  /** Per work: the next to be placed with the same step; -1 for none. */
  readonly placedNext: Int32Array;
}

/** `launchedBy` is the step that launches each work. */
export function streamOrder(
  { events, tracks }: Timeline,
  work: DeviceWork,
  launchedBy: Int32Array,
  steps: number,
): StreamOrder {
  const { start, duration, track } = events;
  const before = new Int32Array(work.length).fill(-1);
  const placedAfter = new Int32Array(work.length);
  const lastOfTrack = new Int32Array(tracks.length).fill(-1);
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const earlier = lastOfTrack[track[index]];
    lastOfTrack[track[index]] = number;
    const step = launchedBy[number];
    const ended = earlier < 0 ? 0 : start[work.event[earlier]] + duration[work.event[earlier]];
    const follows = earlier >= 0 && ended <= start[index] && (step < 0 || placedAfter[earlier] <= step);
    if (follows) before[number] = earlier;
    placedAfter[number] = step >= 0 ? step : follows ? placedAfter[earlier] : -1;
  }
  // From the last to the first, so that the lists begin with the first.
  const places = new Int32Array(steps).fill(-1);
  const placedNext = new Int32Array(work.length);
  let unlaunched = -1;
  for (let number = work.length - 1; number >= 0; number--) {
    const place = placedAfter[number];
    placedNext[number] = place < 0 ? unlaunched : places[place];
    if (place < 0) unlaunched = number;
    else places[place] = number;
  }
  return { before, placedAfter, places, unlaunched, placedNext };
}
