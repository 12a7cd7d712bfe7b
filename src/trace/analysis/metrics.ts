// The few figures by which recorded traces are compared at a glance. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { CoveredTime } from "./covered-time.js";
import { coveredByKernels, type DeviceWork, findDeviceWork } from "./device-work.js";

/** In the form in which the service answers them. */
export interface TraceMetrics {
  /** From the beginning of the first event to the end of the last. */
  readonly wall_time_ms: number;
  /** Durations of all kernels, added up: more than the wall time where kernels run beside each other. */
  readonly kernel_time_ms: number;
  /** Durations of all copies, added up. Memsets are no copies. */
  readonly memcpy_time_ms: number;
  readonly kernel_count: number;
  readonly memcpy_count: number;
  /** The share of the copies' time during which a kernel ran on the same device, from 0 to 1; 0 without copies. */
  readonly overlap_estimate: number;
}

/** Kernels and copies as the device was recorded at them: where a trace has no times of the device, they count as none. */
export function traceMetrics(timeline: Timeline, work: DeviceWork = findDeviceWork(timeline)): TraceMetrics {
  const { events } = timeline;
  let [kernels, kernelTime, copies, copyTime, overlapped] = [0, 0, 0, 0, 0];
  /** Of the devices that copy. */
  const running: CoveredTime[] = [];
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const duration = events.duration[index];
    if (events.role[index] === roleNumber.kernel) {
      kernels++;
      kernelTime += duration;
    } else if (events.role[index] === roleNumber.copy) {
      copies++;
      copyTime += duration;
      const start = events.start[index];
      const device = work.deviceOfTrack[events.track[index]];
      running[device] ??= coveredByKernels(timeline, work, device);
      overlapped += running[device].within(start, start + duration);
    }
  }
  return {
    wall_time_ms: timeline.end / 1e6,
    kernel_time_ms: kernelTime / 1e6,
    memcpy_time_ms: copyTime / 1e6,
    kernel_count: kernels,
    memcpy_count: copies,
    overlap_estimate: copyTime === 0 ? 0 : overlapped / copyTime,
  };
}
