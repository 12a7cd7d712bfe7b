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
  /** The processes of the timeline that are devices at work, in the order in which they began. */
  readonly devices: readonly number[];
  /** Per track: index into `devices` of the device whose work it has; -1 where it has none. */
  readonly deviceOfTrack: Int32Array;
}

const { call, kernel, copy, memset } = roleNumber;

/** Finds all device work and its calls. Of nested calls with one correlation the outermost is taken. */
export function findDeviceWork({ events, tracks }: Pick<Timeline, "events" | "tracks">): DeviceWork {
  const { role, track } = events;
  let length = 0;
  for (let index = 0; index < events.length; index++) if (isWork(role[index])) length++;
  const event = new Int32Array(length);
  const devices: number[] = [];
  const deviceOfTrack = new Int32Array(tracks.length).fill(-1);
  for (let index = 0, number = 0; index < events.length; index++) {
    if (!isWork(role[index])) continue;
    event[number++] = index;
    const own = track[index];
    if (deviceOfTrack[own] >= 0) continue;
    const { process } = tracks[own];
    const known = devices.indexOf(process);
    deviceOfTrack[own] = known < 0 ? devices.push(process) - 1 : known;
  }
  return { length, event, devices, deviceOfTrack, call: callsOf(events, event) };
}

function isWork(role: number): boolean {
  return role === kernel || role === copy || role === memset;
}

/** The time in which kernels of a device were under way. */
export function coveredByKernels({ events }: Pick<Timeline, "events">, work: DeviceWork, device: number): CoveredTime {
  const { role, track, start, duration } = events;
  const { length, event, deviceOfTrack } = work;
  const isTaken = (index: number): boolean => role[index] === kernel && deviceOfTrack[track[index]] === device;
  let count = 0;
  for (let number = 0; number < length; number++) if (isTaken(event[number])) count++;
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  for (let number = 0, at = 0; number < length; number++) {
    const index = event[number];
    if (!isTaken(index)) continue;
    starts[at] = start[index];
    ends[at++] = start[index] + duration[index];
  }
  return new CoveredTime(starts, ends);
}

// Correlations are numbered from something upwards by every recorder that we know, so an array is many times faster than a map; a file
// may say anything, and then a map it is. Of several calls with one number (several processes in one file) the last that began before
// the work is meant; of nested ones the outermost.
function callsOf(events: Timeline["events"], workEvents: Int32Array): Int32Array {
  const result = new Int32Array(workEvents.length).fill(-1);
  if (workEvents.length === 0) return result;
  const { correlation, start, duration, track } = events;
  const calls = new CallIndex(events);
  for (let number = 0; number < workEvents.length; number++) {
    const index = workEvents[number];
    let call = calls.first(correlation[index]);
    if (call < 0) continue;
    for (let later = calls.next(call); later >= 0 && start[later] <= start[index]; later = calls.next(later)) {
      const isWithin = track[later] === track[call] && start[later] < start[call] + duration[call];
      if (!isWithin) call = later;
    }
    result[number] = call;
  }
  return result;
}

/** Calls by their correlation, the first of each, and after each the next with the same. */
class CallIndex {
  private readonly least: number;
  private readonly dense: Int32Array;
  private readonly sparse: Map<number, number> | undefined;
  /** Per event: one more than the next call with its correlation; absent where no two calls have the same. */
  private later: Int32Array | undefined;

  constructor({ length, role, correlation }: Timeline["events"]) {
    let [least, most, count] = [Number.POSITIVE_INFINITY, -1, 0];
    for (let index = 0; index < length; index++) {
      if (role[index] !== call) continue;
      const own = correlation[index];
      if (own < 0) continue;
      count++;
      if (own < least) least = own;
      if (own > most) most = own;
    }
    const isDense = most - least < 16 * count + 1024;
    this.least = least;
    this.dense = new Int32Array(isDense && count > 0 ? most - least + 1 : 0);
    this.sparse = isDense ? undefined : new Map();
    // From the last to the first, so that what is found first is the earliest.
    for (let index = length - 1; index >= 0; index--) {
      if (role[index] !== call) continue;
      const own = correlation[index];
      if (own < 0) continue;
      const later = this.first(own);
      if (later >= 0) {
        this.later ??= new Int32Array(length);
        this.later[index] = later + 1;
      }
      // One more, since an array begins with zeros.
      if (this.sparse === undefined) this.dense[own - least] = index + 1;
      else this.sparse.set(own, index);
    }
  }

  /** The first call of a correlation; -1 for none. */
  first(correlation: number): number {
    if (this.sparse !== undefined) return this.sparse.get(correlation) ?? -1;
    const at = correlation - this.least;
    return at >= 0 && at < this.dense.length ? this.dense[at] - 1 : -1;
  }

  /** The call after one with the same correlation; -1 for none. */
  next(call: number): number {
    return this.later === undefined ? -1 : this.later[call] - 1;
  }
}
