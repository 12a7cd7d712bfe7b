// How many kernels were launched and had not ended, over time. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";
import { printedWhole } from "./printed-whole.js";

/** How many kernels were launched and had not ended. Each value holds from its moment until the next. */
export interface QueueDepth {
  readonly at_ns: Float64Array;
  readonly depth: Float64Array;
  /** Over the wall time. */
  readonly mean: number;
  readonly max: number;
  /** The most that were launched and had not begun. */
  readonly max_waiting: number;
}

/** A kernel counts from the beginning of its launching call; undefined where no kernel has one. The curve is drawn when it is asked for. */
export function queueDepth(timeline: Timeline, work: DeviceWork): QueueDepth | undefined {
  let [integral, most, mostWaiting, before, depth] = [0, 0, 0, 0, 0];
  const points = sweep(timeline, work, (now, launched, begun, ended) => {
    integral += depth * (now - before);
    before = now;
    depth = launched - ended;
    if (depth > most) most = depth;
    if (launched - begun > mostWaiting) mostWaiting = launched - begun;
  });
  if (points === 0) return undefined;
  let curve: Pick<QueueDepth, "at_ns" | "depth"> | undefined;
  const drawn = (): Pick<QueueDepth, "at_ns" | "depth"> => {
    curve ??= curveOf(timeline, work, points);
    return curve;
  };
  return printedWhole({
    get at_ns() {
      return drawn().at_ns;
    },
    get depth() {
      return drawn().depth;
    },
    mean: timeline.end === 0 ? 0 : integral / timeline.end,
    max: most,
    max_waiting: mostWaiting,
  });
}

function curveOf(timeline: Timeline, work: DeviceWork, points: number): Pick<QueueDepth, "at_ns" | "depth"> {
  const at = new Float64Array(points);
  const depth = new Float64Array(points);
  let point = 0;
  sweep(timeline, work, (now, launched, _, ended) => {
    at[point] = now;
    depth[point++] = launched - ended;
  });
  return { at_ns: at, depth };
}

/** Tells how many kernels were launched, had begun and had ended at each moment at which one is launched or ends. Returns how many moments. */
function sweep(
  { events }: Timeline,
  work: DeviceWork,
  tell: (now: number, launched: number, begun: number, ended: number) => void,
): number {
  const { start, duration } = events;
  const { kernels, launches } = linkedKernels(events, work);
  const count = kernels.length;
  const ends = new Moments();
  let [points, launched, begun, ended, running] = [0, 0, 0, 0, 0];
  // What has not begun by then ends later: the next end is known when all have been added that begin before it.
  const addRunning = (): void => {
    for (; running < count && start[kernels[running]] <= ends.least; running++) {
      ends.add(start[kernels[running]] + duration[kernels[running]]);
    }
  };
  addRunning();
  while (ended < count) {
    const now = launched < count && launches[launched] < ends.least ? launches[launched] : ends.least;
    while (launched < count && launches[launched] <= now) launched++;
    while (begun < count && start[kernels[begun]] <= now) begun++;
    for (; ends.least <= now; ended++) {
      ends.drop();
      addRunning();
    }
    tell(now, launched, begun, ended);
    points++;
  }
  return points;
}

/** The events of the kernels whose launch is known, in the order in which they began, and the moments of their launches in order. */
function linkedKernels(
  { length, start, role }: Timeline["events"],
  work: DeviceWork,
): { readonly kernels: Int32Array; readonly launches: Float64Array } {
  const kernels = new Int32Array(work.length);
  const launchedBy = new Int32Array(length);
  let count = 0;
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const call = work.call[number];
    if (role[index] !== roleNumber.kernel || call < 0 || start[call] > start[index]) continue;
    kernels[count++] = index;
    launchedBy[call]++;
  }
  // Calls stand in the order of their starts.
  const launches = new Float64Array(count);
  for (let index = 0, at = 0; at < count; index++) {
    for (let left = launchedBy[index]; left > 0; left--) launches[at++] = start[index];
  }
  return { kernels: kernels.subarray(0, count), launches };
}

/** Moments of which the least is known: a binary heap. */
class Moments {
  /** Infinity where there is none. */
  least = Number.POSITIVE_INFINITY;
  private readonly heap: number[] = [];

  add(moment: number): void {
    const { heap } = this;
    let at = heap.push(moment) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above] <= moment) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = moment;
    this.least = heap[0];
  }

  /** Takes the least away. */
  drop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    const { length } = heap;
    if (length > 0) {
      let at = 0;
      for (let below = 1; below < length; below = 2 * at + 1) {
        if (below + 1 < length && heap[below + 1] < heap[below]) below++;
        if (heap[below] >= last) break;
        heap[at] = heap[below];
        at = below;
      }
      heap[at] = last;
    }
    this.least = length > 0 ? heap[0] : Number.POSITIVE_INFINITY;
  }
}
