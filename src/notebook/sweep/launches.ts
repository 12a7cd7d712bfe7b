// Launches on the virtual GPU over whatever varies, into a table. What a launch is, and who computes it, is told elsewhere.
import type { ColumnTable } from "arquero";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import { cellInterruption, type StopSignal } from "../cell-interruption.js";
import { type Columns, typed, typedTable, typesOf } from "./columns.js";
import { LaunchPoints, type LaunchSweep } from "./launch-sweep.js";
import type { Varied } from "./points.js";
import { fromArrow } from "./table-file.js";
import { computeInThreads } from "./threads.js";

export interface SweepLaunchesOptions {
  /** Threads that compute; as many as the machine runs at once unless given. */
  readonly workers?: number;
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
  /** Ends it early, with an error. */
  readonly signal?: StopSignal;
}

/**
 * Launches on the virtual GPU for every combination of what varies, over several threads. A row has what varied, the counters, the
 * occupancy, the ideal roofline's answer for the work that was counted (`predicted_time_us`, `ai`, ...), the number of findings and the
 * first of them. A launch that cannot be run is a row with its reason in `note`. Columns are figures or words, never both; a time
 * in microseconds says so in its name. Throws InputError for what is wrong with every launch.
 *
 * @example
 * const table = await sweepLaunches({
 *   vary: { n: [1000, 4000], block: [32, 64, 128] },
 *   launch: ({ n, block }) => ({ kernel: saxpy, grid: Math.ceil(n / block), block, args: { n, a: 2, x: { count: n }, y: { count: n } } }),
 * });
 */
export async function sweepLaunches<const V extends Varied>(
  sweep: LaunchSweep<V>,
  options: SweepLaunchesOptions = {},
): Promise<ColumnTable> {
  return typedTable(await sweepLaunchColumns(sweep, options));
}

/** The columns of `sweepLaunches`, for those who want no table. */
export async function sweepLaunchColumns<const V extends Varied>(
  sweep: LaunchSweep<V>,
  { workers, progress: reporter, signal: asked }: SweepLaunchesOptions = {},
): Promise<Columns> {
  const points = new LaunchPoints(sweep as unknown as LaunchSweep);
  const signal = cellInterruption(asked);
  const size = Math.min(mostOfTask, Math.ceil(points.count / 64));
  const sizeOf = (task: number): number => Math.min(size, points.count - task * size);
  const progress = new Progress({ label: "sweep of launches", total: points.count, unit: "launches" }, { reporter });
  const found: Columns[] = new Array(Math.ceil(points.count / size));
  try {
    await computeInThreads({
      question: { kind: "launches", names: points.names, devices: points.devices },
      tasks: Array.from(found, (_, number) => ({
        number,
        make: () => ({ points: Array.from({ length: sizeOf(number) }, (_, i) => points.at(number * size + i)) }),
      })),
      workers,
      signal,
      onAnswer: (number, bytes) => {
        found[number] = fromArrow(bytes);
        progress.advance(sizeOf(number));
      },
    });
  } catch (error) {
    progress.end(signal.aborted ? "interrupted" : "failed");
    throw error;
  }
  const whole = Object.fromEntries(
    Object.keys(found[0]).map((name) => [name, found.flatMap((columns) => columns[name])] as const),
  );
  const types = typesOf(whole);
  return Object.fromEntries(Object.entries(whole).map(([name, cells]) => [name, typed(cells, types[name])]));
}

/** Launches that a thread is sent at once: few enough for a bar that moves. */
const mostOfTask = 16;
