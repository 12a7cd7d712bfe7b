// What devices did and which call asked for it: the ground of the analyses. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import { CoveredTime } from "./covered-time.js";

/** Kernels, copies and memsets, by number in the order of their starts. */
export interface DeviceWork {
  readonly length: number;
  /** Per work: its event. */
  readonly event: Int32Array;
  /** Per work: the event of the call that asked for it, by correlation; -1 where that was not recorded. */
  readonly call: Int32Array;
  /** Per work: index into `devices`. */
  readonly device: Int32Array;
  /** The processes of the timeline that are devices at work, in the order in which they began. */
  readonly devices: readonly number[];
  /** Per event: its work; -1 for everything else. */
  readonly ofEvent: Int32Array;
}

/** Finds all device work and its calls. Of nested calls with one correlation the outermost is taken. */
export function findDeviceWork({ events, tracks }: Pick<Timeline, "events" | "tracks">): DeviceWork {
  const ofEvent = new Int32Array(events.length).fill(-1);
  let length = 0;
  for (let index = 0; index < events.length; index++) {
    const role = events.role[index];
    if (role === roleNumber.kernel || role === roleNumber.copy || role === roleNumber.memset) ofEvent[index] = length++;
  }
  const event = new Int32Array(length);
  const device = new Int32Array(length);
  const devices: number[] = [];
  const placeOf = new Map<number, number>();
  for (let index = 0; index < events.length; index++) {
    const work = ofEvent[index];
    if (work < 0) continue;
    event[work] = index;
    const process = tracks[events.track[index]].process;
    let place = placeOf.get(process);
    if (place === undefined) {
      place = devices.push(process) - 1;
      placeOf.set(process, place);
    }
    device[work] = place;
  }
  return { length, event, device, devices, ofEvent, call: callsOf(events, event) };
}

/** The time in which any work of one device, or of all, that `takes` accepts was under way. */
export function coveredBy(
  { events }: Pick<Timeline, "events">,
  work: DeviceWork,
  takes: (role: number, device: number) => boolean,
): CoveredTime {
  const starts = new Float64Array(work.length);
  const ends = new Float64Array(work.length);
  let count = 0;
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    if (!takes(events.role[index], work.device[number])) continue;
    starts[count] = events.start[index];
    ends[count++] = events.start[index] + events.duration[index];
  }
  return new CoveredTime(starts.subarray(0, count), ends.subarray(0, count));
}

// Correlations are numbered from something upwards by every recorder that we know, so an array is many times faster than a map; a file
// may say anything, and then a map it is. Of several calls with one number (several processes in one file) the last that began before
// the work is meant; of nested ones the outermost.
function callsOf(events: Timeline["events"], workEvents: Int32Array): Int32Array {
  const result = new Int32Array(workEvents.length).fill(-1);
  if (workEvents.length === 0) return result;
  const first = callIndex(events);
  const next = first.next;
  for (let number = 0; number < workEvents.length; number++) {
    const index = workEvents[number];
    let call = first.of(events.correlation[index]);
    if (call >= 0 && next.size > 0) {
      for (let later = next.get(call); later !== undefined; later = next.get(later)) {
        if (events.start[later] > events.start[index]) break;
        const isWithin =
          events.track[later] === events.track[call] &&
          events.start[later] < events.start[call] + events.duration[call];
        if (!isWithin) call = later;
      }
    }
    result[number] = call;
  }
  return result;
}

function callIndex(events: Timeline["events"]): { of(correlation: number): number; next: Map<number, number> } {
  let [least, most, count] = [Number.POSITIVE_INFINITY, -1, 0];
  for (let index = 0; index < events.length; index++) {
    const correlation = events.correlation[index];
    if (events.role[index] !== roleNumber.call || correlation < 0) continue;
    count++;
    if (correlation < least) least = correlation;
    if (correlation > most) most = correlation;
  }
  const next = new Map<number, number>();
  const isDense = most - least < 16 * count + 1024;
  const dense = new Int32Array(isDense && count > 0 ? most - least + 1 : 0).fill(-1);
  const sparse = new Map<number, number>();
  const find = (correlation: number): number => {
    if (!isDense) return sparse.get(correlation) ?? -1;
    return correlation >= least && correlation <= most ? dense[correlation - least] : -1;
  };
  // From the last to the first, so that what is found first is the earliest.
  for (let index = events.length - 1; index >= 0; index--) {
    const correlation = events.correlation[index];
    if (events.role[index] !== roleNumber.call || correlation < 0) continue;
    const later = find(correlation);
    if (later >= 0) next.set(index, later);
    if (isDense) dense[correlation - least] = index;
    else sparse.set(correlation, index);
  }
  return { of: find, next };
}
